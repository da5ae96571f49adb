"""Which image plays which part, and that docker-compose.yml means the same ones."""

import re
from pathlib import Path

import pytest

from deploy.embedded.state import ROOT
from deploy.images import names
from deploy.images.names import OURS, PUBLIC, Part, image, ours

DEFAULT = re.compile(r"\$\{(SIAO_IMAGE_\w+):-([^}]+)\}")


@pytest.fixture(autouse=True)
def standins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A standins.env of this test's own, and no variable."""
    for part in Part:
        monkeypatch.delenv(part.variable, raising=False)
    monkeypatch.setattr(names, "STANDINS", tmp_path / "standins.env")
    return tmp_path / "standins.env"


def test_a_variable_counts_before_a_stand_in_and_a_stand_in_before_the_public_image(
    standins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert image(Part.KAFKA) == PUBLIC[Part.KAFKA]
    names.write_standins({Part.KAFKA: "siao-standin/kafka:1"})
    assert standins.read_text() == "SIAO_IMAGE_KAFKA=siao-standin/kafka:1\n"
    assert (image(Part.KAFKA), image(Part.POSTGRES)) == ("siao-standin/kafka:1", PUBLIC[Part.POSTGRES])
    monkeypatch.setenv("SIAO_IMAGE_KAFKA", "another/kafka:2")
    assert image(Part.KAFKA) == "another/kafka:2"


def test_where_nothing_stands_in_any_more_nothing_says_so(standins: Path) -> None:
    names.write_standins({Part.KAFKA: "siao-standin/kafka:1"})
    names.write_standins({})
    assert not standins.exists()
    assert image(Part.KAFKA) == PUBLIC[Part.KAFKA]


def test_docker_compose_takes_the_same_images_from_the_same_variables() -> None:
    found = dict(DEFAULT.findall((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    expected = {part.variable: PUBLIC[part] for part in Part}
    expected |= {f"SIAO_IMAGE_{name.upper()}": ours(name) for name in OURS}
    assert {name: found.get(name) for name in expected} == expected
