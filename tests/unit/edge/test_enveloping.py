"""An id of ours is a UUID version 7, whenever it is made; cursors are read as they are written."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.edge import enveloping
from services.edge.looking_back import cursor_of, offset_of
from services.edge.refusals import Refused


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**80 - 1))
def test_an_id_is_a_uuid_of_version_7_that_holds_its_instant(milliseconds: int, chance: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("services.edge.enveloping.time.time_ns", lambda: milliseconds * 1_000_000 + 999_999)
        patched.setattr("services.edge.enveloping.secrets.randbits", lambda _: chance)
        made = uuid.UUID(enveloping.new_id())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == milliseconds
    free = ~((0xF << 76) | (0x3 << 62)) & (2**80 - 1)
    assert made.int & free == chance & free


@given(st.integers(0, 10**18 - 1))
def test_a_cursor_is_read_as_it_was_written(offset: int) -> None:
    assert offset_of(cursor_of(offset)) == offset


@given(st.text())
def test_any_other_text_is_no_cursor(text: str) -> None:
    if not (text[:1] == "n" and text[1:].isascii() and text[1:].isdecimal()):
        with pytest.raises(Refused):
            offset_of(text)
