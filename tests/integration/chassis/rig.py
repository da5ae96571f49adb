"""A service of counters, small enough to see through: its tables, its decisions, and a bench to run the chassis on."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aiokafka import ConsumerRecord
from sqlalchemy import Boolean, CheckConstraint, Column, MetaData, Text, text
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.codes import OfferType
from contracts.event import Envelope, Headers, Message, Refusal, binary_headers, partner_source
from contracts.notices import Caused, MessageAccepted
from contracts.offers import VacancyClosed
from contracts.partners import PartnerRegistered
from contracts.topics import OFFERS, VACANCIES, Role
from contracts.vacancies import VacancyPublished
from services.chassis.database import engine_of
from services.chassis.faults import Faults
from services.chassis.fold import Effects, Folds, Forget, Heard, Key, Later, Put, Send, State, accept
from services.chassis.kept import Kept
from services.chassis.states import Holder, Keyed, Territory, Whole
from services.chassis.tables import StateTable, chassis_tables
from services.chassis.unit import Unit
from services.chassis.vault import Vault

NOON: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
SIAO: Final = "92"
# A text that no machine invents: wherever it is found, a person's name could have been.
CANARY: Final = "Zéphyrine Canari"


class Count(Kept):
    """How often a key was counted, and the last order."""

    siao: str
    live: bool = True
    total: int = 0
    label: str = ""


class Secret(Kept):
    """A name, sealed."""

    name: str


METADATA: Final = MetaData()
COUNTS: Final = StateTable(
    METADATA,
    "counts",
    Count,
    Column("siao", Text, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("label", Text, nullable=False),
    CheckConstraint("label <> 'forbidden'", name="no_forbidden_label"),
)
SECRETS: Final = StateTable(METADATA, "secrets", Secret, sealed=True)
chassis_tables(METADATA)


class Broken(Exception):
    """A fault of a decision that nobody foresaw."""


def counting(out: str = OFFERS.name) -> Folds:
    """Folds of partners' messages: `place_id` is an order (see `decide`), `structure_id` the counter it concerns."""
    folds = Folds()

    def keys(heard: Heard[VacancyPublished]) -> list[Key]:
        return [(COUNTS, heard.event.structure_id), (SECRETS, heard.event.structure_id)]

    @folds.on(VacancyPublished, keys=keys)
    def decide(heard: Heard[VacancyPublished], state: State) -> Effects:
        key, order = heard.event.structure_id, heard.event.place_id
        before = state.get(COUNTS, key) or Count(siao=heard.sender.siao)
        counted = before.model_copy(update={"total": before.total + 1, "label": order})
        yield Put(COUNTS, key, counted)
        # What a generator has put, it sees.
        assert state.get(COUNTS, key) == counted
        match order:
            case "refused":
                raise Refusal("place-occupied", "$.place_id")
            case "broken":
                raise Broken(CANARY)
            case "gone":
                yield Put(COUNTS, key, None)
            case "secret":
                yield Put(SECRETS, key, Secret(name=CANARY))
            case "later" | "later-still":
                due = heard.now + timedelta(hours=1 if order == "later" else 5)
                yield Later(f"deadline:{key}", due, Send(out, SIAO, an_answer(f"deadline:{key}:{order}")))
            case "forget":
                yield Forget(f"deadline:{key}")
        yield Send(out, key, an_answer(f"{key}:{counted.total}"))
        yield accept(heard, ("count", f"{key}/{counted.total}"))

    return folds


def territorial() -> Folds:
    """Folds of core facts on whole territories: `place` is the order, `structure` the counter."""
    folds = Folds()

    @folds.on(VacancyClosed, keys=lambda heard: [(COUNTS, heard.event.structure)])
    def decide(heard: Heard[VacancyClosed], state: State) -> Effects:
        event = heard.event
        before = state.get(COUNTS, event.structure) or Count(siao=event.siao)
        changes = {"total": before.total + 1, "label": event.place, "live": event.place != "archived"}
        yield Put(COUNTS, event.structure, before.model_copy(update=changes))
        if event.place == "broken":
            raise Broken

    return folds


def an_answer(thing: str) -> MessageAccepted:
    """A small fact that can be told from others."""
    return MessageAccepted(message_id=thing, message_type="counted", caused=(Caused(kind="count", id="1"),))


def a_partner(name: str, **changes: Any) -> PartnerRegistered:
    """An active structure."""
    return PartnerRegistered(**{"id": name, "role": Role.STRUCTURE, "siao": SIAO, "name": "Un CHRS", **changes})


