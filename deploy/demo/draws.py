"""Seeded draws: every choice has a stream of its own, so that one more choice elsewhere never changes it."""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
C = TypeVar("C")

_HALVINGS = 60
_ROUNDS = 40


def stream(seed: int, *path: object) -> random.Random:
    """The stream of one choice, named by its path; the same on every machine and in every process."""
    return random.Random("/".join(str(part) for part in (seed, *path)))


def pick(rng: random.Random, weights: Mapping[T, float]) -> T:
    """One key, with a probability proportional to its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def around(rng: random.Random, median: float, sigma: float) -> float:
    """A positive quantity, log-normal around its median."""
    return rng.lognormvariate(math.log(median), sigma)


def whole(rng: random.Random, quantity: float) -> int:
    """A whole number whose mean is `quantity`."""
    return int(quantity) + (rng.random() < quantity - int(quantity))


def arrivals(rng: random.Random, per_day: float, days: int) -> list[float]:
    """Instants, in days from 0, of a Poisson process of `per_day`."""
    found: list[float] = []
    now = 0.0
    while per_day > 0:
        now += rng.expovariate(per_day)
        if now >= days:
            break
        found.append(now)
    return found


def shares(total: int, weights: Sequence[float]) -> list[int]:
    """Whole parts of `total` in proportion to `weights`, at least 1 each; their sum is max(total, len(weights))."""
    spare = max(0, total - len(weights))
    scale = spare / sum(weights)
    parts = [1 + int(weight * scale) for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(weights[i] * scale % 1), i))
    for i in by_remainder[: spare + len(weights) - sum(parts)]:
        parts[i] += 1
    return parts


def tilted(sizes: Sequence[int], mean: float) -> dict[int, float]:
    """The smoothest distribution over `sizes` (ascending, positive) with this mean: weights exp(tilt x size)."""
    low, high = -20.0, 20.0
    weights: dict[int, float] = {}
    for _ in range(_HALVINGS):
        tilt = (low + high) / 2
        top = max(tilt * size for size in sizes)
        weights = {size: math.exp(tilt * size - top) for size in sizes}
        if sum(size * w for size, w in weights.items()) / sum(weights.values()) < mean:
            low = tilt
        else:
            high = tilt
    return weights


def fitted(
    rows: Mapping[R, float], columns: Mapping[C, float], affinity: Callable[[R, C], float]
) -> dict[R, dict[C, float]]:
    """A table with these margins, as near as `affinity` allows (iterative proportional fitting); 0: never together."""
    row_sum, column_sum = sum(rows.values()), sum(columns.values())
    table = {row: {column: affinity(row, column) for column in columns} for row in rows}
    for _ in range(_ROUNDS):
        for column, weight in columns.items():
            found = sum(table[row][column] for row in rows)
            for row in rows if found else ():
                table[row][column] *= weight / column_sum / found
        for row, weight in rows.items():
            found = sum(table[row].values())
            for column in columns:
                table[row][column] *= weight / row_sum / found
    return table
