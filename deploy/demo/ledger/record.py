"""What each partner sent and was told, as the partners saw it; knows nothing of the SIAO's own records."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from contracts.event import Message
from contracts.notices import MessageAccepted, MessageRejected, ReadyHousehold
from contracts.partners import PartnerRegistered

ACCEPTED: Final = "accepted"
DUPLICATE: Final = "duplicate"


@dataclass(slots=True)
class Delivery:
    """One record that a partner sent. `sent_at` is business time, `sent` the simulator's own clock, in seconds.

    expected: the answers that are right (ACCEPTED, DUPLICATE or rejection codes); None when it depends on what
    others did meanwhile, which the checks work out. message: None when what was sent is no message of the contract.
    words: the canary words in it.
    """

    partner: str
    topic: str
    id: str | None
    type: str
    message: Message | None
    expected: frozenset[str] | None
    sent_at: datetime
    sent: float
    words: frozenset[str] = frozenset()
    partition: int = -1
    offset: int = -1


@dataclass(frozen=True, slots=True)
class Notice:
    """One record that the SIAO sent to a partner; `id` is its ce_id.

    said_at: its ce_time; at: when the partner heard it, business time too, so late by what the machine takes.
    """

    partner: str
    id: str
    message: Any
    said_at: datetime
    at: datetime
    heard: float


@dataclass
class Ledger:
    """Grows during the run; the checks read it afterwards."""

    partners: dict[str, PartnerRegistered]
    deliveries: list[Delivery] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    copies: dict[str, dict[str, ReadyHousehold]] = field(default_factory=lambda: defaultdict(dict))
    unreadable: list[str] = field(default_factory=list)
    repeated: int = 0
    sent: Counter[str] = field(default_factory=Counter)
    answered: int = 0
    rejected: int = 0
    _seen: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def of(cls, partners: Iterable[PartnerRegistered]) -> "Ledger":
        """An empty ledger for these partners."""
        return cls({partner.id: partner for partner in partners})

    def send(self, delivery: Delivery) -> None:
        """A partner has sent something."""
        self.deliveries.append(delivery)
        self.sent[delivery.type] += 1

    def hear(self, notice: Notice) -> bool:
        """The SIAO has told a partner something; False when it is the same record again (at least once on the wire)."""
        if (notice.partner, notice.id) in self._seen:
            self.repeated += 1
            return False
        self._seen.add((notice.partner, notice.id))
        self.notices.append(notice)
        if isinstance(notice.message, MessageAccepted | MessageRejected):
            self.answered += 1
            self.rejected += isinstance(notice.message, MessageRejected)
        return True

    def copy(self, partner: str, household: str, record: ReadyHousehold | None) -> None:
        """A partner's copy of the list of ready households changes; None removes."""
        if record is None:
            self.copies[partner].pop(household, None)
        else:
            self.copies[partner][household] = record

    @property
    def unanswered(self) -> int:
        """How many messages wait for their answer."""
        return len(self.deliveries) - self.answered


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault, said in French and in English; never names a person."""

    check: str
    french: str
    english: str

    def __str__(self) -> str:
        return f"[{self.check}] {self.french} / {self.english}"


__all__ = ["ACCEPTED", "DUPLICATE", "Delivery", "Finding", "Ledger", "Notice"]
