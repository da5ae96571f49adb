"""Every message answered, once for each time it was sent, as it should be; pairs messages with their answers."""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass

from contracts.notices import MessageAccepted, MessageRejected
from deploy.demo.ledger.record import ACCEPTED, DUPLICATE, Delivery, Finding, Ledger, Notice

CHECK = "réponses"


@dataclass(slots=True)
class Act:
    """A message and its answer. outcome: ACCEPTED, DUPLICATE, a rejection code, or None without an answer."""

    delivery: Delivery
    outcome: str | None = None
    answer: Notice | None = None

    @property
    def taken(self) -> bool:
        """The SIAO took it, and for the first time."""
        return self.outcome == ACCEPTED

    def caused(self, kind: str) -> str | None:
        """Id of what it brought about."""
        message = self.answer.message if self.answer else None
        if isinstance(message, MessageAccepted):
            return next((thing.id for thing in message.caused if thing.kind == kind), None)
        return None


def pair(ledger: Ledger) -> tuple[list[Act], list[Finding]]:
    """The acts in the order they were sent, and what is wrong with the pairing."""
    acts = [Act(delivery) for delivery in ledger.deliveries]
    accepted: dict[tuple[str, str], deque[Notice]] = defaultdict(deque)
    rejected: dict[tuple[str, int, int], deque[Notice]] = defaultdict(deque)
    for notice in ledger.notices:
        if isinstance(notice.message, MessageAccepted):
            accepted[notice.partner, notice.message.message_id].append(notice)
        elif isinstance(notice.message, MessageRejected):
            place = (notice.message.topic, notice.message.partition, notice.message.offset)
            rejected[place].append(notice)
    for act in acts:
        _reject(act, rejected)
    for act in acts:
        _accept(act, accepted)
    findings = [_unanswered(act) for act in acts if act.outcome is None]
    return acts, [*findings, *_left_over(accepted.values()), *_left_over(rejected.values())]


def _reject(act: Act, rejected: dict[tuple[str, int, int], deque[Notice]]) -> None:
    delivery = act.delivery
    waiting = rejected.get((delivery.topic, delivery.partition, delivery.offset))
    if waiting and waiting[0].partner == delivery.partner:
        act.answer = waiting.popleft()
        act.outcome = act.answer.message.code


def _accept(act: Act, accepted: dict[tuple[str, str], deque[Notice]]) -> None:
    delivery = act.delivery
    waiting = accepted.get((delivery.partner, delivery.id)) if delivery.id else None
    if act.answer is None and waiting:
        act.answer = waiting.popleft()
        act.outcome = DUPLICATE if act.answer.message.duplicate else ACCEPTED


def _unanswered(act: Act) -> Finding:
    delivery = act.delivery
    where = f"{delivery.type} ({delivery.topic}, offset {delivery.offset})"
    return Finding(CHECK, f"{where} : aucune réponse", "no answer")


def _left_over(queues: Iterable[deque[Notice]]) -> list[Finding]:
    return [
        Finding(
            CHECK,
            f"{notice.partner} a reçu {notice.message.type} pour {notice.message.message_id} : réponse de trop",
            "one answer too many",
        )
        for queue in queues
        for notice in queue
    ]


def as_expected(acts: Iterable[Act]) -> list[Finding]:
    """Those whose answer is not the one their sender must get; acts whose answer depends on others are not judged."""
    return [
        unexpected(act, act.delivery.expected)
        for act in acts
        if act.delivery.expected is not None and act.outcome is not None and act.outcome not in act.delivery.expected
    ]


def unexpected(act: Act, expected: frozenset[str]) -> Finding:
    """An answer that is not among those expected."""
    delivery = act.delivery
    where = f"{delivery.type} ({delivery.topic}, offset {delivery.offset})"
    wanted = "/".join(sorted(expected))
    return Finding(CHECK, f"{where} : réponse « {act.outcome} », attendue « {wanted} »", f"answered {act.outcome}")
