"""Virtual boards in the foreground: how many there may be, what they print and what they do."""

import json
import selectors
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.model.errors import EngineError, InputError
from toolkit.model.text import clean
from toolkit.virtual import fleet, local_socket, supervisor
from toolkit.virtual.chips import CHIPS
from toolkit.virtual.configurations import PLACES
from toolkit.virtual.fleet import VirtualBoard

BOARD_MB = 2  # of memory; measured: 0.5, and 20 MB for the supervisor of all
FLASH_MB = 4  # of the disk
_WAIT_MS = 30_000  # a board that says nothing is asked again then
_SECONDS = 4 * _WAIT_MS / 1000  # for the rest of a line; its begin is waited for without an end
_LAST = 10  # lines of a board that ran before
_BLANK = "halted"  # what a board does that finds nothing to start
_ENDED = "has ended with the virtual boards' supervisor"
_RAW = "raw REPL; CTRL-B to exit"
_BANNERS = ("rst:0x", "rst cause:", "MicroPython v")
_TOLD = {
    "off": "has no power any more",
    "asleep": "sleeps",
    "rom": "is in its boot ROM: it is being flashed",
}


@dataclass(frozen=True)
class Line:
    """A line that a board printed, or (`ours`) a sentence about it."""

    board: str
    text: str
    ours: bool = False


def names(wanted: str, kind: str) -> list[str]:
    """The boards of a kind that a number, a name or nothing stands for; InputError for too many."""
    if not wanted.isdecimal():
        return [wanted or f"{kind}-1"]
    count = int(wanted) if len(wanted) < 6 else len(PLACES) + 1
    if not 1 <= count <= len(PLACES):
        raise InputError(f"expected 1 to {len(PLACES)} virtual boards, got {wanted}")
    return [f"{kind}-{number + 1}" for number in range(count)]


def check_room(count: int, home: Path, meminfo: Path = Path("/proc/meminfo")) -> None:
    """InputError where this computer has not the memory, or the disk, for so many boards."""
    free = _available(meminfo)
    if free is not None and count * BOARD_MB > free:
        raise InputError(
            f"{count} virtual boards take {count * BOARD_MB} MB of memory and {free} MB are free: "
            f"expected at most {free // BOARD_MB}"
        )
    there = home if home.is_dir() else home.parent
    disk = shutil.disk_usage(there if there.is_dir() else Path.cwd()).free >> 20
    if count * FLASH_MB > disk:
        raise InputError(
            f"{count} virtual boards take {count * FLASH_MB} MB of the disk and {disk} MB are free"
        )


def _available(meminfo: Path) -> int | None:
    """The memory that programs can have still, MB; None where the system does not tell."""
    try:
        lines = meminfo.read_text().splitlines()
        return next(int(line.split()[1]) >> 10 for line in lines if line.startswith("MemAvail"))
    except (OSError, ValueError, IndexError, StopIteration):
        return None


def is_blank(board: VirtualBoard) -> bool:
    """Whether a board that has power finds nothing to start, because there is nothing at all."""
    with fleet.control(board) as control:
        halted = control.state()["state"] == _BLANK
    return halted and not (board.folder / "flash.bin").read_bytes().strip(b"\xff")


def wipe(board: VirtualBoard) -> None:
    """Make a board blank again whose first installation did not come to its end."""
    with fleet.control(board) as control:
        control.ask("power", state="off")
        _write(board, b"\xff" * CHIPS[board.chip].flash_size)
        control.ask("power", state="on")  # it may be somebody else's, who goes on with it


def copy(source: VirtualBoard, board: VirtualBoard) -> None:
    """Give a board the flash of another; both start anew."""
    with fleet.control(source) as whole, fleet.control(board) as control:
        whole.ask("power", state="off")
        control.ask("power", state="off")
        _write(board, (source.folder / "flash.bin").read_bytes())
        whole.ask("power", state="on")
        control.ask("power", state="on")


def _write(board: VirtualBoard, content: bytes) -> None:
    with (board.folder / "flash.bin").open("r+b") as flash:
        flash.write(content)


def start_anew(board: VirtualBoard) -> None:
    """Take the power from a board and give it back."""
    fleet.power_cycle(board.folder.parent, board.name)


