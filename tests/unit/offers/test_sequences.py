"""Where a structure numbers its messages about a place, an older one is refused, whatever way it took."""

import pytest

from contracts.place_codes import UnavailabilityReason
from contracts.vacancies import PlaceAvailable, PlaceUnavailable, VacancyAnnounced, VacancyPublished, VacancyWithdrawn
from tests.builders import STRUCTURE, TODAY, a_place, a_structure, a_vacancy
from tests.builders import of_place as of
from tests.unit.driving import Siao
from tests.unit.situations import with_structure


def publish(siao: Siao, sequence: int | None, place_id: str = "A-01") -> str:
    return siao.send(STRUCTURE, of(VacancyPublished, place_id, available_on=TODAY, sequence=sequence))


def withdraw(siao: Siao, sequence: int | None, place_id: str = "A-01") -> str:
    return siao.send(STRUCTURE, of(VacancyWithdrawn, place_id, sequence=sequence))


@pytest.mark.parametrize("sequence", [3, 4])
def test_a_number_that_is_not_higher_is_refused_and_changes_nothing(sequence: int) -> None:
    siao = with_structure()
    publish(siao, 4)
    message = withdraw(siao, sequence)
    refusal = siao.refusals[message]
    assert (siao.code(message), refusal.path, refusal.detail) == ("sequence-stale", "$.sequence", "known=4")
    assert siao.code(withdraw(siao, 5)) == "accepted"
    assert siao.code(publish(siao, 5)) == "sequence-stale"


def test_messages_without_a_number_go_on_as_ever() -> None:
    siao = with_structure()
    publish(siao, 4)
    assert siao.code(withdraw(siao, None)) == "accepted"
    assert siao.code(siao.send(STRUCTURE, a_vacancy())) == "accepted"
    assert siao.code(withdraw(siao, 4)) == "sequence-stale"


def test_a_refused_message_does_not_use_up_its_number() -> None:
    siao = with_structure()
    assert siao.code(withdraw(siao, 7)) == "vacancy-not-open"
    assert siao.code(publish(siao, 7)) == "accepted"


def test_each_place_has_its_own_numbers_and_a_group_has_one_for_all() -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("studio", count=3)))
    publish(siao, 9)
    assert siao.code(publish(siao, 1, "studio")) == "accepted"
    assert siao.code(publish(siao, 1, "studio")) == "sequence-stale"
    assert siao.code(publish(siao, 2, "studio")) == "accepted"


def test_every_message_about_a_place_may_be_numbered() -> None:
    siao = with_structure()
    steps = [
        of(VacancyAnnounced, expected_on=TODAY, sequence=1),
        of(VacancyPublished, available_on=TODAY, sequence=2),
        of(PlaceUnavailable, reason=UnavailabilityReason.WORKS, sequence=3),
        of(PlaceAvailable, sequence=4),
        of(VacancyWithdrawn, sequence=5),
    ]
    for message in steps:
        assert siao.code(siao.send(STRUCTURE, message)) == "accepted"
        assert siao.code(siao.send(STRUCTURE, message)) == "sequence-stale"


def test_numbers_are_kept_over_a_description() -> None:
    siao = with_structure()
    publish(siao, 9)
    siao.send(STRUCTURE, a_structure(a_place("A-01", 2), revision=2))
    assert siao.code(withdraw(siao, 9)) == "sequence-stale"
