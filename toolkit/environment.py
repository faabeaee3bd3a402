"""A private Python environment with pinned packages, made once and made again when it is torn.

Used by the door before anything is installed, so: standard library only, and light to import.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from toolkit.model.errors import EngineError

_STAMP = "complete"  # written last: an environment without it was interrupted


def ensure(folder: Path, requirements: Path, *, say: Callable[[str], None]) -> Path:
    """Return the Python of the environment in `folder`, made or renewed when it must be.

    Raises EngineError in one sentence when it cannot be made here.
    """
    python = _python_of(folder)
    if _is_complete(folder, requirements):
        return python
    try:
        with _alone(folder):
            if not _is_complete(folder, requirements):  # another start may have made it meanwhile
                _make(folder, requirements, say)
                (folder / _STAMP).write_text(_stamp(python, requirements), encoding="utf-8")
    except OSError as error:
        raise EngineError(
            f"could not make the environment {folder}: {error.strerror or error}; "
            f"the folder must be writable and have about 300 MB free"
        ) from error
    return python


def _python_of(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _stamp(python: Path, requirements: Path) -> str:
    """What the environment was made from: its Python, and the text of all requirement files.

    The Python is the one behind all links: a system that moves on to another version shows here.
    """
    texts = [f"{os.path.realpath(python)}\n"]
    texts += [path.read_text(encoding="utf-8") for path in _with_included(requirements)]
    return "".join(texts)


def _with_included(requirements: Path) -> Iterator[Path]:
    yield requirements
    for line in requirements.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            yield from _with_included((requirements.parent / line[3:].strip()).resolve())


def _is_complete(folder: Path, requirements: Path) -> bool:
    python = _python_of(folder)
    try:
        found = (folder / _STAMP).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return python.exists() and found == _stamp(python, requirements)


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """Hold the lock of this environment; the system drops it when the holder dies."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.with_name(folder.name + ".lock"), "w", encoding="utf-8") as lock:
        if os.name == "posix":
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(folder: Path, requirements: Path, say: Callable[[str], None]) -> None:
    say(f"first start: making {folder.name} with what {requirements.name} lists, about a minute …")
    if folder.exists():
        shutil.rmtree(folder)
    pip = _make_empty(folder)
    install = [
        *pip,
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "--requirement",
        str(requirements),
    ]
    done = _run(install)
    if done.returncode != 0:
        raise EngineError(
            f"pip could not install {requirements.name}: {_last_line(done)}; "
            "check the network (or pip's own configuration) and start again"
        )


def _make_empty(folder: Path) -> list[str]:
    """Make an empty environment; return the command of a pip that installs into it."""
    python = str(_python_of(folder))
    if _has("ensurepip"):
        done = _run([sys.executable, "-m", "venv", str(folder)])
        if done.returncode == 0:
            return [python, "-m", "pip"]
    shutil.rmtree(folder, ignore_errors=True)
    pip = _system_pip()
    if pip is None or not _has("venv"):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise EngineError(
            f"this Python {version} has neither ensurepip nor pip: "
            "install them once (on Debian or Ubuntu: sudo apt install python3-venv) and start again"
        )
    done = _run([sys.executable, "-m", "venv", "--without-pip", str(folder)])
    if done.returncode != 0:
        raise EngineError(f"could not make the environment {folder}: {_last_line(done)}")
    return [*pip, "--python", python]


def _has(module: str) -> bool:
    from importlib.util import find_spec

    return find_spec(module) is not None


def _system_pip() -> list[str] | None:
    if _has("pip"):
        return [sys.executable, "-m", "pip"]
    found = shutil.which("pip3") or shutil.which("pip")
    return [found] if found else None


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines)[-1].strip()
