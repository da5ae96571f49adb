"""What is exported is up to date, whole and consistent; a stale or foreign file is noticed."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts import codes, export
from contracts.catalogue import MESSAGES
from contracts.codes import Labelled
from contracts.export_asyncapi import asyncapi_documents
from contracts.rejections import REJECTIONS
from contracts.topics import CHANNELS, CORE, Service

DOCUMENTS = asyncapi_documents()


def test_the_committed_files_are_what_the_contracts_say() -> None:
    assert export.stale(export.HERE) == []


def test_stale_missing_and_foreign_files_are_named_and_put_right(tmp_path: Path) -> None:
    shutil.copy(export.HERE / "README.md", tmp_path)
    export.export(tmp_path)
    assert export.stale(tmp_path) == []
    codes_file, foreign = tmp_path / "schemas/codes.json", tmp_path / "schemas/vacancies/old.v1.json"
    codes_file.write_text("{}")
    foreign.write_text("{}")
    (tmp_path / "asyncapi/partner.json").unlink()
    readme = tmp_path / "README.md"
    readme.write_text(readme.read_text().replace("id-reused", "id-used"))
    names = ["README.md", "asyncapi/partner.json", "schemas/codes.json", "schemas/vacancies/old.v1.json"]
    assert export.stale(tmp_path) == names
    assert export.export(tmp_path) == names
    assert export.stale(tmp_path) == []
    assert not foreign.exists()


def test_a_readme_without_its_markers_is_refused(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# contracts\n")
    with pytest.raises(ValueError, match="markers"):
        export.stale(tmp_path)


def test_every_code_is_exported_with_its_label() -> None:
    exported = json.loads((export.HERE / "schemas/codes.json").read_text())
    for name, codes_ in vars(codes).items():
        if isinstance(codes_, type) and issubclass(codes_, Labelled) and codes_ is not Labelled:
            assert [(row["code"], row["label"]) for row in exported[name]["codes"]] == [
                (code.value, code.label) for code in codes_
            ]
    rejections = json.loads((export.HERE / "schemas/rejections.json").read_text())
    assert rejections.keys() == REJECTIONS.keys()


def test_code_lists_carry_their_labels_into_the_schemas() -> None:
    request = json.loads((export.HERE / "schemas/requests/request.submitted.v1.json").read_text())
    assert request["$defs"]["Situation"]["x-labels"]["street"] == "À la rue ou abri précaire"
    assert request["$defs"]["Member"]["properties"]["birth_date"]["x-private"] is True


@pytest.mark.parametrize(("path", "document"), DOCUMENTS.items(), ids=list(DOCUMENTS))
def test_every_reference_of_an_asyncapi_document_resolves(path: str, document: dict[str, Any]) -> None:
    references = list(_references(document))
    assert references
    for reference in references:
        file, _, pointer = reference.partition("#")
        target = json.loads((export.HERE / path).parent.joinpath(file).read_text()) if file else document
        for step in pointer.split("/")[1:]:
            target = target[step]
        assert target


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_every_message_has_headers_a_key_and_a_payload(document: dict[str, Any]) -> None:
    for kind, message in document["components"]["messages"].items():
        assert message["headers"]["properties"]["ce_type"]["const"] == kind
        assert message["payload"]["schema"]["$ref"].endswith(f"/{kind}.json")
        assert message["bindings"]["kafka"]["key"]["type"]


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_every_operation_is_on_a_channel_of_the_document(document: dict[str, Any]) -> None:
    used = set()
    for operation in document["operations"].values():
        name = operation["channel"]["$ref"].removeprefix("#/channels/")
        used.add(name)
        assert operation["action"] in ("send", "receive")
        assert {message["$ref"].rpartition("/")[2] for message in operation["messages"]} <= MESSAGES[name].keys()
        assert operation["messages"]
    assert used == document["channels"].keys()
    assert document["servers"]["siao"]["security"] == [{"$ref": "#/components/securitySchemes/scramSha512"}]


def test_a_partner_sees_all_its_channels_and_no_core_topic() -> None:
    partner = asyncapi_documents()["asyncapi/partner.json"]
    assert partner["channels"].keys() == {channel.name for channel in CHANNELS}
    for channel in CHANNELS:
        action = "send" if channel.inbound else "receive"
        assert f"{action}.{channel.name}" in partner["operations"]
        assert partner["channels"][channel.name]["address"] == f"partners.{{partner}}.{channel.name}"


def test_a_service_document_lists_what_it_reads_and_writes() -> None:
    for service in Service:
        operations = set(asyncapi_documents()[f"asyncapi/{service}.json"]["operations"])
        reads = {topic.name for topic in CORE if service in topic.readers}
        writes = {topic.name for topic in CORE if service in topic.writers}
        reads |= {channel.name for channel in CHANNELS if channel.inbound and service in channel.services}
        writes |= {channel.name for channel in CHANNELS if not channel.inbound and service in channel.services}
        assert operations == {f"receive.{name}" for name in reads} | {f"send.{name}" for name in writes}


def test_a_service_sends_partners_only_what_it_is_the_sender_of() -> None:
    sent = {
        service: {
            message["$ref"].rpartition("/")[2]
            for message in asyncapi_documents()[f"asyncapi/{service}.json"]["operations"]["send.notices"]["messages"]
        }
        for service in (Service.OFFERS, Service.INTAKE, Service.ORIENTATION)
    }
    assert sent[Service.OFFERS] == {"message.accepted.v1", "message.rejected.v1"}
    assert sent[Service.INTAKE] & sent[Service.ORIENTATION] == sent[Service.OFFERS]
    assert set.union(*sent.values()) == MESSAGES["notices"].keys()


def _references(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        for name, part in document.items():
            if name == "$ref":
                yield part
            else:
                yield from _references(part)
    elif isinstance(document, list):
        for part in document:
            yield from _references(part)
