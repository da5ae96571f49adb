"""Traces as W3C Trace Context carries them: identifiers that depend on the message only, at no cost worth a name.

A handling is a span. Its id is the beginning of a digest of the message, the one that is its key in the inbox: handled
again, it is the same span. A message that came without a trace begins one. Nothing is drawn by chance.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, Protocol

SPAN_DIGITS: Final = 16


def carried(came: str | None, cause: str) -> str:
    """The traceparent of what a handling brings about: the message's trace, the handling as the parent.

    came: the message's own, in the form that `contracts.event` lets through; cause: its digest, in hexadecimal.
    """
    if came is None:
        return f"00-{cause}-{cause[:SPAN_DIGITS]}-01"
    return f"00{came[2:36]}{cause[:SPAN_DIGITS]}{came[52:]}"


class Step(NamedTuple):
    """One handling in a trace: what `carried` needs."""

    came: str | None
    cause: str


class Lived(NamedTuple):
    """A message that was handled: its step, its topic's family, its outcome, its type, its SIAO, messages sent."""

    step: Step
    family: str
    outcome: str
    type: str
    siao: str
    sent: int


class Recorder(Protocol):
    """Tells spans to someone. Instants are nanoseconds since the epoch; no call but `stop` waits, and none raises."""

    def handled(self, consumer: str, lived: Sequence[Lived], began: int) -> None:
        """These messages were handled in one transaction, just committed."""

    def published(self, rows: Sequence[Any], began: int) -> None:
        """These rows of the outbox were acknowledged by the broker just now."""

    def failing(self) -> str | None:
        """Where the spans cannot be sent, None while they can."""

    def stop(self) -> None:
        """Send what waits, for a few seconds at most; to be called beside the event loop."""


def trace_of(traceparent: str) -> int:
    """The trace."""
    return int(traceparent[3:35], 16)


def span_of(traceparent: str) -> int:
    """The span that it was sent from."""
    return int(traceparent[36:52], 16)
