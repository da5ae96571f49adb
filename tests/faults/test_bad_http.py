"""Requests over HTTP, most of them bad: each answered, none lost, nobody dies, no good one waits.

`--bad-requests` says how many.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import pytest

from contracts.codes import OfferType
from contracts.topics import Role
from contracts.vacancies import Place, ProjetEtablissement, StructureDescribed
from deploy.embedded.platform import Platform
from deploy.provision.partners import Partner
from tests.backends.backend import Backend, platform_on
from tests.faults.bad_records import PRESCRIBER, STRUCTURE
from tests.faults.bad_requests import BAD, JSON, Kind, Request, good, shuffled

# Beside so many bad ones the 99th percentile of the good ones is more than chance; beside fewer, medians are compared.
MANY: Final = 5_000
PLACES: Final = 100
HARMLESS: Final = 300
# Of those who send beside the one whose time is taken.
SENDERS: Final = 3
STALL_SECONDS: Final = 2.0

pytestmark = [pytest.mark.timeout(600), pytest.mark.once]


@pytest.fixture(scope="module")
def platform(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The whole platform, and partners who come by HTTP, as fast as they like."""
    roles = {STRUCTURE: Role.STRUCTURE, "chrs-clean": Role.STRUCTURE, PRESCRIBER: Role.PRESCRIBER}
    partners = [Partner(id=name, role=role, siao="92", name=name, http=True) for name, role in roles.items()]
    settings = {"SIAO_EDGE_RATE": "100000", "SIAO_EDGE_BURST": "100000"}
    with platform_on(backend, tmp_path_factory.mktemp("platform"), partners, edge=settings) as running:
        yield running


@dataclass
class Run:
    """What was sent by id, with its kind; what the edge answered; how long each good one waited for its receipt."""

    sent: dict[str, Kind] = field(default_factory=dict)
    answered: dict[str, tuple[int, str]] = field(default_factory=dict)
    waited: list[float] = field(default_factory=list)
    accepted: int = 0
    seconds: float = 0.0
    notices: Counter[tuple[str, str]] = field(default_factory=Counter)

    def quantile(self, share: float) -> float:
        ordered = sorted(self.waited)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def client_of(platform: Platform, partner: str) -> httpx.AsyncClient:
    headers = {"authorization": f"Bearer {platform.credentials.partners[partner].token}"}
    return httpx.AsyncClient(base_url=platform.http_url, headers=headers, timeout=30, trust_env=False)


async def post(client: httpx.AsyncClient, request: Request, wait: int = 0) -> httpx.Response:
    path = f"{request.path}?wait={wait}" if wait else request.path
    return await client.post(path, content=request.content, headers=request.headers)


async def describe(client: httpx.AsyncClient) -> None:
    """The structure has its places; the way to every service has been gone once."""
    names = [*(f"P{number}" for number in range(PLACES)), *(f"H{number}" for number in range(HARMLESS))]
    structure = StructureDescribed(
        structure_id="S",
        revision=1,
        name="CHRS",
        offer_type=OfferType.CHRS,
        commune="92050",
        places=tuple(Place(place_id=name, capacity=1) for name in names),
        projet=ProjetEtablissement(version=1, effective_from="2026-01-01"),  # type: ignore[arg-type]
    )
    request = Request(structure.model_dump_json().encode(), JSON, f"/v1/messages/{StructureDescribed.type}")
    assert (await post(client, request, 30)).status_code == 200


async def send_good(client: httpx.AsyncClient, run: Run, ended: Callable[[], bool]) -> None:
    """One after the other, each awaited: publish a place, take it back."""
    number = 0
    while not ended():
        place, publishing = f"P{number // 2 % PLACES}", number % 2 == 0
        began = time.monotonic()
        answer = await post(client, good(place, f"good-{number}", publishing), 30)
        run.waited.append(time.monotonic() - began)
        assert answer.status_code == 200, answer.text
        run.accepted += 1
        number += 1


async def send_some(client: httpx.AsyncClient, run: Run, kinds: Iterator[tuple[int, Kind]]) -> None:
    for number, kind in kinds:
        identity = f"bad-{number}"
        answer = await post(client, kind.make(number, identity))
        run.sent[identity] = kind
        run.answered[identity] = answer.status_code, answer.json().get("code", "")


