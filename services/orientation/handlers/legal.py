"""The law's clock of each recognised right: watched from the decision on, met by a designation, told when it runs out.

It runs whether the request is complete or not (CCH L441-2-3); what becomes of a right is the State's to decide.
"""

from datetime import datetime
from typing import Any, Final

from contracts.alerts import LegalClockApproaching, LegalOfferMade
from contracts.designations import LegalClockMissed
from contracts.event import Message
from contracts.households import LegalClock
from contracts.law import LEGAL_FIRST_ALERT, LEGAL_SECOND_ALERT, Limit, is_offer
from contracts.notices import LegalClockAlert
from contracts.received import DeadlineReached
from contracts.rights import LegalDeadlineApproaching, LegalOfferRecorded
from contracts.topics import DESIGNATIONS as DESIGNATIONS_TOPIC
from contracts.topics import Role
from services.chassis.clock import day_of, end_of, start_of
from services.chassis.fold import Effects, Forget, Heard, Put, publish
from services.orientation.domain.model import Designation, LegalFile
from services.orientation.handlers.timing import later, tell
from services.orientation.store import DESIGNATIONS, LEGAL_FILES
from services.orientation.territory import Territory

AUTHORITIES: Final = (Role.PREFECTURE, Role.OPERATOR)
_ALERTS: Final = {"legal_first": LEGAL_FIRST_ALERT, "legal_second": LEGAL_SECOND_ALERT}


def watch(
    heard: Heard[Message], territory: Territory, request: str, file: LegalFile | None, designation_id: str | None
) -> Effects:
    """Open a file, or bring it up to date; None: no right is recognised any more. A same clock changes nothing.

    designation_id: what is under way for the household, which may be the offer already.
    """
    known = territory.get(LEGAL_FILES, request)
    if file is None:
        yield from close(territory, request)
        return
    if known is not None and known.live and _same(known.clock, file.clock):
        if (known.clock, known.persons) != (file.clock, file.persons):
            yield Put(LEGAL_FILES, request, known.model_copy(update={"clock": file.clock, "persons": file.persons}))
        return
    yield Put(LEGAL_FILES, request, file)
    yield later("legal", request, file.siao, end_of(file.clock.due_on))
    for name, limit in _ALERTS.items():
        near = _near(file, limit)
        yield later("legal_near", request, file.siao, near, name) if near > heard.now else Forget(f"{name}:{request}")
    designation = territory.get(DESIGNATIONS, designation_id) if designation_id else None
    if designation_id is not None and designation is not None and _counts(file.clock, designation):
        yield from offer(heard, territory, designation_id, designation)
    else:
        yield from _warn(heard, territory, request, file)


def _same(one: LegalClock, other: LegalClock) -> bool:
    """The same decision: the days to go to court follow from it, and an older record lacks them."""
    return all(getattr(one, name) == getattr(other, name) for name in ("kind", "decided_on", "due_on", "unrestricted"))


def _near(file: LegalFile, limit: Limit) -> datetime:
    return start_of(limit.before(file.clock.due_on, file.siao))


def close(territory: Territory, request: str) -> Effects:
    """The right is answered, withdrawn, or its request is closed: nothing is watched any more."""
    known = territory.get(LEGAL_FILES, request)
    if known is not None and known.live:
        yield Put(LEGAL_FILES, request, known.model_copy(update={"live": False}))
        yield from _forget(request)


def _forget(request: str) -> Effects:
    for name in ("legal", *_ALERTS):
        yield Forget(f"{name}:{request}")


def _counts(clock: LegalClock, designation: Designation) -> bool:
    return is_offer(clock.kind, designation.offer_type, unrestricted=clock.unrestricted)


