"""The correspondence with the SI SIAO: each code once, our words themselves, what codes.py says too, no guess."""

from collections import Counter
from typing import Any

import pytest

from contracts import codes
from contracts.codes import Composition, ExitDestination, Labelled, OfferType, OutOfScope, RequestReason, Situation
from contracts.export_schemas import si_siao
from contracts.si_siao import (
    COMPOSITIONS,
    ESTABLISHMENTS,
    EXITS,
    PLACES,
    REASONS,
    REFERENTIALS,
    SITUATIONS,
    Referential,
    codes_of,
)


@pytest.mark.parametrize("referential", REFERENTIALS, ids=lambda referential: referential.name)
def test_a_code_is_there_once_and_a_word_has_one_code_of_its_sense(referential: Referential) -> None:
    assert [code for code, times in Counter(entry.code for entry in referential.entries).items() if times > 1] == []
    same = [entry.same for entry in referential.entries if entry.same is not None]
    assert len(set(map(id, same))) == len(same)
    assert all(not (entry.same and entry.near) for entry in referential.entries)


def test_the_lists_are_as_long_as_they_were_read() -> None:
    assert [len(referential.entries) for referential in REFERENTIALS] == [14, 12, 11, 25, 38, 52]


@pytest.mark.parametrize(
    ("referential", "code", "ours"),
    [
        (ESTABLISHMENTS, 400, OfferType.CHRS),
        (ESTABLISHMENTS, 800, None),
        (ESTABLISHMENTS, 600, None),
        (PLACES, 40, OfferType.STABILISATION),
        (COMPOSITIONS, 40, Composition.WOMAN_WITH_CHILDREN),
        (COMPOSITIONS, 120, None),
        (REASONS, 207, RequestReason.LEAVING_INSTITUTION),
        (REASONS, 220, RequestReason.VIOLENCE),
        (SITUATIONS, 35, Situation.EMERGENCY_OR_HOTEL),
        (EXITS, 17, ExitDestination.ADAPTED_HOUSING),
        (EXITS, 18, None),
    ],
)
def test_a_code_of_theirs_is_a_word_of_ours_or_a_person_chooses(
    referential: Referential, code: int, ours: Labelled | None
) -> None:
    entry = referential.entry(code)
    assert entry is not None
    assert entry.ours is ours


def test_an_unknown_code_is_unknown() -> None:
    assert all(referential.entry(9_999) is None for referential in REFERENTIALS)


def test_words_that_are_equal_as_texts_are_not_taken_for_one_another() -> None:
    assert [found for _, found in codes_of(RequestReason.OTHER)] == [(221,)]
    assert [found for _, found in codes_of(Situation.OTHER)] == [(44,)]
    assert list(codes_of(codes.Gender.OTHER)) == []
    assert list(codes_of(codes.HouseholdRefusal.OTHER)) == []


def test_what_the_code_lists_say_of_the_si_siao_is_said_here() -> None:
    lists = [found for found in vars(codes).values() if isinstance(found, type) and issubclass(found, Labelled)]
    said = [(word, word.si_siao) for found in lists for word in found if word.si_siao is not None]
    assert len(said) > 30
    missing = [
        (str(word), code)
        for word, code in said
        if not any(word is one for r in REFERENTIALS if (e := r.entry(code)) for one in (e.same, *e.near))
    ]
    assert missing == []


def test_what_cannot_be_said_there_is_known() -> None:
    ours = (*OfferType, *OutOfScope, *Composition, *RequestReason, *Situation, *ExitDestination)
    assert [word for word in ours if not list(codes_of(word))] == [RequestReason.HEALTH]


def test_it_is_exported_by_list_and_code() -> None:
    exported: Any = si_siao()
    first = exported["lists"]["typesEtablissementUn"]["codes"][3]
    same = {"list": "OfferType", "code": "chrs"}
    assert first == {"code": 400, "label": "CHRS", "same": same, "near": []}
