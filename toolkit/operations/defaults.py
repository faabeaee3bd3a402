"""What a new node has where nobody says it: what was on the board before, a name nobody has."""

from collections.abc import Iterable, Mapping
from typing import Any

from toolkit.model import settings
from toolkit.model.node import Node
from toolkit.operations.prepare import Prepared

# The one network in the air around virtual boards.
_VIRTUAL_AIR = {"staessid": "virtual-wifi", "stapwd": "virtual-wifi"}


def of(
    prepared: Prepared, nodes: Iterable[Node], *, virtual: bool, known: bool
) -> dict[str, settings.Value]:
    """The node that was on the board, if any; the air of the virtual boards; a name nobody has.

    `nodes` are those that bear names already. A node that is known keeps what it has, and where
    that is nothing, it keeps that.
    """
    table = settings.table()
    before: Mapping[str, Any] = {**prepared.settings, **prepared.secrets}
    if not prepared.secrets.get("claimed"):
        before = {name: value for name, value in before.items() if name != "appwd"}
    kept = {
        name: value for name, value in before.items() if name in table and table[name].allows(value)
    }
    if known:
        return {"devfid": table["devfid"].default} | kept
    values: dict[str, settings.Value] = {"devfid": _free_name(prepared.chip.uid, nodes)}
    if virtual:
        values |= _VIRTUAL_AIR
        if "staessid" not in kept:  # the password that is known is that of another network
            kept.pop("stapwd", None)
    return values | kept


def _free_name(uid: str, nodes: Iterable[Node]) -> str:
    """`node01`, or the next that no other known node has."""
    taken = {node.name for node in nodes if node.uid != uid}
    number = 1
    while (name := f"node{number:02}") in taken:
        number += 1
    return name
