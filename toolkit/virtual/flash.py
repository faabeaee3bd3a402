"""A NOR flash chip in a file: erasing sets bits, writing clears them, power can fail in between."""

from dataclasses import dataclass
from pathlib import Path

from toolkit.virtual.chips import SECTOR

TEARS = ("nothing", "half", "all")


class PowerLost(Exception):
    """The armed power cut struck: what was being written may be torn."""


@dataclass
class PowerCut:
    """Power fails at the n-th write or erase from now; `tear` is how much of it still happens."""

    after: int
    tear: str = "half"

    def strikes(self) -> bool:
        self.after -= 1
        return self.after <= 0

    def torn(self, size: int) -> int:
        """How many of `size` bytes are still written."""
        return {"nothing": 0, "half": size // 2, "all": size}[self.tear]


class Flash:
    """The whole chip, from address 0; a context that is closed when the board loses power."""

    def __init__(self, path: Path, size: int) -> None:
        if not path.exists():
            fresh = path.with_suffix(".new")
            fresh.write_bytes(b"\xff" * size)
            fresh.replace(path)
        self.size = size
        self.cut: PowerCut | None = None
        self._file = open(path, "r+b", buffering=0)  # noqa: SIM115 - open as long as the chip is

    def close(self) -> None:
        self._file.close()

    def read(self, offset: int, size: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(size)

    def write(self, offset: int, data: bytes) -> None:
        """Program: a bit that is 0 stays 0 until the sector is erased."""
        data = data[: max(0, self.size - offset)]
        cut = self._struck()
        data = data[: cut.torn(len(data))] if cut else data
        old = self.read(offset, len(data))
        if old.count(0xFF) != len(old):
            merged = int.from_bytes(old, "big") & int.from_bytes(data, "big")
            data = merged.to_bytes(len(data), "big")
        self._put(offset, data)
        if cut:
            raise PowerLost

    def erase(self, offset: int, size: int) -> None:
        """Erase every sector that the range touches."""
        start = offset // SECTOR * SECTOR
        end = min(-(-(offset + size) // SECTOR) * SECTOR, self.size)
        if self.cut is None:
            self._put(start, b"\xff" * (end - start))
            return
        for sector in range(start, end, SECTOR):
            cut = self._struck()
            self._put(sector, b"\xff" * (cut.torn(SECTOR) if cut else SECTOR))
            if cut:
                raise PowerLost

    def _struck(self) -> PowerCut | None:
        if self.cut is None or not self.cut.strikes():
            return None
        cut, self.cut = self.cut, None
        return cut

    def _put(self, offset: int, data: bytes) -> None:
        self._file.seek(offset)
        self._file.write(data)
