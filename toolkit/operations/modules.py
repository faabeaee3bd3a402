"""Load modules alone, over the air: checked and compiled here, put into /modules, run from there.

The node lets go of the old one; its next call runs the new one, and nothing restarts.
"""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from toolkit.model.boards import FAMILIES
from toolkit.model.errors import InputError, RefusedError, ToolkitError
from toolkit.model.lint import findings
from toolkit.model.manual import PREFIX, compact, extract
from toolkit.model.node import Node
from toolkit.model.outcome import Outcome, Verdict, ended
from toolkit.model.progress import Progress, finished
from toolkit.operations.air import ANSWER, Dial, Link, Tell, within
from toolkit.operations.build import compile_file
from toolkit.operations.ota import RATE

FOLDER = "/modules"
_SENTENCES = 5  # that are told of a module which is sent


def check(sources: Sequence[Path], *, trial: bool = True) -> None:
    """InputError, with the line, unless all of them are load modules that a node can load.

    Without `trial` they are read, but not compiled.
    """
    for source in sources:
        if not source.is_file():
            raise InputError(
                f"expected a load module {PREFIX}<name>.py, got {source}: no such file"
            )
    names = [source.name for source in sources]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise InputError(f"expected each load module once, got {', '.join(sorted(twice))} twice")
    extract(sources)
    for source in sources if trial else ():
        compiled(source, "esp32")


def looked_over(source: Path, *, force: bool = False) -> list[str]:
    """What --lint says of the source of a module; InputError where that is grave, unless forced."""
    (module,) = extract([source])
    found = findings(source.read_text(encoding="utf-8"), module)
    said = [f"{source}:{it.line}: {it.text}" for it in found]
    grave = [sentence for it, sentence in zip(found, said, strict=True) if it.grave]
    if grave and not force:
        raise InputError(f"{grave[0]}; --force sends it all the same")
    more = len(said) - _SENTENCES
    return [*said[:_SENTENCES], *([f"{source}: {more} more; see --lint"] if more > 0 else [])]


def compiled(source: Path, board: str) -> bytes:
    """What goes onto a board; InputError with the line when it does not compile.

    Behind the code, where no interpreter reads, lies the module's piece of the manual, and at the
    end where that begins: both are always of one source.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "module.mpy"
        compile_file(source, target, family=FAMILIES[board])
        code = target.read_bytes()
    piece = compact(extract([source], plain=True))
    return code + piece.encode() + b"~lm%06d" % len(code)


def compiled_for(boards: set[str], sources: Sequence[Path]) -> Mapping[str, Mapping[str, bytes]]:
    """The modules for each board, by their names on a node."""
    return {board: {target(it): compiled(it, board) for it in sources} for board in boards}


def target(source: Path) -> str:
    """Where a module lies on a node."""
    return f"{FOLDER}/{source.stem}.mpy"


async def put(link: Link, name: str, content: bytes) -> None:
    """Write a module; from its next call on the node runs it."""
    await within(ANSWER + len(content) / RATE, name, link.put(name, content))


async def load(dial: Dial, node: Node, contents: Mapping[str, bytes], tell: Tell) -> Outcome:
    """Give a node these modules; those it has already are not sent."""
    sent = 0
    under_way = False  # nobody can tell whether that one has come
    try:
        async with dial(node) as link:
            for count, (name, content) in enumerate(contents.items()):
                tell(Progress("modules", count, len(contents), "files", name))
                if not await has(link, name, content):
                    under_way = True
                    await put(link, name, content)
                    under_way = False
                    sent += len(content)
    except ToolkitError as error:
        lost = under_way and not isinstance(error, RefusedError)
        return ended(node, error, sent, reached=lost or sent > 0)
    tell(finished("modules", f"{len(contents)} files, {sent} B sent"))
    return Outcome(node, Verdict.UPDATED if sent else Verdict.UNCHANGED, sent=sent)


async def has(link: Link, name: str, content: bytes) -> bool:
    """Whether exactly that lies there."""
    import hashlib

    try:
        there = await within(ANSWER, "hash", link.request("hash", name=name))
    except RefusedError:
        return False  # there is no such file
    return there == hashlib.sha256(content).hexdigest()
