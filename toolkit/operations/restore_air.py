"""Restore a node over the link: its own files first, since settings may name them; then settings.

What a node is reached by stays as it is: a wrong network would be its last. Nothing is removed.
"""

import asyncio
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import cast

from toolkit.model import pins, settings
from toolkit.model.backup import Backup
from toolkit.model.boards import BOARDS
from toolkit.model.errors import InputError, ToolkitError
from toolkit.model.node import Node
from toolkit.model.patience import patient
from toolkit.model.progress import Progress, finished
from toolkit.model.state import read_settings
from toolkit.model.text import sentence
from toolkit.operations import configure, modules
from toolkit.operations.air import ANSWER, Dial, Link, Tell, driven, within
from toolkit.operations.own_files import folders
from toolkit.operations.restore import sound
from toolkit.operations.snapshot_air import patiently
from toolkit.operations.status import parse

_ALIVE = patient(5.0)  # seconds for a node that is there to log us in
WAY = ("staessid", "devip", "socport")  # by which a node is reached


@dataclass(frozen=True)
class Restored:
    """What has been done to a node: settings and files that changed; what a person should know."""

    settings: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def restore(
    dial: Dial, node: Node, found: Backup, *, with_settings: bool = True
) -> Generator[Progress, None, Restored]:
    """Give a node the files of a backup, and its settings: those it does not name as a new node's.

    All of it can be done again where it was cut off.
    """

    async def work(tell: Tell) -> Restored:
        return await give(dial, node, found, tell, with_settings=with_settings)

    return (yield from driven(work))


async def give(
    dial: Dial, node: Node, found: Backup, tell: Tell, *, with_settings: bool = True
) -> Restored:
    """The same, for who has a loop already."""
    changed: list[str] = []
    put: list[str] = []
    notes: list[str] = []
    await patiently(dial, node, lambda link: _files(link, found, put, tell))
    if with_settings:
        await patiently(dial, node, lambda link: _settings(link, found, changed, notes, tell))
    late = [name for name in changed if settings.setting(name).reboot]
    if late:
        notes.append(f"at the next start: {', '.join(late)}")
    if found.kept:
        notes.append("what modules keep comes back over the cable alone")
    return Restored(tuple(changed), tuple(put), tuple(dict.fromkeys(notes)))


async def serves(dial: Dial, node: Node) -> bool:
    """Whether that node answers where it was, and proves that it is the one."""
    try:
        async with asyncio.timeout(_ALIVE), dial(node):
            return True
    except (ToolkitError, TimeoutError):
        return False


def plan(found: Backup, there: Mapping[str, object]) -> tuple[dict[str, settings.Value], list[str]]:
    """The settings that have to change on a node that has others, and what is left out, and why."""
    good, left_out = sound({**found.settings, "devfid": found.name})
    notes = [*found.notes, *left_out]
    change: dict[str, settings.Value] = {}
    for name, row in settings.table().items():
        if row.secret or row.read_only or name not in there:
            continue
        value = good.get(name, row.default)
        if value == there[name]:
            continue
        if name in WAY:
            notes.append(f"{name} stays {sentence(there[name])}: by it the node is reached")
        else:
            change[name] = value
    return change, notes


async def _files(link: Link, found: Backup, put: list[str], tell: Tell) -> None:
    for folder in folders(found.files):
        await within(ANSWER, "mkdir", link.request("mkdir", name=folder))
    for count, (name, content) in enumerate(found.files.items()):
        tell(Progress("files", count, len(found.files), "files", name))
        if not await modules.has(link, name, content):
            await modules.put(link, name, content)
            put.append(name)
    if found.files:
        tell(finished("files", f"{len(found.files)} of your own, {len(put)} sent"))


async def _settings(
    link: Link, found: Backup, changed: list[str], notes: list[str], tell: Tell
) -> None:
    there = read_settings(await within(ANSWER, "conf", link.request("conf")))
    change, left = plan(found, there)
    notes += left
    if not change:
        return
    board = (parse(await within(ANSWER, "status", link.run("status >json"))) or {}).get("board")
    try:
        known = board if isinstance(board, str) and board in BOARDS else ""
        pins.check(known, {**cast(Mapping[str, settings.Value], there), **change}, set(change))
    except InputError as error:
        raise InputError(f"nothing of the settings was changed: {error}") from error
    changed += [name for name in change if name not in changed]
    said = await configure.change(link, change, tell, [])
    if said:
        notes.append(said)
