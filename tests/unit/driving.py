"""A whole SIAO in one process: messages go through the four services' handlers as the chassis leads them.

No broker and no database: decisions need neither. What the chassis alone does (duplicates, quarantine, order on the
wire) is not here; it is tested on the real ones.
"""

from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar, cast

from contracts.catalogue import MESSAGES, ROLES
from contracts.event import Envelope, Message, Refusal, digest_of, partner_source
from contracts.notices import Caused, MessageAccepted
from contracts.partners import PartnerRegistered
from contracts.topics import CHANNELS, NOTICES, Service, split_partner_topic
from services.chassis.describing import Description, Subscription
from services.chassis.fold import Effect, Forget, Heard, Later, Measure, Position, Put, Send
from services.chassis.states import Rows, Territory
from services.chassis.store import Store
from services.intake.app import DESCRIPTION as INTAKE
from services.offers.app import DESCRIPTION as OFFERS
from services.orientation.app import DESCRIPTION as ORIENTATION
from services.reporting.app import DESCRIPTION as REPORTING
from tests.builders import NOW, SIAO, a_register
from tests.unit.memory import Memory

M = TypeVar("M", bound=Message)
Decided = tuple[Heard[Any], list[Effect] | Refusal]
# Which of several waiting queues is heard next.
Pick = Callable[[Sequence["Queue"]], "Queue"]

DESCRIPTIONS: Final = (OFFERS, INTAKE, ORIENTATION, REPORTING)


def at_once(work: Coroutine[Any, Any, None]) -> None:
    """Run what never has to wait."""
    try:
        work.send(None)
    except StopIteration:
        return
    raise AssertionError("nothing here waits")


@dataclass(frozen=True)
class Published:
    """A message as the broker would hold it. `value` None: a tombstone; `by`: who wrote it."""

    topic: str
    key: str
    value: Message | None
    envelope: Envelope
    position: Position
    by: str
    number: int


@dataclass
class Queue:
    """What one subscription has still to hear of one topic."""

    service: "Deciding"
    subscription: Subscription
    topic: str
    records: deque[Published] = field(default_factory=deque)


class Deciding:
    """One service: its folds over its states, as the chassis's unit leads them."""

    def __init__(self, description: Description, register: dict[str, PartnerRegistered]) -> None:
        self.name = description.service.value
        self.description, self.register, self.memory = description, register, Memory()
        self.territories: dict[str, Territory] = {}

    def hear(self, subscription: Subscription, batch: Sequence[Heard[Any]]) -> list[Decided]:
        """Decide a batch, commit it, forget what is archived; a refused message leaves no trace."""
        folds = [subscription.folds.by_type[heard.envelope.type] for heard in batch]
        siaos = {str(heard.event.siao) for heard in batch} if subscription.territory else {""}
        views = {siao: self._view(subscription, siao) for siao in siaos}
        store = cast(Store, self.memory)
        for heard, fold in zip(batch, folds, strict=True):
            view = views[heard.event.siao if subscription.territory else ""]
            at_once(view.read(store, fold.keys(heard)))
        for heard, fold in zip(batch, folds, strict=True):
            if fold.also is not None:
                at_once(views[""].read(store, fold.also(heard, views[""])))
        decided: list[Decided] = []
        for heard, fold in zip(batch, folds, strict=True):
            view = views[heard.event.siao if subscription.territory else ""]
            if isinstance(view, Territory):
                view.seen[f"{heard.position.topic}-{heard.position.partition}"] = heard.position.offset
            decided.append((heard, _decide(fold.decide(heard, view), view)))
        for view in views.values():
            at_once(view.write(store))
            view.settle()
        return decided

    def _view(self, subscription: Subscription, siao: str) -> Rows:
        if subscription.territory is None:
            return Rows(self.register)
        if siao not in self.territories:
            make, tables = subscription.territory
            territory = make(self.register)
            for table in tables:
                territory.learn(table, self.memory.live(table, siao))
            self.territories[siao] = territory
        return self.territories[siao]


def _decide(decision: Iterator[Effect] | Any, rows: Rows) -> list[Effect] | Refusal:
    mark, effects = rows.mark(), list[Effect]()
    try:
        for effect in decision:
            effects.append(effect)
            if isinstance(effect, Put):
                rows.apply(effect)
    except Refusal as refusal:
        rows.undo(mark)
        return refusal
    return effects


