"""A Docker engine for what is tested in containers: these tests are asked for by name, so its absence is a failure."""

import subprocess
from collections.abc import Iterator

import pytest

from contracts.partners import PartnerRegistered
from contracts.topics import Role
from deploy.demo.composed import Composed
from deploy.images import engine

STRUCTURE = PartnerRegistered(id="chrs-1", role=Role.STRUCTURE, siao="92", name="Un CHRS")
OPERATOR = PartnerRegistered(id="siao-92", role=Role.OPERATOR, siao="92", name="SIAO des Hauts-de-Seine")


@pytest.fixture(scope="session", autouse=True)
def docker() -> None:
    """An engine that answers, or one sentence."""
    engine.require()


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    """The whole composition, healthy, for one module; removed afterwards, and nothing of it is left."""
    system = Composed([STRUCTURE, OPERATOR], "siao-test", tmp_path_factory.mktemp("composed"))
    try:
        system.prepare()
        system.start_services({})
        yield system
    finally:
        mounted = volumes(system)
        system.project.down()
    assert system.project.left() == []
    assert mounted & set(docker_lines("volume", "ls", "--quiet")) == set()


def volumes(system: Composed) -> set[str]:
    """Every volume of the composition's containers, those without a name too."""
    ids = [one.id for one in system.project.containers()]
    named = '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}}\n{{end}}{{end}}'
    return set(docker_lines("inspect", "--format", named, *ids)) - {""} if ids else set()


def docker_lines(*arguments: str) -> list[str]:
    """What docker prints, by line."""
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True).stdout.splitlines()
