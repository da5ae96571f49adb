"""How states are held while a batch is folded: loaded by key, or a whole territory kept in memory."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeAlias, TypeVar

from asyncpg import Connection

from contracts.event import Message
from contracts.partners import PartnerRegistered
from services.chassis.fold import Key, Put
from services.chassis.reading import Readable
from services.chassis.store import Store, Stored
from services.chassis.tables import StateTable
from services.chassis.vault import Vault

V = TypeVar("V", bound=Message)
Register: TypeAlias = Mapping[str, PartnerRegistered]
_ABSENT: Final[Stored] = (None, 0)


class Rows:
    """States by table and key, with the versions they were read at and the changes decided on them.

    Changes are applied as they are decided, so that what follows sees them, and undone when a decision fails.
    """

    def __init__(self, register: Register) -> None:
        self._register = register
        self._stored: dict[StateTable[Any], dict[str, Stored]] = defaultdict(dict)
        self._changed: dict[StateTable[Any], dict[str, None]] = defaultdict(dict)
        self._journal: list[tuple[Key, Stored, bool]] = []
        self._visitors: list[Key] = []

    @property
    def register(self) -> Register:
        """The register of partners."""
        return self._register

    def get(self, table: StateTable[V], key: str) -> V | None:
        """The state under a key. Raises LookupError when the fold did not name the key."""
        stored = self._stored[table].get(key)
        if stored is None:
            raise LookupError(f"{table.name}: this fold did not name that key")
        value: Any = stored[0]
        return value  # type: ignore[no-any-return]

    def learn(self, table: StateTable[Any], found: Mapping[str, Stored]) -> None:
        """Add what was read."""
        self._stored[table].update(found)

    async def read(self, store: Store, keys: Iterable[Key]) -> None:
        """Look up the keys not known yet, one statement a table."""
        wanted: dict[StateTable[Any], dict[str, None]] = defaultdict(dict)
        for table, key in keys:
            if key not in self._stored[table]:
                wanted[table][key] = None
                self._visitors.append((table, key))
        for table, names in wanted.items():
            self.learn(table, await store.load(table, list(names)))

    def apply(self, put: Put) -> None:
        """Take a decided change over."""
        before = self._stored[put.table].get(put.key, _ABSENT)
        self._journal.append(((put.table, put.key), before, put.key in self._changed[put.table]))
        self._changed[put.table][put.key] = None
        self._stored[put.table][put.key] = (put.value, before[1])
        self.noted(put.table, put.key, before[0], put.value)

    def mark(self) -> int:
        """Where the journal stands."""
        return len(self._journal)

    def undo(self, mark: int) -> None:
        """Take back what was applied since a mark."""
        while len(self._journal) > mark:
            (table, key), before, was_changed = self._journal.pop()
            after = self._stored[table][key][0]
            self._stored[table][key] = before
            if not was_changed:
                del self._changed[table][key]
            self.noted(table, key, after, before[0])

    def noted(self, table: StateTable[Any], key: str, before: Message | None, after: Message | None) -> None:
        """A state appeared, changed or went. For indexes."""

    async def write(self, store: Store) -> None:
        """Write all changes, one statement a table."""
        for table, keys in self._changed.items():
            if keys:
                await store.save(table, {key: self._stored[table][key] for key in keys})

    def settle(self) -> None:
        """The changes were committed: versions grow; states that are gone, or not live, leave memory."""
        touched = list(self._visitors)
        for table, keys in self._changed.items():
            for key in keys:
                value, version = self._stored[table][key]
                self._stored[table][key] = (value, version + 1)
                touched.append((table, key))
        for table, key in touched:
            value, _ = self._stored[table].get(key, _ABSENT)
            if value is None or not getattr(value, "live", True):
                self._stored[table].pop(key, None)
        self._changed.clear()
        self._journal.clear()
        self._visitors.clear()


class Territory(Rows):
    """The live states of one SIAO, whole; a service adds the indexes its decisions need by overriding `noted`.

    `seen`: last offset folded of each input, by topic-partition: what a decision knew when it was taken.
    """

    def __init__(self, register: Register) -> None:
        super().__init__(register)
        self.seen: dict[str, int] = {}

    def learn(self, table: StateTable[Any], found: Mapping[str, Stored]) -> None:
        """Add what was read, and index what is live."""
        super().learn(table, found)
        for key, (value, _) in found.items():
            if value is not None and getattr(value, "live", True):
                self.noted(table, key, None, value)

    def get(self, table: StateTable[V], key: str) -> V | None:
        """The live state under a key, or an archived one that the fold named."""
        value: Any = self._stored[table].get(key, _ABSENT)[0]
        return value  # type: ignore[no-any-return]


class Holder(Protocol):
    """Holds the states that a unit's folds look at."""

    async def open(self, connection: Connection, items: Sequence[Readable]) -> "Working":
        """Everything the folds of these messages may look at."""

    def forget(self) -> None:
        """Drop whatever is kept in memory: it may not be true any more."""


