"""What the services' READMEs say is there is there: files, functions, messages, codes, and the designation's states."""

import re
from pathlib import Path

import pytest

from contracts.catalogue import MESSAGES
from contracts.codes import DesignationState
from contracts.rejections import REJECTIONS
from tests.unit.orientation.test_answers import EXPECTED

SERVICES = Path(__file__).parents[2] / "services"
READMES = sorted(SERVICES.glob("*/README.md"))
KINDS = {kind for models in MESSAGES.values() for kind in models}
ANSWERS = {
    "designation.acknowledged.v1": "acknowledged",
    "designation.interview_set.v1": "interview_set",
    "designation.interview_held.v1": "interview_held",
    "admission.decided.v1": "decided",
    "designation.accepted.v1": "accepted",
    "designation.refused.v1": "refused",
    "household.declined.v1": "declined",
    "household.no_show.v1": "no_show",
    "household.admitted.v1": "admitted",
    "designation.cancelled.v1": "cancelled",
}


def test_every_service_and_the_chassis_has_one() -> None:
    assert [path.parent.name for path in READMES] == ["chassis", "edge", "intake", "offers", "orientation", "reporting"]


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.parent.name)
def test_every_file_that_it_names_exists_and_no_module_is_left_out(readme: Path) -> None:
    text = readme.read_text()
    named = set(re.findall(r"`([a-z_/]+\.(?:py|html))`", text))
    assert {name for name in named if not name.startswith("tests/")} == {
        name for name in named if (readme.parent / name).is_file()
    }
    modules = {path.relative_to(readme.parent).as_posix() for path in readme.parent.rglob("*.py")}
    hidden = {name for name in modules - named if not re.search(r"__|migrations/|handlers/folds|app\.py", name)}
    assert hidden == set()


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.parent.name)
def test_every_message_code_and_function_that_it_names_exists(readme: Path) -> None:
    text = readme.read_text()
    assert set(re.findall(r"`([a-z_]+\.[a-z_]+\.v[0-9]+)`", text)) <= KINDS
    prose = re.sub(r"`[^`]*`", "", text)
    listed = {
        code for code in re.findall(r"[a-z]+(?:-[a-z]+)+", prose) if code in REJECTIONS or code.endswith("-known")
    }
    assert listed <= set(REJECTIONS)
    for name, function in re.findall(r"`([a-z_/]+\.py)` `([a-z_]+)`", text):
        assert f"def {function}(" in (readme.parent / name).read_text(), (name, function)


def test_the_states_of_a_designation_are_those_of_the_table() -> None:
    told: dict[str, dict[DesignationState, DesignationState]] = {}
    states = {state.value: state for state in DesignationState}
    for line in (SERVICES / "orientation" / "README.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 3 or not line.startswith("| `") or "expected" in line or ".v1`" not in cells[0]:
            continue
        for kind in re.findall(r"`([^`]+)`", cells[0]):
            answer = ANSWERS.get(kind) or cells[0].rpartition(" ")[2]
            told[answer] = {states[before]: states[cells[2]] for before in cells[1].split(", ")}
    assert told == EXPECTED
