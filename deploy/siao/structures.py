"""`siao structures import FILE`: from an extract of FINESS to partners and drafts of their first description.

It sends nothing. What is there already is left as it is, so that it can be run again; a partner of the same name is for
a person to compare, and is refused.
"""

import argparse
import json
import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from contracts.partners import PartnerRegistered
from contracts.topics import Role
from deploy.embedded.failure import PlatformError
from deploy.provision.partners import check, load
from deploy.siao.finess import CATEGORIES, Establishment, Extract, Refused, categories, read

LONGEST_ID: Final = 60
NEW_FILE: Final = "# Les partenaires du SIAO / the SIAO's partners: see deploy/provision.\npartners:\n"


@dataclass(slots=True)
class Outcome:
    """What an import does: new partners with their establishments, those known, those refused, the drafts."""

    extract: Extract
    added: list[tuple[PartnerRegistered, Establishment]] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    drafts: list[Path] = field(default_factory=list)
    kept: int = 0


def declare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `structures` to the commands of `siao`."""
    structures = commands.add_parser("structures", help="structures connues ailleurs / structures known elsewhere")
    actions = structures.add_subparsers(required=True, metavar="ACTION")
    importing = actions.add_parser("import", help="depuis une extraction FINESS / from an extract of FINESS")
    importing.add_argument("file", type=Path, help="extraction FINESS des établissements (CSV)")
    importing.add_argument("--siao", required=True, help="code du SIAO : 92, 2A, 974")
    importing.add_argument(
        "--partners", type=Path, default=Path("partners.yaml"), help="fichier des partenaires, complété"
    )
    importing.add_argument("--drafts", type=Path, default=Path("drafts"), help="dossier des brouillons de description")
    importing.add_argument("--categories", type=Path, default=CATEGORIES, help="table des catégories FINESS")
    importing.add_argument("--dry-run", action="store_true", help="ne rien écrire / write nothing")
    importing.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Import, and say what was taken and refused, and why."""
    extract = read(options.file, options.siao, categories(options.categories))
    outcome = plan(extract, load(options.partners) if options.partners.exists() else (), options.siao)
    if not options.dry_run:
        add_partners(options.partners, [partner for partner, _ in outcome.added])
        write_drafts(options.drafts, outcome)
    sys.stdout.write(report(outcome, options.dry_run))
    return 0


def plan(extract: Extract, partners: Sequence[PartnerRegistered], siao: str) -> Outcome:
    """Which establishments become partners. A partner's id ends in its FINESS number: so is it known again."""
    outcome = Outcome(extract, refused=list(extract.refused))
    ids = {partner.id for partner in partners}
    names = {_plain(partner.name): partner.id for partner in partners if partner.siao == siao}
    for found in extract.taken:
        same = next((known for known in ids if known.endswith(f"-{found.number.lower()}")), None)
        if same is not None:
            outcome.known.append(same)
            continue
        namesake = names.get(_plain(found.name))
        if namesake is not None:
            french = f"un partenaire porte déjà ce nom ({namesake}) : à rapprocher"
            outcome.refused.append(Refused(0, found.number, french, "a partner has this name already: compare them"))
            continue
        partner = PartnerRegistered(id=partner_id(found), role=Role.STRUCTURE, siao=siao, name=found.name)
        outcome.added.append((partner, found))
        names[_plain(found.name)] = partner.id
    check([*partners, *(partner for partner, _ in outcome.added)])
    return outcome


def partner_id(found: Establishment) -> str:
    """The name, as far as there is room, and the FINESS number: stable, and nobody else's."""
    number = found.number.lower()
    return f"structure-{number}" if not (short := _slug(found.name, len(number))) else f"{short}-{number}"


def _slug(name: str, number: int) -> str:
    return re.sub(r"[^a-z0-9]+", "-", _plain(name))[: LONGEST_ID - number - 1].strip("-")


