"""A node's own shell over the cable: for one that is in no network, or whose network is broken."""

from collections.abc import Generator
from contextlib import contextmanager

from toolkit.model.errors import InputError
from toolkit.operations import board, on_trial, snapshot
from toolkit.operations.enter import Target
from toolkit.operations.prepare import keep_secrets, start_again
from toolkit.transport.cable import Bridge
from toolkit.transport.repl import Repl


@contextmanager
def node(device: str) -> Generator[Target]:
    """Where the node of a board can be talked to, over its cable; it starts anew afterwards.

    Whoever holds the cable owns the node: its passwords are kept, so that no one is asked for.
    InputError for a board without a node.
    """
    try:
        with Repl(device) as repl:
            if board.current_record(repl) is None:
                raise InputError(f"the board on {device} has no node: --make puts one there")
            uid = board.look(repl).uid
            keep_secrets(uid, snapshot.read_secrets(repl))
        on_trial.spare(device)  # a release on trial keeps its starts
        with Bridge(device) as bridge:
            yield Target(*bridge.place, uid, by=device)
    finally:
        start_again(device)
