"""Nodes of one name: who bears that of a new node already, and by what the new one is reached."""

import asyncio
from collections.abc import Mapping, Sequence

from toolkit.model import settings
from toolkit.model.backup import Backup
from toolkit.model.cache import Cache
from toolkit.model.errors import InputError
from toolkit.model.node import Node
from toolkit.operations.air import Dial
from toolkit.operations.restore_air import serves


def others(name: str, uid: str, known: Sequence[Node]) -> list[Node]:
    """The known nodes that bear the name and are not the one with that uid."""
    return [node for node in known if node.name == name and node.uid != uid]


def reach(node: Node, known: Sequence[Node]) -> str:
    """What names this node and no other known one."""
    return node.uid if others(node.name, node.uid, known) else node.name


def warnings(dial: Dial, name: str, uid: str, known: Sequence[Node]) -> list[str]:
    """A sentence for each other node of the name that serves now; all are asked at once."""
    return [
        f"{name} ({node.uid}) serves at {node.endpoint} already, and two nodes of one name are "
        f"hard to tell apart: name this one by its uid, {uid}, or --set devfid=…"
        for node in _serving(dial, others(name, uid, known))
    ]


def check_free(dial: Dial, name: str, uid: str, known: Sequence[Node]) -> None:
    """InputError where another node of the name serves now."""
    for node in _serving(dial, others(name, uid, known)):
        raise InputError(
            f"{name}: expected a name of its own, and {node.uid} of that name serves at "
            f"{node.endpoint}"
        )


def check_alone(dial: Dial, whole: Backup, uid: str, known: Sequence[Node]) -> None:
    """InputError where the node that a backup is of, or another of its name, still serves.

    `uid` is that of the board which is to take its place.
    """
    if whole.uid == uid:
        return
    same = [it for it in known if it.uid == whole.uid] + [
        it for it in others(whole.name, uid, known) if it.uid != whole.uid
    ]
    for node in _serving(dial, same):
        raise InputError(
            f"{whole.name} ({node.uid}) still serves at {node.endpoint}, and two nodes of one "
            "name are hard to tell apart: --set devfid=… names the new one, --force takes the "
            "name all the same"
        )


def is_renamed(whole: Backup, given: Mapping[str, settings.Value]) -> bool:
    """Whether the settings that are given name another node than the backup."""
    return given.get("devfid", whole.name) != whole.name


def taken_over(cache: Cache, old: Backup, node: Node) -> None:
    """Forget the node of a backup where another board bears its name from now on."""
    if old.uid not in ("", node.uid) and node.name == old.name:
        cache.forget(old.uid)


def _serving(dial: Dial, nodes: Sequence[Node]) -> list[Node]:
    async def asked() -> list[bool]:
        return await asyncio.gather(*(serves(dial, node) for node in nodes))

    answers = asyncio.run(asked()) if nodes else []
    return [node for node, there in zip(nodes, answers, strict=True) if there]
