"""Keep a copy of a node's settings before anything is erased."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from toolkit.model import files, node_files, paths
from toolkit.model import settings as known_settings
from toolkit.operations import board as on_board
from toolkit.transport.repl import Repl

_CONFIG = re.compile(r"/node_config\.(\d+)\.json(\.prev)?")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


def folder() -> Path:
    """Where the archived settings lie."""
    return paths.user_data() / "node_config_archive"


def read_config(repl: Repl) -> dict[str, Any]:
    """The settings on a board: the newest form that can be read; empty when there are none."""
    found = [_CONFIG.fullmatch(name) for name, _ in on_board.list_files(repl)]
    known = sorted((m for m in found if m), key=lambda m: (-int(m[1]), m[2] or ""))
    for match in known:
        settings = node_files.unpack(repl.get(match[0]))
        if settings is not None:
            return settings
    return {}


def archive(repl: Repl, uid: str) -> tuple[dict[str, Any], Path | None]:
    """Copy the settings of a board into the archive; the settings, and where they are now.

    Secrets are not among them: they lie in a file of their own.
    """
    settings = read_config(repl)
    if not settings:
        return {}, None
    name = settings.get("devfid", known_settings.setting("devfid").default)  # kept: what differs
    name = _UNSAFE.sub("_", str(name))[:24]
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    path = folder() / f"{name}-{uid}-{stamp}.json"
    files.replace(path, json.dumps(settings, indent=1, sort_keys=True) + "\n")
    return settings, path


def latest(uid: str) -> tuple[dict[str, Any], Path | None]:
    """The settings of that board archived last: what an interrupted --make goes on from."""
    for path in sorted(
        folder().glob(f"*-{uid}-*.json"), key=lambda it: it.stem[-15:], reverse=True
    ):
        try:
            settings = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(settings, dict):
            return cast(dict[str, Any], settings), path
    return {}, None
