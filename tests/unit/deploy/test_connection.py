"""How an administrator's tools find their broker: by variables or by what a platform left; a wrong one is named."""

import json
from pathlib import Path

import pytest

from deploy.embedded.authority import Authority
from deploy.embedded.failure import PlatformError
from deploy.provision import connection, credentials


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("KAFKA", "KAFKA_USER", "KAFKA_PASSWORD", "KAFKA_CA", "KAFKA_MECHANISM", "REPLICATION"):
        monkeypatch.delenv(f"SIAO_{name}", raising=False)
    monkeypatch.setattr(connection, "SECRETS", tmp_path / "mounted")


def test_what_a_platform_left_is_enough(tmp_path: Path) -> None:
    Authority(tmp_path).certify(("kafka",))
    kept = {"kafka": "kafka:9093", "user": "admin", "password": "secret", "authority": "authority.pem"}
    (tmp_path / "administrator.json").write_text(json.dumps(kept))
    found = connection.administrator(tmp_path)
    assert (found["bootstrap.servers"], found["sasl.password"]) == ("kafka:9093", "secret")
    assert found["ssl.ca.location"] == str(tmp_path / "authority.pem")


def test_variables_come_first_and_the_password_may_be_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mounted").mkdir()
    (tmp_path / "mounted" / "siao_kafka_password").write_text("from-a-file")
    monkeypatch.setenv("SIAO_KAFKA", "127.0.0.1:9094")
    monkeypatch.setenv("SIAO_KAFKA_MECHANISM", "PLAIN")
    found = connection.administrator(tmp_path)
    assert (found["sasl.username"], found["sasl.password"], found["sasl.mechanism"]) == (
        "admin",
        "from-a-file",
        "PLAIN",
    )


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({}, "Aucune plateforme"),
        ({"SIAO_KAFKA": "127.0.0.1:9094"}, "SIAO_KAFKA_PASSWORD"),
        ({"SIAO_KAFKA": "127.0.0.1:9094", "SIAO_KAFKA_PASSWORD": "x", "SIAO_KAFKA_MECHANISM": "GSSAPI"}, "GSSAPI"),
        ({"SIAO_KAFKA": "kafka:9094", "SIAO_KAFKA_PASSWORD": "x"}, "SIAO_KAFKA_CA"),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variables: dict[str, str], named: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(PlatformError, match=named):
        connection.administrator(tmp_path)


@pytest.mark.parametrize(("text", "brokers"), [("", 1), ("3", 3)])
def test_topics_are_kept_on_as_many_brokers_as_asked(monkeypatch: pytest.MonkeyPatch, text: str, brokers: int) -> None:
    monkeypatch.setenv("SIAO_REPLICATION", text)
    assert connection.replication() == brokers


@pytest.mark.parametrize("text", ["0", "-1", "many"])
def test_a_number_of_brokers_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("SIAO_REPLICATION", text)
    with pytest.raises(PlatformError, match="SIAO_REPLICATION"):
        connection.replication()


def test_a_file_of_logins_that_cannot_be_written_is_said_so_with_who_has_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(PlatformError, match=r"chrs-1.*make secrets"):
        credentials.complete(tmp_path / "file" / "credentials.json", (), ["chrs-1"])
