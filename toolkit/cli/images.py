"""Which firmware image is meant: shown, asked for, fetched."""

import argparse
from collections.abc import Callable
from pathlib import Path

from toolkit.cli import target, ui
from toolkit.cli.target import Target
from toolkit.model import catalogue, files, image, paths
from toolkit.model.catalogue import Entry
from toolkit.model.chip import Chip
from toolkit.model.errors import InputError
from toolkit.model.image import Image
from toolkit.operations import fetch, images, which_image
from toolkit.operations.images import Offer
from toolkit.operations.which_image import Wish


def chosen(options: argparse.Namespace, board: Target | None, chip: Chip) -> Path:
    """The firmware to write, checked; InputError, before anything is erased, for what is wrong."""
    wish = _wish(options, virtual=board is not None and board.virtual is not None)
    if wish.virtual and not wish.word:
        return _virtual_firmware(chip)
    found = which_image.fitting(wish, _resolved(options, wish, chip), chip)
    for doubt in images.doubts(found, chip):
        ui.warn(doubt)
    ui.note(f"firmware: {found.path} ({found.told})")
    return found.path


def chooser(options: argparse.Namespace, board: Target) -> Callable[[Chip], Path]:
    """Which firmware is written to a board, once its chip has been asked."""
    return lambda chip: chosen(options, board, chip)


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


def _virtual_firmware(chip: Chip) -> Path:
    from toolkit.virtual import image as virtual_image

    path = paths.virtual_home() / f"virtual-firmware-{chip.family}.bin"
    files.replace(path, virtual_image.firmware(chip.family))
    return images.checked(image.read(path), chip).path


def _resolved(options: argparse.Namespace, wish: Wish, chip: Chip) -> Image:
    meant = which_image.meant(wish, chip)
    if isinstance(meant, Entry):
        return ui.follow(fetch.fetch(meant, fetch.source()))
    if isinstance(meant, Image):
        return meant
    if not meant.fitting:
        return _none(options, wish, chip, meant)
    return _asked(meant) if _asking(options) else which_image.best(meant)


def _none(options: argparse.Namespace, wish: Wish, chip: Chip, offer: Offer) -> Image:
    """Nothing at hand fits: say why, and offer to fetch one where somebody can be asked."""
    for why in which_image.why_none(offer):
        ui.note(why)
    if _asking(options):
        entry, source = catalogue.entry(catalogue.LATEST, chip, wish.board), fetch.source()
        if ui.agreed(f"fetch {entry.told} from {source.base}?", default=False):
            return ui.follow(fetch.fetch(entry, source))
    raise which_image.none_fits(wish, chip)


def _asking(options: argparse.Namespace) -> bool:
    return ui.interactive() and not (options.yes or options.json)


def _asked(offer: Offer) -> Image:
    best = offer.best or offer.fitting[0]
    rows = [(number, it.path, it.told) for number, it in enumerate(offer.fitting, 1)]
    ui.table(rows, ["", "firmware that fits", "what it is"])

    def check(text: str) -> int:
        if text.isdecimal() and 0 < int(text) <= len(offer.fitting):
            return int(text)
        raise InputError(f"expected a number from 1 to {len(offer.fitting)}, got {text!r}")

    number = ui.ask("which one", list(offer.fitting).index(best) + 1, check)
    return offer.fitting[number - 1]
