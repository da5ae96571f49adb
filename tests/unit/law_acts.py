"""More of what partners may do: what is judged, escalated, decided by a CHRS, answered by the préfet, told late."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final, Protocol

from contracts.alerts import AdmissionToAnswer
from contracts.answers import DesignationInterviewHeld, DesignationInterviewSet, StayExtensionAsked, StayReviewed
from contracts.codes import MediationKind, OfferType
from contracts.decision_codes import CancelReason
from contracts.decisions import (
    AdmissionJudged,
    DesignationCancelled,
    DesignationOutOfOrder,
    HouseholdRefusalJudged,
    RefusalJudged,
    RequestSuspended,
)
from contracts.designations import DesignationMade, StayStarted
from contracts.event import Message
from contracts.notices import HouseholdDesignated, HouseholdRefusalToJudge, RefusalToJudge
from contracts.requests import HouseholdAdmittedDirectly, Mediation, MediationDecided, RequestRefreshed
from contracts.rule_codes import HardRule, OutOfOrderReason, SuspensionReason
from contracts.topics import Service
from services.chassis.clock import day_of
from services.orientation.store import VACANCIES, WAITING
from tests.builders import (
    ARGUMENT,
    CCAS,
    HOSPITAL,
    OPERATOR,
    OTHER_STRUCTURE,
    PREFECTURE,
    STRUCTURE,
    TODAY,
    a_member,
    a_stay,
)
from tests.unit.driving import Siao
from tests.unit.situations import a_decision, a_refusal


class Acting(Protocol):
    """A life to which things happen."""

    siao: Siao

    def _post(self, partner: str, message: Message) -> None: ...


def _structure(who: int) -> str:
    return (STRUCTURE, OTHER_STRUCTURE)[who % 2]


def _last_designation(life: Acting, who: int) -> str | None:
    known = life.siao.notices(_structure(who), HouseholdDesignated)
    return known[-1].designation if known else None


def interview(life: Acting, who: int, how: int) -> None:
    """An interview is set, or was held; the day may be impossible."""
    designation = _last_designation(life, who)
    if designation is None:
        return
    day = day_of(life.siao.now)
    if how % 3 == 0:
        life._post(_structure(who), DesignationInterviewHeld(designation=designation, held_on=day))
        return
    awaits = ("structure", "household", "prescriber")[who % 3]
    on = day + timedelta(days=(how - 1) * 3)
    said = DesignationInterviewSet.model_validate({"designation": designation, "on": on, "awaits": awaits})
    life._post(_structure(who), said)


def decide(life: Acting, who: int, how: int) -> None:
    """A director admits."""
    designation = _last_designation(life, who)
    if designation is not None:
        life._post(_structure(who), a_decision(designation, term_months=1 + how))


def refuse(life: Acting, who: int, how: int) -> None:
    """A structure refuses what it was last designated, and may be judged in the same breath."""
    designation = _last_designation(life, who)
    if designation is None:
        return
    life._post(_structure(who), a_refusal(designation))
    if how < 9:
        verdict = ("escalated", "upheld", "overruled")[how % 3]
        life._post(OPERATOR, RefusalJudged.model_validate({"designation": designation, "verdict": verdict}))


def escalate(life: Acting, who: int, how: int) -> None:
    """What was last refused is judged or passed on, by the operator or the préfecture."""
    asked = life.siao.notices(OPERATOR, RefusalToJudge)
    if asked:
        verdict = ("escalated", "upheld", "overruled")[how % 3]
        judged = RefusalJudged.model_validate({"designation": asked[-1].designation, "verdict": verdict})
        life._post(OPERATOR if who < 3 else PREFECTURE, judged)


def judge_household(life: Acting, who: int, how: int) -> None:
    """The operator judges a household's refusal."""
    asked = life.siao.notices(OPERATOR, HouseholdRefusalToJudge)
    if asked:
        verdict = "admissible" if how % 3 == 0 else "inadmissible"
        designation = asked[-1 - who % min(2, len(asked))].designation
        judged = HouseholdRefusalJudged.model_validate({"designation": designation, "verdict": verdict})
        life._post(OPERATOR, judged)


def call_off(life: Acting, who: int, how: int) -> None:
    """The operator cancels a designation."""
    designation = _last_designation(life, who)
    if designation is not None and how % 3 == 0:
        reason = list(CancelReason)[how % len(CancelReason)]
        life._post(OPERATOR, DesignationCancelled(designation=designation, reason=reason))


