"""After a refusal that counts, a household is not designated to that structure for a time: written again here."""

from datetime import datetime

from contracts.answers import DesignationRefused
from contracts.codes import DesignationOutcome, StructureRefusal
from contracts.law import COOLING_OFF
from contracts.requests import RequestSubmitted
from deploy.demo.ledger.history import Case, Designation, History
from deploy.demo.ledger.record import Finding

CHECK = "désignations"
OF_THE_PLACE = (StructureRefusal.NO_LONGER_AVAILABLE, StructureRefusal.NOT_READY)


def may_cool_off(history: History, case_: Case, structure: tuple[str, str], at: datetime) -> bool:
    """Whether the household may be kept from a structure at an instant, by a refusal of either that was upheld."""
    outcomes = (DesignationOutcome.REFUSED, DesignationOutcome.DECLINED)
    return any(
        notice.message.outcome in outcomes and COOLING_OFF.later(notice.message.at) + history.slack > at
        for designation in case_.designations
        if designation.place[:2] == structure
        for notice in designation.closed
    )


def too_soon(history: History) -> list[Finding]:
    """Designations to a structure whose refusal of the household was upheld lately, without a new evaluation."""
    found = []
    for designation in history.designations.values():
        case_ = history.cases[designation.told.household]
        for before in case_.designations:
            if before.place[:2] == designation.place[:2] and _cools_off(history, case_, before, designation):
                told = f"désignation {designation.told.designation} : même structure trop tôt après son refus"
                found.append(Finding(CHECK, told, "the same structure too soon after its refusal"))
    return found


def _cools_off(history: History, case_: Case, before: Designation, after: Designation) -> bool:
    made_at = after.told.made_at
    refusals = [act.delivery.message for act in before.taken(DesignationRefused)]
    reasons = {refusal.reason for refusal in refusals if isinstance(refusal, DesignationRefused)}
    for notice in before.closed:
        ended = notice.message
        if ended.outcome is not DesignationOutcome.REFUSED or reasons & set(OF_THE_PLACE):
            continue
        if ended.at < made_at - history.slack and made_at + history.slack < COOLING_OFF.later(ended.at):
            return not _evaluated_since(case_, ended.at, made_at)
    return False


def _evaluated_since(case_: Case, ended_at: datetime, made_at: datetime) -> bool:
    """Whether an evaluation of a later day was sent between the two."""
    versions = [act.delivery for act in case_.versions if act.delivery.sent_at <= made_at]
    requests = [version.message for version in versions if isinstance(version.message, RequestSubmitted)]
    return any(request.evaluation.evaluated_on > ended_at.date() for request in requests)
