"""New credentials beside the old, then without them; limits that slow one partner down and no other; real broker."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaError, Producer, ThrottleEvent, TopicPartition

from contracts.tokens import TokensIssued
from deploy.embedded.failure import PlatformError
from deploy.provision import connection, reading, wire
from deploy.provision.credentials import Credential
from deploy.provision.holdings import digest
from deploy.provision.quotas import Quota
from deploy.provision.rights import words_of
from tests.integration.deploy.desk import PATIENCE, Desk, Writer, refusal_of

BIG = b"x" * 60_000


def tokens_of(desk: Desk, partner: str) -> TokensIssued:
    found = reading.read(desk.broker.client_settings()).tokens[partner]
    assert found is not None
    return found


def commit(desk: Desk, credential: Credential, partner: str) -> None:
    """Puts down a position in a group of the partner's; raises when it may not."""
    consumer = Consumer({**desk.partner(credential), "group.id": f"{partner}.software"})
    topic = TopicPartition(f"partners.{partner}.notices", 0, 0)
    consumer.commit(offsets=[topic], asynchronous=False)
    consumer.close()


def test_both_users_work_until_the_old_one_is_finished(desk: Desk) -> None:
    desk.write({"id": "chrs-1", "role": "structure"})
    desk.apply()
    old = desk.keys.partners["chrs-1"]
    before = Writer(desk.partner(old))
    assert refusal_of(before, "partners.chrs-1.vacancies") is None
    said = desk.says("rotate", "chrs-1")
    new = desk.keys.next["chrs-1"]
    assert "SIAO_USER=chrs-1.b" in said
    assert new.password not in said
    after = Writer(desk.partner(new))
    assert [refusal_of(writer, "partners.chrs-1.vacancies") for writer in (before, after)] == [None, None]
    for credential in (old, new):
        commit(desk, credential, "chrs-1")
    assert desk.plan().startswith("Rien à faire.")
    # Twice the same: nothing new, and what was given still opens.
    desk.says("rotate", "chrs-1")
    assert desk.keys.next["chrs-1"] == new
    assert refusal_of(Writer(desk.partner(new)), "partners.chrs-1.vacancies") is None

    desk.says("rotate", "--finish", "chrs-1")
    assert refusal_of(before, "partners.chrs-1.vacancies") == KafkaError.TOPIC_AUTHORIZATION_FAILED
    with pytest.raises(PlatformError, match="mot de passe de chrs-1"):
        connection.require_answer(desk.partner(old))
    assert refusal_of(after, "partners.chrs-1.vacancies") is None
    assert (desk.keys.partners["chrs-1"], desk.keys.next) == (new, {})
    assert desk.plan().startswith("Rien à faire.")
    found = reading.read(desk.broker.client_settings())
    assert "chrs-1" not in {*found.users, *found.quotas, *(words_of(right).user for right in found.rights)}


def test_the_next_rotation_comes_back_to_the_first_name_with_another_password(desk: Desk) -> None:
    desk.write({"id": "chrs-2", "role": "structure"})
    desk.apply()
    first = desk.keys.partners["chrs-2"]
    for user in ("chrs-2.b", "chrs-2"):
        desk.says("rotate", "chrs-2")
        desk.says("rotate", "chrs-2", "--finish")
        assert desk.keys.partners["chrs-2"].user == user
    again = desk.keys.partners["chrs-2"]
    assert again.password != first.password
    assert refusal_of(Writer(desk.partner(again)), "partners.chrs-2.vacancies") is None
    with pytest.raises(PlatformError, match="mot de passe de chrs-2"):
        connection.require_answer(desk.partner(first))


def test_a_partner_of_http_has_two_tokens_until_the_old_one_ends(desk: Desk) -> None:
    desk.write({"id": "ccas", "role": "prescriber", "http": True})
    desk.apply()
    old = desk.keys.partners["ccas"].token or ""
    assert [token.sha256 for token in tokens_of(desk, "ccas").tokens] == [digest(old)]
    began = datetime.now(UTC)
    desk.says("rotate", "ccas", "--days", "3")
    new = desk.keys.next["ccas"].token or ""
    ending, fresh = tokens_of(desk, "ccas").tokens
    assert (ending.sha256, fresh.sha256, fresh.expires_at) == (digest(old), digest(new), None)
    assert ending.expires_at is not None
    assert began + timedelta(days=3) <= ending.expires_at <= datetime.now(UTC) + timedelta(days=3)
    # Begun again: its end is not put off.
    desk.says("rotate", "ccas", "--days", "9")
    assert tokens_of(desk, "ccas").tokens == (ending, fresh)
    assert desk.plan().startswith("Rien à faire.")
    desk.says("rotate", "--finish", "ccas")
    assert tokens_of(desk, "ccas").tokens == (fresh,)
    assert desk.keys.partners["ccas"].token == new
    # What the broker keeps is a digest.
    kept = b"".join(record.value() or b"" for record in desk.records("siao.tokens", "ccas"))
    assert old.encode() not in kept
    assert new.encode() not in kept


