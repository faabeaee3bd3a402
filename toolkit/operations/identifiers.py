"""The board half's own identifiers become words that the firmware holds in its ROM.

MicroPython keeps every name it meets in tables on the heap, for good: some 16 B each, and a table
twice as large whenever one is full. A word that the firmware itself knows costs nothing. So each
release is compiled from sources in which identifiers are swapped, one for one, for such words;
what others rely on (load modules, data, the firmware) keeps its name.

`python -m benchmarks.identifiers` prints the words with what they stand for: a traceback
of a board shows them, with the file and, but on an ESP8266, the line.
"""

import ast
import builtins
import io
import json
import keyword
import re
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from toolkit.model import paths
from toolkit.model.errors import InputError
from toolkit.model.files import replace
from toolkit.operations.filenames import renamed, renames
from toolkit.operations.link import WHOLE, linked
from toolkit.operations.rom import known_words, shared_words
from toolkit.operations.sources import STEPS, fingerprint, parsed, sources_below

_BY_NAME = ("getattr", "setattr", "hasattr", "delattr")
_WORD = re.compile(r"\w+")
_PATHS = re.compile(r"[\w.]+| [\w ]+ ")  # a name, a file, or a list of names between blanks
# Only where it is wanted: it takes no word from what every node loads.
SELDOM = ("core/cable.py",)
# Written for people's own load modules, or met by what an older release has left on the board.
_FACADE = (
    "lm.py",
    "core/pins.py",
    "core/pulsing.py",
    "port/esp8266_pwm.py",
    "core/errors.py",
    "boot.py",
    "main.py",
)


def swapped(source: str, swap: Mapping[str, str]) -> str:
    """Return the source with its identifiers swapped; lines stay where they are."""
    lines = source.splitlines(keepends=True)
    for name, (row, column) in reversed(list(_names(source))):
        word = swap.get(name)
        if word:
            line = lines[row - 1]
            lines[row - 1] = line[:column] + word + line[column + len(name) :]
    return "".join(lines)


def swaps(folder: Path) -> Mapping[str, str]:
    """Return which word stands for which identifier of the sources below `folder`.

    To find it takes seconds: of our own what was found last is kept, with what it was found from.
    """
    if folder != paths.repository() / "micros":
        return _found(folder)
    before = fingerprint(folder)
    key = f"{STEPS} {before}"
    found = _kept(key)
    if found is None:
        found = _found(folder)
        if fingerprint(folder) == before:  # or it was found from more than one state
            _keep(key, found)
    return found


def _kept(key: str) -> Mapping[str, str] | None:
    try:
        known = json.loads(_place().read_bytes())
    except (OSError, ValueError):
        return None
    return known["swaps"] if known["key"] == key else None


def _keep(key: str, found: Mapping[str, str]) -> None:
    """Write what was found; where that cannot be, it is found again."""
    with suppress(InputError):
        replace(_place(), json.dumps({"key": key, "swaps": dict(found)}))


def _place() -> Path:
    return paths.made() / "identifiers.json"


def _found(folder: Path) -> Mapping[str, str]:
    sources = sources_below(folder)
    named = renames(sources)
    # A word that stands for a file may stand for an identifier, too, unless it is spoken itself.
    said = {word for name, text in sources.items() for word in _spoken(parsed(name, text))}
    sources = renamed(sources, named)  # a file's name is no word that is spoken
    facade = {name: sources[name] for name in _FACADE if name in sources}
    only_files = frozenset(named.values()) - said
    seldom = frozenset(renamed(dict.fromkeys(SELDOM, ""), named))
    return _swaps(tuple((linked(sources) | facade).items()), only_files, seldom)


@cache
def _swaps(
    sources: tuple[tuple[str, str], ...], only_files: frozenset[str], seldom: frozenset[str]
) -> Mapping[str, str]:
    kept, own, called, attributes = set[str](), set[str](), set[str](), set[str]()
    trees = {name: parsed(name, text) for name, text in sources}
    files = {name: {identifier for identifier, _ in _names(text)} for name, text in sources}
    spoken = {word for tree in trees.values() for word in _spoken(tree)}
    for name, tree in trees.items():
        called |= set(_callable(tree))
        kept |= set(_handed_over(tree))
        attributes |= set(_attributes(tree))
        if name.startswith("modules/"):  # a swapped `_x` could be called by people
            kept |= set(_attributes(tree)) | set(_defined(tree))
        elif name in _FACADE:
            kept |= set(_attributes(tree)) | {it for it in _defined(tree) if it[0] != "_"}
        own |= set(_defined(tree))
    kept |= (spoken & called) | known_words()
    candidates = {it for it in own - kept if len(it) > 1 and it[:2] != "__"}
    constants = {it for tree in trees.values() for it in _shown_constants(tree)}
    usual = {name for name in files if name[:8] != "modules/" and name not in seldom}
    found = _Own(candidates, candidates - attributes, constants, usual)
    return _paired(found, files, spoken - only_files)


