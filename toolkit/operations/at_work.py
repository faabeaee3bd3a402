"""Who is at work on a node: one toolkit on its cable, or some over the air, never both."""

from collections.abc import Generator
from contextlib import contextmanager

from toolkit.model import paths
from toolkit.model.node import Node
from toolkit.transport import holding

FOLDER = "ports"  # in the user's data: the locks of boards and nodes
_OURS: set[str] = set()  # nodes whose cable this process has


@contextmanager
def by_cable(uid: str, device: str) -> Generator[None]:
    """PortError where the node with that uid is just given something over the air.

    A virtual board has it before it is asked, and it asks once more: what is ours stays ours.
    """
    if uid in _OURS:
        yield
        return
    with holding.on_the_cable(uid, f"the node on {device}", paths.user_data() / FOLDER):
        _OURS.add(uid)
        try:
            yield
        finally:
            _OURS.discard(uid)


@contextmanager
def by_air(node: Node) -> Generator[None]:
    """PortError where somebody works on that node over its cable."""
    with holding.in_the_air(node.uid, node.name, paths.user_data() / FOLDER):
        yield
