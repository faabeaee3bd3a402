"""What a search finds: a node that answered, or what somebody says is one."""

import re
from dataclasses import dataclass, field

from toolkit.model.node import Node

Endpoint = tuple[str, int]
_OWN_UID = re.compile(r"[0-9a-f]{12}")


def system(uid: str) -> str:
    """Whose node has such a uid: `ours`, or `micrOS`."""
    return "ours" if _OWN_UID.fullmatch(uid) else "micrOS"


@dataclass(frozen=True)
class Found:
    """A node that answered `hello`; with `proved` False nobody did, and a beacon alone says so.

    A node that wants a login first tells its version in its beacon alone; `board`, `app` and
    `unclaimed` are from there too.
    """

    uid: str
    name: str
    address: str
    port: int
    kind: str
    version: str | None
    board: str | None = None
    app: str | None = None
    unclaimed: bool = False
    proved: bool = True

    @property
    def node(self) -> Node:
        """What is worth remembering of one that is proved."""
        return Node(self.uid, self.name, self.address, self.port)

    @property
    def system(self) -> str:
        """Whose node it is: the uid of one of ours is a plain MAC, those of micrOS never are."""
        return system(self.uid)

    @property
    def note(self) -> str:
        """What a person should know of it, in a word or two."""
        marks = (
            ("unproved", not self.proved),
            ("unclaimed", self.unclaimed),
            ("micrOS", self.system == "micrOS"),
        )
        return ", ".join(word for word, true in marks if true)


@dataclass(frozen=True)
class Findings:
    """What a search found, and what a person should look at."""

    found: tuple[Found, ...]
    notices: tuple[str, ...] = field(default=())
