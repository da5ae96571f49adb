"""Whatever is said of a place, in any order: it is one thing at a time, and what is published says the same."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.event import Envelope, Fact, Refusal
from contracts.offers import PlaceBackInService, PlaceOutOfService, VacancyClosed, VacancyExpected, VacancyOpened
from contracts.place_codes import UnavailabilityReason
from services.chassis.fold import Heard, Position, Put, Send
from services.offers.domain import places
from services.offers.domain.places import Place, Status
from services.offers.domain.structures import after_description
from services.offers.handlers.telling import Days, change
from tests.builders import NOW, SIAO, STRUCTURE, TODAY, a_structure, a_vacancy

Step = Callable[[Place, str], Place]
STEPS: dict[str, Step] = {
    "announce": lambda place, cause: places.announced(place, cause, TODAY),
    "publish": places.published,
    "withdraw": lambda place, _: places.withdrawn(place),
    "suspend": lambda place, _: places.made_unavailable(place, UnavailabilityReason.WORKS, None),
    "suspend otherwise": lambda place, _: places.made_unavailable(place, UnavailabilityReason.UNUSABLE, TODAY),
    "restore": places.made_available,
    "enter": lambda place, cause: place if place.household else places.entered(place, cause),
    "leave": lambda place, cause: places.left(place, cause) if place.household else place,
    "reserve": lambda place, cause: place.but(designation=cause if place.vacancy else None),
    "drop": lambda place, _: places.dropped(place),
    "describe": lambda place, _: place.but(described=True),
}
SAID = frozenset({"announce", "publish", "withdraw", "suspend", "suspend otherwise", "restore"})
DESCRIBED = after_description(None, a_structure(), STRUCTURE, SIAO, TODAY, True)


HEARD = Heard(a_vacancy(), Envelope("id", "type", "source", NOW), Position("topic", 0, 0), NOW)


class Reader:
    """What somebody knows of a place who reads the facts alone. AssertionError for a fact that cannot be."""

    def __init__(self) -> None:
        self.announced: tuple[str, object] | None = None
        self.vacancy: str | None = None
        self.out: tuple[object, object] | None = None
        self.past: set[str] = set()

    def hear(self, fact: Fact) -> None:
        match fact:
            case VacancyExpected(expected_on=None):
                assert self.announced is not None
                assert self.announced[0] == fact.vacancy
                self.announced = None
            case VacancyExpected():
                assert self.vacancy is None
                self.announced = fact.vacancy, fact.expected_on
            case VacancyOpened():
                assert (self.vacancy, self.out) == (None, None)
                assert fact.vacancy not in self.past
                assert self.announced is None or self.announced[0] == fact.vacancy
                self.announced, self.vacancy = None, fact.vacancy
            case VacancyClosed():
                assert self.vacancy == fact.vacancy
                self.past.add(fact.vacancy)
                self.vacancy = None
            case PlaceOutOfService():
                assert self.out != (fact.reason, fact.until)
                assert self.vacancy is None
                self.out = fact.reason, fact.until
            case PlaceBackInService():
                assert self.out is not None
                self.out = None


def facts(before: Place, after: Place) -> list[Fact]:
    """What a handler publishes of this change."""
    effects = list(change(HEARD, DESCRIBED, [(before, after)], Days(TODAY, TODAY)))
    assert sum(isinstance(effect, Put) for effect in effects) == (before != after)
    return [effect.value for effect in effects if isinstance(effect, Send) and isinstance(effect.value, Fact)]


def one_thing_at_a_time(place: Place) -> None:
    assert place.household is None or place.vacancy is None
    assert place.announced is None or place.vacancy is None
    assert place.unavailable is None or (place.vacancy, place.announced) == (None, None)
    assert place.designation is None or place.vacancy is not None
    assert (place.announced is None) == (place.expected_on is None)
    assert place.described or (place.vacancy, place.announced, place.unavailable) == (None, None, None)
    assert (place.status in (Status.PUBLISHED, Status.RESERVED)) == (place.vacancy is not None)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(list(STEPS)), max_size=25))
def test_a_place_is_one_thing_at_a_time_and_its_facts_say_which(steps: list[str]) -> None:
    place, reader = Place(siao=SIAO, structure=DESCRIBED.key, place_id="A-01"), Reader()
    for number, step in enumerate(steps):
        if not place.described and step in SAID:
            # A place that is not described is not named: the handlers refuse it before.
            continue
        try:
            after = STEPS[step](place, f"cause-{number}")
        except Refusal:
            continue
        for fact in facts(place, after):
            reader.hear(fact)
        place = after
        one_thing_at_a_time(place)
        out = place.out_of_service
        assert reader.vacancy == place.vacancy
        assert reader.announced == ((place.announced, place.expected_on) if place.announced else None)
        assert reader.out == ((out.reason, out.until) if out else None)


def test_every_step_is_possible_and_every_one_that_can_be_refused_is() -> None:
    done, refused, seen = set(), set(), set()
    starts = [Place(siao=SIAO, structure=DESCRIBED.key, place_id="A-01")]
    for place in starts:
        for name, step in STEPS.items():
            try:
                after = step(place, "cause")
            except Refusal as refusal:
                refused.add((name, refusal.code))
                continue
            done.add(name)
            if after not in starts and len(starts) < 200:
                starts.append(after)
            seen.add(after.status)
    assert done == set(STEPS)
    assert seen == set(Status)
    assert refused == {
        ("announce", "vacancy-already-open"),
        ("announce", "place-unavailable"),
        ("publish", "place-occupied"),
        ("publish", "vacancy-already-open"),
        ("publish", "place-unavailable"),
        ("withdraw", "vacancy-not-open"),
        ("restore", "place-not-unavailable"),
    }
