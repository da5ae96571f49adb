"""What the contract's READMEs say is there is there: files, links, sections, commands, settings."""

import re
from pathlib import Path

import pytest

from contracts.kit.__main__ import _options
from contracts.kit.settings import FIELDS
from contracts.topics import CHANNELS, CORE, Service

CONTRACTS = Path(__file__).parents[2] / "contracts"
README, RECIPES = CONTRACTS / "README.md", CONTRACTS / "recipes" / "README.md"


def anchors(text: str) -> set[str]:
    """The anchors of a text's headings."""
    titles = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), flags=re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("readme", [README, RECIPES], ids=lambda path: path.parent.name)
def test_every_link_leads_to_a_file_or_a_section(readme: Path) -> None:
    text = readme.read_text()
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("https:")]
    assert links
    lost = [
        link
        for link in links
        if not (link[1:] in anchors(text) if link.startswith("#") else (readme.parent / link).exists())
    ]
    assert lost == []


def test_every_path_of_the_table_exists() -> None:
    for path in re.findall(r"`((?:schemas|asyncapi|examples|recipes|kit|pages|released)/[^`]*)`", README.read_text()):
        families = [channel.name for channel in (*CHANNELS, *CORE)]
        filled = [path.replace("<channel or topic>", family) for family in families] if "<channel" in path else [path]
        for one in filled:
            pattern = one.replace("<type>", "*").replace("<version>", "*").replace("<service>", Service.OFFERS)
            assert list(CONTRACTS.glob(pattern.rstrip("/"))), path


def test_every_command_and_option_that_it_names_exists() -> None:
    text = README.read_text()
    usage = _options().format_help()
    named = set(re.findall(r"siao-partner ([a-z]+)", text))
    assert named == {"doctor", "example", "send", "watch", "feed", "indicators"}
    assert all(re.search(rf"^\s+{name}\s", usage, flags=re.MULTILINE) for name in named)
    source = (CONTRACTS / "kit" / "__main__.py").read_text()
    assert [option for option in re.findall(r"--[a-z][a-z-]+", text) if f'"{option}"' not in source] == ["--check"]


def test_every_setting_is_named_in_both() -> None:
    for field in FIELDS:
        assert f"SIAO_{field.upper()}" in README.read_text()
        assert f"SIAO_{field.upper()}" in RECIPES.read_text()
