"""The line between a node's shell and the desk: pieces one way, frames the other."""

from hypothesis import given
from hypothesis import strategies as some

from toolkit.transport.cable import Frames, pieces

PRINTED = some.binary(max_size=60).filter(lambda it: b"\x02" not in it)


def framed(data: bytes) -> bytes:
    """As a node says it: see micros/core/cable.py."""
    signs = (bytes((27, it ^ 64)) if it in (2, 3, 27) else bytes((it,)) for it in data)
    return b"\x02" + b"".join(signs) + b"\x03"


@given(some.lists(some.tuples(some.binary(min_size=1, max_size=97), PRINTED)), some.integers(1, 9))
def test_frames_are_told_from_what_is_printed_however_they_come(
    said: list[tuple[bytes, bytes]], step: int
) -> None:
    line = b"".join(framed(data) + printed for data, printed in said)
    frames = Frames()
    parts = [line[at : at + step] for at in range(0, len(line), step)]
    assert [it for part in parts for it in frames.feed(part)] == [data for data, _ in said]


def test_what_begins_as_a_frame_and_does_not_end_is_none() -> None:
    frames = Frames()
    assert list(frames.feed(b"\x02" + b"x" * 5000 + b"\x03")) == []
    assert list(frames.feed(framed(b"A"))) == [b"A"]


@given(some.binary(max_size=400))
def test_pieces_end_no_node_and_are_as_long_as_it_can_take(data: bytes) -> None:
    sent = list(pieces(data))
    assert not any(b"\x03" in it for it in sent)
    assert all(it.endswith(b"\x1b.") and len(it) <= 2 * 96 + 2 for it in sent)
    escaped, found = False, bytearray()
    for byte in b"".join(it[:-2] for it in sent):
        if escaped or byte != 27:
            found.append(byte ^ 64 if escaped else byte)
        escaped = byte == 27 and not escaped
    assert bytes(found) == data
