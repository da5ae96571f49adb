"""A département lives some days in containers of which some are killed: the ledger is clean, nothing is left behind."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.compose.project import Project
from deploy.demo.composed import NAME
from deploy.embedded.state import ROOT

# Clear of the days' ends, where deadlines and the month's indicators are counted.
KILLS = ("intake@1.3", "kafka@1.6", "postgres@2.3")


@pytest.mark.timeout(420)
def test_a_short_demo_in_containers_is_clean_and_leaves_nothing(tmp_path: Path) -> None:
    kills = [part for kill in KILLS for part in ("--kill", kill)]
    options = ["--composed", "--days", "3", "--size", "0.1", "--day-seconds", "15", "--out", str(tmp_path), *kills]
    ended = subprocess.run(
        [sys.executable, "-m", "deploy.demo", *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    ledger = json.loads((tmp_path / "ledger.json").read_text(encoding="utf-8"))
    assert sum(ledger["sent"].values()) > 100
    assert {check["check"]: check["findings"] for check in ledger["checks"] if check["findings"]} == {}
    for kill in KILLS:
        assert f"kill -9 {kill.partition('@')[0]}" in ended.stdout
    assert Project(NAME, {}).left() == []
