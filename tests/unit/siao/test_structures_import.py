"""Structures come in from an extract of FINESS: partners and drafts, what is refused and why, again unchanged."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from contracts.codes import OfferType
from contracts.vacancies import StructureDescribed
from deploy.embedded.failure import PlatformError
from deploy.provision.partners import load
from deploy.siao.__main__ import main
from deploy.siao.finess import COLUMNS, categories, read

# Invented establishments, in the layout and the encoding of an extract.
EXTRACT = Path(__file__).with_name("finess.csv")
PARTNERS = """# Ours.
partners:
  - {id: siao-92, role: operator, siao: "92", name: SIAO des Hauts-de-Seine}  # the operator
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "partners.yaml").write_text(PARTNERS, encoding="utf-8")
    return tmp_path


def imported(folder: Path, *options: str, extract: Path = EXTRACT, siao: str = "92") -> int:
    paths = ["--partners", str(folder / "partners.yaml"), "--drafts", str(folder / "drafts")]
    return main(["structures", "import", str(extract), "--siao", siao, *paths, *options])


def test_establishments_of_the_siao_become_partners_after_those_that_were_there(folder: Path) -> None:
    assert imported(folder) == 0
    partners = load(folder / "partners.yaml")
    assert [(partner.id, partner.name) for partner in partners] == [
        ("siao-92", "SIAO des Hauts-de-Seine"),
        ("chrs-les-acacias-920801234", "CHRS Les Acacias"),
        ("residence-sociale-de-l-etoile-920801235", "Résidence sociale de l'Étoile"),
        ("fjt-du-parc-920801236", "FJT DU PARC"),
        ("foyer-du-port-920801237", "FOYER DU PORT"),
        ("maison-relais-des-lilas-920801242", "MAISON RELAIS DES LILAS"),
    ]
    assert {partner.role for partner in partners[1:]} == {"structure"}
    assert (folder / "partners.yaml").read_text(encoding="utf-8").startswith(PARTNERS)


