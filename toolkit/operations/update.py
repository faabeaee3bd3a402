"""A node gets this release over the cable: its settings, its own files and its state stay."""

from collections.abc import Generator

from toolkit.model import release
from toolkit.model.errors import PortError
from toolkit.model.progress import Progress
from toolkit.operations import build
from toolkit.operations.cable_backup import no_node
from toolkit.operations.prepare import Prepared
from toolkit.operations.snapshot import version_of


def steps(*, flash: bool) -> list[str]:
    """What is done, for people."""
    whole = ["erase the flash, write the firmware, verify it"] if flash else []
    again = ["put settings, kept state and your own files back"] if flash else []
    return [
        "back up the node on it; refuse a board that is none",
        "compile micros/ for the board; with the same release there: no more (but with --force)",
        *whole,
        "install it into a free slot, with the settings as they were",
        *again,
        "reset the board and wait for its hello",
    ]


def check_node(prepared: Prepared, device: str) -> None:
    """PortError where the board is no node, with what can be done."""
    if prepared.runs is None:
        raise PortError(no_node(device, prepared.chip.uid))


def unchanged(
    prepared: Prepared, family: str, board: str
) -> Generator[Progress, None, str]:  # fmt: skip
    """The release, where the node runs exactly what would be installed; else empty."""
    built = yield from build.build(family, board)
    same = dict(prepared.runs or {}) == release.read_manifest(built.manifest)
    return version_of(dict(prepared.runs or {})) if same else ""
