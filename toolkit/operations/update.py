"""A node gets this release over the cable: its settings, its own files and its state stay."""

from collections.abc import Generator
from pathlib import Path

from toolkit.model import release
from toolkit.model.errors import PortError
from toolkit.model.progress import Progress
from toolkit.operations import build, make, start
from toolkit.operations.cable_backup import no_node
from toolkit.operations.prepare import Prepared
from toolkit.operations.snapshot import version_of
from toolkit.transport.repl import Repl


def steps(*, flash: bool) -> list[str]:
    """What is done, for people."""
    whole = ["erase the flash, write the firmware, verify it"] if flash else []
    again = ["put settings, kept state and your own files back"] if flash else []
    return [
        "back up the node on it; refuse a board that is none, or has a release on trial",
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


def update(
    device: str,
    prepared: Prepared,
    family: str,
    answers: make.Answers,
    board: str,
    image: Path | None,
    *,
    anew: bool,
    changed: bool,
) -> Generator[Progress, None, make.Made | str]:
    """Give the node on a board this release; the node, or the release where it runs it already.

    With an image its flash is erased and written before. `anew`: also what is there already;
    `changed`: its settings are to be others.
    """
    if not (image or anew or changed):
        same = yield from unchanged(prepared, family, board)
        if same:
            with Repl(device) as repl:
                yield from start.start(repl)
            return same
    if image:
        return (yield from make.make(device, family, image, answers, board))
    return (yield from make.install(device, family, answers, board, anew=anew))


def unchanged(
    prepared: Prepared, family: str, board: str
) -> Generator[Progress, None, str]:  # fmt: skip
    """The release, where the node runs exactly what would be installed; else empty."""
    built = yield from build.build(family, board)
    same = dict(prepared.runs or {}) == release.read_manifest(built.manifest)
    return version_of(dict(prepared.runs or {})) if same else ""
