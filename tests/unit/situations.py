"""Situations that tests begin with: a household designated, a refusal to judge, a household hosted, ready."""

from typing import Any

from contracts.answers import DesignationAccepted, DesignationAcknowledged, DesignationRefused, HouseholdAdmitted
from contracts.codes import StructureRefusal
from contracts.notices import HouseholdDesignated
from contracts.vacancies import StructureDescribed
from tests.builders import ARGUMENT, CCAS, STRUCTURE, TODAY, a_request, a_structure, a_vacancy, ready
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
