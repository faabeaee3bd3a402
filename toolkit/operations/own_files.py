"""The user's own files go back onto a board over the cable; what lies there already is not sent."""

import hashlib
from collections.abc import Generator, Mapping

from toolkit.model.progress import Progress, finished
from toolkit.transport import asking
from toolkit.transport.repl import Repl

# One of another size need not be hashed.
_DIFFERENT = (
    asking.HASH
    + asking.NONE
    + """
import os
try: say(repr((os.stat({name!r})[6] != {size} or _hash({name!r}) != {sha256!r},)))
except OSError as e:
    if not none(e): raise
    say('(True,)')
"""
)
_FOLDERS = """
import os
for d in {folders!r}:
    try: os.mkdir(d)
    except OSError: pass
"""
# What a load module keeps may be newer in memory, which outlives a reset, than in the file.
_FORGET = """
try:
    import machine
    m = machine.RTC().memory
    m(m()[:48])
except (ImportError, AttributeError, TypeError, OSError): pass
"""


def missing(repl: Repl, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those of the files that a board does not have, or has otherwise."""
    return {name: content for name, content in files.items() if _differs(repl, name, content)}


def put(repl: Repl, files: Mapping[str, bytes]) -> Generator[Progress, None, None]:
    """Write them, each beside and then in its place; compared by their sums."""
    if not files:
        return
    repl.run(_FOLDERS.format(folders=folders(files)))
    total, before = sum(map(len, files.values())), 0
    for name, content in files.items():
        yield Progress("files", before, total + 1, "B", name)
        for done in repl.put(name, content):
            yield Progress("files", before + done, total + 1, "B", name)
        before += len(content)
    yield finished("files", f"{len(files)} of your own, {total} B")


def forget_newer(repl: Repl) -> None:
    """Let what modules keep be read from the file at the next start."""
    repl.run(_FORGET)


def folders(files: Mapping[str, bytes]) -> list[str]:
    """All folders that the files lie in, each behind the one that it lies in."""
    found: set[str] = set()
    for name in files:
        pieces = name.split("/")[1:-1]
        found |= {"/" + "/".join(pieces[: count + 1]) for count in range(len(pieces))}
    return sorted(found)


def _differs(repl: Repl, name: str, content: bytes) -> bool:
    size, sha256 = len(content), hashlib.sha256(content).hexdigest()
    code = _DIFFERENT.format(name=name, size=size, sha256=sha256)
    return repl.rows(code, bool, timeout=asking.seconds(size)) != [(False,)]
