"""Which loopback addresses the boards of one home have, so that two homes never meet.

A home's path chooses a block 127.A.B.0/24. Claimed is it by listening at its first address: what
the operating system grants to one process only. A block that is taken makes way for the next.
"""

import hashlib
import os
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from toolkit.virtual.chips import Chip

_CLAIM_PORT = 48127
# Below and above lie addresses that name services and other programs like to use.
_FIRST_A, _LAST_A = 64, 223
_TRIES = 64
_PREFIX = re.compile(r"127\.\d{1,3}\.\d{1,3}")
FIRST_NUMBER, LAST_NUMBER = 2, 250


@dataclass(frozen=True)
class Block:
    """127.A.B.0/24; board n of it has the address 127.A.B.n."""

    prefix: str

    @property
    def gateway(self) -> str:
        return f"{self.prefix}.1"

    def address(self, number: int) -> str:
        return f"{self.prefix}.{number}"


def _digest(home: Path) -> bytes:
    return hashlib.sha256(f"{os.getuid()}:{home.resolve()}".encode()).digest()


def blocks(home: Path) -> Iterator[Block]:
    """The blocks to try for a home, its own first."""
    digest = _digest(home)
    width = (_LAST_A - _FIRST_A + 1) * 256
    start = int.from_bytes(digest[:4], "big") % width
    for step in range(_TRIES):
        high, low = divmod((start + step * 257) % width, 256)
        yield Block(f"127.{_FIRST_A + high}.{low}")


def claim(home: Path, remembered: str | None) -> tuple[Block, socket.socket] | None:
    """A free block, the remembered one if it still is, and the socket that keeps it."""
    wanted = list(blocks(home))
    if remembered:
        wanted.insert(0, Block(remembered))
    for block in wanted:
        keeper = socket.socket()
        try:
            keeper.bind((block.gateway, _CLAIM_PORT))
            keeper.listen(1)
        except OSError:
            keeper.close()
        else:
            return block, keeper
    return None


def remembered(path: Path) -> str | None:
    """The block that a home had, as it was written down; None where that says no block."""
    try:
        text = path.read_text(encoding="ascii")
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return text if _PREFIX.fullmatch(text) else None


def mac(home: Path, chip: Chip, number: int) -> bytes:
    """A MAC of the chip's maker; the same board of the same home always has the same."""
    return bytes.fromhex(chip.oui) + _digest(home)[4:6] + bytes([number])
