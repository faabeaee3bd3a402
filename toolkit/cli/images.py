"""Which firmware the options mean, and who is asked where they do not say it."""

import argparse
from collections.abc import Generator
from functools import partial
from pathlib import Path

from toolkit.cli import target, ui
from toolkit.cli.target import Target
from toolkit.model import image, paths
from toolkit.model.chip import Chip
from toolkit.model.progress import Progress
from toolkit.operations import choose_image, which_image
from toolkit.operations.choose_image import Choose, Picking
from toolkit.operations.which_image import Wish


def chosen(
    options: argparse.Namespace, board: Target | None, chip: Chip
) -> Generator[Progress, None, Path]:
    """The firmware to write, checked; InputError, before anything is erased, for what is wrong."""
    wish = _wish(options, virtual=board is not None and board.virtual is not None)
    ask = ui.interactive() and not (options.yes or options.json)
    return choose_image.chosen(wish, chip, Picking(ui, ask, virtual_firmware))


def chooser(options: argparse.Namespace, board: Target) -> Choose:
    """Which firmware is written to a board, once its chip has been asked."""
    return partial(chosen, options, board)


def virtual_firmware(chip: str) -> Path:
    """What a virtual board of that chip runs."""
    from toolkit.virtual import image as virtual_image

    return virtual_image.written(paths.virtual_home(), chip)


def check_named(options: argparse.Namespace) -> None:
    """InputError for what can be no firmware, before a board is touched for it."""
    which_image.check(_wish(options), target.family(options))


def check_shown(word: str) -> None:
    """InputError for a word of -l --firmware that is neither a file nor a folder."""
    which_image.check_shown(Wish(word))


def runs(path: Path) -> bool:
    """Whether a virtual board can run what it was given."""
    return image.read(path).virtual


def steps(options: argparse.Namespace) -> list[str]:
    """What choosing the firmware would do, for --dummy; InputError for a file that is none."""
    return which_image.steps(_wish(options), target.family(options))


def _wish(options: argparse.Namespace, *, virtual: bool | None = None) -> Wish:
    on_virtual = options.virtual is not None if virtual is None else virtual
    runs = on_virtual and (options.make or options.update)
    return Wish(options.firmware or "", target.named(options), virtual=on_virtual, runs=runs)
