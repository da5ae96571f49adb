"""A receiver of traces, as Jaeger or Tempo are one: OTLP over HTTP, decoded, kept in memory."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1 import trace_pb2

from deploy.embedded.ports import HOST, free_port


@dataclass(frozen=True, slots=True)
class Told:
    """A span, its ids in hexadecimal; parent "" for none. Instants are nanoseconds."""

    service: str
    name: str
    trace: str
    span: str
    parent: str
    kind: str
    began: int
    ended: int
    facts: dict[str, Any]


class Receiver:
    """Listens on loopback, while it does; `spans` is what it was told, oldest first."""

    def __init__(self) -> None:
        self.port = free_port()
        self.address = f"http://{HOST}:{self.port}"
        self.spans: list[Told] = []
        self._server: ThreadingHTTPServer | None = None

    def of_trace(self, trace: str) -> list[Told]:
        """The spans of one trace."""
        return [span for span in self.spans if span.trace == trace]

    def listen(self) -> None:
        """From now on it takes what it is told."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver._take(self.path, self.headers["content-type"], body)
                answer = ExportTraceServiceResponse().SerializeToString()
                self.send_response(200)
                self.send_header("content-type", "application/x-protobuf")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Nothing: a test's output is its own."""

        self._server = ThreadingHTTPServer((HOST, self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """It takes nothing any more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _take(self, path: str, kind: str, body: bytes) -> None:
        assert (path, kind) == ("/v1/traces", "application/x-protobuf")
        for told in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = _facts(told.resource.attributes)["service.name"]
            for scope in told.scope_spans:
                self.spans.extend(_read(service, span) for span in scope.spans)


def _read(service: str, span: trace_pb2.Span) -> Told:
    return Told(
        service,
        span.name,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        trace_pb2.Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
        span.start_time_unix_nano,
        span.end_time_unix_nano,
        _facts(span.attributes),
    )


def _facts(attributes: Any) -> dict[str, Any]:
    return {fact.key: getattr(fact.value, str(fact.value.WhichOneof("value"))) for fact in attributes}


@contextmanager
def a_receiver() -> Iterator[Receiver]:
    """A receiver that listens within the block."""
    receiver = Receiver()
    receiver.listen()
    try:
        yield receiver
    finally:
        receiver.close()
