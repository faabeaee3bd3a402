"""Archives of settings as others have written them: ours up to release 0.4, and micrOS.

Ours are `<name>-<uid>-<date>-<time>.json`, the settings that differ from a new node's. Those of
micrOS are `<devfid>-node_config.json`, all settings, the secrets among them.
"""

import json
import re
from datetime import datetime
from typing import Any, cast

from toolkit.model import from_micros, settings
from toolkit.model.backup import Backup, Damaged, plain
from toolkit.model.backup_head import aware

SUFFIX = ".json"
_OURS = re.compile(r"(?P<name>.{0,24})-(?P<uid>[0-9a-f]{12})-(?P<stamp>\d{8}-\d{6})(-\d+)?\.json")
_BYTES = re.compile(r"(?:0x[0-9a-fA-F]{1,2}){6}")  # as micrOS writes a MAC, without leading zeros
_LONGEST = 1_000_000  # bytes: no node has so many settings


def unpack(file_name: str, content: bytes) -> Backup:
    """Read such an archive; Damaged when it is none."""
    if len(content) > _LONGEST:
        raise Damaged("it is larger than all settings of a node")
    try:
        found: object = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Damaged("it is torn, or no backup") from error
    if not isinstance(found, dict) or not found:
        raise Damaged("it holds no settings")
    values = cast(dict[str, Any], found)
    ours = _OURS.fullmatch(file_name)
    if ours:
        return Backup(
            ours["name"],
            ours["uid"],
            plain(values),
            time=_time(ours["stamp"]),
            made="by release 0.4 or older",
        )
    if not from_micros.is_one(values):
        raise Damaged("it holds no settings of a node")
    return _of_micros(values)


def _of_micros(values: dict[str, Any]) -> Backup:
    taken = from_micros.take(values)
    known = {name: value for name, value in taken.config.items() if value is not None}
    secrets = {name: str(value) for name, value in known.items() if settings.is_secret(name)}
    version = values.get("version")
    return Backup(
        str(known.get("devfid", settings.setting("devfid").default)),
        uid_of(values.get("hwuid")),
        plain(known),
        version=version if isinstance(version, str) and re.fullmatch(r"[\d.-]+", version) else "",
        made="by micrOS",
        notes=taken.notes,
        secrets=secrets,
    )


def uid_of(hwuid: object) -> str:
    """`0x50x20...` of micrOS as 12 hex digits; empty when it is not such a text."""
    if not isinstance(hwuid, str) or not _BYTES.fullmatch(hwuid):
        return ""
    return "".join(piece.zfill(2).lower() for piece in hwuid.split("0x")[1:])


def _time(stamp: str) -> datetime | None:
    """When ours was made; it does not say in which zone, so here."""
    try:
        return aware(datetime.strptime(stamp, "%Y%m%d-%H%M%S"))
    except (ValueError, OverflowError, OSError):
        return None
