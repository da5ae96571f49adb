"""One message of a batch: decided, refused, or answered as taken before; nothing is read or written here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from contracts.event import Refusal, digest_of
from contracts.notices import MessageAccepted
from services.chassis import inbox, outbox, quarantine
from services.chassis.clock import Clock
from services.chassis.fold import Effect, Forget, Heard, Later, Measure, Put, Send, notify
from services.chassis.logs import kind_of, log
from services.chassis.quarantine import SetAside
from services.chassis.reading import Item, Readable, Record, family
from services.chassis.states import Working
from services.chassis.tracing import Lived, Step, carried

# A message to decide, or one that is to be kept and answered only.
Work: TypeAlias = Item | SetAside


@dataclass(slots=True)
class Outcome:
    """What one transaction will write beside the states. lived: what becomes spans, None when nobody asks for them."""

    posts: list[outbox.Outgoing] = field(default_factory=list)
    timers: dict[str, tuple[str, Later] | None] = field(default_factory=dict)
    asides: list[SetAside] = field(default_factory=list)
    refused: dict[bytes, Readable] = field(default_factory=dict)
    retaken: dict[bytes, Readable] = field(default_factory=dict)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    measures: dict[Measure, int] = field(default_factory=dict)
    lived: list[Lived] | None = None

    def count(self, record: Record, result: str) -> None:
        """One more message of this outcome."""
        label = (family(record.topic), result)
        self.counts[label] = self.counts.get(label, 0) + 1

    def live(self, record: Record, result: str, step: Step, heard: Heard[Any] | None = None, sent: int = 0) -> None:
        """This message was handled: a span, if anyone asks."""
        if self.lived is not None:
            self.lived.append(Lived(step, family(record.topic), result, *_circumstances(heard), sent))


def _circumstances(heard: Heard[Any] | None) -> tuple[str, str]:
    """The type of an event and its SIAO, where they are known: nothing that a sender wrote freely."""
    if heard is None:
        return "", ""
    siao = heard.partner.siao if heard.partner else getattr(heard.event, "siao", "")
    return heard.envelope.type, siao


def decide(entry: bytes, item: Readable, working: Working, outcome: Outcome) -> None:
    """Decide on a new message, given by its key in the inbox; all of a decision counts, or nothing of it."""
    heard, rows = item.heard, working.rows(item)
    effects: list[Effect] = []
    mark = rows.mark()
    try:
        for effect in item.fold.decide(heard, rows):
            effects.append(effect)
            if isinstance(effect, Put):
                rows.apply(effect)
    except Refusal as refusal:
        rows.undo(mark)
        _refuse(entry, item, refusal, outcome, "refused")
        return
    except Exception as error:  # a pure decision failed: nothing is done, the batch goes on without it
        rows.undo(mark)
        kind = heard.envelope.type
        log().error("decision-failed", error=kind_of(error), type=kind, family=family(item.record.topic))
        _refuse(entry, item, Refusal("internal"), outcome, "failed")
        return
    _dispatch(entry, item, effects, outcome)


def _dispatch(cause: bytes, item: Readable, effects: Sequence[Effect], outcome: Outcome) -> None:
    heard, posts, before = item.heard, outcome.posts, len(outcome.posts)
    # Once for all that it sends: this is where most messages pass.
    text, came = cause.hex(), heard.envelope.traceparent
    trace = carried(came, text)
    for index, effect in enumerate(effects):
        match effect:
            case Send():
                posts.append(outbox.Outgoing(f"{text}-{index}", effect, heard.now, trace))
            case Later():
                # What a deadline brings about, days later, is a trace of its own.
                message = outbox.outgoing(cause, index, effect.send, heard.now, None)
                outcome.timers[effect.name] = (message.id, effect)
            case Forget():
                outcome.timers[effect.name] = None
            case Put():
                pass
            case Measure():
                outcome.measures[effect] = outcome.measures.get(effect, 0) + 1
    outcome.count(item.record, "taken")
    if outcome.lived is not None:
        outcome.live(item.record, "taken", Step(came, text), heard, len(posts) - before)


def _refuse(entry: bytes, item: Readable, refusal: Refusal, outcome: Outcome, result: str) -> None:
    aside = quarantine.refused(item, refusal, entry)
    outcome.refused[entry] = item
    outcome.asides.append(aside)
    outcome.count(item.record, result)
    outcome.live(item.record, result, aside.step, item.heard)


def recall(item: Readable, standing: inbox.Standing, outcome: Outcome) -> None:
    """Answer a message whose id was taken before."""
    if standing is inbox.Standing.REDELIVERED:
        outcome.count(item.record, "redelivered")
        return
    envelope = item.heard.envelope
    # Another record than the one that was taken: its handling is another span.
    cause = digest_of(envelope.source, envelope.id, inbox.position_of(item))
    step = Step(envelope.traceparent, cause.hex())
    if standing is inbox.Standing.REUSED:
        outcome.asides.append(quarantine.refused(item, Refusal("id-reused", "headers.ce_id"), cause))
        outcome.count(item.record, "refused")
        outcome.live(item.record, "refused", step, item.heard)
        return
    outcome.count(item.record, "duplicate")
    outcome.live(item.record, "duplicate", step, item.heard)
    if item.heard.partner is not None:
        receipt = MessageAccepted(message_id=envelope.id, message_type=envelope.type, duplicate=True)
        send = notify(item.heard.partner.id, receipt)
        outcome.posts.append(outbox.outgoing(cause, 0, send, item.heard.now, carried(*step)))


def answer(outcome: Outcome, clock: Clock) -> None:
    """Post the answers to what was set aside."""
    for thing in outcome.asides:
        send = quarantine.rejection(thing)
        if send is not None:
            cause = quarantine.cause_of(thing.record)
            outcome.posts.append(outbox.outgoing(cause, 0, send, clock(), carried(*thing.step)))
