"""The broker goes and comes back: callers are told when to try again, and nothing that was told is missed."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from contracts.topics import VACANCIES
from deploy.embedded.ports import HOST
from deploy.embedded.service import ServiceProcess
from tests.backends.backend import Backend
from tests.integration.edge.house import House, a_house, send, until
from tests.integration.edge.test_refusals import refused


@pytest.fixture
def house(backend: Backend, tmp_path: Path) -> Iterator[House]:
    """A broker of this test's own."""
    with backend.broker() as kafka:
        kafka.start()
        with a_house(kafka, tmp_path, {}) as made:
            yield made


def is_ready(edge: ServiceProcess) -> httpx.Response:
    return httpx.get(f"http://{HOST}:{edge.port}/ready", trust_env=False)


def test_callers_wait_for_a_broker_that_is_away_and_miss_nothing(house: House) -> None:
    assert house.edge is not None
    with house.caller("chrs-a") as caller:
        assert send(caller, ce_id="before").status_code == 202
        cursor = caller.get("/v1/notices", params={"after": "now"}).json()["next"]
        house.kafka.stop()
        answer = send(caller, ce_id="during")
        said = refused(answer, "broker-unreachable")
        assert int(answer.headers["retry-after"]) >= 1
        assert said["id"] == "during"
        until(lambda: is_ready(house.edge).status_code == 503, "it says that it is not ready")  # type: ignore[arg-type]
        assert set(is_ready(house.edge).json()["faults"].values()) == {"broker-unreachable"}
        # What was read of tokens stays known: nobody is refused for the broker's absence.
        assert caller.get("/v1/notices", params={"after": cursor}).status_code == 200
        with house.stranger("siao_chrs-a_no") as stranger:
            refused(stranger.get("/v1/notices"), "token-unknown")
        began = time.monotonic()
        refused(send(caller, ce_id="during"), "broker-unreachable")
        assert time.monotonic() - began < 2

        house.kafka.start()
        until(lambda: send(caller, ce_id="during").status_code == 202, "it is taken again", 40)
        until(lambda: is_ready(house.edge).status_code == 200, "it is ready again", 40)  # type: ignore[arg-type]
        told = house.accept("chrs-a")
        page = caller.get("/v1/notices", params={"after": cursor, "wait": 10}).json()
        assert [notice["id"] for notice in page["notices"]] == [told]
    ids = [dict(record.headers())["ce_id"] for record in house.written(VACANCIES.of("chrs-a"))]
    # Sent again with the same id: it may be there twice, and the services take it once.
    assert {b"before", b"during"} == set(ids)
    log = house.edge.child.log_path
    until(lambda: '"event": "mended"' in log.read_text(), "the fault is said to be over")
    assert "Traceback" not in log.read_text()
    assert log.read_text().count('"event": "fault"') == log.read_text().count('"event": "mended"') == 1
