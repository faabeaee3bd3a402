"""Write the manual of the release's load modules: from the sources of which the board's is made."""

from pathlib import Path

from toolkit.model import files, paths, release
from toolkit.model.manual import PREFIX, Module, extract
from toolkit.model.manual_page import as_json, markdown

NAMES = ("manual.md", "manual.json")


def modules() -> tuple[Module, ...]:
    """What the load modules of this repository can do."""
    return extract(sorted((paths.repository() / "micros" / "modules").glob(f"{PREFIX}*.py")))


def default_folder() -> Path:
    """Where the manual lies unless another folder is named: beside what is compiled."""
    return paths.made() / "manual"


def write(folder: Path) -> list[Path]:
    """Write page and JSON into a folder, and return the files; InputError when that cannot be."""
    found, identity = modules(), release.identity()
    texts = markdown(found, identity), as_json(found, identity)
    written = [folder / name for name in NAMES]
    for path, text in zip(written, texts, strict=True):
        files.replace(path, text)
    return written
