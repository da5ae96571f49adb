"""The edge's own metrics; a label is a route, a status or a code, never a partner."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from services.chassis.metrics import REGISTRY
from services.edge.refusals import REASONS

REQUESTS: Final = Counter(
    "siao_edge_requests", "Requests answered, by route and HTTP status", ["route", "status"], registry=REGISTRY
)
REFUSALS: Final = Counter(
    "siao_edge_refusals", "Requests that the edge itself refused, by reason code", ["code"], registry=REGISTRY
)
ANSWER_SECONDS: Final = Histogram(
    "siao_edge_answer_seconds",
    "Time from a request to its answer's first byte, by route, without what it asked to wait for",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)
WAITING: Final = Gauge(
    "siao_edge_waiting",
    "Requests that wait for something to come, by kind (poll, stream, answer)",
    ["kind"],
    registry=REGISTRY,
)
LOOK_BACKS: Final = Counter(
    "siao_edge_look_backs", "Reads of older notices or of lists from the broker, not from memory", registry=REGISTRY
)
FOLLOWED: Final = Gauge(
    "siao_edge_partners", "Partners that hold a token and whose notices are followed", registry=REGISTRY
)
for _kind in ("poll", "stream", "answer"):
    WAITING.labels(_kind)
for _code in REASONS:
    # There from the start: a counter that appears with its first refusal hides that refusal from increase().
    REFUSALS.labels(_code)
# What else an edge tells: the rest of the chassis's metrics belongs to services with a database.
SHARED: Final = ("siao_ready", "siao_fault", "process_")


def own_names() -> list[str]:
    """The names of the series that the edge tells."""
    names = [name for family in REGISTRY.collect() for name in {sample.name for sample in family.samples}]
    return [name for name in names if name.startswith(("siao_edge_", *SHARED))]