async def play(platform: Platform, partner: str, kinds: list[Kind]) -> Run:
    """One sends good messages and waits for each receipt, as long as the others send these kinds beside it."""
    run = Run()
    async with client_of(platform, partner) as client:
        await describe(client)
        began, numbered = time.monotonic(), iter(enumerate(kinds))
        others = [asyncio.create_task(send_some(client, run, numbered)) for _ in range(SENDERS)]
        await send_good(client, run, lambda: all(task.done() for task in others))
        await asyncio.gather(*others)
        run.seconds = time.monotonic() - began
        await hear(client, run)
    return run


async def hear(client: httpx.AsyncClient, run: Run) -> None:
    """Read all notices, from the first, until as many answers came as messages were passed on; and a little more."""
    expected = sum(not kind.refused for kind in run.sent.values())
    cursor, deadline, more = None, time.monotonic() + 60, 1
    while more:
        asked: dict[str, Any] = {"limit": 500, "wait": 2, **({"after": cursor} if cursor else {})}
        page = (await client.get("/v1/notices", params=asked)).json()
        cursor = page["next"]
        for notice in page["notices"]:
            data = notice["data"]
            run.notices[str(data["message_id"]), data.get("code", "accepted")] += 1
        heard = sum(count for (identity, _), count in run.notices.items() if identity.startswith("bad-"))
        assert time.monotonic() < deadline, f"{heard} answers to {expected} messages"
        if heard >= expected and not page["notices"]:
            more -= 1


def harmless(total: int) -> list[Kind]:
    """As many messages that nothing is wrong with: places are published, all of them, then taken back, and so on."""

    def make(number: int, identity: str) -> Request:
        turn, place = divmod(number, HARMLESS)
        return good(f"H{place}", identity, turn % 2 == 0)

    return [Kind("harmless", "accepted", make)] * total


@pytest.fixture(scope="module")
def total(pytestconfig: pytest.Config) -> int:
    """How many bad requests there are."""
    return int(pytestconfig.getoption("--bad-requests"))


@pytest.fixture(scope="module")
def clean(platform: Platform, total: int) -> Run:
    """The same, without anything bad: what a good message waits for on this machine, now."""
    return asyncio.run(play(platform, "chrs-clean", harmless(total // 4)))


@pytest.fixture(scope="module")
def run(platform: Platform, clean: Run, total: int) -> Run:
    assert clean.accepted > 5
    return asyncio.run(play(platform, STRUCTURE, shuffled(total)))


def test_there_are_more_than_thirty_kinds_and_each_was_sent(run: Run, total: int) -> None:
    assert len(BAD) >= 45
    assert len(run.sent) == total
    assert {kind.name for kind in run.sent.values()} == {kind.name for kind in BAD}


def test_each_request_has_the_one_answer_that_it_deserves(run: Run) -> None:
    wrong = Counter[tuple[str, Any]]()
    for identity, kind in run.sent.items():
        status, code = run.answered[identity]
        notices = {said: count for (named, said), count in run.notices.items() if named == identity}
        if kind.refused:
            right = 400 <= status < 500 and code == kind.answer and not notices
        else:
            right = status == 202 and notices == {kind.answer: 1}
        if not right:
            wrong[kind.name, (status, code, tuple(notices.items()))] += 1
    assert wrong == {}


def test_no_good_message_waited_for_the_bad_ones(run: Run, clean: Run, total: int) -> None:
    figures = (
        f"{total} bad and {run.accepted} good in {run.seconds:.0f} s; good ones p50 {run.quantile(0.5) * 1000:.0f} ms, "
        f"p99 {run.quantile(0.99) * 1000:.0f} ms, longest {max(run.waited) * 1000:.0f} ms; clean run of "
        f"{clean.accepted}: p50 {clean.quantile(0.5) * 1000:.0f} ms, p99 {clean.quantile(0.99) * 1000:.0f} ms"
    )
    print(figures)
    assert run.accepted > total // 50, figures
    assert max(run.waited) < STALL_SECONDS, figures
    share = 0.99 if total >= MANY else 0.5
    assert run.quantile(share) <= 2 * clean.quantile(share), figures


def test_nobody_died(run: Run, platform: Platform) -> None:
    assert run.sent
    assert platform.deaths == []
    assert all(process.is_ready() for process in (*platform.services.values(), platform.edge))
    assert "Traceback" not in platform.edge.child.log_path.read_text()
