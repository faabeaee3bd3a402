"""A profile out of a node that runs: the settings in which it differs from a new one."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from toolkit.model import profile, release, settings
from toolkit.model.errors import InputError
from toolkit.model.node import Node
from toolkit.model.state import read_settings
from toolkit.operations.air import ANSWER, Dial, within
from toolkit.operations.facts import facts

ITS_OWN = ("devfid", "staessid", "devip")  # of this node and its house: no other node's
_ASKED = ("geo",)  # where somebody lives; who makes another node is asked


async def derive(dial: Dial, node: Node) -> tuple[dict[str, Any], list[str]]:
    """The content of the profile, and the settings that differ and do not belong into one."""
    async with dial(node) as link:
        board = (await facts(link)).board
        values = read_settings(await within(ANSWER, "conf", link.request("conf")))
    config, left_out = plain(values)
    about = (
        f"as a node on the board {board} was, release {release.shown(release.identity().release)}"
    )
    return {"about": about, "config": config, "examples": ["status"]}, left_out


def plain(values: Mapping[str, object]) -> tuple[dict[str, Any], list[str]]:
    """What a profile says of these settings, and the names of those that it must not say."""
    config, left_out = dict[str, Any](), list[str]()
    for name, value in values.items():
        row = settings.table().get(name)
        if row is None or row.read_only or value == row.default:
            continue
        if row.secret or name in ITS_OWN or not _sound(row, value):
            left_out.append(name)
        else:
            config[name] = None if name in _ASKED else value
    return config, left_out


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Write a profile that is sound; InputError where there is a file already."""
    profile.read(content, path)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    except FileExistsError:
        raise InputError(f"{path} is there already: it stays as it is") from None


def _sound(row: settings.Setting, value: object) -> bool:
    """Whether it could be set; what an older release has left may not."""
    try:
        settings.check(row, value)
    except InputError:
        return False
    return True
