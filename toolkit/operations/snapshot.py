"""Read over the cable what a node is: its settings, what it keeps, the user's own files."""

import re
from collections.abc import Generator, Sequence
from contextlib import suppress
from typing import Any

from toolkit.model import node_files, release
from toolkit.model import settings as known_settings
from toolkit.model.backup import Backup, plain
from toolkit.model.progress import Progress
from toolkit.operations import board as on_board
from toolkit.transport.repl import Repl, ReplError

STAGE = "archive"
_CONFIG = re.compile(r"/node_config\.(\d+)\.json(\.prev)?")


def read(
    repl: Repl, uid: str, made: str, limit: int | None = None
) -> Generator[Progress, None, Backup | None]:
    """What is on a board as a backup; None where it is no node.

    With `limit` only as many own files as have so many bytes together; those and what cannot be
    read are told in `left_out`. Raises ReplError when the board's Python fails, PortError when it
    goes away.
    """
    listed = [(name, size) for name, size in on_board.list_files(repl) if size >= 0]
    settings = plain(_config(repl, [name for name, _ in listed]))
    kept = node_files.unpack(repl.get(node_files.KEPT)) or None
    own = [(name, size) for name, size in listed if node_files.is_own(name)]
    record = on_board.current_record(repl)
    if not settings and not record:
        return None  # no node: what lies there is nobody's to judge
    taken, left_out = cheap(own, limit)
    files: dict[str, bytes] = {}
    total, done = sum(size for _, size in taken), 0
    for name, size in taken:
        yield Progress(STAGE, done, total + 1, "B", name)
        try:
            files[name] = _whole(repl, name)
        except ReplError:  # one of them is no reason to lose all others, and the settings
            left_out.append((name, size))
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
        kept=kept,
        left_out=left_out,
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


def read_config(repl: Repl) -> dict[str, Any]:
    """The settings on a board: the newest form that can be read; empty when there are none."""
    return _config(repl, [name for name, _ in on_board.list_files(repl)])


def _config(repl: Repl, names: Sequence[str]) -> dict[str, Any]:
    found = [_CONFIG.fullmatch(name) for name in names]
    known = sorted((m for m in found if m), key=lambda m: (-int(m[1]), m[2] or ""))
    for match in known:
        settings = node_files.unpack(repl.get(match[0]))
        if settings is not None:
            return settings
    return {}


def _whole(repl: Repl, name: str) -> bytes:
    """A file as it lies on the flash; a byte that a serial line has lost is asked for again."""
    import hashlib

    for _ in range(2):
        with suppress(ReplError):
            content = repl.get(name)
            if content is not None and repl.sha256(name) == hashlib.sha256(content).hexdigest():
                return content
    raise ReplError(f"{name} cannot be read whole from the board on {repl.device}")
