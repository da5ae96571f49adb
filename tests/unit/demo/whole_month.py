"""One of everything that happens in a month, told as it should be."""

from datetime import date

from contracts import answers, requests
from contracts.codes import (
    DesignationOutcome,
    EvaluationSection,
    ExitDestination,
    OfferType,
    Party,
)
from contracts.rules import AgeRule
from contracts.topics import PARTNER_ANSWERS, REQUESTS
from tests.unit.demo.builders import START, person, request
from tests.unit.demo.rights import daho, recognise
from tests.unit.demo.story import ASKER, SHELTER, Story


def whole_story() -> Story:
    """One of everything that happens in a month, all as it should be."""
    story = Story()
    story.describe(OfferType.CHRS, 1, 1, 1, rules=(AgeRule(article="2.2", minimum=18),))
    anna, bea, cleo, dina = person(1), person(2), person(3), person(4)
    hosted = story.host("p3", "stay", dina)
    story.declare_ready(hosted, dina)
    story.ask(request("anna", anna))
    story.ask(request("bea", bea, lacking=(EvaluationSection.BUDGET,)))
    story.ask(request("bea", bea, revision=2))
    story.ask(request("cleo", cleo, recommended=(OfferType.ALT,), mediation=daho(date(2026, 9, 1))))
    story.alert("cleo", date(2026, 10, 13))
    story.ask(request("gaia", person(7), recommended=(OfferType.ALT,)))
    recognise(story, "gaia", daho(START.date()))
    story.vacate("p1")
    story.designate("d1", "anna", "p1", anna)
    story.reply(answers.DesignationAcknowledged(designation="d1"))
    story.refuse("d1", "upheld")
    story.close("d1", "anna", DesignationOutcome.REFUSED, Party.STRUCTURE)
    story.designate("d2", "bea", "p1", bea)
    story.admit("d2", "bea")
    story.rehouse(hosted)
    story.designate("d3", "anna", "p3", anna)
    story.decline("d3", "anna")
    gone = answers.HouseholdLeft(
        household="h-bea", left_on=story.now.date(), destination=ExitDestination.FAMILY_OR_FRIENDS
    )
    story.say(SHELTER, PARTNER_ANSWERS, gone)
    cancelled = requests.RequestCancelled(request_id="anna")
    story.say(ASKER, REQUESTS, cancelled, expected=None)
    _reported(story)
    return story


def _reported(story: Story) -> None:
    """What reporting says of it."""
    story.counts(
        vacancies_opened=(3, 3),
        designations_made=(3, 3),
        designations_refused=(1, 1),
        designations_declined=(1, 1),
        designations_admitted=(1, 1),
        refusals_submitted=(1, 1),
        direct_stays=(1, 1),
        departures=(2, 2),
        departures_to_ordinary_housing=(1, 1),
        requests_incomplete=(1, 1),
        requests_cancelled=(1, 1),
        ready_declared=(1, 1),
        rehoused=(1, 1),
        legal_clocks_missed=(1, 1),
        rights_recognised=(1, 1),
    )
    story.rows |= {("requests_registered", "all"): [4, 4], ("requests_registered", "chrs"): [2, 2]}
    story.rows |= {("requests_registered", "alt"): [2, 2]}
    story.rows |= {("waiting", "all"): [2, 2], ("waiting", "alt"): [2, 2]}
