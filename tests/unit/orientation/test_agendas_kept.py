"""Agendas: their bound, what pages say of them, what leaves memory, and one that was not the best is found out."""

from datetime import timedelta

import pytest

from contracts.event import Message
from contracts.sessions import AgendaFrozen
from contracts.topics import DESIGNATIONS, Service
from services.orientation import pages
from services.orientation.handlers import agendas
from services.orientation.replaying import replay
from services.orientation.store import ITEMS, SESSIONS
from tests.builders import (
    OTHER_STRUCTURE,
    TODAY,
)
from tests.unit.orientation.sittings import (
    FEDERATION,
    PENSION,
    SOCIALE,
    agenda,
    asks,
    convened,
    decided,
    governed,
    minuted,
    opinion,
    outcomes,
    vacant,
)
from tests.unit.orientation.test_any_designation import logged
from tests.unit.orientation.test_endings import made


def test_sessions_and_items_that_are_over_leave_the_territory_s_memory() -> None:
    siao = governed()
    asks(siao, "first")
    vacant(siao, "A-01")
    convened(siao)
    assert len(siao.territory.sessions()) == 1
    minuted(siao)
    assert siao.territory.sessions() == []
    kept = siao.memory(Service.ORIENTATION)
    assert [session.state for session in kept.all(SESSIONS).values()] == ["minuted"]
    assert [item.live for item in kept.all(ITEMS).values()] == [False]


def test_a_session_looks_at_the_oldest_vacancies_and_the_others_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agendas, "MOST_ITEMS", 1)
    siao = governed("A-01", "A-02")
    asks(siao, "first")
    asks(siao, "second")
    one, two = vacant(siao, "A-01"), vacant(siao, "A-02")
    convened(siao)
    assert (list(agenda(siao)), siao.facts(AgendaFrozen)[0].left_out) == ([one], 1)
    minuted(siao)
    assert made(siao) == [("first", "A-01")]
    convened(siao, "s2")
    assert list(agenda(siao)) == [two]


def test_a_session_goes_on_after_a_start_at_each_of_its_steps() -> None:
    siao = governed()

    def start() -> None:
        siao.services[Service.ORIENTATION].territories.clear()

    asks(siao, "first", PENSION, SOCIALE)
    second = asks(siao, "second")
    vacancy, other = vacant(siao, "A-01"), vacant(siao, "R-01", OTHER_STRUCTURE)
    convened(siao, held_on=TODAY + timedelta(days=8))
    start()
    siao.wait(timedelta(days=2))
    assert agenda(siao)[vacancy].request == second
    start()
    assert siao.code(opinion(siao, FEDERATION, vacancy)) == "accepted"
    assert siao.code(decided(siao, other, None)) == "accepted"
    siao.wait(timedelta(days=7))
    start()
    minuted(siao)
    assert outcomes(siao) == {vacancy: "designated", other: "adjourned"}
    start()
    siao.wait(timedelta(days=90))
    convened(siao, "s2", held_on=TODAY + timedelta(days=100), freeze_on=TODAY)
    assert list(agenda(siao)) == [other]


def test_a_page_says_for_which_session_a_place_waits() -> None:
    siao = governed()
    request, vacancy = asks(siao, "first"), vacant(siao, "A-01")
    asked = {"siao": "92", "household": request, "place": vacancy}

    def page() -> tuple[object, str]:
        found = pages.answer(siao.territory, request, vacancy)
        assert found.wait is None or pages.as_json(found)["waits_for_session"]
        return pages.as_json(found)["session_on"], pages.as_html(found, asked)

    assert page()[0] is None
    assert "pas encore convoquée" in page()[1]
    convened(siao, held_on=TODAY + timedelta(days=3), freeze_on=TODAY)
    assert page()[0] == (TODAY + timedelta(days=3)).isoformat()
    assert f"séance de la commission du {TODAY + timedelta(days=3)}" in page()[1]
    siao.wait(timedelta(days=3))
    minuted(siao)
    assert "séance de la commission" not in page()[1]


def test_an_agenda_that_was_not_the_best_is_found_out() -> None:
    siao = governed()
    first = asks(siao, "first", PENSION, SOCIALE)
    asks(siao, "second")
    one = vacant(siao, "A-01")
    vacant(siao, "R-01", OTHER_STRUCTURE)
    convened(siao)
    minuted(siao)
    log = logged(siao)
    forged = [item._replace(fact=_forged(item.fact, one, first)) for item in log]
    decisions = [item for item in forged if item.place.startswith(DESIGNATIONS.name)]
    found = list(replay([item for item in forged if item not in decisions], decisions))
    assert {difference.what for again in found for difference in again.differences} >= {f"{one}: request"}


def _forged(fact: Message, vacancy: str, request: str) -> Message:
    """The agenda as somebody would have liked it."""
    if not isinstance(fact, AgendaFrozen):
        return fact
    items = [item.model_copy(update={"request": request}) if item.vacancy == vacancy else item for item in fact.items]
    return fact.model_copy(update={"items": tuple(items)})
