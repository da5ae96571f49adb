"""plan, apply and removal on a real broker: what is said, what is done, who is refused and what is kept."""

import json
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaError, TopicPartition
from confluent_kafka.admin import ConfigResource, ResourceType

from deploy.embedded.failure import PlatformError
from deploy.provision import connection, reading
from deploy.provision.credentials import Credential
from tests.integration.deploy.desk import PATIENCE, Desk, Writer, refusal_of

Row = dict[str, object]


def bailleur(name: str, **more: object) -> Row:
    return {"id": name, "role": "bailleur", **more}


def test_plan_says_apply_does_and_then_there_is_nothing_to_do(desk: Desk) -> None:
    desk.write({"id": "chrs-1", "role": "structure", "http": True, "notices_days": 2, "quota": {"write": 99_000}})
    before = desk.topics()
    status, said, _ = desk.ends("plan", desk.file, "--exit-code")
    assert status == 3
    for line in ("+ chrs-1: structure, 92, chrs-1", "+ partners.chrs-1.vacancies", "write 99000 B/s", "~ chrs-1"):
        assert line in said
    assert desk.topics() == before
    assert not desk.keys.partners
    desk.apply()
    status, said, _ = desk.ends("plan", desk.file, "--exit-code")
    assert (status, said) == (0, "Rien à faire. / Nothing to do.\n")
    again = desk.apply()
    assert "(+0 inscriptions, +0 topics, ~0 réglages, +0 comptes, +0 droits, -0 droits, ~0 quotas, ~0 jetons" in again


def test_settings_of_topics_that_exist_follow_the_file(desk: Desk) -> None:
    desk.write({"id": "chrs-2", "role": "structure"})
    desk.apply()
    desk.write({"id": "chrs-2", "role": "structure", "notices_days": 2})
    assert "~ partners.chrs-2.notices: retention.ms 604800000 → 172800000" in desk.plan()
    desk.apply()
    asked = ConfigResource(ResourceType.TOPIC, "partners.chrs-2.notices")
    [settings] = [future.result(PATIENCE) for future in desk.admin.describe_configs([asked]).values()]
    assert settings["retention.ms"].value == "172800000"


def test_a_file_cut_short_takes_nothing_away(desk: Desk) -> None:
    desk.write(bailleur("office-a"), bailleur("office-b"))
    desk.apply()
    desk.write(bailleur("office-a"))
    assert "- office-b: comptes/users office-b" in desk.plan()
    assert "office-b (--remove" in desk.apply()
    assert refusal_of(Writer(desk.partner(desk.keys.partners["office-b"])), "partners.office-b.answers") is None


def test_a_removed_partner_is_refused_at_once_on_its_open_connections_too(desk: Desk) -> None:
    desk.write(bailleur("office-c"), bailleur("office-d"))
    desk.apply()
    keys = desk.keys.partners
    writers = {name: Writer(desk.partner(keys[name])) for name in ("office-c", "office-d")}
    assert [refusal_of(writers[name], f"partners.{name}.answers") for name in writers] == [None, None]
    reader = reading_notices(desk, keys["office-c"], "office-c")
    desk.write(bailleur("office-d"))
    desk.apply("--remove")
    # The connections were never closed: Kafka closes none when a user goes.
    assert refusal_of(writers["office-c"], "partners.office-c.answers") == KafkaError.TOPIC_AUTHORIZATION_FAILED
    assert next_error(reader) == KafkaError.TOPIC_AUTHORIZATION_FAILED
    reader.close()
    with pytest.raises(PlatformError, match="mot de passe de office-c"):
        connection.require_answer(desk.partner(keys["office-c"]))
    assert refusal_of(writers["office-d"], "partners.office-d.answers") is None


def reading_notices(desk: Desk, credential: Credential, partner: str) -> Consumer:
    """A consumer that has been given a record, so that its connection is open."""
    topic = f"partners.{partner}.notices"
    assert Writer(desk.broker.client_settings()).write(topic) is None
    reader = Consumer({**desk.partner(credential), "group.id": f"{partner}.x", "enable.auto.commit": False})
    reader.assign([TopicPartition(topic, 0, 0)])
    message = reader.poll(PATIENCE)
    assert message is not None
    assert message.error() is None
    return reader


def next_error(reader: Consumer) -> int | None:
    message = reader.poll(PATIENCE)
    error = message.error() if message is not None else None
    return None if error is None else error.code()


def test_removal_forgets_what_names_people_and_keeps_the_rest(desk: Desk) -> None:
    desk.write(bailleur("office-e", http=True))
    desk.apply()
    assert Writer(desk.partner(desk.keys.partners["office-e"])).write("partners.office-e.answers", b"said") is None
    desk.write()
    desk.apply("--remove")
    found = reading.read(desk.broker.client_settings())
    assert {name for name in desk.topics() if ".office-e." in name} == {
        "partners.office-e.answers",
        "partners.office-e.indicators",
        "partners.office-e.notices",
    }
    assert "office-e" not in found.register
    assert "office-e" not in found.tokens
    assert "office-e" not in found.quotas
    assert not [
        right
        for right in found.rights
        if right.principal in ("User:office-e", "User:edge") and "office-e" in right.name
    ]
    assert desk.records("siao.partners", "office-e")[-1].value() is None
    assert desk.records("siao.tokens", "office-e")[-1].value() is None
    assert not desk.keys.partners
    assert desk.plan().startswith("Rien à faire.")


