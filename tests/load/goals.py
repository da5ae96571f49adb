"""Measures the goals S1 to S6, S8 and S10, contenders in turn, and says of each whether it is met."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any, Final, TypeVar

from tests.load import contenders, engine, footprint
from tests.load.arena import Arena
from tests.load.designations import Scale, measure
from tests.load.hop import Contender, latency, throughput
from tests.load.relay import Relay, drain, drain_killed
from tests.load.workload import Workload

T = TypeVar("T")
RUN_SECONDS: Final = 120.0
RATES: Final = (3, 100, 500)
DESIGNATIONS_PER_SECOND: Final = 50
SMALL: Final = Scale(waiting=1_000)
LARGE: Final = Scale(waiting=100_000)
# As many partners as one SIAO has at least, and as the largest ones together.
FEW_PARTNERS: Final = Scale(waiting=1_000, structures=50, prescribers=50)
MANY_PARTNERS: Final = Scale(waiting=1_000, structures=500, prescribers=500)
WAITING_FOR_ENGINE: Final = 100_000


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured, and until when (monotonic seconds); later repetitions are left out, first ones never."""

    events: int
    usual_events: int
    repetitions: int
    latency_seconds: float
    deadline: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. ratio: ours / baseline where there is one; met: None when there is no target for it."""

    goal: str
    what: str
    unit: str
    baseline: float | None
    chassis: float
    ratio: float | None
    target: str
    met: bool | None
    runs: int

    def as_json(self) -> dict[str, Any]:
        """For `out/bench.json`."""
        return asdict(self)


def in_turn(runs: dict[str, Callable[[], T]], size: Size) -> dict[str, list[T]]:
    """A, B, A, B ...: what drifts on the machine drifts for all."""
    results: dict[str, list[T]] = {name: [] for name in runs}
    for turn in range(size.repetitions):
        if turn and time.monotonic() > size.deadline:
            break
        for name, run in runs.items():
            results[name].append(run())
    return results


@dataclass(frozen=True, slots=True)
class Pace:
    """Events per second of one run, and microseconds of the contender's CPU for each event."""

    rate: float
    cpu: float


def pace(arena: Arena, contender: Contender, workload: Workload) -> Pace:
    """One run over the preloaded workload."""
    place = arena.place(contender.name, arena.preloaded(workload))
    asyncio.run(contender.prepare(place))
    output = throughput(contender, place, workload, arena.logs / f"{contender.name}.log", RUN_SECONDS)
    arena.clear(place)
    return Pace(workload.good / output.seconds, output.cpu)


def median_rate(runs: list[Pace]) -> float:
    """Of several runs."""
    return median(run.rate for run in runs)


def s1(arena: Arena, size: Size) -> list[Row]:
    """Throughput of one hop, beside the ceiling and beside the usual way."""
    workload = Workload(size.events)
    rates = in_turn(
        {
            "ceiling": lambda: pace(arena, contenders.CEILING, workload),
            "chassis": lambda: pace(arena, contenders.CHASSIS, workload),
        },
        size,
    )
    usual = pace(arena, contenders.USUAL, Workload(size.usual_events)).rate
    ceiling, chassis, runs = median_rate(rates["ceiling"]), median_rate(rates["chassis"]), len(rates["chassis"])
    ratio, times = chassis / ceiling, chassis / usual
    costs = {name: median(run.cpu for run in each) for name, each in rates.items()}
    return [
        Row("S1", "one hop / ceiling", "events/s", ceiling, chassis, ratio, ">= 0.65 (goal 0.9)", ratio >= 0.65, runs),
        Row(
            "S1", "CPU of its own processes", "us/event", costs["ceiling"], costs["chassis"],
            costs["chassis"] / costs["ceiling"], "", None, runs,
        ),
        Row("S1", "one hop / usual way", "events/s", usual, chassis, times, ">= 100", times >= 100, 1),
    ]  # fmt: skip