def _plain(text: str) -> str:
    """A text without accents or capitals."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower().strip()


def add_partners(path: Path, partners: Sequence[PartnerRegistered]) -> None:
    """Add lines to the partners' file; what is there, comments too, stays. Raises PlatformError: file unchanged."""
    before = path.read_text(encoding="utf-8") if path.exists() else NEW_FILE
    if not partners:
        return
    indent = (re.findall(r"^( *)- ", before, re.MULTILINE) or ["  "])[-1]
    lines = [f"{indent}- {{{_fields(partner)}}}\n" for partner in partners]
    after = before + ("" if before.endswith("\n") else "\n") + "".join(lines)
    expected = [
        *_entries(before),
        *(json.loads(partner.model_dump_json(exclude_defaults=True)) for partner in partners),
    ]
    if _entries(after) != expected:
        raise PlatformError(
            f"{path} n'est pas complété : sa liste « partners » doit être en YAML, une ligne par partenaire, à la fin.",
            f"{path} cannot be added to: its list of partners must be YAML, a line each, at the end of the file.",
        )
    path.write_text(after, encoding="utf-8")


def _entries(text: str) -> list[Any]:
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError:
        return []
    return list(document.get("partners") or []) if isinstance(document, dict) else []


def _fields(partner: PartnerRegistered) -> str:
    fields = json.loads(partner.model_dump_json(exclude_defaults=True))
    plain = re.compile(r"[a-z][a-z0-9-]*")
    return ", ".join(
        f"{name}: {value if plain.fullmatch(value) else json.dumps(value, ensure_ascii=False)}"
        for name, value in fields.items()
    )


def write_drafts(folder: Path, outcome: Outcome) -> None:
    """A draft of `structure.described.v1` for each new partner; one that is there already is its structure's."""
    folder.mkdir(parents=True, exist_ok=True)
    for partner, found in outcome.added:
        path = folder / f"{partner.id}.json"
        if path.exists():
            outcome.kept += 1
            continue
        path.write_text(json.dumps(draft(found), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        outcome.drafts.append(path)


def draft(found: Establishment) -> dict[str, Any]:
    """What FINESS knows of a first description. Without a place it is refused if it is sent as it is."""
    return {
        "structure_id": found.number,
        "revision": 1,
        "name": found.name,
        "offer_type": found.offer_type.value,
        "commune": found.commune,
        "places": [],
        "projet": {"version": 1, "effective_from": date.today().isoformat(), "rules": []},
    }


def report(outcome: Outcome, dry_run: bool) -> str:
    """What was taken and refused, and why; French first."""
    extract = outcome.extract
    added, known, refused = len(outcome.added), len(outcome.known), len(outcome.refused)
    lines = [
        f"{added} structures ajoutées, {known} déjà inscrites, {refused} refusées ;"
        f" {extract.other} établissements d'autres catégories, {extract.elsewhere} d'autres départements."
        f" / {added} structures added, {known} known, {refused} refused;"
        f" {extract.other} establishments of other categories, {extract.elsewhere} elsewhere."
    ]
    lines += [f"  + {partner.id} : {partner.name} ({found.offer_type.label})" for partner, found in outcome.added]
    lines += [f"  = {known_id}" for known_id in outcome.known]
    for row in outcome.refused:
        where = f"ligne {row.line}, " if row.line else ""
        lines.append(f"  - {where}FINESS {row.number} : {row.french} / {row.english}")
    if dry_run:
        lines.append("Rien n'a été écrit. / Nothing was written.")
    elif outcome.added:
        lines.append(
            f"{len(outcome.drafts)} brouillons écrits, {outcome.kept} gardés : chaque structure y décrit ses places et"
            " son projet d'établissement avant d'envoyer structure.described.v1 (FINESS ne les connaît pas)."
            f" / {len(outcome.drafts)} drafts written, {outcome.kept} kept: each structure describes its places and its"
            " projet d'établissement in it before it sends structure.described.v1 (FINESS does not know them)."
        )
    return "\n".join(lines) + "\n"
