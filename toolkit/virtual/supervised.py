"""The supervisor of a home's virtual boards, from outside: started, asked, and seen to end."""

import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from toolkit.model import paths
from toolkit.model.errors import EngineError, InputError
from toolkit.virtual import local_socket, supervisor
from toolkit.virtual.ending import STARTS

_WHOM = "the virtual boards' supervisor"
_START_SECONDS = 30.0
_ANSWER_SECONDS = 120.0
_END_SECONDS = 10.0
_ROOT = paths.code().parent  # where Python finds `toolkit`


@contextmanager
def attended(home: Path) -> Generator[Path]:
    """A supervisor runs there, and nobody else starts or ends one meanwhile.

    When what is asked of it fails, one that plays no boards ends again.
    """
    home = home.absolute()  # the supervisor lives elsewhere
    try:
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o700)
    except OSError as error:
        raise InputError(f"virtual boards cannot live in {home}: {error.strerror}") from error
    with one_at_a_time(home), ExitStack() as unless_used:
        unless_used.callback(until_ended, home)
        if not runs(home):
            _launch(home)
        yield home
        unless_used.pop_all()


@contextmanager
def one_at_a_time(home: Path) -> Generator[None]:
    """Nobody else starts or ends a supervisor or its boards meanwhile."""
    with open(home / STARTS, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def runs(home: Path) -> bool:
    """Whether a supervisor holds its lock: no process number that could be another's by now."""
    try:
        lock = open(home / supervisor.LOCK, "r+")  # noqa: SIM115 - closed below, with its lock
    except FileNotFoundError:
        return False
    with lock:
        try:
            # Shared: two who look at once are not taken for a supervisor by each other.
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def until_ended(home: Path) -> None:
    """A supervisor without boards ends; whoever starts some next must not meet it.

    One that does not answer is ending by itself: that is not waited for long.
    """
    deadline = time.monotonic() + _END_SECONDS
    while runs(home) and not _stopped(home) and time.monotonic() < deadline:
        there = ask(home, {"do": "list"}, patient=False, seconds=_END_SECONDS)
        if there:
            return
        if there is not None:
            ask(home, {"do": "stop", "names": []}, patient=False, seconds=_END_SECONDS)
        time.sleep(0.02)


def sweep(home: Path) -> None:
    """What a killed supervisor left: names of terminals that may be somebody else's by now."""
    (home / supervisor.SOCKET).unlink(missing_ok=True)
    for folder in (path for path in home.iterdir() if path.is_dir()):
        for name in ("port", "port.new", supervisor.CONTROL):
            (folder / name).unlink(missing_ok=True)


def _launch(home: Path) -> None:
    sweep(home)
    path = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    with open(home / "supervisor.out", "w") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "toolkit.virtual.supervisor", str(home)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd="/",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
            start_new_session=True,
        )
    deadline = time.monotonic() + _START_SECONDS
    with ExitStack() as unless_it_answers:
        unless_it_answers.callback(child.wait)
        unless_it_answers.callback(child.kill)  # too late, or Ctrl-C: nobody asks for its boards
        while time.monotonic() < deadline and child.poll() is None:
            if ask(home, {"do": "list"}, patient=False) is not None:
                unless_it_answers.pop_all()
                return
            time.sleep(0.01)
    said = (home / "supervisor.out").read_text(errors="replace").strip().splitlines()
    raise EngineError(
        f"{_WHOM} did not start ({said[-1] if said else 'no reason given'});"
        f" its full output is in {home / 'supervisor.out'}"
    )


def ask(
    home: Path, request: dict[str, Any], *, patient: bool = True, seconds: float = _ANSWER_SECONDS
) -> Any:
    """One request to the supervisor. With `patient` off, one that has gone answers nothing."""
    try:
        with connect(home, seconds) as client:
            return answered(home, client, request)
    except OSError as error:
        if not patient:
            return None
        raise EngineError(f"{_WHOM} does not answer: {error}") from error
    except EngineError:
        if not patient:
            return None
        raise


def connect(home: Path, seconds: float = _ANSWER_SECONDS) -> socket.socket:
    """A connection to the supervisor, patient for so long; OSError when none answers."""
    return local_socket.connect(home / supervisor.SOCKET, seconds)


def answered(home: Path, client: socket.socket, request: dict[str, Any]) -> Any:
    """The answer on a connection; EngineError when its other end goes away, or stands still."""
    with client.makefile("rb") as lines:
        return local_socket.ask(client, lines, request, _WHOM, lambda: _check(home))


def _check(home: Path) -> None:
    """EngineError for a supervisor that somebody has stopped: it would answer nobody."""
    number = _stopped(home)
    if number:
        raise EngineError(
            f"{_WHOM} (process {number}) is stopped: `kill -CONT {number}` lets it go on, "
            f"`kill -KILL {number}` ends it, and the boards keep their flash"
        )


def _stopped(home: Path) -> int:
    """The number of the supervisor, where it runs and stands still by a signal; else 0."""
    try:
        number = int((home / supervisor.LOCK).read_text()) if runs(home) else 0
        status = Path(f"/proc/{number}/stat").read_text()
    except (OSError, ValueError):
        return 0  # it has ended, or this system does not show it
    return number if status.rpartition(")")[2].split()[0] in "Tt" else 0
