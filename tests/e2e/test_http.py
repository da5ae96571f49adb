"""A whole story over HTTP alone: offer, request, designation, answer, admission; and what others may not do."""

import asyncio
import uuid
from datetime import UTC, datetime
from typing import Any, Final

import httpx

from contracts.answers import DesignationAccepted, DesignationAcknowledged, HouseholdAdmitted
from contracts.event import Message
from contracts.golden import golden_messages
from deploy.embedded.platform import Platform
from tests.e2e import newcomers

NAME: Final = "http"
# Who says nothing else in any test.
OTHER: Final = "stranger"
WAIT: Final = 30


class Caller:
    """A partner's software that knows HTTP and JSON."""

    def __init__(self, platform: Platform, partner: str) -> None:
        token = platform.credentials.partners[partner].token
        self.http = httpx.Client(
            base_url=platform.http_url,
            headers={"authorization": f"Bearer {token}"},
            timeout=2 * WAIT,
            trust_env=False,
        )
        self.cursor = ""

    def sends(self, message: Message | bytes, kind: str, identity: str | None = None) -> httpx.Response:
        content = message if isinstance(message, bytes) else message.model_dump_json().encode()
        headers = {"content-type": "application/json", "ce-id": identity or str(uuid.uuid4())}
        return self.http.post(f"/v1/messages/{kind}?wait={WAIT}", content=content, headers=headers)

    def tells(self, message: Message | bytes, kind: str, identity: str | None = None) -> dict[str, Any]:
        """Sends what is accepted; the receipt."""
        answer = self.sends(message, kind, identity)
        assert answer.status_code == 200, answer.text
        receipt: dict[str, Any] = answer.json()["answer"]["data"]
        return receipt

    def is_rejected(self, message: Message | bytes, kind: str, identity: str | None = None) -> str:
        """Sends what is rejected; the code."""
        answer = self.sends(message, kind, identity)
        assert answer.status_code == 422, answer.text
        return str(answer.json()["answer"]["data"]["code"])

    def hears(self, kind: str) -> dict[str, Any]:
        """The next notice of this type, each read once."""
        while True:
            asked: dict[str, Any] = {"wait": WAIT, "limit": 1, **({"after": self.cursor} if self.cursor else {})}
            page = self.http.get("/v1/notices", params=asked).json()
            assert page["notices"], f"no {kind} in {WAIT} s"
            self.cursor = page["next"]
            (notice,) = page["notices"]
            if notice["type"] == kind:
                data: dict[str, Any] = notice["data"]
                return data


def golden(name: str) -> bytes:
    return next(one.body for one in golden_messages() if one.name == name)


def test_from_a_vacancy_to_an_admission(platform: Platform) -> None:
    structure, ccas = Caller(platform, newcomers.structure(NAME)), Caller(platform, f"ccas-{NAME}")
    stranger = Caller(platform, newcomers.structure(OTHER))
    try:
        structure.tells(golden("structure.described.v1"), "structure.described.v1")
        first = structure.tells(golden("vacancy.published.v1"), "vacancy.published.v1", "the-vacancy")
        again = structure.tells(golden("vacancy.published.v1"), "vacancy.published.v1", "the-vacancy")
        assert [first["duplicate"], again["duplicate"]] == [False, True]
        changed = golden("vacancy.published.v1").replace(b"B-03", b"A-01")
        assert structure.is_rejected(changed, "vacancy.published.v1", "the-vacancy") == "id-reused"
        # The same id, of another: its own affair.
        assert stranger.is_rejected(changed, "vacancy.published.v1", "the-vacancy") == "structure-unknown"

        request = newcomers.golden_request()
        caused = {each["kind"]: each["id"] for each in ccas.tells(request, "request.submitted.v1")["caused"]}
        designated = structure.hears("household.designated.v1")
        assert designated["household"] == caused["household"]
        assert designated["members"][0]["family_name"] == request.members[0].family_name
        acknowledged = DesignationAcknowledged(designation=designated["designation"])
        assert stranger.is_rejected(acknowledged, acknowledged.type) == "designation-unknown"
        structure.tells(acknowledged, acknowledged.type)
        today = datetime.now(UTC).date()
        for answer in (
            DesignationAccepted(designation=designated["designation"], entry_on=today),
            HouseholdAdmitted(designation=designated["designation"], entered_on=today),
        ):
            structure.tells(answer, answer.type)
        while ccas.hears("request.updated.v1")["status"] != "admitted":
            continue
    finally:
        for caller in (structure, ccas, stranger):
            caller.http.close()


async def test_the_two_doors_lead_into_the_same_house(platform: Platform) -> None:
    """What was sent over Kafka is answered where HTTP reads too, and the other way round."""
    name = f"bailleur-{NAME}"
    over_kafka = newcomers.partner(platform, "bailleur", NAME)
    await over_kafka.connect()
    caller = Caller(platform, name)
    try:
        body = golden("household.rehoused.v1")
        code = await asyncio.to_thread(caller.is_rejected, body, "household.rehoused.v1", "over-http")
        assert code == "household-not-ready"
        await over_kafka.catch_up()
        assert b"over-http" in b"".join(over_kafka.received)
        page = await asyncio.to_thread(caller.http.get, "/v1/ready-households")
        assert page.json() == {"items": []}
    finally:
        caller.http.close()
        await over_kafka.leave()
