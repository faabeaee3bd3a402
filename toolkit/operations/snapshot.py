"""Read over the cable what a node is: its settings, what it keeps, the user's own files."""

import re
from collections.abc import Generator, Mapping, Sequence
from typing import Any

from toolkit.model import node_files, release
from toolkit.model import settings as known_settings
from toolkit.model.backup import Backup, plain
from toolkit.model.progress import Progress
from toolkit.operations import board as on_board
from toolkit.transport.repl import Garbled, RaisedError, Repl

STAGE = "archive"
_CONFIG = re.compile(r"/node_config\.(\d+)\.json(?:\.prev|\.new)?")


def read(
    repl: Repl, uid: str, made: str, limit: int | None = None
) -> Generator[Progress, None, Backup | None]:
    """What is on a board as a backup; None where it is no node.

    With `limit` only as many own files as have so many bytes together; those and what cannot be
    read are told in `left_out`. Raises ReplError when the board's Python fails, PortError when it
    goes away.
    """
    sizes = _sizes(repl)
    record = on_board.current_record(repl)
    config, unread = _config(repl, sizes)
    settings = plain({**config, **_waiting(repl, sizes).get("values", {})})
    if not (record or settings):
        return None  # no node: what lies there is nobody's to judge
    kept = _of_node(repl, sizes, node_files.KEPT)
    if kept is None and node_files.KEPT in sizes:
        unread.append((node_files.KEPT, sizes[node_files.KEPT]))
    own = [(name, size) for name, size in sizes.items() if node_files.is_own(name)]
    taken, left_out = cheap(own, limit)
    files: dict[str, bytes] = {}
    total, done = sum(size for _, size in taken), 0
    for name, size in taken:
        yield Progress(STAGE, done, total + 1, "B", name)
        content = _content(repl, name)
        if content is None:
            left_out.append((name, size))
        else:
            files[name] = content
        done += size
    manifest = on_board.manifest(repl, str(record["run"])) if record else None
    return Backup(
        str(settings.get("devfid", known_settings.setting("devfid").default)),
        uid,
        settings,
        str((manifest or {}).get("board", ""))[:32],
        version_of(manifest),
        made=made,
        files=files,
        kept=kept or None,
        left_out=[*unread, *left_out],
    )


def cheap(
    own: Sequence[tuple[str, int]], limit: int | None
) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Files with their sizes in bytes: those within the limit, the smallest first; the others."""
    taken: list[tuple[str, int]] = []
    left_out: list[tuple[str, int]] = []
    room = limit
    for name, size in sorted(own, key=lambda it: (it[1], it[0])):
        if room is None or size <= room:
            taken.append((name, size))
            room = None if room is None else room - size
        else:
            left_out.append((name, size))
    return taken, left_out


def version_of(manifest: dict[str, Any] | None) -> str:
    """The release that a manifest names; empty when it names none."""
    try:
        return release.shown([int(it) for it in (manifest or {})["release"]])
    except (KeyError, TypeError, ValueError):
        return ""


def _content(repl: Repl, name: str) -> bytes | None:
    """An own file, None where it cannot be read: no reason to lose all others, and the settings."""
    try:
        return repl.get(name)
    except (RaisedError, Garbled):
        return None


def read_config(repl: Repl) -> dict[str, Any]:
    """The settings on a board: the newest form that can be read; empty when there are none."""
    return _config(repl, _sizes(repl))[0]


def read_secrets(repl: Repl) -> dict[str, Any]:
    """The passwords on a board, and whether they were given to it; empty when there are none."""
    sizes = _sizes(repl)
    found = _of_node(repl, sizes, node_files.SECRETS) or {}
    waiting: dict[str, Any] = _waiting(repl, sizes).get("secrets", {})
    if "appwd" in waiting:
        found = {**found, "claimed": True, "k": None, "i": None}
    return {**found, **waiting}


def without_settings(found: Backup) -> bool:
    """Whether the board had settings that could not be read."""
    return any(_CONFIG.fullmatch(name) for name, _ in found.left_out)


def _config(repl: Repl, sizes: Mapping[str, int]) -> tuple[dict[str, Any], list[tuple[str, int]]]:
    """The settings, and the file with its size that had some and is damaged."""
    schemas = {int(found[1]) for name in sizes if (found := _CONFIG.fullmatch(name))}
    damaged: list[tuple[str, int]] = []
    for schema in sorted(schemas, reverse=True):
        name = f"/node_config.{schema}.json"
        settings = _of_node(repl, sizes, name)
        if settings is not None:
            return settings, []
        damaged = damaged or [(name, sizes.get(name, 0))]
    return {}, damaged


def _of_node(repl: Repl, sizes: Mapping[str, int], name: str) -> dict[str, Any] | None:
    """What a file of the node says, in the form that the node itself would take."""
    for form in node_files.forms(name):
        if form in sizes:
            found = node_files.unpack(repl.get(form))
            if found is not None:
                return found
    return None


def _waiting(repl: Repl, sizes: Mapping[str, int]) -> dict[str, Any]:
    """What a power cut has kept from both its files; the node writes it at its next start."""
    found = _of_node(repl, sizes, node_files.TRIED) or {}
    whole = found.get("seconds") == 0 and all(
        isinstance(found.get(it), dict) for it in ("values", "secrets")
    )
    return found if whole else {}


def _sizes(repl: Repl) -> dict[str, int]:
    """All files on the board with their sizes in bytes."""
    return {name: size for name, size in on_board.list_files(repl) if size >= 0}
