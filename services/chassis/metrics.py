"""Every metric of the chassis, named once, with its meaning and unit; labels are bounded and never name a partner."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY: Final = CollectorRegistry(auto_describe=True)

HANDLED: Final = Counter(
    "siao_messages_handled",
    "Messages handled, by topic family and outcome (taken, duplicate, refused, unreadable, failed, redelivered)",
    ["family", "outcome"],
    registry=REGISTRY,
)
QUARANTINED: Final = Counter(
    "siao_messages_quarantined", "Messages set aside and kept, by reason code", ["code"], registry=REGISTRY
)
BATCH_SIZE: Final = Histogram(
    "siao_batch_messages",
    "Messages in one transaction",
    buckets=(1, 2, 5, 10, 50, 100, 500, 1000, 2000),
    registry=REGISTRY,
)
BATCH_SECONDS: Final = Histogram(
    "siao_batch_seconds",
    "Time from a batch received to its transaction committed",
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
OUTBOX_ROWS: Final = Gauge("siao_outbox_rows", "Messages committed and not yet published", registry=REGISTRY)
OUTBOX_AGE: Final = Gauge("siao_outbox_age_seconds", "Age of the oldest message not yet published", registry=REGISTRY)
RELAYED: Final = Counter("siao_messages_published", "Messages published by the relay", registry=REGISTRY)
RELAY_FAILURES: Final = Counter(
    "siao_relay_failures", "Publications that failed and were tried again", registry=REGISTRY
)
RELAY_LEADER: Final = Gauge("siao_relay_leader", "1 when this instance publishes for its service", registry=REGISTRY)
TIMERS_FIRED: Final = Counter("siao_deadlines_reached", "Deadlines that came due", registry=REGISTRY)
