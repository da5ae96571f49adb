"""Faults in what is said of recognised rights, to plant in a month in which all is right."""

from collections.abc import Callable
from datetime import date, timedelta

from contracts.alerts import LegalClockApproaching, LegalOfferMade, RightTold
from contracts.codes import MediationKind
from tests.unit.demo.builders import person, request
from tests.unit.demo.faults import LEGAL, TOLD
from tests.unit.demo.rights import daho, offer, recognise
from tests.unit.demo.story import ASKER, PREFECTURE, Story


def an_offer(story: Story, *, in_time: bool | None, days: int = 40) -> None:
    """A household whose right is so many days old is designated; None: nobody is told that this is its offer."""
    decided = story.now.date() - timedelta(days=days)
    story.ask(request("emma", person(5), mediation=daho(decided)))
    story.designate("d9", "emma", "p1", person(5))
    if in_time is not None:
        offer(story, "emma", "d9", decided, story.now, in_time=in_time)


def offer_untold(story: Story) -> None:
    an_offer(story, in_time=None)


def offer_told_twice(story: Story) -> None:
    an_offer(story, in_time=True)
    story.repeat(LegalOfferMade)


def late_offer_told_as_in_time(story: Story) -> None:
    an_offer(story, in_time=True, days=50)


def alert_untold_when_the_offer_has_failed(story: Story) -> None:
    an_offer(story, in_time=True)
    story.now += timedelta(days=4)
    story.decline("d9", "emma")
    story.now += timedelta(days=1)


def right_untold(story: Story) -> None:
    story.forget(RightTold)


def right_told_twice(story: Story) -> None:
    story.repeat(RightTold)


def offer_told_though_it_ended_before_the_right_was_known(story: Story) -> None:
    decided = story.now.date()
    story.ask(request("emma", person(5)))
    story.designate("d9", "emma", "p1", person(5))
    made_at = story.now
    story.decline("d9", "emma")
    story.now += timedelta(days=1)
    recognise(story, "emma", daho(decided))
    offer(story, "emma", "d9", decided, made_at, in_time=True)


def near_told_with_wrong_days(story: Story) -> None:
    about = {"household": "h-cleo", "request": f"{ASKER}/cleo", "kind": MediationKind.DAHO_HEBERGEMENT}
    near = LegalClockApproaching.model_validate({**about, "due_on": date(2026, 10, 13), "days_left": 15})
    story.tell(PREFECTURE, near)


LEGAL_FAULTS: list[tuple[str, Callable[[Story], None]]] = [
    *((LEGAL, plant) for plant in (offer_untold, offer_told_twice, near_told_with_wrong_days)),
    *((LEGAL, plant) for plant in (late_offer_told_as_in_time, alert_untold_when_the_offer_has_failed)),
    (LEGAL, offer_told_though_it_ended_before_the_right_was_known),
    *((TOLD, plant) for plant in (right_untold, right_told_twice)),
]