class Siao:
    """Partners send, services decide, time passes; everything published can be looked at."""

    def __init__(self, register: dict[str, PartnerRegistered] | None = None, batch: Callable[[], int] = lambda: 1):
        self.register = a_register() if register is None else register
        self.now: datetime = NOW
        self.services = {d.service: Deciding(d, self.register) for d in DESCRIPTIONS}
        self.log: list[Published] = []
        self.refusals: dict[str, Refusal] = {}
        self.measured: list[Measure] = []
        self.timers: dict[tuple[str, str], tuple[Later, str]] = {}
        self.pick: Pick = lambda queues: min(queues, key=lambda queue: queue.records[0].number)
        self._batch = batch
        self._queues: dict[tuple[str, str, str], Queue] = {}
        self._offsets: dict[str, int] = {}

    def send(self, partner: str, message: Message, message_id: str | None = None) -> str:
        """A partner sends a message, and all that it brings about happens; its id."""
        identity = self.post(partner, message, message_id)
        self.run()
        return identity

    def post(self, partner: str, message: Message, message_id: str | None = None) -> str:
        """A partner sends a message; nobody has read it yet. AssertionError when its role may not send it."""
        kind = type_of(message)
        channel = next(c for c in CHANNELS if c.inbound and kind in MESSAGES[c.name])
        allowed = ROLES.get(kind, frozenset(channel.roles))
        assert self.register[partner].role in allowed, f"{partner} may not send {kind}"
        identity = message_id or f"{partner}:{len(self.log)}"
        envelope = Envelope(identity, kind, partner_source(partner), self.now)
        self._publish(channel.of(partner), partner, message, envelope, partner)
        return identity

    def run(self) -> None:
        """Until every service has heard everything."""
        while waiting := [queue for queue in self._queues.values() if queue.records]:
            queue = self.pick(waiting)
            count = max(1, self._batch())
            batch = [queue.records.popleft() for _ in range(min(count, len(queue.records)))]
            for heard, outcome in queue.service.hear(queue.subscription, [self._heard(item) for item in batch]):
                self._take(queue.service, heard, outcome)

    def wait(self, time: timedelta) -> None:
        """Let time pass; deadlines come in their order."""
        until = self.now + time
        while due := [(later.due_at, key) for key, (later, _) in self.timers.items() if later.due_at <= until]:
            self.now, key = max(min(due)[0], self.now), min(due)[1]
            later, identity = self.timers.pop(key)
            self._send(key[0], later.send, identity)
            self.run()
        self.now = until

    def _heard(self, item: Published) -> Heard[Any]:
        parts = split_partner_topic(item.topic)
        return Heard(item.value, item.envelope, item.position, self.now, self.register[parts[0]] if parts else None)

    def _take(self, service: Deciding, heard: Heard[Any], outcome: list[Effect] | Refusal) -> None:
        if isinstance(outcome, Refusal):
            origin = heard.origin
            assert origin is not None, f"{outcome.code}: nobody to answer"
            assert origin.message_id not in self.refusals, "refused twice"
            self.refusals[origin.message_id] = outcome
            return
        cause = digest_of(heard.envelope.source, heard.envelope.id).hex()
        for index, effect in enumerate(outcome):
            match effect:
                case Send():
                    self._send(service.name, effect, f"{cause}-{index}")
                case Later():
                    self.timers[service.name, effect.name] = (effect, f"{cause}-{index}")
                case Forget():
                    self.timers.pop((service.name, effect.name), None)
                case Measure():
                    self.measured.append(effect)

    def _send(self, service: str, send: Send, identity: str) -> None:
        kind = "" if send.value is None else type_of(send.value)
        envelope = Envelope(identity, kind, f"/siao/{service}", self.now)
        self._publish(send.topic, send.key, send.value, envelope, service)

    def _publish(self, topic: str, key: str, value: Message | None, envelope: Envelope, by: str) -> None:
        offset = self._offsets[topic] = self._offsets.get(topic, -1) + 1
        item = Published(topic, key, value, envelope, Position(topic, 0, offset), by, len(self.log))
        self.log.append(item)
        parts = split_partner_topic(topic)
        for service in self.services.values():
            for subscription in service.description.subscriptions:
                names = {t.name for t in subscription.topics} | {c.name for c in subscription.channels}
                if (parts[1] if parts else topic) in names and envelope.type in subscription.folds.by_type:
                    key_ = (service.name, subscription.name, topic)
                    queue = self._queues.setdefault(key_, Queue(service, subscription, topic))
                    queue.records.append(item)

    def facts(self, model: type[M]) -> list[M]:
        """All messages of a type, whoever got them, in order."""
        return [item.value for item in self.log if isinstance(item.value, model)]

    def notices(self, partner: str, model: type[M]) -> list[M]:
        """What a partner was told, of one type."""
        topic = NOTICES.of(partner)
        return [item.value for item in self.log if item.topic == topic and isinstance(item.value, model)]

    def code(self, message_id: str) -> str:
        """The code under which a message was refused; "accepted" when it was taken. One answer, never two."""
        accepted = [fact for fact in self.facts(MessageAccepted) if fact.message_id == message_id]
        refusal = self.refusals.get(message_id)
        assert len(accepted) + (refusal is not None) == 1, f"{message_id}: answered {len(accepted)} times"
        return refusal.code if refusal else "accepted"

    def caused(self, message_id: str) -> dict[str, str]:
        """What an accepted message brought about: kind -> id."""
        (answer,) = [fact for fact in self.facts(MessageAccepted) if fact.message_id == message_id]
        things: tuple[Caused, ...] = answer.caused
        return {thing.kind: thing.id for thing in things}

    def memory(self, service: Service) -> Memory:
        """What a service's tables hold."""
        return self.services[service].memory

    @property
    def territory(self) -> Any:
        """Orientation's view of the SIAO, its indexes included."""
        return self.services[Service.ORIENTATION].territories[SIAO]


def type_of(message: Message) -> str:
    """The ce_type of a message."""
    return str(type(message).__dict__["type"])