def an_order(order: str = "add", key: str = "k") -> VacancyPublished:
    """A partner's message: do this with that counter."""
    return VacancyPublished(structure_id=key, place_id=order, available_on=NOON.date())


def a_fact(order: str = "add", key: str = "k", siao: str = SIAO) -> VacancyClosed:
    """A core fact: do this with that counter of a territory."""
    return VacancyClosed(
        siao=siao,
        vacancy="v",
        place=order,
        structure=key,
        offer_type=OfferType.CHRS,
        capacity=1,
        closed_at=NOON,
        reason="filled",
    )


def headers_of(partner: str, identity: str, event: Message) -> list[tuple[str, bytes]]:
    """The headers of a partner's message; "" as partner: of a fact of the SIAO's."""
    source = partner_source(partner) if partner else "/siao/offers"
    return binary_headers(Envelope(identity, str(type(event).__dict__["type"]), source, NOON))


@dataclass
class Log:
    """Records as Kafka would hand them over: each topic's offsets grow by one."""

    offsets: dict[str, int] = field(default_factory=dict)

    def record(self, topic: str, value: bytes | None, headers: Headers) -> Any:
        """The next record of a topic."""
        offset = self.offsets.get(topic, -1) + 1
        self.offsets[topic] = offset
        return ConsumerRecord(
            topic, 0, offset, 1_700_000_000_000, 0, b"key", value, None, 3, len(value or b""), tuple(headers)
        )

    def order(self, identity: str, order: str = "add", key: str = "k", partner: str = "chrs-1") -> Any:
        """A partner's message."""
        event = an_order(order, key)
        return self.record(
            VACANCIES.of(partner), event.model_dump_json().encode(), headers_of(partner, identity, event)
        )

    def fact(self, identity: str, order: str = "add", key: str = "k", siao: str = SIAO) -> Any:
        """A core fact."""
        event = a_fact(order, key, siao)
        return self.record(OFFERS.name, event.model_dump_json().encode(), headers_of("", identity, event))


PARTNERS: Final = {name: a_partner(name) for name in ("chrs-1", "chrs-2")}


async def find(name: str) -> PartnerRegistered | None:
    """The register of these tests."""
    return PARTNERS.get(name)


@dataclass
class Bench:
    """The chassis on one real database: units, and what they wrote."""

    url: str
    engine: AsyncEngine
    vault: Vault
    commits: int = 0
    now: datetime = NOON
    faults: Faults = field(default_factory=lambda: Faults("the broker", "the database"))

    def unit(self, folds: Folds | None = None, holder: Holder | None = None, consumer: str = "counters") -> Unit:
        """A unit of the counting service, as one instance of it would have."""
        return Unit(
            consumer,
            self.engine,
            folds or counting(),
            holder or Keyed(PARTNERS, self.vault),
            find,
            self.vault,
            lambda: self.now,
            self._committed,
            asyncio.Lock(),
            self.faults,
        )

    def whole(self) -> Whole:
        """Territories of counters, in memory."""
        return Whole(PARTNERS, self.vault, Territory, (COUNTS,))

    def _committed(self) -> None:
        self.commits += 1

    async def rows(self, statement: str) -> list[Any]:
        """What a statement returns; single columns bare."""
        async with self.engine.connect() as connection:
            found = (await connection.execute(text(statement))).all()
        return [row[0] if len(row) == 1 else tuple(row) for row in found]

    async def run(self, statement: str) -> None:
        """Execute a statement and commit it."""
        async with self.engine.begin() as connection:
            await connection.execute(text(statement))

    async def totals(self) -> dict[str, int]:
        """What each counter stands at, as stored."""
        return dict(await self.rows("SELECT key, CAST(body ->> 'total' AS int) FROM counts"))

    async def answers(self) -> list[tuple[str, str | None, Any]]:
        """Posted notices, oldest first: (topic, message answered, code of a rejection or whether it is a duplicate)."""
        posted = await self.rows("SELECT topic, convert_from(payload, 'UTF8')::jsonb FROM outbox ORDER BY seq")
        return [
            (topic, body["message_id"], body.get("code", body.get("duplicate")))
            for topic, body in posted
            if topic.endswith(".notices")
        ]


@asynccontextmanager
async def bench_on(url: str) -> AsyncIterator[Bench]:
    """A bench on an empty database."""
    engine = engine_of(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(METADATA.create_all)
        yield Bench(url, engine, Vault(os.urandom(32)))
    finally:
        await engine.dispose()
