"""What is sealed is nowhere readable in the database, cannot be moved, and opens with its own key only."""

import json
import os
from collections.abc import AsyncIterator

import pytest
from cryptography.exceptions import InvalidTag

from deploy.embedded.parts import DatabaseServer
from services.chassis.database import raw_connection
from services.chassis.quarantine import context_of
from services.chassis.store import Store
from services.chassis.vault import Vault
from tests.integration.chassis.rig import CANARY, SECRETS, Bench, Log, Secret, an_order, bench_on, headers_of
from tests.servers import Database


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    async with bench_on(database()) as made:
        yield made


def dump(postgres: DatabaseServer, bench: Bench) -> str:
    """Every row of every table, as text."""
    database = bench.url.rsplit("/", 1)[1]
    tables = postgres.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", database).split()
    return "\n".join(postgres.sql(f"SELECT * FROM {table}", database) for table in tables)


async def load(bench: Bench, vault: Vault, key: str) -> Secret | None:
    async with raw_connection(bench.engine) as connection:
        value, _ = (await Store(connection, vault).load(SECRETS, [key]))[key]
    assert value is None or isinstance(value, Secret)
    return value


async def test_a_sealed_state_is_not_readable_in_the_database_and_opens_with_its_key(
    bench: Bench, postgres: DatabaseServer
) -> None:
    await bench.unit().handle([Log().order("a", "secret", "household")])
    whole = dump(postgres, bench)
    assert ("household" in whole, CANARY in whole, CANARY.split()[1] in whole) == (True, False, False)
    assert await load(bench, bench.vault, "household") == Secret(name=CANARY)


async def test_another_key_opens_nothing(bench: Bench) -> None:
    await bench.unit().handle([Log().order("a", "secret", "household")])
    with pytest.raises(InvalidTag):
        await load(bench, Vault(os.urandom(32)), "household")


async def test_a_sealed_state_cannot_be_moved_to_another_key(bench: Bench) -> None:
    await bench.unit().handle([Log().order("a", "secret", "household")])
    await bench.run("INSERT INTO secrets SELECT 'another', version, body FROM secrets")
    with pytest.raises(InvalidTag):
        await load(bench, bench.vault, "another")


async def test_a_quarantined_record_is_whole_and_readable_only_with_the_key_and_its_position(
    bench: Bench, postgres: DatabaseServer
) -> None:
    log, event = Log(), an_order("refused")
    value = event.model_dump_json().encode() + b" "
    headers = [*headers_of("chrs-1", "a", event), ("note", b"\xff\x00" + CANARY.encode()), ("empty", None)]
    record = log.record("partners.chrs-1.vacancies", value, headers)  # type: ignore[arg-type]
    await bench.unit().handle([record])
    whole = dump(postgres, bench)
    assert ("place-occupied" in whole, CANARY in whole, CANARY.encode().hex() in whole) == (True, False, False)
    ((topic, partition, offset, sealed),) = await bench.rows(
        'SELECT topic, partition, "offset", sealed FROM quarantine'
    )
    kept = json.loads(bench.vault.open(sealed, context_of(topic, partition, offset)))
    assert (kept["key"].encode("latin-1"), kept["value"].encode("latin-1")) == (record.key, value)
    texts = [(name, None if text is None else text.encode("latin-1")) for name, text in kept["headers"]]
    assert texts == headers
    for vault, place in (
        (Vault(os.urandom(32)), (topic, partition, offset)),
        (bench.vault, (topic, partition, offset + 1)),
        (bench.vault, ("partners.chrs-2.vacancies", partition, offset)),
    ):
        with pytest.raises(InvalidTag):
            vault.open(sealed, context_of(*place))
