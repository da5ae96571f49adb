"""Which backend a test run uses, and what it says when containers cannot be had."""

import pytest

from tests.backends import choosing, containers
from tests.backends.choosing import choose


def lacking(monkeypatch: pytest.MonkeyPatch, reason: str | None) -> None:
    """As if this were why tests cannot run on containers here; None: they can."""
    monkeypatch.setattr(containers, "unavailable", lambda: reason)


def test_containers_where_they_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking(monkeypatch, None)
    assert [choose(asked).backend.name for asked in ("auto", "containers")] == ["containers"] * 2
    assert "auto" not in choose("auto").header()


def test_the_embedded_one_elsewhere_and_the_header_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking(monkeypatch, "no Docker engine answers: refused")
    assert choose("auto").backend.name == "embedded"
    assert "no Docker engine answers: refused" in choose("auto").header()


def test_the_embedded_one_when_it_is_asked_for_without_a_word_of_containers(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking(monkeypatch, "never asked")
    assert choose("embedded").backend.name == "embedded"
    assert "never asked" not in choose("embedded").header()


def test_containers_asked_for_are_not_quietly_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    lacking(monkeypatch, "no image postgres:18 here")
    with pytest.raises(pytest.UsageError, match="no image postgres:18 here"):
        choose("containers")


def test_a_name_that_is_no_backend_is_refused() -> None:
    with pytest.raises(pytest.UsageError, match=f"one of {', '.join(choosing.CHOICES)}"):
        choose("podman")
