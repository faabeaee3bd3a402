"""A board's Python prompt over a serial line: run code in it, put files on it.

Speaks the raw REPL of MicroPython, with its raw-paste mode (flow control by the board) for code
of any size. See MicroPython's documentation, "The raw REPL".
"""

import ast
import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from typing import Any, Self, cast

import serial

from toolkit.model.errors import PortError
from toolkit.model.patience import patient
from toolkit.model.text import sentence
from toolkit.transport import asking, sending
from toolkit.transport import port as serial_port

_INTERRUPT, _RAW, _FRIENDLY, _END = b"\x03", b"\x01", b"\x02", b"\x04"
_BANNER = b"raw REPL; CTRL-B to exit\r\n>"
_BLANK = b"invalid header: 0xffffffff"  # what a boot ROM says of it, again and again
_PROMPT = 0.4  # seconds in which a prompt that is there answers; each try gives it more
_RESUMED = 2  # seconds
_TRIES = 3  # until a line is given up that brings nothing whole
_SOFT_RESET = 15  # seconds, with a file system that must first be made


class ReplError(PortError):
    """The board answered, but its Python prompt did not do what was asked."""


class RaisedError(ReplError):
    """Code has raised an exception on the board, of that kind."""

    def __init__(self, sentence: str, kind: str = "") -> None:
        super().__init__(sentence)
        self.kind = kind


class Garbled(ReplError):
    """What the board says does not come whole, however often it is asked."""


class NoPrompt(ReplError):
    """Nothing on the board took us to its Python prompt."""


class Blank(NoPrompt):
    """The flash is empty: the boot ROM says so."""

    @staticmethod
    def sentence(device: str) -> str:
        """What to know, and to do."""
        return f"the flash of the board on {device} is blank: --make puts a node on it"