def answer_chrs(life: Acting, who: int, how: int) -> None:
    """The préfecture answers what is before it."""
    asked = life.siao.notices(PREFECTURE, AdmissionToAnswer)
    if asked:
        verdict = "refused" if how % 4 == 0 else "accepted"
        admission = asked[-1 - who % min(2, len(asked))].admission
        life._post(PREFECTURE, AdmissionJudged.model_validate({"admission": admission, "verdict": verdict}))


def direct(life: Acting, who: int, how: int) -> None:
    """An emergency admission, of somebody unknown or of somebody who has asked; the people may be others."""
    made = life.siao.facts(DesignationMade)
    last = made[-1].request if made else None
    request = (None, f"{(CCAS, HOSPITAL)[how % 2]}/r{how % 6}", last)[how % 3]
    told = a_stay(f"d{who}", ("A", "B", "C", "G.1")[how % 4])
    facts = {**told.model_dump(), "members": (a_member(),) if who else told.members, "request": request}
    life._post(_structure(who), HouseholdAdmittedDirectly.model_validate(facts))


def duty(life: Acting, who: int, how: int) -> None:
    """A bilan was made, or an extension is asked."""
    partner = _structure(who)
    stays = [fact.household for fact in life.siao.facts(StayStarted) if fact.partner == partner]
    if not stays:
        return
    household = stays[-1 - who % min(2, len(stays))]
    if how % 2:
        life._post(partner, StayReviewed(household=household, reviewed_on=day_of(life.siao.now)))
    else:
        life._post(partner, StayExtensionAsked(household=household, until=TODAY + timedelta(days=60 * how)))


def wait_long(life: Acting, who: int, _how: int) -> None:
    """Weeks go by."""
    life.siao.wait(timedelta(weeks=2 * who))


def before_its_turn(life: Acting, who: int, how: int) -> None:
    """The operator designates a household out of order, to an open vacancy or to one that was; rules named or not."""
    kept = life.siao.memory(Service.ORIENTATION)
    vacancies, requests = sorted(kept.all(VACANCIES)), sorted(kept.all(WAITING))
    if vacancies and requests:
        decided = DesignationOutOfOrder(
            vacancy=vacancies[-1 - how % len(vacancies)],
            request=requests[who % len(requests)],
            reason=OutOfOrderReason.OTHER_ARGUED,
            argument=ARGUMENT,
            overrides=tuple(HardRule) if how % 2 else (),
        )
        life._post(OPERATOR, decided)


def park(life: Acting, who: int, how: int) -> None:
    """The operator suspends a request, for one type or all, or ends it."""
    requests = sorted(life.siao.memory(Service.ORIENTATION).all(WAITING))
    if requests:
        until = day_of(life.siao.now) + timedelta(days=how - 2)
        said = {"request": requests[who % len(requests)], "until": until, "reason": SuspensionReason.OTHER}
        types = (OfferType.CHRS,) if how % 2 else ()
        life._post(OPERATOR, RequestSuspended.model_validate({**said, "offer_types": types}))


def recognise(life: Acting, who: int, how: int) -> None:
    """The préfecture says which right the household of a request has."""
    kind = list(MediationKind)[how % 3]
    mediation = Mediation(kind=kind, decided_on=TODAY - timedelta(days=10 * who))
    request = f"{(CCAS, HOSPITAL)[who % 2]}/r{how % 6}"
    life._post(PREFECTURE, MediationDecided(request=request, mediation=mediation))


def refresh(life: Acting, who: int, how: int) -> None:
    """A prescriber has asked the household of a request again, today or some weeks ago."""
    asked = day_of(life.siao.now) - timedelta(weeks=how // 3)
    life._post((CCAS, HOSPITAL)[who % 2], RequestRefreshed(request_id=f"r{who}", confirmed_on=asked))


LAW_ACTS: Final[dict[str, Callable[[Acting, int, int], None]]] = {
    "interview": interview,
    "decide": decide,
    "refuse": refuse,
    "escalate": escalate,
    "judge_household": judge_household,
    "call_off": call_off,
    "answer_chrs": answer_chrs,
    "direct": direct,
    "duty": duty,
    "wait_long": wait_long,
    "before_its_turn": before_its_turn,
    "park": park,
    "recognise": recognise,
    "refresh": refresh,
}
