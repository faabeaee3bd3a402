"""Reset a board and wait until its node serves."""

import re
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from toolkit.model.errors import NodeError, PortError
from toolkit.model.patience import patient
from toolkit.model.progress import Progress, finished
from toolkit.operations import on_trial
from toolkit.transport import port as serial_port
from toolkit.transport.repl import Repl

# The one line a node always prints on its console, when it listens and for each address it gets.
_READY = re.compile(
    r"micros: (?P<name>\S+) (?P<uid>[0-9a-f]{12}) ready at (?P<address>[\d.]+):(?P<port>\d{1,5}) "
    r"\((?P<mode>sta|ap)\)"
)
_PROMPT = re.compile(r"MicroPython v[\d.]+.* on \d")  # the banner of a bare prompt: main.py is over
_PORTS = 1 << 16
PATIENCE = patient(90.0)  # seconds: a first start, a scan, and Wi-Fi that needs a second try
_QUIET_PORT = 10.0  # seconds a native USB port may be away after a reset


@dataclass(frozen=True)
class Ready:
    """Where a node serves; mode is `sta` in somebody's Wi-Fi, `ap` in its own."""

    name: str
    uid: str
    address: str
    port: int
    mode: str


def start(repl: Repl) -> Generator[Progress, None, Ready]:
    """Reset the board; return where its node serves.

    Raises NodeError with the board's last words when it does not come up.
    """
    yield Progress("start", note="reset")
    last = "nothing"
    for line in _console(repl):
        ready = _READY.search(line)
        if ready and 0 < int(ready["port"]) < _PORTS:
            found = Ready(
                ready["name"], ready["uid"], ready["address"], int(ready["port"]), ready["mode"]
            )
            yield finished("start", f"{found.name} at {found.address}:{found.port}")
            return found
        if _PROMPT.match(line):
            raise NodeError(f"the node on {repl.device} ended at its start and said: {last}")
        if line:
            last = line
            yield Progress("start", note=line[:60])
    raise NodeError(
        f"the node on {repl.device} did not come up within {PATIENCE:.0f} s, it last said: {last}"
    )


def _console(repl: Repl) -> Iterator[str]:
    """What the board prints after a reset, until our patience ends."""
    deadline = time.monotonic() + PATIENCE
    port = on_trial.restart(repl)
    try:
        while time.monotonic() < deadline:
            try:
                yield from _until(deadline, serial_port.lines(port))
            except PortError:
                port.close()
                serial_port.wait_for(repl.device, _QUIET_PORT)
                port = serial_port.open_port(repl.device)
    finally:
        port.close()


def _until(deadline: float, lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line
        if time.monotonic() > deadline:
            return
