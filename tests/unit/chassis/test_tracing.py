"""A trace is carried from message to message: the trace stays, each handling is the parent of what it brings about."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.event import digest_of, open_envelope
from services.chassis.tracing import carried, span_of, trace_of

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
CAUSE = digest_of("a", "b").hex()


def carried_by(traceparent: str) -> str | None:
    """What a service makes of a traceparent header."""
    headers = [("ce_id", b"1"), ("ce_type", b"t"), ("ce_source", b"s"), ("ce_time", b"2026-11-24T12:00:00Z")]
    envelope, _ = open_envelope([*headers, ("traceparent", traceparent.encode())], b"{}")
    return envelope.traceparent


def test_the_trace_stays_and_the_handling_is_the_parent() -> None:
    assert carried(PARENT, CAUSE) == f"00-4bf92f3577b34da6a3ce929d0e0e4736-{CAUSE[:16]}-01"


def test_a_message_without_a_trace_begins_one() -> None:
    fresh = carried(None, CAUSE)
    assert fresh == f"00-{CAUSE}-{CAUSE[:16]}-01"
    assert (trace_of(fresh), span_of(fresh)) == (int(CAUSE, 16), int(CAUSE[:16], 16))


def test_handled_again_it_is_the_same_span() -> None:
    assert carried(PARENT, CAUSE) == carried(PARENT, CAUSE)
    assert carried(PARENT, CAUSE) != carried(PARENT, digest_of("a", "c").hex())


@given(st.from_regex(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", fullmatch=True), st.binary(min_size=1))
def test_what_is_carried_is_valid_again(came: str, sent: bytes) -> None:
    taken = carried_by(came)
    goes_on = carried(taken, digest_of(sent.hex()).hex())
    assert carried_by(goes_on) == goes_on
    assert goes_on.startswith("00-")
    if taken is not None:
        assert trace_of(goes_on) == trace_of(came)


def test_what_the_standard_calls_invalid_is_no_trace() -> None:
    zeros, digits = "0" * 32, "4bf92f3577b34da6a3ce929d0e0e4736"
    assert carried_by(PARENT) == PARENT
    for wrong in (f"ff-{digits}-00f067aa0ba902b7-01", f"00-{zeros}-00f067aa0ba902b7-01", f"00-{digits}-{'0' * 16}-01"):
        assert carried_by(wrong) is None