def end(board: VirtualBoard) -> int:
    """Behind which byte stands what a board will print from now on."""
    with fleet.control(board) as control:
        return control.ask("console", after=None)["end"]


class Watch:
    """Listens to boards; `with` closes it.

    `after` says behind which byte each begins, None: with the last lines of what is kept.
    """

    def __init__(self, boards: Sequence[VirtualBoard], after: dict[str, int | None]) -> None:
        self._selector = selectors.DefaultSelector()
        self._ears = [_Ear(board, after.get(board.name)) for board in boards]
        for ear in self._ears:
            self._selector.register(ear.socket, selectors.EVENT_READ, ear)

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()
        for ear in self._ears:
            ear.close()

    def lines(self) -> Iterator[Line]:
        """What is printed and what becomes of boards, until none of them is left."""
        while self._selector.get_map():
            for key, _ in self._selector.select():
                ear: _Ear = key.data
                yield from ear.heard()
                if ear.gone:
                    self._selector.unregister(ear.socket)


class Overheard:
    """What people may see of a console: not what a toolkit and a board say to each other there.

    That is the raw prompt, and passwords go over it. It is left out from its banner to that of the
    next start or prompt; and of a board that ran before, all that stands before such a banner.
    """

    def __init__(self, *, since_its_start: bool) -> None:
        self._shown = since_its_start

    def of(self, lines: Iterable[str]) -> list[str]:
        """Those of the lines that may be seen."""
        return [line for line in lines if self._may_be_seen(line)]

    def _may_be_seen(self, line: str) -> bool:
        if _RAW in line:
            self._shown = False
        elif any(banner in line for banner in _BANNERS):
            self._shown = True
        return self._shown


class _Ear:
    """Asks one board, again and again, for what it has printed."""

    def __init__(self, board: VirtualBoard, after: int | None) -> None:
        self._name = board.name
        self._after, self._state = after or 0, ""
        self._last = _LAST if after is None else None  # only so many lines of the first answer
        self._overheard = Overheard(since_its_start=after is not None)
        self.gone = False
        try:
            self.socket = local_socket.connect(board.folder / supervisor.CONTROL, _SECONDS)
            with ExitStack() as unless_asked:
                unless_asked.callback(self.socket.close)
                self._lines = self.socket.makefile("rb")
                self._ask(0 if after is None else _WAIT_MS)
                unless_asked.pop_all()
        except OSError as error:
            why = error.strerror or error
            raise EngineError(f"{board.name} does not answer: {why}") from error

    def close(self) -> None:
        self._lines.close()
        self.socket.close()

    def _ask(self, wait_ms: int) -> None:
        wanted: dict[str, Any] = {"do": "console", "after": self._after, "wait": wait_ms}
        if self._state:
            wanted["state"] = self._state
        self.socket.sendall(json.dumps(wanted).encode() + b"\n")

    def heard(self) -> Iterator[Line]:
        """What the answer says that has begun to come; `gone` when it was the last one."""
        try:
            yield from self._told(self._answer())
            if not self.gone:
                self._ask(_WAIT_MS)
        except EngineError as error:
            yield self._over(str(error))
        except TimeoutError:
            yield self._over(f"has not come to the end of its answer within {_SECONDS:.0f} s")
        except OSError:
            yield self._over(_ENDED)

    def _told(self, answer: dict[str, Any]) -> Iterator[Line]:
        lines = self._overheard.of(answer["text"].splitlines())
        for line in lines if self._last is None else lines[-self._last :]:
            yield Line(self._name, clean(line))
        self._after, self._last = answer["end"], None
        if answer["gone"]:
            yield self._over("was stopped")
        elif answer["state"] != self._state:
            self._state = answer["state"]
            if self._state in _TOLD:
                yield Line(self._name, _TOLD[self._state], ours=True)

    def _over(self, why: str) -> Line:
        self.gone = True
        return Line(self._name, why, ours=True)

    def _answer(self) -> dict[str, Any]:
        """EngineError when the board has no answer, or not the whole of it."""
        line = self._lines.readline()
        if not line.endswith(b"\n"):
            raise EngineError(_ENDED)
        answer = json.loads(line)
        if "ok" not in answer:
            raise EngineError(f"does not tell what it prints: {answer.get('error', answer)}")
        return answer["ok"]
