"""Lines that mean nothing: each is answered, no session is lost, the node does not restart."""

import random
import string
from collections.abc import Callable

import pytest
from benchmarks.nodes import Workshop
from tests.faults.peers import Peer
from tests.support.sweep import rounds

INTERPRETERS = ("cpython",)

LINES, SLICE, SEED = 6_000, 1_500, 3
_BATCH = 50
_COMMANDS = (
    "light rgb r=1 g=2 b=3 >json",
    "system module trial",
    "light toggle & 20",
    "light (1, [2, {'a': 3}])",
    'light rgb "1" \'2\' {"a": [1, 2]}',
    "task show light.toggle >json",
    "help light",
    "conf",
    "noconf",
    "soctout 10",
    "log error",
    "version",
)
_FORBIDDEN = (b"exit", b"reboot", b"conf", b"auth", b"appwd", b"kill")  # they mean something


def _noise(chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(200))


def _telnet(chance: random.Random) -> bytes:
    pieces = (b"\xff", b"\xfa", b"\xf0", b"\xfb", b"\xfd\x01", b"\0", b"abc", b"\r")
    return b"".join(chance.choices(pieces, k=chance.randrange(1, 20)))


def _signs(chance: random.Random) -> bytes:
    signs = "\"'[]{}()=;#&>,\\ \t-.e" + string.digits + "aäß☃"
    return "".join(chance.choices(signs, k=chance.randrange(1, 120))).encode()


def _damaged(chance: random.Random) -> bytes:
    line = bytearray(chance.choice(_COMMANDS).encode())
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(line))
        line[at : at + chance.randrange(2)] = chance.randbytes(chance.randrange(3))
    return bytes(line)


def _long(chance: random.Random) -> bytes:
    unit = chance.choice((b"x", b"[", b"{", b'"', b"light ", b"a=", b"&", b"\xc3", b"9", b"'\\"))
    return b"light rgb " + unit * (chance.randrange(1, 1400) // len(unit))


_KINDS: tuple[Callable[[random.Random], bytes], ...] = (_noise, _telnet, _signs, _damaged, _long)


def garbage(count: int, seed: int) -> list[bytes]:
    """So many lines without their end; none of them is a word that ends or changes things."""
    chance, found = random.Random(seed), []
    while len(found) < count:
        line = chance.choice(_KINDS)(chance).replace(b"\n", b"")
        line = line.replace(chance.choice((b"\r", b"\0")), b"")  # both at once end a line
        if not any(word in line for word in _FORBIDDEN):
            found.append(line)
    return found


@pytest.mark.parametrize("chip", ["esp32", "esp8266"])
def test_garbage_is_answered_line_by_line(workshop: Workshop, chip: str) -> None:
    node = workshop.node(chip, mean=chip == "esp32")
    count = rounds(LINES, SLICE)
    lines = garbage(count, SEED)
    unanswered = faults = 0
    with Peer(node.address) as peer, Peer(node.address) as other:
        peer.logged_in()
        other.logged_in()
        for at in range(0, count, _BATCH):
            batch = lines[at : at + _BATCH]
            answers = peer.exchange(b"".join(line + b"\n" for line in batch), len(batch))
            unanswered += len(batch) - len(answers)
            faults += sum(answer.startswith("fault") for answer in answers)
            # An answer too many or too few would now stand here.
            assert peer.say("hello").startswith("hello:node01:"), batch
        assert other.say("hello").startswith("hello:node01:")
        assert not peer.heard
    starts = node.starts
    workshop.stop(node)
    print(f"{chip}: garbage lines: {count}, unanswered: {unanswered}, faults: {faults}")
    assert (unanswered, faults, starts) == (0, 0, 1)


@pytest.mark.parametrize("chip", ["esp32", "esp8266"])
def test_a_megabyte_without_newline_is_refused_once(workshop: Workshop, chip: str) -> None:
    node = workshop.node(chip, mean=chip == "esp32")
    with Peer(node.address) as peer, Peer(node.address) as other:
        peer.logged_in()
        other.logged_in()
        answers = peer.exchange(b"x" * 1_000_000 + b"\nversion\n", 2)
        assert peer.say("hello").startswith("hello:node01:")
        assert not peer.heard
        assert other.say("hello").startswith("hello:node01:")
    starts = node.starts
    workshop.stop(node)
    refusals = sum(answer.startswith("refused: ") for answer in answers)
    print(f"{chip}: bytes without newline: 1000000, refusals: {refusals}, lost sessions: 0")
    assert (refusals, starts) == (1, 1)
    assert answers[1].count(".") == 2