def test_the_report_says_what_was_taken_and_refused_and_why_in_french_first(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported(folder)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(
        "5 structures ajoutées, 0 déjà inscrites, 4 refusées ; 1 établissements d'autres catégories, 1 d'autres"
    )
    refused = [line.split(" / ")[0] for line in lines if line.startswith("  - ")]
    assert refused == [
        "  - ligne 8, FINESS ? : numéro FINESS illisible (9 caractères)",
        "  - ligne 9, FINESS 920801240 : code de la commune illisible (3 chiffres)",
        "  - ligne 10, FINESS 920801241 : nom absent ou trop long (200 caractères)",
        "  - ligne 11, FINESS 920801234 : deux fois dans le fichier",
    ]
    assert "5 brouillons écrits, 0 gardés" in lines[-1]


def test_a_draft_is_refused_until_its_structure_has_described_its_places(folder: Path) -> None:
    imported(folder)
    draft = json.loads((folder / "drafts" / "chrs-les-acacias-920801234.json").read_text(encoding="utf-8"))
    assert (draft["structure_id"], draft["offer_type"], draft["commune"]) == ("920801234", "chrs", "92050")
    with pytest.raises(ValidationError, match="places"):
        StructureDescribed.model_validate_json(json.dumps(draft))
    draft["places"] = [{"place_id": "A-01", "capacity": 2, "count": 12}]
    assert StructureDescribed.model_validate_json(json.dumps(draft)).name == "CHRS Les Acacias"


def test_an_import_again_changes_nothing_and_keeps_what_a_structure_has_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported(folder)
    draft = folder / "drafts" / "fjt-du-parc-920801236.json"
    draft.write_text("{}", encoding="utf-8")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    capsys.readouterr()
    assert imported(folder) == 0
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert capsys.readouterr().out.startswith("0 structures ajoutées, 5 déjà inscrites")
    (folder / "partners.yaml").write_text(PARTNERS, encoding="utf-8")
    imported(folder)
    assert draft.read_text(encoding="utf-8") == "{}"
    assert "0 brouillons écrits, 5 gardés" in capsys.readouterr().out


def test_a_partner_of_the_same_name_is_for_a_person_to_compare(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = '  - {id: mine, role: structure, siao: "92", name: chrs les acacias}\n'
    (folder / "partners.yaml").write_text(PARTNERS + known, encoding="utf-8")
    imported(folder)
    out = capsys.readouterr().out
    assert "FINESS 920801234 : un partenaire porte déjà ce nom (mine) : à rapprocher" in out
    assert "chrs-les-acacias-920801234" not in {partner.id for partner in load(folder / "partners.yaml")}


def test_a_dry_run_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    imported(folder, "--dry-run")
    assert (folder / "partners.yaml").read_text(encoding="utf-8") == PARTNERS
    assert not (folder / "drafts").exists()
    assert capsys.readouterr().out.endswith("Rien n'a été écrit. / Nothing was written.\n")


def test_the_partners_file_is_made_when_there_is_none(tmp_path: Path) -> None:
    imported(tmp_path)
    assert len(load(tmp_path / "partners.yaml")) == 5


@pytest.mark.parametrize(
    "text",
    [
        '{"partners": [{"id": "a", "role": "operator", "siao": "92", "name": "A"}]}\n',
        'partners:\n  - {id: a, role: operator, siao: "92", name: A}\nother: []\n',
    ],
)
def test_a_file_that_lines_cannot_be_added_to_is_left_as_it_is(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "partners.yaml"
    path.write_text(text, encoding="utf-8")
    assert imported(tmp_path) == 2
    assert path.read_text(encoding="utf-8") == text
    assert str(path) in capsys.readouterr().err


def test_a_file_with_a_line_of_names_is_read_by_them(tmp_path: Path) -> None:
    path = tmp_path / "named.csv"
    path.write_text(
        "nofinesset;rs;rslongue;commune;departement;categetab\n2A0000019;Le Port;;004;2A;259\n", encoding="utf-8"
    )
    ((found,), *_) = (read(path, "2A", categories()).taken,)
    assert (found.number, found.commune, found.offer_type) == ("2A0000019", "2A004", OfferType.RESIDENCE_SOCIALE)


def test_outre_mer_has_letters_of_its_own_in_the_register(tmp_path: Path) -> None:
    path = tmp_path / "overseas.csv"
    path.write_text(
        "nofinesset;rs;rslongue;commune;departement;categetab\n9A0000019;CHRS;;105;9A;214\n", encoding="utf-8"
    )
    (found,) = read(path, "971", categories()).taken
    assert found.commune == "97105"


@pytest.mark.parametrize("content", [b"", b"a;b;c\n1;2;3\n", b"\xff\xfe\x00", b"structureet;920801234;x\n"])
def test_what_is_no_extract_is_refused_in_one_sentence(
    folder: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "other.csv"
    path.write_bytes(content)
    assert imported(folder, extract=path) == 2
    assert "n'est pas une extraction FINESS" in capsys.readouterr().err
    assert imported(folder, extract=folder / "nowhere.csv") == 2


def test_a_table_of_categories_of_ones_own_is_used(folder: Path) -> None:
    table = folder / "table.csv"
    table.write_text("category;offer_type;label;confirmed;origin\n620;alt;x;no;x\n", encoding="utf-8")
    imported(folder, "--categories", str(table))
    assert [partner.name for partner in load(folder / "partners.yaml")][1:] == ["PHARMACIE DU CENTRE"]
    table.write_text("category;offer_type;label;confirmed;origin\n620;castle;x;no;x\n", encoding="utf-8")
    with pytest.raises(PlatformError):
        categories(table)


def test_every_category_of_the_table_is_a_type_of_offer_with_its_origin() -> None:
    assert set(categories().values()) <= set(OfferType)
    assert len(COLUMNS) == 32
