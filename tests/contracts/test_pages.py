"""The pages of the contract say all of it, in French first, and every link leads somewhere; nothing runs in them."""

import re
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from contracts.catalogue import MESSAGES
from contracts.codes import OfferType, Situation
from contracts.golden import golden_messages
from contracts.pages.book import pages
from contracts.pages.reading import type_of
from contracts.rejections import REJECTIONS
from contracts.si_siao import REFERENTIALS
from contracts.topics import CHANNELS, CORE

made = cache(pages)
LARGEST = 200_000
VOID = {"meta", "br", "link", "img", "input", "hr"}


class Reader(HTMLParser):
    """The elements of a page: links, ids, whether all that is opened is closed, and what may not be there."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.names: set[str] = set()
        self.handlers: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        given = dict(attrs)
        self.links += [link for name in ("href", "src") if (link := given.get(name))]
        self.ids += [given["id"] or ""] if "id" in given else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", sorted(pages()))
def test_a_page_is_whole_small_and_does_nothing(name: str) -> None:
    text = made()[name]
    page = Reader(text)
    assert page.open == []
    assert len(set(page.ids)) == len(page.ids)
    assert page.names & {"script", "iframe", "img", "link", "form"} == set()
    assert page.handlers == []
    assert len(text.encode()) < LARGEST
    assert text.startswith('<!doctype html>\n<html lang="fr">')
    assert text.count("<h1>") == 1


def test_every_link_leads_to_a_page_and_a_place_in_it() -> None:
    ids = {name: set(Reader(text).ids) for name, text in made().items()}
    broken = []
    for name, text in made().items():
        for link in Reader(text).links:
            page, _, place = link.partition("#")
            if (page or name) not in ids or (place and place not in ids[page or name]):
                broken.append((name, link))
    assert broken == []


def test_every_message_field_example_code_and_rejection_is_told() -> None:
    text = made()
    for topic in (*CHANNELS, *CORE):
        page = text[f"topic-{topic.name}.html"]
        assert all(f'<h2 id="{kind}">' in page for kind in MESSAGES[topic.name])
    for golden in golden_messages():
        page = text[f"topic-{golden.family}.html"]
        assert f"Exemple <code>{golden.name}</code>" in page
        assert all(f"<code>{field}</code>" in page for field in golden.value)
    assert all(f'id="{code}"' in text["rejets.html"] for code in REJECTIONS)
    assert all(f"<code>{code.value}</code>" in text["codes.html"] for code in (*OfferType, *Situation))
    assert all(f">{entry.code}<" in text["si-siao.html"] for found in REFERENTIALS for entry in found.entries)


def test_what_is_personal_is_marked() -> None:
    page = made()["topic-requests.html"]
    row = next(row for row in page.split("<tr>") if "<code>birth_date</code>" in row)
    assert "Donnée personnelle." in row
    assert "Donnée personnelle." not in made()["topic-siao.households.html"]


def test_english_is_marked_as_such_for_those_who_hear_the_page() -> None:
    page = made()["topic-vacancies.html"]
    assert re.search(r'<span lang="en">First day on which a household can enter\.</span>', page)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ({"type": "string", "maxLength": 64}, "texte, 64 caractères au plus"),
        ({"type": "string", "minLength": 3, "maxLength": 30}, "texte, 3 à 30 caractères"),
        ({"type": "string", "format": "date", "pattern": "x"}, "jour AAAA-MM-JJ"),
        ({"type": "integer", "minimum": 1, "maximum": 20}, "entier, 1 à 20"),
        ({"type": "integer", "minimum": 1, "maximum": 2_147_483_647}, "entier, 1 ou plus"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "texte ou nul"),
        ({"type": "array", "items": {"type": "string"}, "minItems": 1}, "liste (texte), 1 au moins"),
        ({"enum": ["a", "b"]}, "« a » | « b »"),
        ({"const": "a"}, "« a »"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "objet : pour chaque texte, entier"),
        ({"type": "object"}, "objet libre"),
    ],
)
def test_a_type_is_told_in_french(field: dict[str, object], text: str) -> None:
    assert type_of(field, {}).text == text


def test_a_type_that_the_contract_has_not_had_yet_is_not_guessed() -> None:
    with pytest.raises(KeyError):
        type_of({"type": "unheard-of"}, {})


def test_the_command_writes_the_pages(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "contracts.pages", str(tmp_path / "out")], check=True, timeout=60)
    assert {path.name: path.read_text() for path in (tmp_path / "out").iterdir()} == made()
