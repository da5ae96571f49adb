"""`siao-partner doctor`: from the address to the answer, what works and what to do about what does not."""

import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

from aiokafka.errors import KafkaError

from contracts.kit.dialogue import dialogue
from contracts.kit.failure import KitError
from contracts.kit.findings import Finding, ill, well
from contracts.kit.reach import ways_in
from contracts.kit.rights import own_channels, rights
from contracts.kit.settings import FILE, Settings
from contracts.topics import NOTICES


async def examine(file: Path | None, *, ask: bool = True) -> AsyncIterator[Finding]:
    """Each finding as soon as it is made. ask: also ask the SIAO one question, which it refuses and answers."""
    try:
        settings = Settings.load(file)
    except KitError as error:
        yield ill(
            "Réglages",
            error.fr,
            error.en,
            remedy_fr=f"Écrivez {FILE} (address, partner, password, ca) : voyez le README du contrat.",
            remedy_en=f"Write {FILE} (address, partner, password, ca): see the contract's README.",
        )
        return
    yield _settings(settings, file or FILE)
    try:
        async for finding in _examine(settings, ask=ask):
            yield finding
    except KitError as error:
        yield _broken(error.fr, error.en)
    except KafkaError as error:
        yield _broken(f"perdue ({type(error).__name__})", "lost")


async def _examine(settings: Settings, *, ask: bool) -> AsyncIterator[Finding]:
    async for finding in ways_in(settings):
        yield finding
        if not finding.well:
            return
    own = await own_channels(settings)
    async for finding in rights(settings, own):
        yield finding
    if NOTICES in own:
        async for finding in dialogue(settings, [channel for channel in own if channel.inbound], ask=ask):
            yield finding


def _broken(fr: str, en: str) -> Finding:
    return ill(
        "Connexion",
        fr,
        en,
        remedy_fr="Recommencez ; si cela dure, prévenez l'opérateur du SIAO.",
        remedy_en="Try again; if this lasts, tell the SIAO's operator.",
    )


def _settings(settings: Settings, file: Path) -> Finding:
    # Elsewhere the mode does not say who may read.
    if os.name == "posix" and file.exists() and stat.S_IMODE(file.stat().st_mode) & (stat.S_IRGRP | stat.S_IROTH):
        return ill(
            "Réglages",
            f"{file} se lit par d'autres que vous",
            f"{file} can be read by others",
            remedy_fr=f"chmod 600 {file}",
            remedy_en=f"chmod 600 {file}",
        )
    return well("Réglages", f"partenaire {settings.partner}", "settings")