@dataclass(frozen=True)
class _Own:
    """Identifiers of ours: those to be swapped, which of them are nobody's attributes, which are
    constants that others read; and the files that are not seldom loaded.
    """

    candidates: set[str]
    bare: set[str]
    constants: set[str]
    usual: set[str]


def _paired(own: _Own, files: Mapping[str, set[str]], spoken: set[str]) -> Mapping[str, str]:
    """Give each candidate a word.

    A bare one of a single file needs a word that this file has no other use for. Of the others
    there may be more than words: those of the files that every node holds come first, those that
    are in none of the usual files last. A constant that others read gets no word that begins with
    `_`: MicroPython keeps no such constant.
    """
    words = [word for word in shared_words() if word not in spoken and not hasattr(builtins, word)]
    count = Counter(name for names in files.values() for name in names)
    alone = {it for it in own.bare if count[it] == 1}
    # Load modules share no object with the files that are swapped: they may use the words, too.
    # So may what is seldom loaded, if it does not know the name that the word stands for.
    theirs = {it for name in own.usual for it in files[name]}
    # a file carries the text of each name in it: what lies in most files gets the shortest word
    unused = [word for word in words if word not in theirs]
    lasting = files.get(WHOLE, set[str]())
    common = sorted(
        own.candidates - alone,
        key=lambda it: (it not in lasting, it not in theirs, -count[it], it),
    )
    common = sorted(common[: len(unused)], key=lambda it: (-count[it], it))
    swap = dict[str, str]()
    for name in common:
        beside = set[str]().union(*(names for names in files.values() if name in names))
        fits = (
            it for it in unused if it not in beside and (it[0] != "_" or name not in own.constants)
        )
        word = next(fits, None)
        if word:  # a load module may say this word and that name
            swap[name] = word
            unused.remove(word)
    for names in files.values():
        taken = names | {swap[it] for it in names & set(swap)}
        free = (word for word in words if word not in taken)
        swap |= dict(zip(sorted(names & alone), free, strict=False))
    return swap


def _names(source: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each identifier with its place."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
            yield token.string, token.start


def _spoken(tree: ast.AST) -> Iterator[str]:
    """The words in texts by which a function may be asked for: "word", "core.file", " a b "."""
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docs:
            text = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
            if isinstance(text, str) and _PATHS.fullmatch(text):
                yield from _WORD.findall(text)


def _callable(tree: ast.AST) -> Iterator[str]:
    """Functions and classes, and the other names of a module for them: `noconfigure = noconf`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Module):
            yield from _assigned(it for it in node.body if _is_alias(it))


def _is_alias(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Name)


def _handed_over(tree: ast.AST) -> Iterator[str]:
    """What others read as a text: keyword arguments, attributes asked for, imported modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword):
            yield node.arg or ""
        elif isinstance(node, ast.Import):
            yield from _WORD.findall(" ".join(it.name for it in node.names))
        elif isinstance(node, ast.ImportFrom):
            yield from _WORD.findall(node.module or "")
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in _BY_NAME:
            yield from (str(it.value) for it in node.args if isinstance(it, ast.Constant))


def _defined(tree: ast.AST) -> Iterator[str]:
    """The identifiers that our own code brings into the world and MicroPython keeps."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        if isinstance(node, ast.Module | ast.ClassDef):
            yield from _assigned(node.body)


def _attributes(tree: ast.AST) -> Iterator[str]:
    return (node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute))


def _assigned(body: Iterable[ast.stmt]) -> Iterator[str]:
    """Names that a module or a class gives to values; `_X = const(1)` is kept nowhere."""
    for statement in body:
        if isinstance(statement, ast.Assign) and not _is_constant(statement):
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id


def _shown_constants(tree: ast.Module) -> Iterator[str]:
    """`X = const(1)`, which other files read."""
    constants = (it for it in tree.body if isinstance(it, ast.Assign) and _is_const(it.value))
    return (it for it in _assigned(constants) if it[0] != "_")


def _is_constant(statement: ast.Assign) -> bool:
    name = statement.targets[0]
    private = isinstance(name, ast.Name) and name.id.startswith("_")
    return private and _is_const(statement.value)


def _is_const(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "const"
