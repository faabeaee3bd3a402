"""Read over the link what a node is: its settings, what it keeps, the user's own files."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Generator, Sequence
from pathlib import Path
from typing import TypeVar, cast

from toolkit.model import node_files
from toolkit.model.backup import Backup, plain
from toolkit.model.errors import Busy, FaultError, HungUp, NodeError, RefusedError, ToolkitError
from toolkit.model.node import Node
from toolkit.model.progress import Progress, finished
from toolkit.model.state import read_settings
from toolkit.model.text import sentence
from toolkit.operations import archive
from toolkit.operations.air import ANSWER, Dial, Link, Tell, driven, within
from toolkit.operations.ota import RATE
from toolkit.operations.prepare import left_out
from toolkit.operations.snapshot import STAGE, cheap
from toolkit.operations.status import parse
from toolkit.transport.answers import MEMORY

CHEAP = 64 * 1024  # bytes of own files that are read before each update over the air
_PAUSES = (0.5, 1.0, 2.0)  # seconds before a node that hung up, or had no memory, is asked again
_MOST = 1000  # files and folders
_DEEP = 8  # folders in each other
_LARGEST = 16 * 1024 * 1024  # bytes of all: no node has a larger flash

Result = TypeVar("Result")


def back_up(dial: Dial, node: Node) -> Generator[Progress, None, archive.Stored]:
    """Keep a backup of a node, made by hand."""

    async def work(tell: Tell) -> Backup:
        return await read(dial, node, "by hand", tell)

    found = yield from driven(work)
    return archive.keep(found)


def read_now(dial: Dial, node: Node) -> Generator[Progress, None, Backup]:
    """What a node is now, to be compared."""

    async def work(tell: Tell) -> Backup:
        return await read(dial, node, "now", tell)

    return (yield from driven(work))


def automatic(dial: Dial, made: str) -> Callable[[Node, Tell], Awaitable[None]]:
    """What is done before a node changes: a backup of it, which is told, and stops nothing."""

    async def before(node: Node, tell: Tell) -> None:
        try:
            stored = archive.keep(await read(dial, node, made, tell, CHEAP))
            tell(finished(STAGE, f"{stored.path}{left_out(stored.backup)}"))
        except ToolkitError as error:
            tell(finished(STAGE, f"not made: {error}"))

    return before


def back_up_before(
    dial: Dial, node: Node, made: str, spare: Path
) -> Generator[Progress, None, None]:
    """Keep a backup of a node that is about to be changed, with all its files."""

    async def work(tell: Tell) -> Backup:
        return await read(dial, node, made, tell)

    stored = archive.keep((yield from driven(work)), spare)
    yield finished(STAGE, str(stored.path))


async def read(
    dial: Dial, node: Node, made: str, tell: Tell, limit: int | None = None
) -> Backup:  # fmt: skip
    """What a node is, as a backup; with `limit` only as many own files as have so many bytes.

    Its secrets it tells nobody. What has come before a cut is not asked for again.
    """
    files: dict[str, bytes] = {}
    return await patiently(dial, node, lambda link: _read(link, node, made, files, limit, tell))


async def patiently(
    dial: Dial, node: Node, work: Callable[[Link], Awaitable[Result]]
) -> Result:  # fmt: skip
    """Do what does no harm twice, again where a node hung up or had no memory."""
    for pause in _PAUSES:
        try:
            async with dial(node) as link:
                return await work(link)
        except (HungUp, Busy):
            pass
        except RefusedError as refusal:
            if MEMORY not in str(refusal):
                raise
        await asyncio.sleep(pause)
    async with dial(node) as link:
        return await work(link)


async def _read(
    link: Link, node: Node, made: str, files: dict[str, bytes], limit: int | None, tell: Tell
) -> Backup:
    status = parse(await within(ANSWER, "status", link.run("status >json"))) or {}
    settings = read_settings(await within(ANSWER, "conf", link.request("conf")))
    listed = await _listed(link, "/", 0)
    own = [(name, size) for name, size in listed if node_files.is_own(name)]
    if sum(size for _, size in own) > _LARGEST:
        raise NodeError(f"{node.name} tells of more files than a flash can hold")
    taken, left = cheap(own, limit)
    total, done = sum(size for _, size in taken), 0
    for name, size in taken:
        tell(Progress(STAGE, done, total + 1, "B", name))
        try:
            if name not in files:
                files[name] = await _get(link, name, size)
        except (RefusedError, FaultError) as error:
            if MEMORY in str(error):
                raise  # it is asked again
            left.append((name, size))  # one of them is no reason to lose all others
        done += size
    kept = None
    if any(name == node_files.KEPT for name, _ in listed):
        kept = node_files.unpack(await _get(link, node_files.KEPT, 0)) or None
    return Backup(
        sentence(settings.get("devfid") or node.name)[:24],
        node.uid,
        plain(settings),
        sentence(status.get("board") or "")[:32],
        sentence(status.get("version") or "")[:32],
        made=made,
        files={name: files[name] for name, _ in taken if name in files},
        kept=kept,
        left_out=tuple(left),
    )


async def _listed(link: Link, folder: str, depth: int) -> list[tuple[str, int]]:
    """The files in a folder and below, with their sizes in bytes; not those of a release."""
    answer: object = await within(ANSWER, "ls", link.request("ls", name=folder))
    found: list[tuple[str, int]] = []
    for name, size in _entries(answer):
        path = f"{folder.rstrip('/')}/{name}"
        if size >= 0:
            found.append((path, size))
        elif depth < _DEEP and node_files.is_own(path):
            found += await _listed(link, path, depth + 1)
        if len(found) > _MOST:
            raise NodeError(f"expected at most {_MOST} files on a node, got more")
    return found


def _entries(answer: object) -> Sequence[tuple[str, int]]:
    entries = cast(list[object], answer) if isinstance(answer, list) else [None]
    if len(entries) > _MOST or not all(map(_is_entry, entries)):
        raise NodeError(f"expected ls as [[name, size], …], got {sentence(repr(entries))[:80]}")
    return [(name, size) for name, size in cast(list[tuple[str, int]], entries)]


def _is_entry(entry: object) -> bool:
    values = cast(list[object], entry) if isinstance(entry, list) else []
    if len(values) != 2:
        return False
    name, size = values
    return isinstance(name, str) and "/" not in name and isinstance(size, int)


async def _get(link: Link, name: str, size: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder) / "file"
        await within(ANSWER + size / RATE, name, link.get(name, into))
        return into.read_bytes()
