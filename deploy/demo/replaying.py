"""Every designation of the run taken again from the log, by the SIAO's own command in a process of its own."""

import json
import os
import subprocess
import sys
from typing import Any, Final

from deploy.demo.ledger.record import Finding
from deploy.demo.ledger.verdict import Check
from deploy.demo.lines import Access
from deploy.embedded.failure import PlatformError

PATIENCE: Final = 120.0
NAME: Final = "Désignations rejouées"


def replayed(administrator: Access) -> Check:
    """How they came out. Raises PlatformError when they could not be taken again."""
    environment = {
        **os.environ,
        "SIAO_KAFKA": administrator.bootstrap,
        "SIAO_KAFKA_USER": administrator.user,
        "SIAO_KAFKA_PASSWORD": administrator.password,
        **({"SIAO_KAFKA_CA": str(administrator.authority)} if administrator.authority else {}),
    }
    command = [sys.executable, "-m", "deploy.siao", "replay", "--all", "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE)
    try:
        verdict: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise PlatformError(
            f"Le rejeu des désignations a échoué : {done.stderr[-500:]}", "The designations could not be replayed."
        ) from None
    findings = [_finding(one) for one in verdict["differ"]]
    return Check(NAME, "Designations replayed from the log", int(verdict["replayed"]), findings)


def _finding(one: dict[str, Any]) -> Finding:
    what = ", ".join(f"{name} {was} -> {now}" for name, (was, now) in one["differences"].items())
    return Finding(NAME, f"désignation {one['designation']} : {what}", "the replay differs")
