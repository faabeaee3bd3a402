"""How files go through a prompt, without a board: the code of each way, read as boards do."""

import ast
import itertools
import re
import zlib
from binascii import a2b_base64

import pytest

from toolkit.transport.sending import Way, literal, way

_KEYS = bytes(range(6)) + b"\r\n"  # what a raw prompt may take for more than a byte of code
WAYS = [Way(exact, unpacks, 100) for exact in (False, True) for unpacks in (False, True)]


def meant(text: bytes) -> bytes:
    """The value of a literal, as MicroPython has it: byte for byte between the escapes."""
    spelt = "".join(chr(it) if 32 <= it < 127 else f"\\x{it:02x}" for it in text)
    found = ast.literal_eval(spelt)
    return found if isinstance(found, bytes) else found.encode()


def test_a_literal_means_its_bytes_and_holds_no_key_of_a_prompt() -> None:
    for pair in itertools.product(range(256), repeat=2):
        text = literal(bytes(pair))
        assert meant(text) == bytes(pair)
        assert not set(_KEYS) & set(text)
    assert len(literal(bytes(range(256)) * 100)) < 26_800


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 250])
@pytest.mark.parametrize("sent", WAYS)
def test_the_pieces_of_a_file_make_the_file(sent: Way, size: int) -> None:
    content = bytes(number * 37 % 256 for number in range(size))
    pieces = list(sent.pieces("/a/x.mpy", content))
    assert [done for _, done in pieces] == [*range(100, size, 100), size]
    code = b"".join(each for each, _ in pieces)
    assert code.startswith(b"f=open('/a/x.mpy','wb')\n")
    assert code.endswith(b"f.close()")
    written = [meant(it) for it in re.findall(rb"w\((b?'.*?')\)\n", code, re.S)]
    if not sent.exact:
        written = [a2b_base64(it) for it in written]
    if sent.unpacks:
        written = [zlib.decompress(it, -10) for it in written]
    assert b"".join(written) == content


def test_a_board_gets_pieces_that_it_can_hold() -> None:
    assert way(exact=True, unpacks=True, roomy=True).piece == 4096
    assert way(exact=True, unpacks=True, roomy=False).piece == 1024
    assert way(exact=False, unpacks=False, roomy=False).piece == 512
