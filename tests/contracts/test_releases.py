"""What partners were given still holds: no version of the contract is broken by the present one."""

import json
import shutil
from pathlib import Path

import pytest

from contracts import __version__
from contracts.export import HERE
from contracts.releases import RELEASED, broken, release, releases


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The contract as it is, to be spoilt, with one version given: itself."""
    for name in ("schemas", "examples"):
        shutil.copytree(HERE / name, tmp_path / "contracts" / name)
    (tmp_path / "released").mkdir()
    release("1", tmp_path / "released", tmp_path / "contracts")
    return tmp_path


def test_the_present_contract_breaks_none_that_partners_were_given() -> None:
    """What is named here needs a new version of its message (`.v2`), beside the old one."""
    assert broken() == []
    assert [folder.name for folder in releases(RELEASED)][-1] <= __version__


def test_a_break_of_any_version_is_named(copy: Path) -> None:
    path = copy / "contracts" / "schemas" / "vacancies" / "vacancy.published.v1.json"
    schema = json.loads(path.read_text())
    schema["required"].append("floor")
    schema["properties"]["floor"] = {"type": "integer"}
    path.write_text(json.dumps(schema))
    assert broken(copy / "released", copy / "contracts") == [
        "1: vacancies/vacancy.published.v1.json: $.floor: a new field is required"
    ]


def test_an_example_that_was_given_is_neither_changed_nor_taken_away(copy: Path) -> None:
    examples = copy / "contracts" / "examples" / "vacancies"
    (examples / "vacancy.published.v1.json").write_text("{}")
    (examples / "vacancy.withdrawn.v1.json").unlink()
    (examples / "vacancy.published.v1.another.json").write_text("{}")
    assert broken(copy / "released", copy / "contracts") == [
        "1: vacancies/vacancy.published.v1.json: the example was changed or is gone",
        "1: vacancies/vacancy.withdrawn.v1.json: the example was changed or is gone",
    ]


def test_a_version_is_given_once(copy: Path) -> None:
    with pytest.raises(FileExistsError):
        release("1", copy / "released", copy / "contracts")
    release("2", copy / "released", copy / "contracts")
    assert [folder.name for folder in releases(copy / "released")] == ["1", "2"]
