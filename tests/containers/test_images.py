"""Our own images: what each holds and what it does not, and that it works without a right to anything else."""

import base64
import json
import os
from pathlib import Path
from typing import Any, Final

import pytest

from deploy.embedded import ports
from deploy.images.names import OURS, ours
from deploy.provision.apply import apply
from tests.backends.backend import Backend
from tests.containers.conftest import Running, until
from tests.containers.docker import docker, once
from tests.servers import Database

SERVICES: Final = tuple(name for name in OURS if name != "provision")
# As docker-compose.yml runs them: nothing may be written, no capability, no way to get one.
HARDENED: Final = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges")
LOOKS: Final = """
import importlib.util, json, os, shutil, sys
from pathlib import Path
app = Path("/opt/siao/app")
everything = [p for p in Path("/").glob("*") if p.name not in ("proc", "sys", "dev")]
files = [p for top in everything for p in ([top] if top.is_file() else top.rglob("*")) if not p.is_symlink()]
print(json.dumps({
    "user": os.getuid(),
    "groups": os.getgroups(),
    "tools": [t for t in ("pip", "pip3", "cc", "gcc", "g++", "ld", "make", "uv", "git", "curl") if shutil.which(t)],
    "modules": [m for m in ("pip", "setuptools", "ensurepip", "pytest", "mypy", "uv") if importlib.util.find_spec(m)],
    "code": sorted(str(p.relative_to(app)) for p in app.glob("*/*") if p.is_dir() and p.name != "__pycache__"),
    "suffixes": sorted({p.suffix for p in app.rglob("*") if p.is_file()}),
    "tests": [str(p) for p in app.rglob("*test*")],
    "setuid": [str(p) for p in files if p.is_file() and p.stat().st_mode & 0o6000],
    "writable": [str(p) for p in app.parent.rglob("*") if os.access(p, os.W_OK)],
}))
"""
# Compiled libraries need libraries of the base image, and dates need the calendar: what is missing is seen on import.
IMPORTS: Final = """
import importlib, os, pkgutil, zoneinfo
import greenlet
zoneinfo.ZoneInfo("Europe/Paris")
for package in ("chassis", os.environ["SERVICE"]):
    for module in pkgutil.walk_packages([f"/opt/siao/app/services/{package}"], f"services.{package}."):
        if not module.name.endswith("__main__"):
            print(importlib.import_module(module.name).__name__)
"""


@pytest.fixture(scope="module", params=OURS)
def seen(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """An image's name, and what a program inside it sees."""
    looked = once(ours(request.param), "python", "-", options=(*HARDENED, "--network=none"), text=LOOKS)
    assert looked.returncode == 0, f"{looked.stderr} (make images)"
    return request.param, json.loads(looked.stdout)


def test_an_image_runs_as_nobody_in_particular(seen: tuple[str, dict[str, Any]]) -> None:
    _, facts = seen
    assert (facts["user"], facts["groups"]) == (10001, [10001])
    assert (facts["setuid"], facts["writable"]) == ([], [])


def test_an_image_cannot_build_or_install_anything(seen: tuple[str, dict[str, Any]]) -> None:
    _, facts = seen
    assert (facts["tools"], facts["modules"]) == ([], [])


def test_an_image_holds_contracts_and_one_program(seen: tuple[str, dict[str, Any]]) -> None:
    name, facts = seen
    own = ["deploy/embedded", "deploy/provision"] if name == "provision" else ["services/chassis", f"services/{name}"]
    assert facts["code"] == sorted(["contracts/asyncapi", *own])
    assert facts["tests"] == []
    shown = {"reporting": ".html", "orientation": ".html", "edge": ".html", "provision": ".yaml"}
    assert set(facts["suffixes"]) == {".py", ".pyc", ".json"} | {shown[name] for name in shown.keys() & {name}}


@pytest.mark.parametrize("name", SERVICES)
def test_every_module_of_a_service_finds_what_it_needs(name: str) -> None:
    imported = once(ours(name), "python", "-W", "error", "-", options=HARDENED, text=IMPORTS)
    assert (imported.returncode, imported.stderr) == (0, "")
    assert f"services.{name}.app" in imported.stdout.split()


def test_provisioning_finds_what_it_needs() -> None:
    shown = once(ours("provision"), options=HARDENED)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "deploy.provision" in shown.stdout


def test_a_service_s_image_migrates_starts_says_when_it_is_ready_and_ends_when_asked(
    running: Running, database: Database, backend: Backend, tmp_path: Path
) -> None:
    with backend.broker() as kafka:
        kafka.start()
        login = apply(kafka.client_settings(), [], tmp_path / "credentials.json").credentials.services["offers"]
        settings = {
            "SIAO_DATABASE": database(),
            "SIAO_KAFKA": kafka.bootstrap,
            "SIAO_KAFKA_USER": login.user,
            "SIAO_KAFKA_PASSWORD": login.password,
            "SIAO_VAULT_KEY": base64.b64encode(os.urandom(32)).decode(),
            "SIAO_HTTP_PORT": str(ports.free_port()),
        }
        # The host's own loopback: only there may a connection to Kafka go without TLS.
        options = (*HARDENED, "--network=host", *(f"--env={name}={value}" for name, value in settings.items()))
        migrated = once(ours("offers"), "python", "-m", "services.chassis.migrate", "offers", options=options)
        assert migrated.returncode == 0, migrated.stderr
        container = running(ours("offers"), options=options)
        until(lambda: told(container, "{{.State.Health.Status}}") == "healthy", "it is healthy", container)
        docker("stop", "--time=30", container)
        assert told(container, "{{.State.ExitCode}}") == "0"


def told(container: str, what: str) -> str:
    """What the engine says of a container."""
    return docker("inspect", f"--format={what}", container).stdout.strip()
