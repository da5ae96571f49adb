"""Every metric of the chassis, named once, with its meaning and unit; labels are bounded and never name a partner.

A service names its own in its `figures.py`, on the same registry; `deploy/prometheus` makes the table of them all.
"""

from collections.abc import Iterable
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

from contracts.rejections import REJECTIONS

# When each series began is of no use to anyone here, and would be as many series again.
disable_created_metrics()  # type: ignore[no-untyped-call]

REGISTRY: Final = CollectorRegistry(auto_describe=True)
ProcessCollector(registry=REGISTRY)

READY: Final = Gauge("siao_ready", "1 when this instance can do its work now, as /ready says", registry=REGISTRY)

HANDLED: Final = Counter(
    "siao_messages_handled",
    "Messages handled, by topic family and outcome (taken, duplicate, refused, unreadable, failed, redelivered)",
    ["family", "outcome"],
    registry=REGISTRY,
)
QUARANTINED: Final = Counter(
    "siao_messages_quarantined", "Messages set aside and kept, by reason code", ["code"], registry=REGISTRY
)
for _code in REJECTIONS:
    # There from the start: a counter that appears with its first message hides that message from increase().
    QUARANTINED.labels(_code)
QUARANTINE_ROWS: Final = Gauge(
    "siao_quarantine_rows", "Messages kept in quarantine, up to 100,000, as the database says", registry=REGISTRY
)
BATCH_SIZE: Final = Histogram(
    "siao_batch_messages",
    "Messages taken from the broker at once",
    buckets=(1, 2, 5, 10, 50, 100, 500, 1000, 2000, 4000),
    registry=REGISTRY,
)
BATCH_SECONDS: Final = Histogram(
    "siao_batch_seconds",
    "Time from a batch received to its last transaction committed, in real time",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)
BACKOFFS: Final = Counter(
    "siao_backoffs", "Batches put off because the database or the broker failed", registry=REGISTRY
)
HALVINGS: Final = Counter(
    "siao_batch_halvings", "Batches cut in two because the database refused them", registry=REGISTRY
)
LAG: Final = Gauge("siao_consumer_lag", "Messages not handled yet, by topic family", ["family"], registry=REGISTRY)
OUTBOX_ROWS: Final = Gauge(
    "siao_outbox_rows",
    "Messages committed and not yet published, up to 100,000, as the database says",
    registry=REGISTRY,
)
OUTBOX_AGE: Final = Gauge(
    "siao_outbox_age_seconds", "Age of the oldest message not yet published, in real time", registry=REGISTRY
)
FAULTS: Final = Gauge(
    "siao_fault", "1 while this instance suffers from the fault, by its code", ["code"], registry=REGISTRY
)
RELAYED: Final = Counter("siao_messages_published", "Messages published by the relay", registry=REGISTRY)
RELAY_FAILURES: Final = Counter(
    "siao_relay_failures", "Publications that failed and were tried again", registry=REGISTRY
)
RELAY_LEADER: Final = Gauge("siao_relay_leader", "1 when this instance publishes for its service", registry=REGISTRY)
TIMERS_FIRED: Final = Counter("siao_deadlines_reached", "Deadlines that came due", registry=REGISTRY)
DEADLINES_LATE: Final = Gauge(
    "siao_deadlines_late_seconds",
    "How long the oldest deadline that came due has waited to be decided upon, in business time",
    registry=REGISTRY,
)
READING_FAILURES: Final = Counter(
    "siao_reading_failures", "Readings of gauges from the database that failed", registry=REGISTRY
)


def add(measures: Iterable[tuple[tuple[Counter | Histogram, tuple[str, ...], float], int]]) -> None:
    """Take over what decisions measured: metric, labels, amount, and how many times."""
    for (metric, labels, amount), times in measures:
        if isinstance(metric, Counter):
            metric.labels(*labels).inc(amount * times)
            continue
        child = metric.labels(*labels)
        for _ in range(times):
            child.observe(amount)
