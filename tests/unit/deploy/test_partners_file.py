"""The partners' file: what may be in it, and which sentence, with its place, a wrong one gets before any question."""

import argparse
import json
from pathlib import Path

import pytest

from contracts.partners import PartnerRegistered
from contracts.topics import NOTICES, VACANCIES, Role
from deploy.embedded.failure import PlatformError
from deploy.provision import commands
from deploy.provision.__main__ import main
from deploy.provision.partners import Partner, load, with_defaults
from deploy.provision.quotas import DEFAULTS, Quota

A = "id: a, role: member, siao: '92', name: A"
WRONG = {
    "partners: [{id: chrs 1, role: structure, siao: '92', name: A}]": "partners.0.id",
    "partners: [{id: chrs-1, role: hotel, siao: '92', name: A}]": "partners.0.role",
    "partners: [{id: chrs-1, role: structure, siao: 92, name: A}]": "partners.0.siao",
    f"partners: [{{{A}}}, {{{A}}}]": "« a » est donné à deux partenaires",
    "partners: [{id: offers-team, role: member, siao: '92', name: A}]": "« offers-team » commence par un nom réservé",
    "partners: [{id: edge, role: member, siao: '92', name: A}]": "« edge » commence par un nom réservé",
    "partners: [{id: edge-north, role: member, siao: '92', name: A}]": "« edge-north » commence par un nom réservé",
    "partners: [": "ni du YAML ni du JSON",
    "partners: [{since: 2026-01-01}]": "ni du YAML ni du JSON",
    "": "est faux à sa racine",
    "list: []": "est faux à partners",
    f"partners: [{{{A}}}]\nmore: 1": "est faux à more : ce champ n'existe pas",
    f"partners: [{{{A}, htpp: true}}]": "partners.0.htpp : ce champ n'existe pas",
    f"partners: [{{{A}, http: 'yes'}}]": "partners.0.http",
    f"partners: [{{{A}, quota: {{in: 1}}}}]": "partners.0.quota.in : ce champ n'existe pas",
    f"partners: [{{{A}, quota: {{write: 10}}}}]": "partners.0.quota.write",
    f"partners: [{{{A}, quota: {{requests: 0}}}}]": "partners.0.quota.requests",
    f"partners: [{{{A}, notices_days: 0}}]": "partners.0.notices_days",
    f"partners: [{{{A}, notices_days: 400}}]": "partners.0.notices_days",
}


@pytest.mark.parametrize("command", ["plan", "apply", "manifests"])
@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_file_is_one_sentence_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, command: str
) -> None:
    path = tmp_path / "partners.yaml"
    path.write_text(text)
    # There is no broker here: the file is read first.
    assert main([command, str(path), "--state", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert WRONG[text] in said.err
    assert said.err.startswith(("Le fichier des partenaires", "L'identifiant"))


def test_a_file_that_is_not_there_or_not_text_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match="ne peut pas être lu"):
        load(tmp_path / "nowhere.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"partners: \xff")
    with pytest.raises(PlatformError, match="ni du YAML ni du JSON"):
        load(tmp_path / "binary.yaml")


def test_yaml_and_json_say_the_same(tmp_path: Path) -> None:
    entry = {"id": "office", "role": "bailleur", "siao": "92", "name": "Office", "communes": ["92050"], "http": True}
    (tmp_path / "a.json").write_text(json.dumps({"partners": [entry]}))
    (tmp_path / "a.yaml").write_text(
        "partners:\n- {id: office, role: bailleur, siao: '92', name: Office, communes: ['92050'], http: true}\n"
    )
    assert load(tmp_path / "a.json") == load(tmp_path / "a.yaml") != ()


def test_an_id_that_only_resembles_the_edge_is_a_partner_s(tmp_path: Path) -> None:
    path = tmp_path / "partners.yaml"
    path.write_text("partners: [{id: edgeworth, role: member, siao: '92', name: A}]")
    assert load(path)[0].id == "edgeworth"


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_limits_and_the_contract_s_retention(role: Role) -> None:
    registered = PartnerRegistered(id="a", role=role, siao="92", name="A")
    [partner] = with_defaults([registered])
    assert partner.registration == registered
    assert (partner.http, partner.limits) == (False, DEFAULTS[role])
    assert partner.settings_of(NOTICES) == NOTICES.config


def test_the_register_is_told_the_contract_s_fields_only(tmp_path: Path) -> None:
    path = tmp_path / "partners.yaml"
    path.write_text(
        f"partners: [{{{A}, http: true, notices_days: 3, quota: {{write: 70000, read: 80000, requests: 9}}}}]"
    )
    [partner] = load(path)
    assert isinstance(partner, Partner)
    assert set(json.loads(partner.registration.model_dump_json())) == set(PartnerRegistered.model_fields)
    assert partner.limits == Quota(70_000, 80_000, 9)
    assert partner.settings_of(NOTICES)["retention.ms"] == str(3 * 86_400_000)
    assert partner.settings_of(VACANCIES) == VACANCIES.config


def test_the_commands_hang_under_another_program(tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    commands.declare(parser.add_subparsers())
    options = parser.parse_args(["partners", "plan", str(tmp_path / "nowhere.yaml"), "--state", str(tmp_path)])
    with pytest.raises(PlatformError, match="ne peut pas être lu"):
        options.run(options)


def test_the_example_is_right() -> None:
    partners = load(Path(__file__).parents[3] / "deploy" / "provision" / "partners.example.yaml")
    assert {partner.role for partner in partners} == set(Role)
