"""One run of MicroPython: its console, its link to the supervisor, and how it ended."""

import asyncio
import json
import os
import signal
import socket
import subprocess
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

_FIRMWARE = Path(__file__).resolve().parent / "firmware"
_CHUNK = 65536
_RAW_MARK = b"\x00\x1bR"
# Commands waiting for a program that does not take them; more are dropped.
_MOST_COMMANDS = 10_000
_LONGEST_EVENT = 65536
_HELD_UP_SECONDS = 0.5

Settings = dict[str, Any]


class Console:
    """Makes CR LF of line ends in text, and leaves bytes alone that are marked as raw."""

    def __init__(self) -> None:
        self._rest = b""

    def cook(self, data: bytes) -> bytes:
        data = self._rest + data
        self._rest = b""
        out = bytearray()
        while data:
            start = data.find(_RAW_MARK)
            if start < 0:
                out += data.replace(b"\n", b"\r\n")
                break
            out += data[:start].replace(b"\n", b"\r\n")
            body = start + len(_RAW_MARK) + 1
            if len(data) < body or len(data) < body + data[body - 1]:
                self._rest = data[start:]
                break
            out += data[body : body + data[body - 1]]
            data = data[body + data[body - 1] :]
        return bytes(out)


class Input:
    """What clients have sent and no program has read; a soft reset leaves it there."""

    def __init__(self) -> None:
        self.reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)

    def feed(self, data: bytes) -> int:
        """Say how many bytes did not fit: lost, as in the receive buffer of a UART."""
        try:
            return len(data) - os.write(self._writer, data)
        except BlockingIOError:
            return len(data)

    def drain(self) -> None:
        """Nothing is left to read."""
        os.set_blocking(self.reader, False)
        try:
            while os.read(self.reader, _CHUNK):
                pass
        except BlockingIOError:
            os.set_blocking(self.reader, True)

    def close(self) -> None:
        os.close(self._writer)
        os.close(self.reader)


class Process:
    """A MicroPython that runs the virtual firmware; `ended` gets its exit code."""

    def __init__(
        self,
        command: Sequence[str],
        heap: str,
        settings: Settings,
        stdin: int,
        *,
        output: Callable[[bytes], None],
        event: Callable[[list[Any]], None],
        ended: Callable[[int], None],
    ) -> None:
        self._output, self._event, self._ended = output, event, ended
        self._loop = asyncio.get_running_loop()
        self._console = Console()
        self._waiting: deque[bytes] = deque()
        self._sent = self._taken = 0
        self._progress = asyncio.Event()
        self._link, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._link.setblocking(False)
        environment = {
            "MICROS_BOARD": json.dumps({**settings, "link": theirs.fileno()}),
            "MICROS_FIRMWARE": str(_FIRMWARE),
            "TZ": "UTC",
        }
        with theirs:
            self._child = subprocess.Popen(
                [*command, "-X", f"heapsize={heap}", "start.py"],
                cwd=_FIRMWARE,  # its files are known by short names, wherever the clone lies
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=environment,
                pass_fds=(theirs.fileno(),),
                bufsize=0,
            )
        assert self._child.stdout is not None
        self._stdout = self._child.stdout.fileno()
        os.set_blocking(self._stdout, False)
        self.pid = self._child.pid
        self._loop.add_reader(self._stdout, self._printed)
        self._loop.add_reader(self._link, self.take_events)

    def command(self, *words: Any) -> None:
        """Send a command to the firmware; order is kept."""
        if len(self._waiting) < _MOST_COMMANDS:
            self._waiting.append(json.dumps(words).encode())
            self._sent += 1
        self._push()

    async def caught_up(self) -> None:
        """Wait until the program has taken what was sent up to now, unless it is held up."""
        sent = self._sent
        with suppress(TimeoutError):
            async with asyncio.timeout(_HELD_UP_SECONDS):
                while self._taken < sent:
                    self._progress.clear()
                    await self._progress.wait()

    def _has_taken(self, number: int) -> None:
        self._taken = number
        self._progress.set()

    def _push(self) -> None:
        try:
            while self._waiting:
                self._link.send(self._waiting[0])
                self._waiting.popleft()
            self._loop.remove_writer(self._link)
        except BlockingIOError:
            self._loop.add_writer(self._link, self._push)
        except OSError:
            self._waiting.clear()

    def interrupt(self) -> None:
        """Ctrl-C for a running program."""
        self._child.send_signal(signal.SIGINT)

    def take_events(self) -> None:
        """Take every event that was sent up to now."""
        while True:
            try:
                data = self._link.recv(_LONGEST_EVENT)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self._loop.remove_reader(self._link)
                return
            words = json.loads(data)
            if words[0] == "taken":
                self._has_taken(words[1])
            else:
                self._event(words)

    def take_output(self) -> None:
        """Take what was printed up to now, but leave the news of the end to the event loop."""
        while True:
            try:
                data = os.read(self._stdout, _CHUNK)
            except BlockingIOError:
                return
            if not data:
                return
            self._output(self._console.cook(data))

    def kill(self) -> None:
        """The chip loses its power, or is reset from outside; `ended` is not told."""
        self._release()
        self._child.kill()
        self._child.wait()
        self._close()

    def _release(self) -> None:
        self._loop.remove_reader(self._stdout)
        self._loop.remove_reader(self._link)
        self._loop.remove_writer(self._link)
        self._has_taken(self._sent)  # there is nothing more to wait for

    def _printed(self) -> None:
        try:
            data = os.read(self._stdout, _CHUNK)
        except BlockingIOError:
            return
        if data:
            self._output(self._console.cook(data))
            return
        self.take_events()
        self._release()
        code = self._child.wait()
        self._close()
        self._ended(code)

    def _close(self) -> None:
        self._link.close()
        if self._child.stdout is not None:
            self._child.stdout.close()
