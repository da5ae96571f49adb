"""The partner kit on the real platform: receipts, rejections, notices that resume, the live list, the doctor's reds."""

import asyncio
import contextlib
import logging
from argparse import Namespace
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from rich.console import Console

from contracts.answers import DesignationAccepted, DesignationAcknowledged, HouseholdAdmitted, HouseholdRehoused
from contracts.decisions import RefusalJudged
from contracts.kit import (
    AsyncPartner,
    KitError,
    NoAnswer,
    NotAllowed,
    NotConnected,
    Notice,
    Outgoing,
    Partner,
    ReadyChanges,
    Rejected,
    Settings,
    commands,
)
from contracts.kit.doctor import examine
from contracts.kit.records import outgoing
from contracts.notices import HouseholdDesignated
from contracts.topics import PARTNER_MESSAGE_BYTES
from deploy.embedded.platform import Platform
from tests.builders import NANTERRE, a_member, a_place, a_request, a_structure, a_vacancy, a_withdrawal, ready
from tests.e2e import newcomers

PATIENCE_SECONDS = 20.0
NAMES = iter(range(1_000))


def settings(platform: Platform, user: str) -> Settings:
    """A partner's settings."""
    return Settings.load(environment=newcomers.environment(platform, user))


@pytest_asyncio.fixture
async def siao(platform: Platform) -> AsyncIterator[AsyncPartner]:
    """A structure, connected."""
    async with AsyncPartner(settings(platform, "chrs-kit"), patience=PATIENCE_SECONDS) as connected:
        yield connected


@pytest.fixture
def mine() -> str:
    """The name of a structure that no other test uses."""
    return f"kit-{next(NAMES)}"


async def next_notice(siao: AsyncPartner, reader: str, kind: str, **facts: Any) -> Notice:
    """The next notice of this kind with these facts, read under a name."""
    async with asyncio.timeout(PATIENCE_SECONDS), contextlib.aclosing(siao.notices(reader)) as notices:
        async for notice in notices:
            if notice.type == kind and facts.items() <= notice.document.items():
                return notice
    raise AssertionError(f"no {kind}")


async def test_a_message_gets_its_receipt_and_the_same_again_is_done_once(siao: AsyncPartner, mine: str) -> None:
    described = a_structure(structure_id=mine)
    receipt = await siao.send(described, message_id=f"{mine}-description")
    assert [caused.id for caused in receipt.caused] == [f"chrs-kit/{mine}"]
    again = await siao.send(described, message_id=f"{mine}-description")
    assert (receipt.duplicate, again.duplicate) == (False, True)


async def test_a_rejection_says_the_code_the_place_and_what_to_do(siao: AsyncPartner, mine: str) -> None:
    with pytest.raises(Rejected) as caught:
        await siao.send(a_vacancy(structure_id=mine))
    assert (caught.value.answer.code, caught.value.answer.path) == ("structure-unknown", "$.structure_id")
    assert "structure.described.v1" in caught.value.fr


async def test_messages_sent_together_each_get_their_own_answer(siao: AsyncPartner, mine: str) -> None:
    await siao.send(a_structure(*(a_place(f"A-{number}") for number in range(20)), structure_id=mine))
    vacancies = [siao.send(a_vacancy(f"A-{number}", mine)) for number in range(20)]
    receipts = await asyncio.gather(*vacancies, siao.send(a_vacancy("B-1", mine)), return_exceptions=True)
    assert isinstance(receipts.pop(), Rejected)
    ids = {caused.id for receipt in receipts if not isinstance(receipt, BaseException) for caused in receipt.caused}
    assert len(ids) == 20
    await asyncio.gather(*(siao.send(a_withdrawal(f"A-{number}", mine)) for number in range(20)))


async def test_a_message_whose_id_cannot_be_read_is_answered_all_the_same(siao: AsyncPartner) -> None:
    message = outgoing(a_vacancy(), message_id="x" * 129)
    with pytest.raises(Rejected) as caught:
        await siao.send_out(message)
    assert (caught.value.answer.code, caught.value.answer.message_id) == ("id-invalid", None)


async def test_what_kafka_does_not_take_is_said_at_once(siao: AsyncPartner) -> None:
    large = Outgoing("vacancy.published.v1", b" " * (PARTNER_MESSAGE_BYTES + 1), "large", outgoing(a_vacancy()).time)
    with pytest.raises(KitError, match=str(PARTNER_MESSAGE_BYTES)):
        await siao.send_out(large)
    with pytest.raises(NotAllowed, match="decisions"):
        await siao.send(RefusalJudged(designation="d", verdict="upheld"))


async def test_no_answer_in_time_keeps_the_id_to_send_again_with(platform: Platform, mine: str) -> None:
    async with AsyncPartner(settings(platform, "chrs-kit"), patience=0.0) as hasty:
        with pytest.raises(NoAnswer) as caught:
            await hasty.send(a_structure(structure_id=mine), message_id=mine)
        hasty.patience = PATIENCE_SECONDS
        # The answer to the first, or that of the second which says that it was taken.
        receipt = await hasty.send(a_structure(structure_id=mine), message_id=caught.value.message_id)
        assert receipt.message_id == mine


async def test_notices_resume_where_the_reader_stopped(siao: AsyncPartner, mine: str) -> None:
    first, second = f"{mine}-1", f"{mine}-2"
    await siao.send(a_structure(structure_id=mine), message_id=first)
    await siao.send(a_structure(structure_id=mine, revision=2), message_id=second)
    # Not done: the reader stopped at it without asking for the next one.
    await next_notice(siao, mine, "message.accepted.v1", message_id=first)
    await next_notice(siao, mine, "message.accepted.v1", message_id=first)
    await next_notice(siao, mine, "message.accepted.v1", message_id=second)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1.0):
            await next_notice(siao, mine, "message.accepted.v1", message_id=first)


