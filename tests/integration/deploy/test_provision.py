"""Provisioning repeated, extended, corrected: what it changes and leaves, in which order; which files are refused."""

import json
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Message, TopicPartition
from confluent_kafka.admin import AdminClient

from contracts.event import open_envelope, read_body
from contracts.partners import PartnerRegistered
from contracts.topics import Role
from deploy.embedded.failure import PlatformError
from deploy.embedded.parts import Broker
from deploy.provision import connection, credentials, register
from deploy.provision.apply import Applied, apply
from tests.backends.backend import Backend

Apply = Callable[..., Applied]


def a_partner(name_in_topics: str, role: Role = Role.STRUCTURE, name: str = "Un partenaire") -> PartnerRegistered:
    return PartnerRegistered(id=name_in_topics, role=role, siao="92", name=name)


@pytest.fixture(scope="module")
def broker(backend: Backend) -> Iterator[Broker]:
    with backend.broker() as own:
        own.start()
        yield own


@pytest.fixture
def admin(broker: Broker) -> AdminClient:
    return AdminClient({**broker.client_settings(), "log_level": 0})


@pytest.fixture
def applying(broker: Broker, tmp_path: Path) -> Apply:
    def run(*partners: PartnerRegistered) -> Applied:
        return apply({**broker.client_settings(), "log_level": 0}, partners, tmp_path / "credentials.json")

    return run


def test_the_same_file_twice_changes_nothing_the_second_time(applying: Apply) -> None:
    first = applying(a_partner("twice"))
    second = applying(a_partner("twice"))
    assert (first.registered, first.topics >= 4, first.users >= 1) == (1, True, True)
    assert (second.registered, second.topics, second.users, second.granted, second.revoked) == (0, 0, 0, 0, 0)
    assert second.credentials == first.credentials


def test_another_role_takes_back_the_rights_of_the_former(applying: Apply) -> None:
    applying(a_partner("changing", Role.STRUCTURE))
    corrected = applying(a_partner("changing", Role.MEMBER))
    # vacancies and requests: the partner and its service lose each; the register says the new role.
    # indicators: the member and reporting gain each.
    assert (corrected.registered, corrected.revoked, corrected.granted) == (1, 4, 2)


def test_a_partner_that_the_file_does_not_name_keeps_what_it_has(applying: Apply) -> None:
    applying(a_partner("first"))
    added = applying(a_partner("second"))
    assert added.revoked == 0
    assert set(added.credentials.partners) == {"first", "second"}


def test_the_register_names_a_partner_before_anything_of_it_exists(
    applying: Apply, admin: AdminClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    applying()
    publish = register.publish
    seen: list[bool] = []

    def watched(settings: Mapping[str, str | int], partners: Mapping[str, PartnerRegistered | None]) -> None:
        seen.append(any(name.startswith("partners.early.") for name in admin.list_topics(timeout=30).topics))
        seen.append("early" in credentials.read(tmp_path / "credentials.json").partners)
        publish(settings, partners)

    monkeypatch.setattr(register, "publish", watched)
    applying(a_partner("early"))
    assert seen == [False, False]
    assert "partners.early.notices" in admin.list_topics(timeout=30).topics


def test_the_register_holds_the_partner_as_the_contract_says(applying: Apply, broker: Broker) -> None:
    partner = a_partner("registered", Role.BAILLEUR, "Office public")
    applying(partner)
    record = last_record(broker, b"registered")
    value = record.value()
    assert isinstance(value, bytes)
    headers = [(name, text) for name, text in dict(record.headers() or []).items() if isinstance(text, bytes)]
    envelope, body = open_envelope(headers, value)
    assert (envelope.type, envelope.source, envelope.subject) == (
        "partner.registered.v1",
        "/siao/provisioning",
        "registered",
    )
    assert read_body(PartnerRegistered, body) == partner


def last_record(broker: Broker, key: bytes) -> Message:
    consumer = Consumer({**broker.client_settings(), "group.id": "admin.test", "log_level": 0})
    partition = TopicPartition("siao.partners", 0, 0)
    _, end = consumer.get_watermark_offsets(partition, timeout=30)
    consumer.assign([partition])
    records = consumer.consume(end, timeout=30)
    consumer.close()
    return [record for record in records if record.key() == key][-1]


def test_only_the_owner_can_read_the_credentials_and_they_do_not_print(applying: Apply, tmp_path: Path) -> None:
    applied = applying(a_partner("secret"))
    path = tmp_path / "credentials.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    password = json.loads(path.read_text())["partners"]["secret"]["password"]
    assert len(password) >= 32
    assert password not in repr(applied)


def test_a_service_s_password_follows_its_file_and_a_partner_s_does_not(
    applying: Apply, broker: Broker, tmp_path: Path
) -> None:
    """A lost secret of the SIAO is mended by another and a run; a partner's is in the partner's hands."""
    applied = applying(a_partner("steady"))
    changed = {name: credentials.Credential(name, "another-password-altogether") for name in ("offers", "steady")}
    credentials.write(
        tmp_path / "credentials.json",
        credentials.Credentials(
            {**applied.credentials.services, "offers": changed["offers"]},
            {**applied.credentials.partners, "steady": changed["steady"]},
        ),
    )
    assert applying(a_partner("steady")).users == 0
    connection.require_answer(dict(broker.client_settings("offers", "another-password-altogether")))
    with pytest.raises(PlatformError, match="mot de passe de steady"):
        connection.require_answer({**broker.client_settings("steady", "another-password-altogether"), "log_level": 0})
