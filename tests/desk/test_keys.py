"""Keys for a board's own prompt: all go through but those that leave."""

import pytest

from toolkit.model.keys import Keys


@pytest.mark.parametrize(
    ("typed", "passed", "left"),
    [
        (b"print(1)\r\x03\x01", b"print(1)\r\x03\x01", False),
        (b"a\x04b", b"a", True),
        (b"a\x1db", b"a", True),
        (b"\x05x = 1\r\x04y", b"\x05x = 1\r\x04y", False),
        (b"\x05x\r\x04\x04", b"\x05x\r\x04", True),
        (b"\x05x\x03\x04", b"\x05x\x03", True),
        (b"\x05x\x1d", b"\x05x", True),
    ],
)
def test_a_key_goes_through_or_leaves(typed: bytes, passed: bytes, left: bool) -> None:
    keys = Keys()
    assert keys.through(typed) == passed
    assert keys.left == left


def test_paste_mode_is_remembered_from_key_to_key() -> None:
    keys = Keys()
    assert keys.through(b"\x05") == b"\x05"
    assert keys.through(b"\x04") == b"\x04"
    assert keys.through(b"\x04") == b""
    assert keys.left
