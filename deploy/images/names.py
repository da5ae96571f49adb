"""Which image plays which part: the public one, unless a SIAO_IMAGE_* variable or standins.env says otherwise."""

import os
from enum import StrEnum
from pathlib import Path

# Written beside this file when stand-ins were built: the variables that docker-compose and the tests read.
STANDINS = Path(__file__).with_name("standins.env")

PROJECT = "siao-insertion"
OURS = ("offers", "intake", "orientation", "reporting", "edge", "provision")


class Part(StrEnum):
    """What an image of somebody else's is used for."""

    PYTHON = "python"
    KAFKA = "kafka"
    POSTGRES = "postgres"
    PROMETHEUS = "prometheus"
    ALERTMANAGER = "alertmanager"

    @property
    def variable(self) -> str:
        """The variable that names another image for it."""
        return f"SIAO_IMAGE_{self.name}"


PUBLIC = {
    Part.PYTHON: "python:3.11-slim-bookworm",
    Part.KAFKA: "apache/kafka:4.3.1",
    Part.POSTGRES: "postgres:18",
    Part.PROMETHEUS: "prom/prometheus:v3.5.0",
    Part.ALERTMANAGER: "prom/alertmanager:v0.28.1",
}


def image(part: Part) -> str:
    """The image of a part: its variable, else its stand-in, else the public one."""
    return os.environ.get(part.variable) or _standins().get(part.variable) or PUBLIC[part]


def ours(name: str, tag: str = "dev") -> str:
    """The tag of one of our own images."""
    return f"{PROJECT}/{name}:{tag}"


def write_standins(images: dict[Part, str]) -> None:
    """Says to whoever reads standins.env which images stand in; an empty choice removes the file."""
    if not images:
        STANDINS.unlink(missing_ok=True)
        return
    lines = [f"{part.variable}={image}\n" for part, image in images.items()]
    STANDINS.write_text("".join(lines), encoding="utf-8")


def _standins() -> dict[str, str]:
    if not STANDINS.exists():
        return {}
    lines = STANDINS.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)
