"""Which image the word of --firmware means: a file, a folder, a download, or what is at hand."""

from dataclasses import dataclass
from pathlib import Path

from toolkit.model import catalogue, image
from toolkit.model.catalogue import Entry
from toolkit.model.chip import Chip
from toolkit.model.errors import InputError
from toolkit.model.image import Image
from toolkit.operations import fetch, images
from toolkit.operations.images import Offer

_SHOWN = 4  # images that do not fit, and why


@dataclass(frozen=True)
class Wish:
    """What somebody wants written: the word of --firmware, empty for none, and on which board.

    `board` is as --board names it; `runs`: it must run on this board, which is `virtual`.
    """

    word: str = ""
    board: str | None = None
    virtual: bool = False
    runs: bool = False

    @property
    def fetched(self) -> bool:
        """Whether the word means a download, and not a file of that name."""
        return catalogue.wanted(self.word) and not Path(self.word).exists()

    @property
    def folder(self) -> Path | None:
        """The folder that the word names, if it is one."""
        return Path(self.word) if self.word and Path(self.word).is_dir() else None


def check(wish: Wish, family: str = "") -> None:
    """InputError for what can be no firmware, before a board is touched for it.

    `family` is the chip, where it is known before anybody has asked it.
    """
    if wish.fetched:
        catalogue.check(wish.word, family, wish.board)
        _check_runs(wish, f"MicroPython ({wish.word}) of a real chip", virtual=False)
    elif wish.folder:
        if not images.at_hand(wish.folder):
            raise InputError(
                f"there is no firmware in the folder {wish.word}: expected .bin or .uf2 files"
            )
    elif wish.word and not Path(wish.word).exists():
        raise InputError(
            f"cannot read the firmware {wish.word}: expected a file, a folder, {catalogue.LATEST}, "
            "or a version such as 1.27.0, and there is no such file"
        )
    elif wish.word:
        found = image.read(Path(wish.word))
        why = image.misfit(found, Chip(family, "", "")) if family else ""
        if why:
            raise InputError(f"{found.path.name} {why}")
        _check_runs(wish, found.told, virtual=found.virtual)


def check_shown(wish: Wish) -> None:
    """InputError for what nobody can look at: a download that is not here yet, or no image."""
    if wish.fetched:
        raise InputError(
            f"-l looks at files that are here: {wish.word} is fetched by -d, -m or -r with "
            f"--firmware {wish.word}, into {fetch.folder()}"
        )
    if not wish.folder:
        check(wish)


def steps(wish: Wish, family: str = "") -> list[str]:
    """What choosing the firmware would do, for --dummy; InputError for a file that is none."""
    check(wish, family)
    if wish.fetched:
        return [f"fetch MicroPython ({wish.word}) for the chip from {fetch.source().base}"]
    if wish.virtual and not wish.word:
        return []
    where = wish.word or f"this folder and {fetch.folder()}"
    return [f"choose the firmware: {where}; check that it is whole and fits"]


def meant(wish: Wish, chip: Chip) -> Image | Entry | Offer:
    """The image that is named, the download, or those at hand of which one is to be chosen."""
    if wish.fetched:
        return catalogue.entry(wish.word, chip, wish.board)
    if wish.word and not wish.folder:
        return image.read(Path(wish.word))
    return images.offer(chip, wish.board, wish.folder, virtual=wish.virtual)


def fitting(wish: Wish, found: Image, chip: Chip) -> Image:
    """The image that was chosen, checked; InputError when it must not be written to that board."""
    found = images.checked(found, chip)
    _check_runs(wish, found.told, virtual=found.virtual)
    return found


def _check_runs(wish: Wish, told: str, *, virtual: bool) -> None:
    if wish.runs and not virtual:
        raise InputError(
            f"a virtual board cannot run {told}, only its own firmware: leave --firmware out; with "
            "-d alone the image is written and verified"
        )


def best(offer: Offer) -> Image:
    """The one that is taken where nobody is asked; InputError where several other ones fit."""
    if offer.best is None:
        names = ", ".join(str(it.path) for it in offer.fitting)
        raise InputError(f"several images fit ({names}): name one with --firmware")
    return offer.best


def why_none(offer: Offer) -> list[str]:
    """Why those at hand do not fit; so many sentences as a person reads."""
    return [f"not taken: {why}" for why in offer.refused[:_SHOWN]]


def none_fits(wish: Wish, chip: Chip) -> InputError:
    """The sentence for a board that nothing at hand fits."""
    where = wish.word or f"here or in {fetch.folder()}"
    article = "an" if chip.family.startswith("esp") else "a"
    advice = catalogue.advice(chip, wish.board)
    return InputError(f"no firmware that fits {article} {chip.family} is {where}: {advice}")