class Repl:
    """The raw REPL of one board, entered by interrupting whatever ran; `with` leaves it.

    `patience` is how many seconds the board may take to show its prompt.
    """

    def __init__(self, device: str, *, patience: float = 5.0) -> None:
        self.device = device
        self._port = serial_port.open_port(device)
        self._heard = bytearray()
        self.way: sending.Way | None = None  # how it is sent files: asked before the first one
        with ExitStack() as unless_entered:
            unless_entered.callback(self._port.close)
            self._enter(patience)
            unless_entered.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError, serial.SerialException):  # a board that is gone needs no leaving
            self._port.write(_FRIENDLY)
        self._port.close()

    def run(self, code: str | bytes, *, timeout: float = 10) -> str:
        """Run Python statements; return what they print.

        Raises RaisedError with the board's own last line when they raise, PortError when the board
        goes away or says nothing for `timeout` seconds.
        """
        self._paste(code.encode() if isinstance(code, str) else code, timeout)
        printed = self._until(_END, timeout)
        failed = self._until(_END, timeout)
        self._until(b">", timeout)
        if failed:
            last = _last_line(failed)
            raise RaisedError(f"the board on {self.device} said: {last}", last.partition(":")[0])
        return printed.decode("utf-8", "replace").replace("\r\n", "\n")

    def ask(self, code: str, *, timeout: float = 10) -> str:
        """What code says by `say(text)`, whole: where it is not, the board is asked again.

        For code that may run twice, and that says something within `timeout` seconds. What it
        raises is raised here where it is the same each time: a changed byte may raise anything.
        """
        told: set[str] = set()
        for left in reversed(range(_TRIES)):
            try:
                said = asking.answer(code, self.run(asking.question(code), timeout=timeout))
            except ReplError as error:
                told.add(str(error))
                if not ((left or len(told) > 1) and self._resumed()):
                    raise
                continue
            if said is not None:
                return said
            told.add("")
            self._resumed()  # a piece of the answer may still be on its way
        raise Garbled(
            f"what the board on {self.device} says does not come whole: check the cable, then "
            "repeat the command"
        )

    def value(self, expression: str, *kinds: type, timeout: float = 10) -> Any:
        """Evaluate an expression on the board; its literal value (numbers, texts, lists, dicts)."""
        return self.literal(self.ask(f"say(repr({expression}))", timeout=timeout), *kinds)

    def rows(self, code: str, *kinds: type, timeout: float = 10) -> list[Any]:
        """The lines that code says, each a tuple of exactly these kinds; else ReplError."""
        return [self.literal(it, *kinds) for it in self.ask(code, timeout=timeout).splitlines()]

    def literal(self, printed: str, *kinds: type) -> Any:
        """A literal that the board has printed; with `kinds`, a tuple of exactly these.

        ReplError for anything else: a line that has lost a byte says what it likes.
        """
        text = printed.strip()
        found: object = None
        with suppress(ValueError, SyntaxError, MemoryError, RecursionError):
            found = ast.literal_eval(text)
        if found is None or (kinds and not _are(kinds, found)):
            raise ReplError(
                f"the board on {self.device} answered {text[:80]!r}: reset it and repeat"
            )
        return found

    def put(self, name: str, content: bytes) -> Iterator[int]:
        """Write a file beside, compare its SHA-256, rename it over; yields bytes sent."""
        part = name + ".part"
        yield from self.write(part, content)
        if self.sha256(part, len(content)) != hashlib.sha256(content).hexdigest():
            raise ReplError(f"{name} did not arrive whole on {self.device}: repeat the command")
        self.run(f"import os\nos.rename({part!r},{name!r})")

    def write(self, name: str, content: bytes) -> Iterator[int]:
        """Write a file as it is, for whoever compares it afterwards; yields bytes sent."""
        way = self.way = self.way or self._ask_the_way()
        for code, done in way.pieces(name, content):
            self.run(code)
            yield done

    def sha256(self, name: str, size: int = 0) -> str | None:
        """The SHA-256 of a file on the board in hex, None when it is not there.

        `size` in bytes, where it may be large: the board is given time by it.
        """
        return self.ask(asking.sum_of(name), timeout=asking.seconds(size)) or None

    def get(self, name: str) -> bytes | None:
        """A file's bytes, None when it is not there; ReplError where it cannot be read whole."""
        text = self.ask(asking.content_of(name))
        return bytes.fromhex(text[1:]) if text else None

    def start(self, code: str) -> serial_port.SerialLine:
        """Start what does not come back; hands over the open port, so that no word is missed."""
        with suppress(PortError):  # a native USB port may be gone before its last word
            self._paste(code.encode(), 5)
        return self._port

    def friendly(self) -> serial_port.SerialLine:
        """Go to the prompt for people; hands over the open port, which shows it next."""
        self._write(_FRIENDLY)
        return self._port

    def reset(self) -> serial_port.SerialLine:
        """Reset the board."""
        return self.start("import machine\nmachine.reset()")

    def start_anew(self) -> serial_port.SerialLine:
        """Restart the interpreter, which runs main.py then, and not the board."""
        self._write(_FRIENDLY + _END)
        return self._port

    def _enter(self, patience: float) -> None:
        give_up, wait = time.monotonic() + patient(patience), _PROMPT
        while time.monotonic() < give_up:
            # Twice: the first may only end a running program's `except KeyboardInterrupt`.
            self._write(b"\r" + _INTERRUPT + _INTERRUPT)
            if _BLANK in self._drain():
                raise Blank(Blank.sentence(self.device))
            self._write(b"\r" + _RAW)
            if self._hears(_BANNER, min(wait, patience)):
                self._forget_the_program()
                return
            wait *= 1.5
        raise NoPrompt(
            f"no MicroPython prompt on {self.device}: the board has no MicroPython yet (--make "
            "puts it there), or another program keeps it resetting"
        )

    def _resumed(self) -> bool:
        """Whether the board is at an empty raw prompt again; what its interpreter knows stays."""
        self._write(b"\r" + _INTERRUPT + _INTERRUPT)
        self._drain()
        self._write(b"\r" + _RAW)
        return self._hears(_BANNER, _RESUMED)

    def _forget_the_program(self) -> None:
        """Restart the interpreter within the raw REPL: main.py does not run, its memory is free."""
        self._write(_END)
        if not self._hears(_BANNER, _SOFT_RESET):
            raise self._silent()

    def _ask_the_way(self) -> sending.Way:
        way = sending.way(
            exact=self._affirms(sending.exact()),
            unpacks=self._affirms(sending.UNPACKS),
            roomy=self._affirms(sending.ROOMY),
        )
        self.run(way.prelude)
        return way

    def _affirms(self, question: str | bytes) -> bool:
        """Whether the board prints True, not False and no exception."""
        try:
            return self.run(question).strip() == "True"
        except RaisedError:
            return False

    def _paste(self, code: bytes, timeout: float) -> None:
        self._write(b"\x05A\x01")
        answer = self._exactly(2, timeout)
        if answer == b"R\x01":
            self._paste_with_flow(code, timeout)
            return
        if answer == b"ra":  # an old board echoes its banner instead
            self._until(b">", timeout)
        for start in range(0, len(code), 128):
            self._write(code[start : start + 128])
            time.sleep(0.01)
        self._write(_END)
        if self._exactly(2, timeout) != b"OK":
            raise ReplError(f"the board on {self.device} did not take the code")

    def _paste_with_flow(self, code: bytes, timeout: float) -> None:
        window = credit = int.from_bytes(self._exactly(2, timeout), "little")
        sent = 0
        while sent < len(code):
            while credit == 0 or self._heard or self._port.in_waiting:
                word = self._exactly(1, timeout)
                if word == _END:  # the board wants no more
                    self._write(_END)
                    return
                credit += window
            piece = code[sent : sent + credit]
            self._write(piece)
            sent += len(piece)
            credit -= len(piece)
        self._write(_END)
        while self._exactly(1, timeout) != _END:
            pass

    def _write(self, data: bytes) -> None:
        try:
            self._port.write(data)
        except (OSError, serial.SerialException) as error:
            raise serial_port.gone(self.device, error) from error

    def _drain(self) -> bytes:
        """What the board says until it has been silent for a moment."""
        deadline = time.monotonic() + 2
        while self._listen() and time.monotonic() < deadline:
            pass
        return self._take(len(self._heard))

    def _listen(self) -> bool:
        """Take in what the board says; False when it said nothing for the port's timeout."""
        try:
            heard = self._port.read(max(1, self._port.in_waiting))
        except (OSError, serial.SerialException) as error:
            raise serial_port.gone(self.device, error) from error
        self._heard += heard
        return bool(heard)

    def _exactly(self, size: int, timeout: float) -> bytes:
        """The next `size` bytes."""
        deadline = time.monotonic() + patient(timeout)
        while len(self._heard) < size:
            self._listen()
            if time.monotonic() > deadline:
                raise self._silent()
        return self._take(size)

    def _until(self, end: bytes, timeout: float) -> bytes:
        """What comes before `end`; whatever is heard starts the timeout anew."""
        deadline = time.monotonic() + patient(timeout)
        while (found := self._heard.find(end)) < 0:
            if self._listen():
                deadline = time.monotonic() + patient(timeout)
            elif time.monotonic() > deadline:
                raise self._silent()
        return self._take(found + len(end))[: -len(end)]

    def _hears(self, end: bytes, timeout: float) -> bool:
        """Whether `end` comes within `timeout`, whatever else the board says."""
        deadline = time.monotonic() + patient(timeout)
        while (found := self._heard.find(end)) < 0:
            if time.monotonic() > deadline:
                return False
            self._listen()
        self._take(found + len(end))
        return True

    def _take(self, size: int) -> bytes:
        taken = bytes(self._heard[:size])
        del self._heard[:size]
        return taken

    def _silent(self) -> ReplError:
        return ReplError(f"the board on {self.device} stopped answering: reset it and repeat")


def _are(kinds: Sequence[type], value: object) -> bool:
    values = cast(tuple[object, ...], value) if isinstance(value, tuple) else ()
    return [type(it) for it in values] == [*kinds]


def _last_line(text: bytes) -> str:
    lines = text.decode("utf-8", "replace").strip().splitlines()
    return sentence(lines[-1]) if lines else "nothing"
