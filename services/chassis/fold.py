"""A handler is a keyed fold: it names the states an event concerns and decides; it never loads, saves or sends."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeAlias, TypeVar

from prometheus_client import Counter, Histogram

from contracts.event import Envelope, Fact, Message
from contracts.notices import Caused, MessageAccepted
from contracts.origin import Origin
from contracts.partners import PartnerRegistered
from contracts.topics import NOTICES, Topic
from services.chassis.tables import StateTable

E_co = TypeVar("E_co", bound=Message, covariant=True)
V = TypeVar("V", bound=Message)

Key: TypeAlias = "tuple[StateTable[Any], str]"


class Position(NamedTuple):
    """Where a record stands in the log."""

    topic: str
    partition: int
    offset: int


class Heard(NamedTuple, Generic[E_co]):
    """An event as the chassis hands it over: authenticated, valid, new. `now` is business time."""

    event: E_co
    envelope: Envelope
    position: Position
    now: datetime
    partner: PartnerRegistered | None = None

    @property
    def origin(self) -> Origin | None:
        """The partner's message to answer: this one, or the one a core fact says it comes from."""
        if self.partner is None:
            return getattr(self.event, "origin", None)
        where = self.position
        return Origin(
            partner=self.partner.id,
            message_id=self.envelope.id,
            message_type=self.envelope.type,
            topic=where.topic,
            partition=where.partition,
            offset=where.offset,
        )

    @property
    def sender(self) -> PartnerRegistered:
        """The partner whose topic it came from. Raises LookupError on a core topic."""
        if self.partner is None:
            raise LookupError("this event was not sent by a partner")
        return self.partner


class State(Protocol):
    """What a fold may look at: the states of the keys it named, and the register of partners."""

    def get(self, table: StateTable[V], key: str) -> V | None:
        """The state under a key, or None when there is none."""

    @property
    def register(self) -> Mapping[str, PartnerRegistered]:
        """The register of partners, by id."""


class Put(NamedTuple):
    """The state under a key is now `value` (None: it is gone)."""

    table: StateTable[Any]
    key: str
    value: Message | None


class Send(NamedTuple):
    """A message to publish after the commit. `value` None is a tombstone; `key` orders and compacts."""

    topic: str
    key: str
    value: Message | None


class Later(NamedTuple):
    """A fact to publish when business time reaches `due_at`, unless forgotten or set again under the same name."""

    name: str
    due_at: datetime
    send: Send


class Forget(NamedTuple):
    """The deadline of this name does not matter any more."""

    name: str


class Measure(NamedTuple):
    """Once it is committed: add to a counter, or observe in a histogram. No decision ever sees it.

    labels: values in the order of the metric's names; bounded, and never a person or a request.
    """

    metric: Counter | Histogram
    labels: tuple[str, ...]
    amount: float = 1.0


Effect: TypeAlias = Put | Send | Later | Forget | Measure
Effects: TypeAlias = Iterable[Effect]


def publish(topic: Topic, siao: str, fact: Fact) -> Send:
    """A fact on a core topic, in the order of its SIAO."""
    return Send(topic.name, siao, fact)


def notify(partner: str, notice: Fact) -> Send:
    """A notice to one partner. Its key is the partner, so that notices keep their order."""
    return Send(NOTICES.of(partner), partner, notice)


def accept(heard: Heard[Any], *caused: tuple[str, str]) -> Send:
    """The answer to a partner's message that was taken: what it caused, as (kind, id).

    Raises LookupError when no partner sent it.
    """
    origin = heard.origin
    if origin is None:
        raise LookupError("no partner waits for an answer")
    things = tuple(Caused(kind=kind, id=thing) for kind, thing in caused)
    return notify(
        origin.partner,
        MessageAccepted(message_id=origin.message_id, message_type=origin.message_type, caused=things),
    )


# A decision may be a generator: what it has put is seen by the rest of it, and undone if it fails.
Decide: TypeAlias = Callable[[Heard[Any], Any], Effects]
Keys: TypeAlias = Callable[[Heard[Any]], Iterable[Key]]
Also: TypeAlias = Callable[[Heard[Any], State], Iterable[Key]]


@dataclass(frozen=True, slots=True)
class Fold:
    """One type of event: the model it is read with, the keys it concerns, the decision.

    also: further keys, which the states of the first ones tell; looked up in a second statement.
    """

    model: type[Message]
    keys: Keys
    decide: Decide
    also: Also | None = None


@dataclass(slots=True)
class Folds:
    """The table of a service's handlers, by type of event."""

    by_type: dict[str, Fold] = field(default_factory=dict)

    def on(self, *models: type[Message], keys: Keys, also: Also | None = None) -> Callable[[Decide], Decide]:
        """Declare the handler of some types. Raises ValueError at import when a type has one already."""

        def declare(decide: Decide) -> Decide:
            for model in models:
                name: str = model.__dict__["type"]
                if name in self.by_type:
                    raise ValueError(f"two handlers for {name}")
                self.by_type[name] = Fold(model, keys, decide, also)
            return decide

        return declare


def no_keys(_heard: Heard[Any]) -> Sequence[Key]:
    """For an event that concerns no stored state."""
    return ()


__all__ = [
    "Also",
    "Decide",
    "Effect",
    "Effects",
    "Fold",
    "Folds",
    "Forget",
    "Heard",
    "Key",
    "Keys",
    "Later",
    "Measure",
    "Position",
    "Put",
    "Send",
    "State",
    "accept",
    "no_keys",
    "notify",
    "publish",
]
