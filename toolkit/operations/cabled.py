"""A node's own shell over the cable: for one that is in no network, or whose network is broken."""

from collections.abc import Generator
from contextlib import contextmanager

from toolkit.model.errors import NodeError, PortError
from toolkit.operations import at_work, board, on_trial, snapshot
from toolkit.operations.enter import Target
from toolkit.operations.prepare import keep_secrets, start_again
from toolkit.transport.cable import Bridge
from toolkit.transport.repl import Repl


@contextmanager
def node(device: str) -> Generator[Target]:
    """Where the node of a board can be talked to, over its cable; it starts anew afterwards.

    Whoever holds the cable owns the node: its password is read and kept, so that nobody is asked
    for it. A release on trial keeps its starts. PortError for a board without a node and where the
    node just gets something over the air, RefusedError where firmware is on trial.
    """
    try:
        with Repl(device) as repl:
            if board.current_record(repl) is None:
                raise PortError(f"the board on {device} has no node: --make puts one there")
            uid = board.look(repl).uid
            keep_secrets(uid, {**snapshot.read_secrets(repl), "claimed": True})
        with at_work.by_cable(uid, device), Bridge(device, on_trial.check_and_spare) as bridge:
            try:
                yield Target(*bridge.place, uid, by=device)
            except NodeError as error:
                raise bridge.problem or error from error
    finally:
        start_again(device)
