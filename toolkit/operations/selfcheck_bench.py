"""What the steps of a self-check share: the board at hand, the node on it, what is private."""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from toolkit.model.node import Node
from toolkit.model.progress import Progress
from toolkit.model.selfcheck_report import Figure
from toolkit.model.vault import Secret, Vault
from toolkit.operations.board import Board
from toolkit.transport.flasher import Chip
from toolkit.transport.link import Link
from toolkit.transport.steady import Steady

_Thing = TypeVar("_Thing")
_LEAF = "esp8266"
_NAMES = (
    "devfid",
    "staessid",
    "devip",
    "app",
    "ntphost",
    "geo",
)  # settings that tell who and where


class LeftOut(Exception):
    """A step that cannot be tried on this board as it is; the text says why."""


@dataclass(frozen=True)
class Found:
    """What a step has found."""

    note: str = ""
    figures: Mapping[str, Figure] = field(default_factory=dict[str, Figure])


@dataclass
class Bench:
    """A board on a cable; what is None is not known, or not there."""

    device: str
    named: str | None
    vault: Vault
    chip: Chip | None = None
    board: Board | None = None
    node: Node | None = None
    node_there: bool = False
    mode: str = ""
    secret: Secret | None = field(default=None, repr=False)  # read on the cable, never kept
    private: set[str] = field(default_factory=set[str], repr=False)
    changed: list[str] = field(default_factory=list[str])
    settings: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    served: bool = False  # whether it has answered over the network

    def __post_init__(self) -> None:
        self.private.add(self.device)

    @property
    def is_leaf(self) -> bool:
        """Whether it has little memory, and takes no release over the air."""
        return self.board is not None and self.board.family == _LEAF

    def needs(self, thing: _Thing | None, why: str) -> _Thing:
        """The thing; LeftOut with the reason where it is not there."""
        if thing is None:
            raise LeftOut(why)
        return thing

    def keep_private(self, config: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
        """Names and secrets of the node are not for the report."""
        told = [str(config.get(name, "")) for name in _NAMES]
        told += [value for value in secrets.values() if isinstance(value, str)]
        words = {word.strip() for text in told for word in (text, *text.split(";"))}
        self.private |= words - {"", "n/a"}

    def dial(self, node: Node) -> Link:
        """A connection to a node, with what is known of its password."""
        own = [self.secret] if self.secret else []
        return Link(
            node.address,
            node.port,
            uid=node.uid,
            secret=lambda uid: self.vault.secrets(uid) or own,
        )

    def ask(self, work: Callable[[Steady], Awaitable[_Thing]]) -> _Thing:
        """Do work on a connection to the node; LeftOut where nobody could have one."""
        node = self.needs(self.node, "no node serves on it")
        if self.mode != "sta":
            raise LeftOut("the node is in no Wi-Fi that this computer could reach it by")

        async def run() -> _Thing:
            steady = Steady(lambda: self.dial(node))
            try:
                return await work(steady)
            finally:
                await steady.close()

        return asyncio.run(run())


Work = Callable[[Bench], Generator[Progress, None, Found]]


def unfinished(work: Generator[Progress, None, _Thing]) -> Generator[Progress, None, _Thing]:
    """Hand on how far some work is, but not the last word of its own stages."""
    while True:
        try:
            step = next(work)
        except StopIteration as end:
            return end.value
        if not step.finished:
            yield step
