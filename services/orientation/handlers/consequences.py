"""What the beginning and the end of a designation bring about beside it: for rights, and for what the préfet has."""

from contracts.codes import DesignationOutcome
from contracts.decision_codes import AdmissionOutcome
from contracts.event import Message
from services.chassis.fold import Effects, Heard
from services.orientation.domain.model import Designation
from services.orientation.handlers import admissions, holds, legal
from services.orientation.handlers.timing import silence_watched
from services.orientation.territory import Territory


def of_beginning(heard: Heard[Message], territory: Territory, designation_id: str, designation: Designation) -> Effects:
    """Silence is watched from now on; a designation may be the offer that a recognised right calls for."""
    yield from silence_watched(designation_id, designation)
    yield from legal.offer(heard, territory, designation_id, designation)


def of_end(
    heard: Heard[Message],
    territory: Territory,
    designation_id: str,
    designation: Designation,
    outcome: DesignationOutcome,
) -> Effects:
    """Without an admission: after a refusal upheld the household cools off; the préfet and its right are looked to."""
    if outcome is DesignationOutcome.ADMITTED:
        return
    if outcome is DesignationOutcome.REFUSED and designation.refusal_reason not in holds.OF_THE_PLACE:
        yield from holds.cool_off(territory, designation.request, designation.structure, heard.now)
    if designation.admission is not None:
        yield from admissions.settle(heard, territory, designation.admission, AdmissionOutcome.WITHDRAWN)
    yield from legal.offer_fails(heard, territory, designation_id, designation)
