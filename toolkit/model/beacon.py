"""What a node says of itself over UDP. Anybody can say so: a beacon is a hint, never a fact."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from toolkit.model.node import PORT

# `micros?1 ` and blanks: as long as half of the longest answer, so that nobody is answered with
# more than twice what he sent.
PROBE = b"micros?1 ".ljust(128)
GROUP = "239.255.90.8"  # of multicast, beside the broadcast
LONGEST = 512  # bytes of a beacon
_UID = re.compile(r"[0-9a-f]{12}")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,24}")
_VERSION = re.compile(r"\d{1,5}\.\d{1,5}\.\d{1,5}-\d{1,5}")
_BOARD = re.compile(r"[a-z0-9_]{1,24}")
_LONGEST_APP = 24


@dataclass(frozen=True)
class Beacon:
    """What one says. Where it came from is known better from its datagram than from its text."""

    uid: str
    name: str
    version: str
    board: str
    port: int = PORT
    app: str | None = None
    unclaimed: bool = False


def parse(data: bytes) -> Beacon | None:
    """Read a beacon; None when it is none, whatever else it may be."""
    if len(data) > LONGEST:
        return None
    try:
        plain: object = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(plain, dict):
        return None
    facts = cast(Mapping[str, object], plain)
    port, app = facts.get("port"), facts.get("app")
    if facts.get("micros") != 1 or type(port) is not int or not 0 < port < 65536:
        return None
    texts = [
        _text(facts.get(name), shape)
        for name, shape in (("uid", _UID), ("name", _NAME), ("version", _VERSION))
    ]
    board = _text(facts.get("board"), _BOARD)
    if board is None or None in texts:
        return None
    uid, name, version = cast(list[str], texts)
    unclaimed = facts.get("unclaimed") is True
    return Beacon(uid, name, version, board, port, _app(app), unclaimed)


def _text(value: object, shape: re.Pattern[str]) -> str | None:
    return value if isinstance(value, str) and shape.fullmatch(value) else None


def _app(value: object) -> str | None:
    """The name of the application, which a person has chosen: any text that can be shown."""
    if not isinstance(value, str) or not value or len(value) > _LONGEST_APP:
        return None
    return value if value.isprintable() else None
