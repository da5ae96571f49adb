"""A social worker asks why: the answer is that of the rules that decided, on the page and on the command line."""

import asyncio
import http.client
import json
import os
import sys
from typing import Any
from urllib.parse import urlencode, urlsplit

from contracts.answers import DesignationAcknowledged
from contracts.codes import Known
from contracts.decisions import DesignationOutOfOrder
from contracts.notices import DesignationClosed, HouseholdDesignated, RequestUpdated
from contracts.rule_codes import HardRule, OutOfOrderReason
from contracts.rules import NoPetsRule
from contracts.topics import Service
from deploy.embedded import state
from deploy.embedded.platform import Platform
from tests.builders import ARGUMENT, CANARY, a_place, a_request, a_structure, a_vacancy, needs
from tests.e2e.territory import Territory

ARTICLE = "règlement de fonctionnement, art. 9"


def page(platform: Platform, path: str, **query: str) -> tuple[int, str]:
    """A page of orientation."""
    address = urlsplit(platform.services[Service.ORIENTATION].url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=20)
    try:
        connection.request("GET", f"{path}?{urlencode(query)}")
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


async def command(platform: Platform, *words: str) -> tuple[int, str]:
    """The SIAO's own command line, with the administrator's credentials."""
    environment = {
        **os.environ,
        "SIAO_KAFKA": platform.kafka.bootstrap,
        "SIAO_KAFKA_USER": platform.kafka.admin_user,
        "SIAO_KAFKA_PASSWORD": platform.kafka.admin_password,
        "SIAO_ORIENTATION": platform.services[Service.ORIENTATION].url,
    }
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.siao", *words),
        cwd=state.ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await asyncio.wait_for(child.communicate(), 60)
    return child.returncode or 0, said.decode()


async def two_wait(territory: Territory) -> tuple[str, str]:
    """The first has a cat, and the structure takes none; the ids of their requests."""
    ccas = territory.ccas
    rule = NoPetsRule(article=ARTICLE)
    await territory.structure.tells(a_structure(a_place("A-01"), a_place("A-02"), rules=(rule,)))
    for name, has in (("with-a-cat", Known.YES), ("without", Known.NO)):
        await ccas.tells(a_request(name, needs=needs(pets=has)))
        await ccas.hears(RequestUpdated, request_id=name, status="waiting")
    return f"{ccas.id}/with-a-cat", f"{ccas.id}/without"


async def the_page_says_it_in_words(platform: Platform, asked: dict[str, str]) -> None:
    """In French, with the article, and without a name."""
    status, html = await asyncio.to_thread(page, platform, "/why", **asked)
    assert status == 200
    assert f"Animaux non admis [{ARTICLE}] : animaux : Oui ; demandé : Non".replace("'", "&#39;") in html
    assert CANARY not in html


async def they_come_out_again(platform: Platform, designation: str) -> None:
    """This designation, out of order, and all others."""
    code, said = await command(platform, "replay", designation)
    assert code == 0, said
    assert "hors rang / out of order: immediate_danger" in said
    code, said = await command(platform, "replay", "--all", "--json")
    assert (code, json.loads(said)["differ"]) == (0, [])
    assert json.loads(said)["replayed"] >= 2


async def test_why_not_what_would_change_it_and_the_same_answer_again(territory: Territory, platform: Platform) -> None:
    """The cat keeps the first out, by its article; the operator may set the rule aside, and says why."""
    structure = territory.structure
    with_a_cat, without = await two_wait(territory)
    await structure.tells(a_vacancy("A-01"))
    designated = await structure.hears(HouseholdDesignated)
    assert designated.proof.passed_over == {"no_pets": 1}

    asked = {"siao": territory.siao, "household": with_a_cat, "place": f"{structure.id}/acacias/A-01"}
    status, body = await asyncio.to_thread(page, platform, "/why.json", **asked)
    answer: dict[str, Any] = json.loads(body)
    assert (status, answer["verdict"]) == (200, "excluded")
    assert [(rule["rule"], rule["article"]) for rule in answer["exclusions"]] == [("no_pets", ARTICLE)]
    possible = {(one["change"][0], one["change"][1], one["result"]) for one in answer["possibilities"]}
    assert possible == {("household", "pets", "first"), ("rule", "no_pets", "first")}
    await the_page_says_it_in_words(platform, asked)
    code, said = await command(
        platform, *("why", "--siao", territory.siao, "--request", with_a_cat, "--vacancy", answer["vacancy"])
    )
    assert (code, said.splitlines()[0]) == (0, "Ce ménage ne peut pas avoir cette place.")

    await structure.tells(DesignationAcknowledged(designation=designated.designation))
    await territory.operator.tells(
        DesignationOutOfOrder(
            vacancy=answer["vacancy"],
            request=with_a_cat,
            reason=OutOfOrderReason.IMMEDIATE_DANGER,
            argument=ARGUMENT,
            overrides=(HardRule.NO_PETS,),
        )
    )
    await structure.hears(DesignationClosed, designation=designated.designation)
    second = await structure.hears(HouseholdDesignated)
    assert (second.household, second.proof.overridden) == (answer["household"], (HardRule.NO_PETS,))
    status, body = await asyncio.to_thread(page, platform, "/why.json", **asked)
    assert json.loads(body)["verdict"] == "designated_here"

    await they_come_out_again(platform, second.designation)
    assert without != with_a_cat
    await territory.only_these_saw_a_name(structure)


async def test_what_cannot_be_answered_is_said(territory: Territory, platform: Platform) -> None:
    """The empty form, a département that is none, a household that nobody knows."""
    status, html = await asyncio.to_thread(page, platform, "/why")
    assert status == 200
    assert "<form" in html
    assert (await asyncio.to_thread(page, platform, "/why.json", household="x"))[0] == 400
    status, body = await asyncio.to_thread(page, platform, "/why.json", siao=territory.siao, household="x", place="y")
    assert status == 404
    assert "Aucune demande" in json.loads(body)["wrong"]
    assert (await command(platform, "replay", "nothing"))[0] == 2
