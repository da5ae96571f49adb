"""Situations that tests begin with: a household designated, a refusal to judge, a household hosted, ready."""

from typing import Any

from contracts.answers import (
    AdmissionDecided,
    DesignationAccepted,
    DesignationAcknowledged,
    DesignationInterviewSet,
    DesignationRefused,
    HouseholdAdmitted,
    HouseholdDeclined,
)
from contracts.codes import HouseholdRefusal, StructureRefusal
from contracts.decision_codes import PublicCategory
from contracts.decisions import RefusalJudged
from contracts.notices import HouseholdDesignated
from contracts.vacancies import StructureDescribed
from tests.builders import ARGUMENT, CCAS, DAY, OPERATOR, STRUCTURE, TODAY, a_request, a_structure, a_vacancy, ready
from tests.unit.driving import Siao


def with_structure(described: StructureDescribed | None = None) -> Siao:
    """A SIAO where one structure has described itself."""
    siao = Siao()
    siao.send(STRUCTURE, described or a_structure())
    return siao


def designated(siao: Siao, place_id: str = "A-01", **request: Any) -> HouseholdDesignated:
    """One household waits, one place is vacant: it is designated."""
    siao.send(CCAS, a_request(**request))
    siao.send(STRUCTURE, a_vacancy(place_id))
    return siao.notices(STRUCTURE, HouseholdDesignated)[-1]


def acknowledged(siao: Siao) -> HouseholdDesignated:
    """The structure has read the designation."""
    notice = designated(siao)
    siao.send(STRUCTURE, DesignationAcknowledged(designation=notice.designation))
    return notice


def interviewed(siao: Siao) -> HouseholdDesignated:
    """An interview is set for the day after tomorrow."""
    notice = designated(siao)
    siao.send(STRUCTURE, DesignationInterviewSet(designation=notice.designation, on=TODAY + 2 * DAY))
    return notice


def a_decision(designation: str, **facts: Any) -> AdmissionDecided:
    """The director of the CHRS admits for six months."""
    plain = {"decided_on": TODAY, "entry_on": TODAY, "term_months": 6, "public": PublicCategory.WOMEN}
    return AdmissionDecided(designation=designation, **{**plain, **facts})


def accepted(siao: Siao, place_id: str = "A-01", **request: Any) -> HouseholdDesignated:
    """The structure will take the household in."""
    notice = designated(siao, place_id, **request)
    siao.send(STRUCTURE, DesignationAccepted(designation=notice.designation, entry_on=TODAY))
    return notice


def a_refusal(designation: str, article: str | None = None, **facts: Any) -> DesignationRefused:
    """A refusal that needs no article."""
    plain = {"reason": StructureRefusal.SAFETY, "argument": ARGUMENT}
    return DesignationRefused(designation=designation, article=article, **{**plain, **facts})


def refused(siao: Siao) -> HouseholdDesignated:
    """The structure has refused; the operator has not judged."""
    notice = designated(siao)
    siao.send(STRUCTURE, a_refusal(notice.designation))
    return notice


def escalated(siao: Siao) -> HouseholdDesignated:
    """The operator has passed the refusal on to the préfecture."""
    notice = refused(siao)
    siao.send(OPERATOR, RefusalJudged(designation=notice.designation, verdict="escalated"))
    return notice


def declined(siao: Siao, **request: Any) -> HouseholdDesignated:
    """The household has declined; the operator has not judged."""
    notice = designated(siao, **request)
    siao.send(STRUCTURE, HouseholdDeclined(designation=notice.designation, reason=HouseholdRefusal.LOCATION))
    return notice


def hosted(siao: Siao, place_id: str = "A-01", **request: Any) -> HouseholdDesignated:
    """The household has entered."""
    notice = accepted(siao, place_id, **request)
    siao.send(STRUCTURE, HouseholdAdmitted(designation=notice.designation, entered_on=TODAY))
    return notice


def on_the_list(siao: Siao, *communes: str) -> HouseholdDesignated:
    """The household is hosted, and ready for ordinary housing."""
    notice = hosted(siao)
    siao.send(STRUCTURE, ready(notice.household, *communes))
    return notice
