"""Look a load module over before it goes to a node: its source, its compiling, its memory."""

import ast
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.model import paths
from toolkit.model.commands import SPOKEN
from toolkit.model.errors import InputError
from toolkit.model.lint import Finding, findings, of_a_board
from toolkit.model.manual import PREFIX, Module, extract
from toolkit.operations.build import compile_file
from toolkit.operations.module_tests import folders, start
from toolkit.operations.sources import parsed

MOST = 6000  # bytes of memory that a module may take where words have 32 bits


@dataclass(frozen=True)
class Report:
    """What there is to say of a module; its bytes compiled and in memory."""

    source: Path
    findings: tuple[Finding, ...]
    size: int
    memory: int

    @property
    def sentences(self) -> list[str]:
        """One for each finding, with its place; or what it takes, where there is none."""
        if self.findings:
            return [f"{self.source}:{it.line}: {it.text}" for it in self.findings]
        return [f"{self.source}: {self.size} B compiled, {self.memory} B in memory: well"]


def module(source: Path) -> Module:
    """What a file says as a load module; InputError for one that is none."""
    if not source.is_file():
        raise InputError(f"expected a load module LM_<name>.py, got {source}: no such file")
    (found,) = extract([source])
    return found


def look(source: Path, engine: Sequence[str], bits: int) -> Report:
    """Look a module over; InputError for a file that is none, or does not compile."""
    read = module(source)
    text = source.read_text(encoding="utf-8")
    found = findings(text, read)
    released = paths.repository() / "micros" / "modules" / source.name
    if released.exists() and not released.samefile(source):
        found.append(_replaces(read.name))
    size, memory, failed = _measured(source, engine, bits)
    if failed and of_a_board(text):
        found.append(Finding(1, "its memory was not measured: it imports what only a board has"))
    elif failed:
        found.append(Finding(1, f"MicroPython cannot import it: {failed}"))
    most = MOST * bits // 32
    if memory > most:
        found.append(Finding(1, f"expected at most {most} B of memory, got {memory} B"))
    return Report(source, tuple(found), size, memory)


def _replaces(name: str) -> Finding:
    if name in SPOKEN:
        said = f"{name} is a word of the shell, and hooks would lose the release's module {name}"
        return Finding(1, f"{said}: choose another name", grave=True)
    return Finding(1, f"it takes the place of {name} of the release")


def _measured(source: Path, engine: Sequence[str], bits: int) -> tuple[int, int, str]:
    """Bytes compiled, and in memory after an import; where that fails, its last word."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"{source.stem}.mpy"
        compile_file(source, target, family="esp32")
        compile_file(source, target, family="esp8266")
        kit, micros, own, others = folders(source.parent)
        for beside in modules_imported(source, (own, others)):  # on a node they are compiled, too
            compile_file(beside, Path(folder) / f"{beside.stem}.mpy", family="esp8266")
        where = [kit, micros, Path(folder), own, others]
        said = start([*engine, "-X", "heapsize=4M"], where, [source.stem, "-"]).strip()
        last = (said.splitlines() or ["it ended"])[-1]
        word, _, number = last.partition(" ")
        size = target.stat().st_size
        if word != "@bytes":
            return size, 0, last
        before, *_, after = map(int, re.findall(r"\bn_qstr=(\d+)", said))
        return size, int(number) + (after - before) * _entry(bits), ""


def _entry(bits: int) -> int:
    """Bytes of a name in the table of all names: where its text is, a hash, and its length."""
    return bits // 8 + 3


def modules_imported(source: Path, folders: Sequence[Path]) -> set[Path]:
    """The load modules that a module imports at its top, and those that these import."""
    seen, left = {source}, [source]
    while left:
        at = left.pop()
        for name in _names(parsed(at.name, at.read_text(encoding="utf-8"))):
            there = (folder / f"{name}.py" for folder in folders)
            found = next((it for it in there if it.is_file()), source)
            if found not in seen:
                seen.add(found)
                left.append(found)
    return seen - {source}


def _names(tree: ast.Module) -> Iterator[str]:
    """The names of the load modules that are imported at the top of a file."""
    for node in tree.body:
        named = [it.name for it in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            named = [node.module or ""]
        yield from (name for name in named if name.startswith(PREFIX))
