"""Which firmware image is meant: the one named, one at hand, or one that is fetched."""

import argparse
from pathlib import Path

from toolkit.cli import ui
from toolkit.cli.target import Target
from toolkit.model import catalogue, files, image, paths
from toolkit.model.chip import Chip
from toolkit.model.errors import InputError
from toolkit.model.image import Image
from toolkit.operations import fetch, images
from toolkit.operations.images import Offer

_SHOWN = 4  # images that do not fit, and why


def chosen(options: argparse.Namespace, board: Target | None, chip: Chip) -> Path:
    """The firmware to write, checked; InputError, before anything is erased, for what is wrong."""
    virtual = board is not None and board.virtual is not None
    if virtual and not options.firmware:
        return _virtual_firmware(chip)
    found = images.checked(_meant(options, chip, virtual=virtual), chip)
    if virtual and options.make and not found.virtual:
        raise InputError(
            f"a virtual board cannot run {found.told}, only its own firmware: leave --firmware "
            "out; with -d instead of --make the image is written and verified"
        )
    for doubt in images.doubts(found, chip):
        ui.warn(doubt)
    ui.note(f"firmware: {found.path} ({found.told})")
    return found.path


def check_named(word: str | None) -> None:
    """InputError for a file or folder without firmware, before a board is touched for it."""
    if not word or _fetched(word):
        return
    if not Path(word).is_dir():
        image.read(Path(word))
    elif not images.at_hand(Path(word)):
        raise InputError(f"there is no firmware in the folder {word}: expected .bin or .uf2 files")


def runs(path: Path) -> bool:
    """Whether a virtual board can run what it was given."""
    return image.read(path).virtual


def steps(options: argparse.Namespace) -> list[str]:
    """What choosing the firmware would do, for --dummy; InputError for a file that is none."""
    word = options.firmware or ""
    check_named(word)
    if _fetched(word):
        return [f"fetch MicroPython ({word}) for the chip from {fetch.source().base}"]
    if options.virtual is not None and not word:
        return []
    where = word or f"this folder and {fetch.folder()}"
    return [f"choose the firmware: {where}; check that it is whole and fits"]


def _virtual_firmware(chip: Chip) -> Path:
    from toolkit.virtual import image as virtual_image

    path = paths.virtual_home() / f"virtual-firmware-{chip.family}.bin"
    files.replace(path, virtual_image.firmware(chip.family))
    return images.checked(image.read(path), chip).path


def _fetched(word: str) -> bool:
    return catalogue.wanted(word) and not Path(word).exists()


def _meant(options: argparse.Namespace, chip: Chip, *, virtual: bool) -> Image:
    word = options.firmware or ""
    if _fetched(word):
        entry = catalogue.entry(word, chip, options.board)
        return ui.follow(fetch.fetch(entry, fetch.source()))
    if word and not Path(word).is_dir():
        return image.read(Path(word))
    folder = Path(word) if word else None
    offer = images.offer(chip, options.board, folder, virtual=virtual)
    if not offer.fitting:
        return _none(options, chip, offer)
    if _asking(options):
        return _asked(offer)
    if offer.best is None:
        names = ", ".join(str(it.path) for it in offer.fitting)
        raise InputError(f"several images fit ({names}): name one with --firmware")
    return offer.best


def _none(options: argparse.Namespace, chip: Chip, offer: Offer) -> Image:
    """Nothing at hand fits: say why, and offer to fetch one where somebody can be asked."""
    for why in offer.refused[:_SHOWN]:
        ui.note(f"not taken: {why}")
    advice = catalogue.advice(chip, options.board)
    if _asking(options):
        entry = catalogue.entry(catalogue.LATEST, chip, options.board)
        source = fetch.source()
        question = f"fetch {entry.told} from {source.base}? yes or no"
        if ui.ask(question, "no", _yes_or_no) == "yes":
            return ui.follow(fetch.fetch(entry, source))
    where = options.firmware or f"here or in {fetch.folder()}"
    raise InputError(f"no firmware that fits {_a(chip.family)} is {where}: {advice}")


def _asking(options: argparse.Namespace) -> bool:
    return ui.interactive() and not (options.yes or options.json)


def _a(family: str) -> str:
    return f"an {family}" if family.startswith("esp") else f"a {family}"


def _yes_or_no(text: str) -> str:
    if text.lower() not in ("y", "yes", "n", "no"):
        raise InputError(f"expected yes or no, got {text!r}")
    return "yes" if text.lower()[0] == "y" else "no"


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