def s2(arena: Arena, size: Size) -> list[Row]:
    """One event in 1,000 bad: refused by the decision, or by the database."""
    events = max(size.events // 3, 10_000)
    clean, bad = Workload(events), Workload(events, bad_every=1_000)
    rates = in_turn(
        {
            "clean": lambda: pace(arena, contenders.CHASSIS, clean),
            "pure": lambda: pace(arena, contenders.CHASSIS, bad),
            "database": lambda: pace(arena, contenders.CHASSIS_REFUSED, bad),
        },
        size,
    )
    base, runs = median_rate(rates["clean"]), len(rates["clean"])
    pure, database = median_rate(rates["pure"]), median_rate(rates["database"])
    return [
        Row("S2", "bad decision / clean", "events/s", base, pure, pure / base, ">= 0.9", pure / base >= 0.9, runs),
        Row(
            "S2", "refused by database / clean", "events/s", base, database, database / base, ">= 0.6",
            database / base >= 0.6, runs,
        ),
    ]  # fmt: skip


def s3(arena: Arena, size: Size) -> list[Row]:
    """Latency of one hop at fixed rates."""
    return [row for per_second in RATES for row in _s3_at(arena, size, per_second)]


def _s3_at(arena: Arena, size: Size, per_second: int) -> list[Row]:
    def run(contender: Contender) -> list[float]:
        place = arena.place(contender.name)
        asyncio.run(contender.prepare(place))
        log = arena.logs / f"{contender.name}.log"
        measured = latency(contender, place, per_second, size.latency_seconds, log)
        arena.clear(place)
        return measured

    results = in_turn({"ceiling": lambda: run(contenders.CEILING), "chassis": lambda: run(contenders.CHASSIS)}, size)
    runs = len(results["chassis"])
    (base50, base99), (ours50, ours99) = _typical(results["ceiling"]), _typical(results["chassis"])
    ratio, tail = ours50 / base50, ours99 / base99
    slow = per_second == RATES[0]
    return [
        Row("S3", f"p50 at {per_second}/s", "ms", base50, ours50, ratio, "<= 1.6 (goal 1.2)", ratio <= 1.6, runs),
        Row(
            "S3", f"p99 at {per_second}/s", "ms", base99, ours99, tail, "<= 10 ms" if slow else "",
            ours99 <= 10 if slow else None, runs,
        ),
    ]  # fmt: skip


def s4(arena: Arena, size: Size) -> list[Row]:
    """From a vacancy published to its designation, three services, beside one hop of the ceiling at the same rate."""
    place = arena.place(contenders.CEILING.name)
    asyncio.run(contenders.CEILING.prepare(place))
    log = arena.logs / "ceiling.log"
    hop = latency(contenders.CEILING, place, DESIGNATIONS_PER_SECOND, size.latency_seconds, log)
    arena.clear(place)
    ours = measure(DESIGNATIONS_PER_SECOND, size.latency_seconds + 2, Scale())
    (base50, base99), (ours50, ours99) = _typical([hop]), _typical([ours])
    what = f"at {DESIGNATIONS_PER_SECOND}/s, {Scale().waiting:,} waiting"
    return [
        Row("S4", f"p50 {what}", "ms", base50, ours50, ours50 / base50, "<= 6", ours50 / base50 <= 6, 1),
        Row("S4", f"p99 {what}", "ms", base99, ours99, ours99 / base99, "<= 8", ours99 / base99 <= 8, 1),
    ]


def _typical(runs: list[list[float]]) -> tuple[float, float]:
    """The medians, over the runs, of their p50 and p99."""
    cuts = [quantiles(run, n=100, method="inclusive") for run in runs]
    return median(cut[49] for cut in cuts), median(cut[98] for cut in cuts)


def s5(arena: Arena, size: Size) -> list[Row]:
    """The relay alone, and its order when it is killed half-way."""
    rows, keys = size.events, 20_000

    def run(relay: Relay) -> float:
        place = arena.place(relay.contender.name)
        asyncio.run(relay.contender.prepare(place))
        asyncio.run(relay.fill(place, rows, keys))
        output = drain(relay, place, rows, arena.logs / f"{relay.contender.name}.log", RUN_SECONDS)
        arena.clear(place)
        return rows / output.seconds

    rates = in_turn(
        {"ceiling": lambda: run(contenders.CEILING_RELAY), "chassis": lambda: run(contenders.CHASSIS_RELAY)}, size
    )
    base, ours, runs = median(rates["ceiling"]), median(rates["chassis"]), len(rates["chassis"])
    place = arena.place("killed")
    relay = contenders.CHASSIS_RELAY
    asyncio.run(relay.contender.prepare(place))
    asyncio.run(relay.fill(place, rows, keys))
    killed = drain_killed(relay, place, rows, arena.logs / "killed.log", RUN_SECONDS)
    arena.clear(place)
    return [
        Row("S5", "relay / ceiling's relay", "rows/s", base, ours, ours / base, ">= 60,000/s", ours >= 60_000, runs),
        Row("S5", "inversions, killed once", "rows", None, killed.inversions, None, "0", killed.inversions == 0, 1),
    ]


def s6(arena: Arena, size: Size) -> list[Row]:
    """The engine alone, beside a plain scan of the same list."""
    waiting = min(WAITING_FOR_ENGINE, size.events)
    found = engine.measure(arena, waiting, 5_000, 60)
    (base50, base99), (ours50, ours99) = _typical([found.scans]), _typical([found.choices])
    of = f"of {waiting:,}"
    changes = {"arrives": found.arrivals, "leaves": found.departures, "comes back": found.returns}
    return [
        Row("S6", f"choose p50, {of}", "us", base50, ours50, ours50 / base50, "", None, 1),
        Row("S6", f"choose p99, {of}", "us", base99, ours99, ours99 / base99, "<= 100 (goal 50)", ours99 <= 100, 1),
        *(Row("S6", f"a household {what}, p50", "us", None, median(each), None, "", None, 1)
          for what, each in changes.items()),
        Row("S6", f"{engine.ITEMS} places allocated at once", "s", None, found.agenda, None, "", None, 1),
        Row("S6", "other criteria", "s", None, found.reorder, None, "", None, 1),
        Row("S6", "rebuilt: CPU of this process", "s", None, found.rebuild_cpu, None, "", None, 1),
        Row("S6", "rebuilt from the tables", "s", None, found.rebuild, None, "< 10", found.rebuild < 10, 1),
    ]  # fmt: skip


def s8(_arena: Arena, size: Size) -> list[Row]:
    """How S4 grows: with a hundred times as many households that wait, with ten times as many partners."""
    rows = []
    growths = (
        ("100,000 / 1,000 waiting", SMALL, LARGE, 1.5),
        ("1,000 / 100 partners", FEW_PARTNERS, MANY_PARTNERS, 2.0),
    )
    for what, smaller, larger, bound in growths:
        seconds = size.latency_seconds + 2
        (small50, small99), (large50, large99) = (
            _typical([measure(DESIGNATIONS_PER_SECOND, seconds, scale)]) for scale in (smaller, larger)
        )
        tail = large99 / small99
        rows += [
            Row("S8", f"p50, {what}", "ms", small50, large50, large50 / small50, "", None, 1),
            Row("S8", f"p99, {what}", "ms", small99, large99, tail, f"<= {bound}", tail <= bound, 1),
        ]
    return rows


def s10(_arena: Arena, _size: Size) -> list[Row]:
    """What the platform of a département takes when nothing happens."""
    found = footprint.measure(Scale())
    return [
        Row("S10", "ready again", "s", None, found.ready, None, "< 10", found.ready < 10, 1),
        Row("S10", "memory", "MB", None, found.memory, None, "< 1,500", found.memory < 1_500, 1),
        Row("S10", "idle, of one core", "%", None, 100 * found.idle, None, "< 10", found.idle < 0.1, 1),
    ]


GOALS: Final = {"S1": s1, "S2": s2, "S3": s3, "S4": s4, "S5": s5, "S6": s6, "S8": s8, "S10": s10}
# S8 loads 100,000 requests by messages, and starts a platform four times: minutes, so it is asked for by name.
USUAL: Final = tuple(goal for goal in GOALS if goal != "S8")
