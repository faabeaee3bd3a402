"""Nodes on virtual boards to be measured: installed once for each chip, then copied."""

import re
import shutil
import socket
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

from toolkit.model import node_files
from toolkit.model.release import Build
from toolkit.model.vault import Secret
from toolkit.operations import build
from toolkit.operations.install import copy, settle
from toolkit.transport.repl import Repl
from toolkit.virtual import fleet, image
from toolkit.virtual.chips import CHIPS
from toolkit.virtual.engine import Engine
from toolkit.virtual.fleet import VirtualBoard

PASSWORD = "for-benchmarks-only"
PROMPT = b"node01 $ "
PORT = 9008
BOARD_SIDE = Path(__file__).resolve().parent / "board"
_PROBE_PINS = {  # of no logical pin of theirs
    **dict.fromkeys(("esp32", "esp8266"), 3),
    **dict.fromkeys(("esp32c3", "esp32c6"), 9),
    **dict.fromkeys(("esp32s2", "esp32s3"), 0),
}
_PATIENCE = 30.0
_SETTINGS = {"staessid": "virtual-wifi", "sessions": 12}
_SECRETS = {"stapwd": "virtual-wifi"}
_HEAP = re.compile(
    r"qstr pool: n_pool=\d+, n_qstr=(\d+), n_str_data_bytes=(\d+), n_total_bytes=(\d+)\s+"
    r"(?:mem: [^\n]*\n)?(?:stack: [^\n]*\n)?"
    r"GC: total: (\d+), used: (\d+), free: (\d+)\s+"
    r"No\. of 1-blocks: \d+, 2-blocks: \d+, max blk sz: \d+, max free sz: (\d+)\s*\n"
)
_TABLE_ENTRY, _TABLE_HEAD, _TABLE_FIRST = 7, 24, 20  # of MicroPython's table of names, 32-bit


_Result = TypeVar("_Result")


class Trouble(Exception):
    """What was to be measured did not do what it should; the text says what."""


@dataclass(frozen=True)
class Heap:
    """The heap of a board right after a collection, in bytes; names are the interned ones."""

    total: int
    used: int
    free: int
    largest: int
    names: int
    table: int

    def more_than(self, base: "Heap") -> int:
        """What lives here and not in `base`.

        MicroPython keeps its names in tables, each twice as large as the one before. Where those
        of the stand-ins end decides whether ours cost nothing or 9 KB. So the tables are left
        out, and put in as large as our names alone would make them, as on a chip, whose own
        names are in its ROM.
        """
        own = table_size(self.names - base.names)
        return (self.used - self.table) - (base.used - base.table) + own