class Working(Protocol):
    """The states of one batch under way."""

    def rows(self, item: Readable) -> Rows:
        """What the fold of this message looks at, and changes."""

    async def write(self) -> None:
        """Write what was decided."""

    def settle(self) -> None:
        """It was committed."""


class Keyed:
    """States loaded for each batch, by key: nothing stays in memory."""

    def __init__(self, register: Register, vault: Vault) -> None:
        self._register, self._vault = register, vault

    async def open(self, connection: Connection, items: Sequence[Readable]) -> "KeyedWorking":
        """The states of all keys of the batch."""
        rows, store = Rows(self._register), Store(connection, self._vault)
        await rows.read(store, [key for item in items for key in item.fold.keys(item.heard)])
        await rows.read(store, [key for item in items if item.fold.also for key in item.fold.also(item.heard, rows)])
        return KeyedWorking(rows, store)

    def forget(self) -> None:
        """Nothing is kept."""


class KeyedWorking:
    """A batch on states loaded by key."""

    def __init__(self, rows: Rows, store: Store) -> None:
        self._rows, self._store = rows, store

    def rows(self, _item: Readable) -> Rows:
        """All keys of the batch."""
        return self._rows

    async def write(self) -> None:
        """One statement a table."""
        await self._rows.write(self._store)

    def settle(self) -> None:
        """Nothing is kept."""


_POSITIONS: Final = 'SELECT input, "offset" FROM positions WHERE siao = $1'
_SEE: Final = (
    'INSERT INTO positions AS p (siao, input, "offset")'
    " SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])"
    ' ON CONFLICT (siao, input) DO UPDATE SET "offset" = greatest(p."offset", excluded."offset")'
)


async def positions(connection: Connection, siao: str) -> dict[str, int]:
    """The last offset that was seen of each input of a SIAO, by topic-partition."""
    return dict(await connection.fetch(_POSITIONS, siao))


class Whole:
    """Whole territories kept in memory: loaded when first needed, dropped when a batch fails or ownership moves."""

    def __init__(
        self,
        register: Register,
        vault: Vault,
        make: Callable[[Register], Territory],
        tables: Sequence[StateTable[Any]],
    ) -> None:
        self._register, self._vault, self._make, self._tables = register, vault, make, tables
        self.territories: dict[str, Territory] = {}

    async def open(self, connection: Connection, items: Sequence[Readable]) -> "WholeWorking":
        """The territories of the batch, and the archived states that its folds named."""
        store = Store(connection, self._vault)
        named: dict[str, list[Key]] = defaultdict(list)
        for item in items:
            named[siao_of(item)].extend(item.fold.keys(item.heard))
        for siao, keys in named.items():
            if siao not in self.territories:
                self.territories[siao] = await self.load(connection, siao)
            await self.territories[siao].read(store, keys)
        return WholeWorking({siao: self.territories[siao] for siao in named}, connection, store)

    async def load(self, connection: Connection, siao: str) -> Territory:
        """A territory as its tables say; it is not kept."""
        store, territory = Store(connection, self._vault), self._make(self._register)
        for table in self._tables:
            territory.learn(table, await store.load_live(table, siao))
        territory.seen = await positions(connection, siao)
        return territory

    def forget(self) -> None:
        """Drop all territories; they are loaded again when needed."""
        self.territories.clear()


class WholeWorking:
    """A batch on whole territories."""

    def __init__(self, territories: dict[str, Territory], connection: Connection, store: Store) -> None:
        self._territories, self._connection, self._store = territories, connection, store

    def rows(self, item: Readable) -> Rows:
        """The territory of this message, which has now seen it."""
        territory = self._territories[siao_of(item)]
        territory.seen[f"{item.record.topic}-{item.record.partition}"] = item.record.offset
        return territory

    async def write(self) -> None:
        """One statement a table and territory, and the positions seen."""
        for territory in self._territories.values():
            await territory.write(self._store)
        seen = [(siao, *place) for siao, t in self._territories.items() for place in t.seen.items()]
        if seen:
            await self._connection.execute(_SEE, *(list(column) for column in zip(*seen, strict=True)))

    def settle(self) -> None:
        """Versions grow; what is not live leaves memory."""
        for territory in self._territories.values():
            territory.settle()


def siao_of(item: Readable) -> str:
    """The SIAO of a core fact."""
    return str(item.heard.event.siao)
