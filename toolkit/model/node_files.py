"""The two files of a node that are its own: settings, and secrets apart from them.

A file is a line of JSON, then a line with its CRC-32 in 8 hex digits; a JSON object alone is good
too. The board half of this is `micros/core/store.py`.
"""

import json
from collections.abc import Mapping
from typing import Any, cast
from zlib import crc32

from toolkit.model import release
from toolkit.model.settings import Value
from toolkit.model.vault import Secret

SECRETS = "/secret.json"
TRIED = SECRETS + ".try"  # settings and secrets on their way into both files, or on trial
KEPT = "/kept.json"
# What lies beside a release and is the node's; the board half of this is `micros/core/names.py`.
_NODES = ("main.", "boot", "slots", "crash", "node_config", "kept.json", "secret.json")
_NODES_ALONE = ("a", "b", "w", "poweron", "cycles", "held", "caught")
_LONGEST = 96  # bytes of a name
_UNFINISHED = (".part", ".new")


def is_own(name: str) -> bool:
    """Whether a file is the user's: neither of the release nor kept by the node itself."""
    pieces = name.split("/")
    whole = name.startswith("/") and not {"", ".", ".."} & set(pieces[1:])
    if not whole or len(name.encode(errors="replace")) > _LONGEST or not name.isprintable():
        return False
    first = pieces[1].lower()
    nodes = first in _NODES_ALONE or first.startswith(_NODES)
    return not nodes and not name.endswith(_UNFINISHED)


def forms(name: str) -> tuple[str, str, str]:
    """Where a file of the node itself may lie: a power cut leaves an earlier or the next one."""
    return name, name + ".prev", name + ".new"


def config_name() -> str:
    """Where the settings of this release lie on a board."""
    return f"/node_config.{release.identity().schema}.json"


def root_files(
    settings: Mapping[str, Value],
    secrets: Mapping[str, str],
    secret: Secret,
    kept: Mapping[str, Any] | None = None,
) -> dict[str, bytes]:
    """Settings, secrets and kept state of a new node, by the names of their files on the board.

    The settings are last: by them a board is known to have all that it was to be given.
    """
    mine = {**secrets, "appwd": secret.appwd, "k": secret.k, "i": secret.i, "claimed": True}
    state = {KEPT: pack(kept)} if kept is not None else {}
    return {**state, SECRETS: pack(mine), config_name(): pack(settings)}


def pack(content: Mapping[str, Any]) -> bytes:
    """A file's bytes."""
    text = json.dumps(content).encode()
    return text + b"\n%08x\n" % crc32(text)


def unpack(content: bytes | None) -> dict[str, Any] | None:
    """What a file holds, None when there is none or it is damaged."""
    if not content:
        return None
    body, newline, check = content.rstrip().rpartition(b"\n")
    try:
        whole = newline and len(check) == 8 and int(check, 16) == crc32(body)
        found = json.loads(body if whole else content)
    except (ValueError, RecursionError):
        return None
    return cast(dict[str, Any], found) if isinstance(found, dict) else None