def table_size(names: int) -> int:
    """The bytes of the tables that an interpreter makes for so many names."""
    size, entries = 0, _TABLE_FIRST
    while names > 0:
        size += -(-(_TABLE_HEAD + _TABLE_ENTRY * entries) // 16) * 16
        names -= entries
        entries *= 2
    return size


class Session:
    """An ordinary client of the text shell: one send a command, then the answer to its prompt."""

    def __init__(self, address: str, port: int = PORT, *, password: str | None = PASSWORD) -> None:
        self.socket = socket.create_connection((address, port), _PATIENCE)
        self._read()
        if password is not None and not self.say(password).startswith("AuthOk"):
            raise Trouble(f"{address} did not take its password")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def say(self, line: str, prompt: bytes = PROMPT) -> str:
        """The answer to a line, without the prompt."""
        self.socket.sendall(line.encode() + b"\n")
        return self._read(prompt)

    def _read(self, prompt: bytes = PROMPT) -> str:
        data = b""
        while not data.endswith(prompt):
            piece = self.socket.recv(65536)
            if not piece:
                raise Trouble(f"the node hung up after {data[-200:]!r}")
            data += piece
        return data.removesuffix(prompt).decode().rstrip("\n")


class Node:
    """A running board and a hand on it."""

    def __init__(self, board: VirtualBoard) -> None:
        self.board = board
        self.address = board.address
        self.control = fleet.control(board)

    def session(self) -> Session:
        """A new session, logged in."""
        return Session(self.address)

    @property
    def pid(self) -> int:
        """The process of its MicroPython."""
        return int(self.control.state()["pid"])

    @property
    def starts(self) -> int:
        """How often it has started since its power-on."""
        return int(self.control.state()["boots"])

    def heap(self) -> Heap:
        """Its heap after a collection, told by a program that lies beside the node."""
        seen, pin = len(self.control.console()), _PROBE_PINS[self.board.chip]
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            # Twice: what an interrupt schedules may wait for the next thing that happens.
            self.control.drive(pin, 1)
            time.sleep(0.05)
            self.control.drive(pin, 0)
            time.sleep(0.05)
            found = _HEAP.findall(self.control.console()[seen:].replace("\r", ""))
            if found:
                names, text, table, total, used, free, largest = map(int, found[-1])
                block = 16
                return Heap(total, used, free, largest * block, names, table - text)
        raise Trouble(f"no word of its heap from {self.board.name}")


class Workshop:
    """A home of virtual boards; `with` powers all of them off."""

    def __init__(
        self,
        home: Path,
        engine: Engine,
        *,
        modules: Mapping[str, bytes] | None = None,
        firmware: Callable[[str], bytes] = image.firmware,
    ) -> None:
        self.home = home
        self.engine = engine
        self._modules = modules or {}  # a person's own: name of the file, content
        self._firmware = firmware
        self._builds: dict[str, Build] = {}
        self._flashes: dict[tuple[str, bool], Path] = {}
        self._count = 0
        self.probe_size: dict[str, int] = {}

    def __enter__(self) -> Self:
        self.home.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        fleet.stop(self.home)

    def slot(self, chip: str) -> Build:
        """The release compiled for a chip."""
        if chip not in self._builds:
            self._builds[chip] = run_to_end(build.build(chip))
        return self._builds[chip]

    def flash(self, chip: str, *, node: bool = True) -> Path:
        """A flash to be copied: with a node, or with nothing but the probe."""
        if (chip, node) not in self._flashes:
            self._flashes[chip, node] = self._filled(chip, node)
        return self._flashes[chip, node]

    def node(self, chip: str = "esp32", *, heap: int = 0, mean: bool = False) -> Node:
        """A board that has just been switched on, and whose node serves; heap in bytes."""
        node = Node(self._start(chip, self.flash(chip), heap, mean))
        self._await(node, "ready at")
        return node

    def bare(self, chip: str = "esp32") -> Node:
        """The same board without a node: its interpreter, stand-ins and the probe."""
        node = Node(self._start(chip, self.flash(chip, node=False), 0))
        self._await(node, ">>> ")
        return node

    def stop(self, node: Node) -> None:
        """Power it off and throw it away."""
        node.control.close()
        fleet.stop(self.home, [node.board.name])
        shutil.rmtree(node.board.folder, ignore_errors=True)

    def heap_of(self, chip: str) -> int:
        """The bytes of a chip's heap, and those of the probe on top."""
        if chip not in self.probe_size:
            self.stop(self.bare(chip))
        size = CHIPS[chip].heap
        return int(size.rstrip("wk")) * (1024 if "k" in size else 1) + self.probe_size[chip]

    def _start(self, chip: str, flash: Path, heap: int, mean: bool = False) -> VirtualBoard:
        self._count += 1
        name = f"{chip}-{self._count}"
        (self.home / name).mkdir(parents=True)
        shutil.copyfile(flash, self.home / name / "flash.bin")
        size = f"{heap}w" if heap else ""
        return fleet.start(self.home, self.engine, chip=chip, name=name, heap=size, mean=mean)[0]

    def _await(self, node: Node, mark: str) -> None:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            console = node.control.console()
            if mark in console:
                size = re.search(r"probe: (\d+)", console)
                self.probe_size[node.board.chip] = int(size[1]) if size else 0
                return
            if node.starts > 3:
                break
            time.sleep(0.005)
        last = node.control.console().strip().splitlines()[-1:]
        self.stop(node)
        raise Trouble(f"{node.board.name} does not come up: {last}")

    def _filled(self, chip: str, node: bool) -> Path:
        folder = self.home / f"{chip}-{'node' if node else 'bare'}"
        folder.mkdir(parents=True)
        (folder / "flash.bin").write_bytes(_in_flash(chip, self._firmware(chip)))
        board = fleet.start(self.home, self.engine, chip=chip, name=folder.name)[0]
        with Repl(board.port) as repl:
            if node:
                root = node_files.root_files(_SETTINGS, _SECRETS, Secret(PASSWORD, ""))
                copied = run_to_end(copy(repl, self.slot(chip), root))
                run_to_end(settle(repl, copied, root))
                repl.run("import os\nif 'modules' not in os.listdir('/'): os.mkdir('/modules')")
                for name, content in self._modules.items():
                    for _ in repl.put(f"/modules/{name}", content):
                        pass
            for _ in repl.put("/boot.py", _probe(chip)):
                pass
        fleet.stop(self.home, [folder.name])
        return folder / "flash.bin"


def _probe(chip: str) -> bytes:
    text = (BOARD_SIDE / "probe.py").read_text(encoding="utf-8")
    return text.replace("_PIN = 3", f"_PIN = {_PROBE_PINS[chip]}").encode()


def _in_flash(chip: str, firmware: bytes) -> bytes:
    row = CHIPS[chip]
    content = bytearray(b"\xff" * row.flash_size)
    content[row.firmware_offset : row.firmware_offset + len(firmware)] = firmware
    return bytes(content)


def run_to_end(steps: Generator[object, None, _Result]) -> _Result:
    """Run a generator to its end; what it returns."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def patiently(condition: Callable[[], bool], what: str, patience: float = _PATIENCE) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise Trouble(f"waited in vain for {what}")
        time.sleep(0.02)
