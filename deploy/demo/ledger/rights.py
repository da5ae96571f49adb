"""What préfecture and operator must be told of recognised rights: days that come near, offers, days gone by.

A household's clock runs from its first request, complete or not, until it enters a place or asks no more. A designation
under way that answers the right stands for the offer; when it ends without an entry, the clock runs again.
"""

import calendar
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from contracts.alerts import LegalClockApproaching, LegalOfferMade
from contracts.codes import MediationKind, OfferType, Regime
from contracts.notices import LegalClockAlert
from contracts.requests import Mediation
from contracts.topics import Role
from deploy.demo.ledger.history import Case, Designation, History
from deploy.demo.ledger.record import Finding, Notice

CHECK = "délais légaux"
SIX_MONTHS = frozenset({"75", "77", "78", "91", "92", "93", "94", "95", "971", "972", "973", "974", "976"})
FIRST_ALERT = timedelta(days=14)


def legal_days_told(history: History, until: datetime) -> list[Finding]:
    """Legal days said wrongly, twice, too early, to the wrong people, or not at all; `until`: business time."""
    heard: dict[tuple[str, str], list[Notice]] = defaultdict(list)
    for notice in history.ledger.notices:
        if isinstance(notice.message, LegalClockAlert | LegalClockApproaching | LegalOfferMade):
            heard[notice.partner, notice.message.household].append(notice)
    found: list[Finding] = []
    authorities = list(history.of_role(Role.PREFECTURE, Role.OPERATOR))
    for case_ in history.cases.values():
        if not case_.versions or case_.mediation is None:
            continue
        siao = history.ledger.partners[case_.versions[0].delivery.partner].siao
        due = due_on(case_.mediation, siao)
        for authority in authorities:
            said = heard.pop((authority, case_.household), [])
            found += _judge(history, case_, due, said, until)
    return found + [
        Finding(CHECK, f"{who} : alerte sans droit reconnu ({h})", "an alert without a right") for who, h in heard
    ]


def _judge(history: History, case_: Case, due: date, said: list[Notice], until: datetime) -> Iterator[Finding]:
    what = f"ménage {case_.household}, échéance {due.isoformat()}"
    midnight = datetime(due.year, due.month, due.day, tzinfo=UTC)
    if any(notice.message.due_on != due for notice in said):
        yield Finding(CHECK, f"{what} : mauvaise échéance", "a wrong legal day")
    missed = [notice.at for notice in said if isinstance(notice.message, LegalClockAlert)]
    if len(missed) > 1:
        yield Finding(CHECK, f"{what} : alerte répétée", "the same alert twice")
    if missed and missed[0] < midnight:
        yield Finding(CHECK, f"{what} : alerte trop tôt", "an early alert")
    passed = max(midnight + timedelta(days=1), _known_from(case_)[1]) < until - history.patience
    if not missed and passed and _has_none(history, case_, until - history.patience):
        yield Finding(CHECK, f"{what} : alerte manquante", "a missing alert")
    for notice in said:
        if isinstance(notice.message, LegalClockApproaching) and not _is_near(due, notice):
            yield Finding(CHECK, f"{what} : approche mal annoncée", "a day wrongly said to be near")
    yield from _offers(history, case_, what, midnight, said)


def _is_near(due: date, notice: Notice) -> bool:
    """As counted on the day, in France, on which it was said."""
    days = {(due - moment.date()).days for moment in (notice.said_at, notice.said_at + timedelta(hours=2))}
    return notice.message.days_left in days and 0 <= notice.message.days_left <= FIRST_ALERT.days


def _has_none(history: History, case_: Case, by: datetime) -> bool:
    """It has asked, and since some time neither lives in a place nor has an offer under way."""
    over = case_.admission is not None or any(act.taken for act in case_.cancelled)
    standing = [d for d in case_.designations if _counts(history, case_, d)]
    return not over and all(d.closed_at is not None and d.closed_at < by for d in standing)


def _known_from(case_: Case) -> tuple[datetime, datetime]:
    """Since when the SIAO knows the right: between these two instants it learned of it."""
    act = case_.recognised or case_.versions[0]
    return act.delivery.sent_at, act.answer.at if act.answer else act.delivery.sent_at


def _counts(history: History, case_: Case, designation: Designation) -> bool:
    """Whether this designation is an offer that the right calls for."""
    mediation = case_.mediation
    offered: OfferType = history.structures[designation.place[0], designation.place[1]].offer_type
    hebergement = mediation is not None and mediation.kind is MediationKind.DAHO_HEBERGEMENT
    return hebergement or offered.regime is Regime.LOGEMENT


def _right_to_tell(history: History, case_: Case, designation: Designation) -> frozenset[bool]:
    """Whether it must be told as an offer; either will do when it ended while the right became known."""
    if not _counts(history, case_, designation):
        return frozenset({False})
    first, last = _known_from(case_)
    ended = designation.closed_at
    if ended is None or ended > last + history.slack:
        return frozenset({True})
    return frozenset({False}) if ended < first - history.slack else frozenset({True, False})


def _offers(history: History, case_: Case, what: str, midnight: datetime, said: list[Notice]) -> Iterator[Finding]:
    """Each designation that is an offer is told once, in time or not as it was."""
    offers = [notice.message for notice in said if isinstance(notice.message, LegalOfferMade)]
    told = {offer.designation: offer for offer in offers}
    if len(told) != len(offers):
        yield Finding(CHECK, f"{what} : offre annoncée plusieurs fois", "an offer told twice")
    for designation in case_.designations:
        offer = told.pop(designation.told.designation, None)
        if (offer is not None) not in _right_to_tell(history, case_, designation):
            yield Finding(CHECK, f"{what} : offre mal annoncée", "an offer not told, or told wrongly")
        elif offer is not None and offer.in_time and designation.told.made_at >= midnight + timedelta(days=1):
            yield Finding(CHECK, f"{what} : offre tardive dite dans le délai", "a late offer said to be in time")
    for identity in told:
        yield Finding(CHECK, f"{what} : offre inconnue {identity}", "an unknown offer")


def due_on(mediation: Mediation, siao: str) -> date:
    """The day by which the préfet must have made an offer (CCH R441-16-1, R441-18)."""
    if mediation.kind is MediationKind.DAHO_HEBERGEMENT:
        return mediation.decided_on + timedelta(days=42)
    if mediation.kind is MediationKind.DAHO_TRANSITION:
        return _months_later(mediation.decided_on, 3)
    return _months_later(mediation.decided_on, 6 if siao in SIX_MONTHS else 3)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