def offer(heard: Heard[Message], territory: Territory, designation_id: str, designation: Designation) -> Effects:
    """A designation is made: it is the préfet's offer, if it is one that the decision calls for."""
    request = designation.request
    file = territory.get(LEGAL_FILES, request)
    if file is None or not file.live or file.state == "lost" or not _counts(file.clock, designation):
        return
    in_time = designation.made_at < end_of(file.clock.due_on)
    state = "met" if in_time else "late"
    yield Put(LEGAL_FILES, request, file.model_copy(update={"state": state, "offer": designation_id}))
    about = {**_about(request, file), "designation": designation_id, "in_time": in_time}
    fact = LegalOfferRecorded(
        **about, siao=file.siao, persons=file.persons, offer_type=designation.offer_type, at=heard.now
    )
    yield publish(DESIGNATIONS_TOPIC, file.siao, fact)
    yield from tell(territory, file.siao, LegalOfferMade(**about, made_at=designation.made_at), *AUTHORITIES)


def _about(request: str, file: LegalFile) -> dict[str, Any]:
    return {"request": request, "household": file.household, "kind": file.clock.kind, "due_on": file.clock.due_on}


def offer_fails(heard: Heard[Message], territory: Territory, designation_id: str, designation: Designation) -> Effects:
    """A designation ended without an admission: the clock runs again, and tells at once what went by meanwhile."""
    request = designation.request
    file = territory.get(LEGAL_FILES, request)
    if file is None or not file.live or file.offer != designation_id:
        return
    file = file.model_copy(update={"state": "running", "offer": None})
    yield Put(LEGAL_FILES, request, file)
    if heard.now >= end_of(file.clock.due_on):
        yield from _miss(heard, territory, request, file)
    else:
        yield from _warn(heard, territory, request, file)


def at_risk(territory: Territory, designation: Designation) -> LegalFile | None:
    """The right whose offer this designation was, if there is one: refusing it may cost its benefit (CCH R441-18-2)."""
    file = territory.get(LEGAL_FILES, designation.request)
    return file if file is not None and file.live and _counts(file.clock, designation) else None


def lose(request: str, file: LegalFile) -> Effects:
    """The offer was refused without good reason: its days are not watched any more."""
    yield Put(LEGAL_FILES, request, file.model_copy(update={"state": "lost", "offer": None}))
    yield from _forget(request)


def reach(heard: Heard[DeadlineReached], territory: Territory) -> Effects:
    """A legal day has gone by, or is near. One that crossed an amendment that moved it changes nothing."""
    request, due_at = heard.event.subject, heard.event.due_at
    file = territory.get(LEGAL_FILES, request)
    if file is None or not file.live or file.state != "running":
        return
    if heard.event.kind == "legal" and due_at == end_of(file.clock.due_on):
        yield from _miss(heard, territory, request, file)
    elif heard.event.kind == "legal_near" and due_at in [_near(file, limit) for limit in _ALERTS.values()]:
        yield from _warn(heard, territory, request, file)


def _warn(heard: Heard[Message], territory: Territory, request: str, file: LegalFile) -> Effects:
    """Préfecture and operator are told that the day is near, when it is, and that there is no offer."""
    today = day_of(heard.now)
    if heard.now < _near(file, LEGAL_FIRST_ALERT) or today > file.clock.due_on:
        return
    about = {**_about(request, file), "days_left": (file.clock.due_on - today).days}
    fact = LegalDeadlineApproaching(**about, siao=file.siao, persons=file.persons, at=heard.now)
    yield publish(DESIGNATIONS_TOPIC, file.siao, fact)
    yield from tell(territory, file.siao, LegalClockApproaching(**about), *AUTHORITIES)


def _miss(heard: Heard[Message], territory: Territory, request: str, file: LegalFile) -> Effects:
    """The day went by and no offer stands: préfecture and operator are told, once for each legal day."""
    yield Put(LEGAL_FILES, request, file.model_copy(update={"state": "overdue", "missed_told": True}))
    if file.missed_told:
        return
    about, clock = _about(request, file), file.clock
    fact = LegalClockMissed(**about, siao=file.siao, persons=file.persons, at=heard.now)
    yield publish(DESIGNATIONS_TOPIC, file.siao, fact)
    alert = LegalClockAlert(**about, court_opens_on=clock.court_opens_on, court_closes_on=clock.court_closes_on)
    yield from tell(territory, file.siao, alert, *AUTHORITIES)