def test_who_comes_back_has_other_credentials_and_its_old_topics(desk: Desk) -> None:
    desk.write(bailleur("office-f", http=True))
    desk.apply()
    old = desk.keys.partners["office-f"]
    assert Writer(desk.partner(old)).write("partners.office-f.answers", b"said") is None
    desk.write()
    desk.apply("--remove")
    desk.write(bailleur("office-f", http=True))
    desk.apply()
    new = desk.keys.partners["office-f"]
    assert new.user == old.user
    assert {new.password, new.token}.isdisjoint({old.password, old.token})
    with pytest.raises(PlatformError, match="mot de passe"):
        connection.require_answer(desk.partner(old))
    assert Writer(desk.partner(new)).write("partners.office-f.answers") is None
    _, end = Consumer({**desk.broker.client_settings(), "group.id": "admin.test"}).get_watermark_offsets(
        TopicPartition("partners.office-f.answers", 0), timeout=PATIENCE
    )
    assert end == 2
    assert "partners.office-f.ready-households" in desk.topics()


def test_a_removal_that_was_cut_short_is_named_again_and_ends(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write(bailleur("office-g"))
    desk.apply()
    old = desk.keys.partners["office-g"]
    desk.write()

    def cut(*_: object) -> None:
        raise PlatformError("coupé", "cut short")

    with monkeypatch.context() as patched:
        patched.setattr("deploy.provision.changes.delete_topics", cut)
        assert desk.ends("apply", desk.file, "--remove")[0] == 1
    assert "- office-g: topics partners.office-g.ready-households" in desk.plan()
    desk.apply("--remove")
    assert desk.plan().startswith("Rien à faire.")
    assert old.password not in json.dumps([entry.password for entry in desk.keys.partners.values()])


def test_a_role_that_loses_the_nominative_list_loses_its_topic_when_asked(desk: Desk) -> None:
    desk.write(bailleur("office-h"))
    desk.apply()
    desk.write({"id": "office-h", "role": "member"})
    assert "office-h (--remove" in desk.apply()
    assert "partners.office-h.ready-households" in desk.topics()
    desk.apply("--remove")
    assert "partners.office-h.ready-households" not in desk.topics()
    assert refusal_of(Writer(desk.partner(desk.keys.partners["office-h"])), "partners.office-h.answers") is None


def test_a_password_that_the_file_does_not_know_is_not_made_up(desk: Desk, tmp_path: Path) -> None:
    desk.write({"id": "chrs-3", "role": "structure"})
    desk.apply()
    known = desk.keys.partners["chrs-3"]
    (tmp_path / "credentials.json").unlink()
    assert "chrs-3 : son mot de passe n'est pas dans ce fichier" in desk.apply()
    assert "chrs-3" not in desk.keys.partners
    connection.require_answer(desk.partner(known))
    desk.says("rotate", "chrs-3")
    assert refusal_of(Writer(desk.partner(desk.keys.next["chrs-3"])), "partners.chrs-3.vacancies") is None


def test_the_records_alone_are_said_where_another_makes_the_rest(desk: Desk, tmp_path: Path) -> None:
    desk.write({"id": "chrs-6", "role": "structure"})
    desk.apply()
    (tmp_path / "credentials.json").unlink()
    desk.write({"id": "chrs-6", "role": "structure", "name": "Another", "http": True}, bailleur("office-i"))
    desk.apply("--records")
    found = reading.read(desk.broker.client_settings())
    said = found.register["chrs-6"]
    assert said is not None
    assert (said.name, "office-i" in found.register) == ("Another", True)
    assert found.tokens.keys() == {"chrs-6"}
    # Neither users, topics nor rights.
    assert "office-i" not in found.users
    assert not [name for name in found.topics if "office-i" in name]
    assert not [right for right in found.rights if right.principal == "User:edge" and "chrs-6" in right.name]


def test_the_whole_is_asked_and_done_over_tls_too(desk: Desk, tmp_path: Path) -> None:
    kept = json.loads((tmp_path / "administrator.json").read_text())
    authority = str(desk.broker.authority_path.resolve())
    encrypted = {**kept, "kafka": desk.broker.partners_bootstrap, "authority": authority}
    (tmp_path / "administrator.json").write_text(json.dumps(encrypted))
    desk.write({"id": "chrs-5", "role": "structure", "http": True})
    desk.apply()
    assert desk.plan().startswith("Rien à faire.")
    desk.says("rotate", "chrs-5")
    assert refusal_of(Writer(desk.partner(desk.keys.next["chrs-5"])), "partners.chrs-5.vacancies") is None


def test_a_broker_that_refuses_is_one_sentence(desk: Desk, tmp_path: Path) -> None:
    desk.write({"id": "chrs-4", "role": "structure"})
    desk.apply()
    kept = json.loads((tmp_path / "administrator.json").read_text())
    partner = desk.keys.partners["chrs-4"]
    try:
        for user, password, named in (
            (kept["user"], "not-the-password", "refuse le mot de passe de admin"),
            (partner.user, partner.password, "CLUSTER_AUTHORIZATION_FAILED"),
        ):
            changed = {**kept, "user": user, "password": password}
            (tmp_path / "administrator.json").write_text(json.dumps(changed))
            for command in (("plan", desk.file), ("apply", desk.file), ("rotate", "chrs-4")):
                status, said, wrong = desk.ends(*command)
                assert (status, said) == (1, "")
                assert wrong.count("\n") == 1
                assert wrong.startswith("Kafka")
                assert named in wrong or "Authorization" in wrong
    finally:
        (tmp_path / "administrator.json").write_text(json.dumps(kept))
