"""A node on a virtual board whose clock a test moves: blocking and watchdogs without waiting."""

import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager

from benchmarks.nodes import PASSWORD, PORT, Trouble, Workshop

ARMED = 4_000  # ms after which the watchdog is armed in any start
_HEAP = {"esp8266": 120_000}  # bytes: the modules of these tests are compiled on the board
_STEP = 100  # ms
_LONGEST = 4_000_000  # ms of board time a test waits for something
_STUCK = 8  # times 5 s in which a program has not used what time it was given


class Frozen:
    """A running board whose clock stands unless it is moved, and a session on it."""

    def __init__(self, workshop: Workshop, chip: str = "esp32") -> None:
        self.node = workshop.node(chip, heap=_HEAP.get(chip, 0))
        self.control = self.node.control
        self.socket: socket.socket | None = None
        since = len(self.control.console())
        self.control.clock("frozen")
        self.serving(since)

    @property
    def starts(self) -> int:
        """How often it has started."""
        return self.node.starts

    def until(self, condition: Callable[[], object], step: int = _STEP) -> int:
        """Let time pass until something is so; the milliseconds of board time that took."""
        passed = stuck = 0
        while not condition():
            if passed > _LONGEST or stuck > _STUCK:
                raise Trouble(f"waited in vain: {self.control.console()[-800:]}")
            stuck += not self.control.advance(step)
            passed += step
        return passed

    def serving(self, since: int) -> None:
        """Let it come up (its console has been read up to `since`), and log in."""
        self.until(lambda: "ready at" in self.control.console()[since:])
        self.hang_up()
        self.socket = socket.create_connection((self.node.address, PORT), 30)
        self.socket.settimeout(0.05)
        self._read()
        assert "AuthOk" in self.say(PASSWORD)

    def hang_up(self) -> None:
        """End the session."""
        if self.socket:
            self.socket.close()
        self.socket = None

    def send(self, line: str) -> None:
        """Say something without waiting for the answer."""
        assert self.socket
        self.socket.sendall(line.encode() + b"\n")

    def say(self, line: str) -> str:
        """The answer to a line; time passes while the node works on it."""
        self.send(line)
        return self._read()

    def _read(self) -> str:
        assert self.socket
        data, passed = b"", 0
        while not data.endswith(b"$ "):
            try:
                piece = self.socket.recv(65536)
            except TimeoutError:
                self.control.advance(_STEP)
                passed += _STEP
                if passed > _LONGEST:
                    raise Trouble(f"no answer, only {data!r}") from None
                continue
            if not piece:
                raise Trouble(f"the node hung up after {data[-200:]!r}")
            data += piece
        return data.rpartition(b"\n")[0].decode()

    def set(self, **values: str) -> None:
        """Change settings."""
        self.say("conf")
        for name, value in values.items():
            assert self.say(f"{name} {value}") == "Saved"
        self.say("noconf")

    def reset_by(self, work: Callable[[], object], step: int = _STEP) -> int:
        """Do what brings the board to reset, let it come up; the ms of board time until then."""
        starts, since = self.starts, len(self.control.console())
        work()
        passed = self.until(lambda: self.starts > starts, step)
        self.serving(since)
        return passed


@contextmanager
def armed(workshop: Workshop, chip: str = "esp32") -> Generator[Frozen]:
    """A new node, its watchdog armed."""
    found = Frozen(workshop, chip)
    found.control.advance(ARMED)
    yield found
    found.hang_up()
    workshop.stop(found.node)
