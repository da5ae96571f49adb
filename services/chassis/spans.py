"""Spans for an operator, sent over OTLP in the background; refuses to carry what a sender wrote, or to hold anyone up.

Only imported when SIAO_OTLP names a receiver (Jaeger, Tempo, any OpenTelemetry collector). A message is one span, as an
operator asks about one message: who sent it, what came of it, where it went on. The transaction it shared with others
is told by its size.
"""

import time
from collections.abc import Sequence
from typing import Any, Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanContext, SpanKind, TraceFlags

from contracts.event import digest_of
from services.chassis.reading import family
from services.chassis.tracing import Lived, carried, span_of, trace_of

# Spans that wait to be sent: those that come when it is full are lost, and nothing else is.
QUEUE: Final = 20_000
BATCH: Final = 1_000
PAUSE_MS: Final = 500
SEND_SECONDS: Final = 3.0
_SAMPLED: Final = TraceFlags(TraceFlags.SAMPLED)
# The part of a trace's id that its share is decided by, the same in every service.
_LOW: Final = 2**64 - 1


class Calm(SpanExporter):
    """Sends spans, and keeps to itself that it cannot: a fault to tell, once, is all that comes of it."""

    def __init__(self, address: str) -> None:
        self._exporter = OTLPSpanExporter(endpoint=address, timeout=SEND_SECONDS)
        self.failing = self.ending = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch; when the service ends and nobody listens, it does not try again."""
        if self.ending and self.failing:
            return SpanExportResult.FAILURE
        result = self._exporter.export(spans)
        self.failing = result is not SpanExportResult.SUCCESS
        return result

    def shutdown(self) -> None:
        """Let the connection go."""
        self._exporter.shutdown()  # type: ignore[no-untyped-call]


class Spans:
    """The recorder of a service. share: of all traces, the part that is told, chosen by the trace's id."""

    def __init__(self, service: str, receiver: str, share: float) -> None:
        self.receiver = f"{receiver.rstrip('/')}/v1/traces"
        self._bound = int(share * 2**64)
        self._calm = Calm(self.receiver)
        self._resource = Resource.create({"service.namespace": "siao", "service.name": service})
        self._processor = BatchSpanProcessor(
            self._calm, max_queue_size=QUEUE, max_export_batch_size=BATCH, schedule_delay_millis=PAUSE_MS
        )

    def failing(self) -> str | None:
        """The receiver, when it did not take the last batch."""
        return self.receiver if self._calm.failing else None

    def stop(self) -> None:
        """Send what waits, for a few seconds at most; to be called beside the event loop."""
        self._calm.ending = True
        self._processor.shutdown()  # type: ignore[no-untyped-call]

    def handled(self, consumer: str, lived: Sequence[Lived], began: int) -> None:
        """One span a message, child of the span that its traceparent names."""
        ended = time.time_ns()
        for step, topics, outcome, kind, siao, sent in lived:
            of = carried(*step)
            if not self._told(of):
                continue
            attributes: dict[str, Any] = {
                "messaging.system": "kafka",
                "messaging.operation.type": "process",
                "messaging.destination.name": topics,
                "messaging.consumer.group.name": consumer,
                "messaging.batch.message_count": len(lived),
                "siao.outcome": outcome,
                "siao.sent": sent,
                **({"siao.type": kind} if kind else {}),
                **({"siao.territory": siao} if siao else {}),
            }
            name = f"handle {kind or topics}"
            self._make(name, SpanKind.CONSUMER, step.came, of, span_of(of), attributes, began, ended)

    def published(self, rows: Sequence[Any], began: int) -> None:
        """One span a message, child of the handling that decided it."""
        ended = time.time_ns()
        for row in rows:
            of, topics = row["traceparent"], family(row["topic"])
            if of is None or not self._told(of):
                continue
            attributes = {
                "messaging.system": "kafka",
                "messaging.operation.type": "send",
                "messaging.destination.name": topics,
                "siao.type": row["type"] or "",
            }
            span = int.from_bytes(digest_of("publish", row["id"])[:8]) or 1
            name = f"publish {row['type'] or topics}"
            self._make(name, SpanKind.PRODUCER, of, of, span, attributes, began, ended)

    def _told(self, traceparent: str) -> bool:
        return trace_of(traceparent) & _LOW < self._bound

    def _make(
        self,
        name: str,
        kind: SpanKind,
        parent: str | None,
        of: str,
        span: int,
        attributes: dict[str, Any],
        began: int,
        ended: int,
    ) -> None:
        # Made whole, now that it is over: its id is given, and the tracer's own way costs four times as much.
        number = trace_of(of)
        me = SpanContext(number, span, is_remote=False, trace_flags=_SAMPLED)
        above = SpanContext(number, span_of(parent), is_remote=True, trace_flags=_SAMPLED) if parent else None
        self._processor.on_end(
            ReadableSpan(name, me, above, self._resource, attributes, kind=kind, start_time=began, end_time=ended)
        )
