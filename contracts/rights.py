"""What becomes of DALO and DAHO rights (`siao.designations`): days that come near, offers made, days gone by."""

from datetime import date
from typing import ClassVar

from contracts.codes import MediationKind, OfferType
from contracts.event import Fact
from contracts.fields import Id, Instant, SiaoCode


class LegalDeadlineApproaching(Fact):
    """A legal day is near and the household has no offer."""

    type: ClassVar[str] = "legal.deadline_approaching.v1"

    siao: SiaoCode
    request: Id
    household: Id
    persons: int
    kind: MediationKind
    due_on: date
    days_left: int
    at: Instant


class LegalOfferRecorded(Fact):
    """A designation is the offer that a décision de médiation calls for: the préfet's proof, in time or late."""

    type: ClassVar[str] = "legal.offer_recorded.v1"

    siao: SiaoCode
    request: Id
    household: Id
    persons: int
    kind: MediationKind
    due_on: date
    designation: Id
    offer_type: OfferType
    in_time: bool
    at: Instant
