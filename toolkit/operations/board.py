"""What is on a board, read over its serial prompt."""

from dataclasses import dataclass
from typing import Any

from toolkit.model import release
from toolkit.model.chip import Chip
from toolkit.model.errors import InputError, PortError
from toolkit.transport import asking
from toolkit.transport.repl import Repl

RECORDS = ("/boot.0", "/boot.1")

_LOOK = """
import os, sys, network
def _look():
    w = network.WLAN(network.STA_IF)
    if sys.platform == 'rp2': w.active(True)
    m = w.config('mac')
    s = os.statvfs('/')
    try:
        import vfs
        k = type(vfs.mount()[-1][0]).__name__
    except (ImportError, AttributeError, TypeError, IndexError): k = ''
    i = sys.implementation
    say(repr((sys.platform, '.'.join(map(str, i[1][:3])), getattr(i, '_mpy', 0) & 255,
        ''.join('%02x' % b for b in m), s[0], s[3], k)))
_look()
"""

_WHICH = """
import sys
try:
    import network
    w = network.WLAN(network.STA_IF)
    w.active(True)
    m = w.config('mac')
except (ImportError, AttributeError): m = b''
say(repr((sys.platform, sys.implementation[2], ''.join(':%02x' % b for b in m)[1:])))
"""
_CHIPS = {"rp2": "pico_w"}  # by the firmware's own name
_RADIO = 30  # seconds: a radio that is a chip of its own must run to tell its MAC

_LIST = (
    asking.WALK
    + """
def see(n, s): say(repr((n, s)) + '\\n')
walk({folder!r}, see)
"""
)


@dataclass(frozen=True)
class Board:
    """A board with MicroPython: its family, version, uid and file system (block size in bytes)."""

    family: str
    version: str
    mpy: int
    uid: str
    block: int
    free_blocks: int
    file_system: str


def chip(repl: Repl) -> Chip:
    """What chip this is, as its MicroPython tells; for boards that no flasher can ask."""
    platform, name, mac = repl.literal(repl.ask(_WHICH, timeout=_RADIO), str, str, str)
    if platform not in _CHIPS:
        raise PortError(f"the board on {repl.device} is not recognised: it calls itself {name}")
    if not mac:
        raise InputError(
            f"the board on {repl.device} is a {name}, and its MicroPython has no Wi-Fi"
        )
    return Chip(_CHIPS[platform], mac, "")


def look(repl: Repl) -> Board:
    """Read what board this is."""
    kinds = str, str, int, str, int, int, str
    return Board(*repl.literal(repl.ask(_LOOK, timeout=_RADIO), *kinds))


def list_files(repl: Repl, folder: str = "/") -> list[tuple[str, int]]:
    """All files below a folder with their sizes in bytes; folders have size -1."""
    return [(name, size) for name, size in repl.rows(_LIST.format(folder=folder), str, int)]


def current_record(repl: Repl) -> dict[str, Any] | None:
    """The boot record that counts: the valid one with the highest seq; None without any."""
    records = [release.read_record(repl.get(name)) for name in RECORDS]
    valid = [record for record in records if record]
    return max(valid, key=lambda record: record["seq"]) if valid else None


def manifest(repl: Repl, slot: str) -> dict[str, Any] | None:
    """What a slot says it holds, None when it says nothing readable."""
    return release.read_manifest(repl.get(f"/{slot}/{release.MANIFEST}"))


def check_loadable(board: Board, family: str) -> None:
    """InputError unless this board runs what is built for `family`."""
    if board.family != family:
        raise InputError(f"the board runs MicroPython for {board.family}, not for {family}")
    if board.mpy != release.MPY_VERSION:
        raise InputError(
            f"the board's MicroPython {board.version} loads bytecode {board.mpy}, "
            f"and ours is {release.MPY_VERSION}: flash MicroPython 1.25 or newer "
            "(--make does; -r --firmware FILE does, and brings settings and files back)"
        )
    if "Fat" in board.file_system:  # a file cannot be renamed over another there
        raise InputError(
            "the board's file system is FAT, which does not survive a power cut: erase it and "
            "flash a MicroPython that makes LittleFS (--make does)"
        )