def test_a_finish_that_was_cut_short_brings_nothing_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write({"id": "chrs-3", "role": "structure", "http": True})
    desk.apply()
    old = desk.keys.partners["chrs-3"]
    desk.says("rotate", "chrs-3")

    def cut(*_: object) -> None:
        raise PlatformError("coupé", "cut short")

    with monkeypatch.context() as patched:
        patched.setattr("deploy.provision.changes.delete_users", cut)
        assert desk.ends("rotate", "--finish", "chrs-3")[0] == 1
    # Nobody has deleted the user, but it may do nothing, and applying the file does not change that.
    desk.apply()
    assert refusal_of(Writer(desk.partner(old)), "partners.chrs-3.vacancies") == KafkaError.TOPIC_AUTHORIZATION_FAILED
    assert "chrs-3 : rotation en cours" in desk.plan()
    status, _, wrong = desk.ends("rotate", "chrs-3")
    assert (status, "rotate --finish chrs-3" in wrong) == (1, True)
    desk.says("rotate", "--finish", "chrs-3")
    with pytest.raises(PlatformError, match="mot de passe de chrs-3"):
        connection.require_answer(desk.partner(old))
    assert [token.sha256 for token in tokens_of(desk, "chrs-3").tokens] == [
        digest(desk.keys.partners["chrs-3"].token or "")
    ]
    assert desk.plan().startswith("Rien à faire.")


def test_what_cannot_be_replaced_is_said_before_anything_is_touched(desk: Desk, tmp_path: Path) -> None:
    desk.write({"id": "chrs-4", "role": "structure"})
    desk.apply()
    before = desk.keys
    for command, named in (
        (("rotate", "chrs-4", "nobody"), "« nobody » n'a pas d'identifiants"),
        (("rotate", "--finish", "chrs-4"), "Aucune rotation n'est en cours pour « chrs-4 »"),
    ):
        status, said, wrong = desk.ends(*command)
        assert (status, said) == (1, "")
        assert named in wrong
    assert desk.keys == before
    desk.says("rotate", "chrs-4")
    # Another machine's file, from before.
    (tmp_path / "credentials.json").unlink()
    status, said, wrong = desk.ends("rotate", "chrs-4")
    assert (status, said) == (1, "")
    assert "a déjà deux comptes" in wrong


def test_a_partner_that_writes_too_fast_is_slowed_down_and_another_is_not(desk: Desk) -> None:
    desk.write(
        {"id": "fast", "role": "structure", "quota": {"write": 65_536}},
        {"id": "calm", "role": "structure"},
    )
    desk.apply()
    assert wire.quotas(desk.broker.client_settings())["fast"].write == 65_536
    slowed: dict[str, list[float]] = {"fast": [], "calm": []}
    writers = {}
    for name, events in slowed.items():
        writers[name] = Producer(
            {
                **desk.partner(desk.keys.partners[name]),
                "linger.ms": 0,
                "batch.num.messages": 1,
                "throttle_cb": lambda event, events=events: events.append(throttled(event)),
            }
        )
    for _ in range(30):
        for name, writer in writers.items():
            writer.produce(f"partners.{name}.vacancies", BIG)
    # The same 1.8 MB: within the calm one's burst, many seconds' worth of the fast one's.
    assert writers["calm"].flush(PATIENCE) == 0
    deadline = datetime.now(UTC) + timedelta(seconds=PATIENCE)
    while not any(slowed["fast"]):
        assert datetime.now(UTC) < deadline, "the fast one was never slowed down"
        writers["fast"].poll(0.1)
    writers["calm"].poll(0)
    assert not any(slowed["calm"])
    writers["fast"].purge()
    writers["fast"].flush(PATIENCE)


def throttled(event: ThrottleEvent) -> float:
    """For how many milliseconds the broker has put a client off."""
    return float(event.throttle_time)


def test_a_limit_that_was_set_is_taken_away(desk: Desk) -> None:
    settings = desk.broker.client_settings()
    wire.set_quotas(settings, {"somebody": Quota(100_000, 200_000, 50)})
    assert wire.quotas(settings)["somebody"] == Quota(100_000, 200_000, 50)
    wire.set_quotas(settings, {"somebody": None})
    assert "somebody" not in wire.quotas(settings)


def test_a_limit_that_kafka_does_not_take_is_a_sentence(desk: Desk) -> None:
    with pytest.raises(PlatformError, match="Kafka refuse"):
        wire.set_quotas(desk.broker.client_settings(), {"somebody": Quota(-1, 1, 1)})