def test_the_plain_client_does_the_same_without_asyncio(platform: Platform, mine: str) -> None:
    with Partner(settings(platform, "chrs-kit")) as siao:
        assert not siao.send(a_structure(structure_id=mine), message_id=mine).duplicate
        with pytest.raises(Rejected):
            siao.send(a_vacancy("B-1", mine))
        notices = siao.notices(mine)
        answered = next(notice for notice in notices if notice.document.get("message_id") == mine)
        notices.close()
        assert answered.type == "message.accepted.v1"
        with pytest.raises(NotAllowed, match="ready-households"):
            next(siao.ready_households())


def test_a_reader_left_open_ends_with_its_partner(platform: Platform, mine: str) -> None:
    with Partner(settings(platform, "chrs-kit")) as siao:
        siao.send(a_structure(structure_id=mine))
        notices = siao.notices(mine)
        assert next(notices).type.startswith("message.")
    notices.close()


async def follow(changes: AsyncIterator[ReadyChanges], copy: dict[str, Any], until: Any) -> None:
    """Apply changes to a copy until it is as wished."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not until(copy):
            change = await anext(changes)
            if change.whole:
                copy.clear()
            for household in change.removed:
                copy.pop(household, None)
            copy.update(change.listed)


async def test_the_list_of_ready_households_is_followed_until_one_is_rehoused(
    platform: Platform, siao: AsyncPartner, mine: str, tmp_path: Path
) -> None:
    await siao.send(a_structure(structure_id=mine))
    await siao.send(a_vacancy(structure_id=mine))
    async with AsyncPartner(settings(platform, "ccas-kit")) as ccas:
        await ccas.send(a_request(mine, members=(a_member(family_name="=cmd"),)))
    heard = (await next_notice(siao, mine, "household.designated.v1", structure_id=mine)).message
    assert isinstance(heard, HouseholdDesignated)
    today = date(2026, 11, 24)
    for message in (
        DesignationAcknowledged(designation=heard.designation),
        DesignationAccepted(designation=heard.designation, entry_on=today),
        HouseholdAdmitted(designation=heard.designation, entered_on=today),
    ):
        await siao.send(message)
    # The desk has heard of it when it tells the prescriber.
    ccas = AsyncPartner(settings(platform, "ccas-kit"))
    await next_notice(ccas, mine, "request.updated.v1", request_id=mine, status="admitted")
    await siao.send(ready(heard.household, NANTERRE))

    bailleur = AsyncPartner(settings(platform, "bailleur-kit"))
    async with bailleur, contextlib.aclosing(bailleur.ready_households()) as changes:
        copy: dict[str, Any] = {}
        await follow(changes, copy, lambda held: heard.household in held)
        path = tmp_path / "ready.csv"
        assert await feed(platform, tmp_path, csv=path) == 0
        assert f"\n{heard.household},'=cmd," in path.read_text().replace("\r", "")
        await bailleur.send(HouseholdRehoused(household=heard.household, lease_from=today))
        await follow(changes, copy, lambda held: heard.household not in held)
    assert await feed(platform, tmp_path, csv=path) == 0
    assert heard.household not in path.read_text()


async def feed(platform: Platform, folder: Path, **kept: Path) -> int:
    """`siao-partner feed --once` of the bailleur."""
    given = settings(platform, "bailleur-kit")
    file = folder / "siao-partner.toml"
    secret = given.password.get_secret_value()
    file.write_text(f'address = "{given.address}"\npartner = "{given.partner}"\npassword = "{secret}"\n')
    options = Namespace(settings=file, once=True, sqlite=None, csv=None)
    for name, path in kept.items():
        setattr(options, name, path)
    return await commands.feed(options, Console(quiet=True))


@pytest.fixture
def doctor(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`await doctor(SIAO_PASSWORD="wrong")`: the red lines that the doctor finds with these settings."""

    async def examined(**changed: str) -> list[str]:
        for name, value in {**newcomers.environment(platform, "chrs-kit"), **changed}.items():
            if name.startswith("SIAO_"):
                monkeypatch.setenv(name, value)
        return [finding.subject for finding in [found async for found in examine(None)] if not finding.well]

    return examined


async def test_the_doctor_finds_nothing_where_all_is_well(doctor: Any) -> None:
    assert await doctor() == []


async def test_the_doctor_tells_a_wrong_password_from_a_wrong_partner(doctor: Any) -> None:
    assert await doctor(SIAO_PASSWORD="wrong") == ["Identification"]
    assert await doctor(SIAO_USER="chrs-nobody") == ["Identification"]
    assert await doctor(SIAO_PARTNER="chrs-node", SIAO_USER="chrs-kit") == ["Topics", "Groupes"]


async def test_the_doctor_tells_rights_that_are_too_wide(doctor: Any, platform: Platform) -> None:
    settings = platform.kafka.client_settings()
    user, password = str(settings["sasl.username"]), str(settings["sasl.password"])
    assert await doctor(SIAO_USER=user, SIAO_PASSWORD=password) == ["Cloison"]


async def test_a_wrong_password_is_no_connection(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "aiokafka")
    given = newcomers.environment(platform, "chrs-kit")
    with pytest.raises(NotConnected, match="siao-partner doctor"):
        async with AsyncPartner(Settings.load(environment={**given, "SIAO_PASSWORD": "wrong"})):
            pass
