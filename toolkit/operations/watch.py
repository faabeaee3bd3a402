"""A folder of load modules under an editor: what is saved there runs on the node at once."""

import asyncio
import time
from collections.abc import Callable, Generator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from toolkit.model.errors import InputError, NodeError, ToolkitError
from toolkit.model.manual import PREFIX
from toolkit.model.node import Node
from toolkit.operations.air import Dial, Link, driven
from toolkit.operations.facts import facts
from toolkit.operations.modules import compiled, looked_over, put, target

POLL = 0.1  # seconds
AGAIN = 2.0  # seconds before a node that was lost is tried again


@dataclass(frozen=True)
class Seen:
    """What became of a saved file: `trouble` says why it does not run, if it does not."""

    source: Path
    trouble: str = ""
    warnings: tuple[str, ...] = ()  # what --lint says of one that runs
    lost: bool = False  # because the node could not be reached: it is tried again
    size: int = 0  # bytes on the node
    seconds: float = 0  # from the save until it can be called


class Folder:
    """The load modules of a folder, looked at now and then."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._taken = self._stamps()
        self._before = dict(self._taken)

    def saved(self) -> list[Path]:
        """Those that were saved since; one that is still being written is left for later."""
        now = self._stamps()
        calm = [path for path in now if now[path] == self._before.get(path)]
        found = [path for path in calm if now[path] != self._taken.get(path)]
        self._taken = {path: it for path, it in self._taken.items() if path in now}
        self._taken |= {path: now[path] for path in found}
        self._before = now
        return found

    def _stamps(self) -> dict[Path, tuple[int, int, int]]:
        stamps: dict[Path, tuple[int, int, int]] = {}
        try:
            for path in sorted(self._path.glob(f"{PREFIX}*.py")):
                try:
                    it = path.stat()
                except FileNotFoundError:  # an editor is just replacing it
                    continue
                if not S_ISREG(it.st_mode):
                    continue
                stamps[path] = it.st_mtime_ns, it.st_size, it.st_ino
        except OSError as error:
            raise InputError(f"{self._path} cannot be read: {error.strerror}") from error
        return stamps


def checked(folder: Path) -> Path:
    """The folder; InputError where there is none."""
    if not folder.is_dir():
        raise InputError(f"--watch: expected a folder of load modules, got {folder}")
    return folder


def watch(
    dial: Dial, node: Node, folder: Path, *, force: bool = False
) -> Generator[Seen, None, None]:
    """Load what is saved in the folder from now on, until the caller leaves."""
    checked(folder)
    files = Folder(folder)

    async def work(tell: Callable[[Seen], None]) -> None:
        await follow(dial, node, files, tell, force=force)

    return driven(work)


async def follow(
    dial: Dial, node: Node, files: Folder, tell: Callable[[Seen], None], *, force: bool = False
) -> None:
    """Look, compile, put, for ever; a node that was lost is tried again, and told of once."""
    waiting: dict[Path, Seen | None] = {}  # what was saved, and what was told of it last
    async with AsyncExitStack() as stack:
        line = _Line(dial, node, stack)
        await line.open()
        while True:
            waiting |= dict.fromkeys(files.saved())
            for source, told in list(waiting.items()):
                seen = await line.load(source, force=force)
                if not told or not seen.lost:
                    tell(seen)
                waiting[source] = seen
            waiting = {source: seen for source, seen in waiting.items() if seen and seen.lost}
            await asyncio.sleep(AGAIN if waiting else POLL)


class _Line:
    """One connection that is kept, and made anew when it has ended."""

    def __init__(self, dial: Dial, node: Node, stack: AsyncExitStack) -> None:
        self._dial = dial
        self._node = node
        self._stack = stack
        self._link: Link | None = None
        self._board = ""

    async def open(self) -> Link:
        """Connect anew, whatever there was."""
        self._link = None
        await self._stack.aclose()
        link = await self._stack.enter_async_context(self._dial(self._node))
        self._board = self._board or (await facts(link)).board
        self._link = link
        return link

    async def load(self, source: Path, *, force: bool) -> Seen:
        """Compile a file and put it onto the node; nothing is sent of one that is wrong."""
        try:
            warnings = tuple(looked_over(source, force=force))
            content = await asyncio.to_thread(compiled, source, self._board)
            try:
                await put(self._link or await self.open(), target(source), content)
            except NodeError:
                await put(await self.open(), target(source), content)
            taken = max(0.0, time.time() - source.stat().st_mtime)
        except NodeError as error:
            return Seen(source, str(error), lost=True)
        except (ToolkitError, FileNotFoundError) as error:
            return Seen(source, str(error))
        return Seen(source, warnings=warnings, size=len(content), seconds=taken)
