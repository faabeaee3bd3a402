"""An implementation of login and link apart from the product, from the protocol's pages alone.

`ReferenceDesk` talks to real nodes, `ReferenceNode` is talked to by the toolkit; both can do wrong.
"""

from tests.support.reference_desk import ReferenceDesk, RefusedError
from tests.support.reference_node import BOOT, PASSWORD, UID, ReferenceNode, in_a_thread
from tests.support.reference_visit import HangUp, Refusal, Request, Visit, refuse
from tests.support.reference_wire import BadLineError, Message, Wire

__all__ = [
    "BOOT",
    "PASSWORD",
    "UID",
    "BadLineError",
    "HangUp",
    "Message",
    "ReferenceDesk",
    "ReferenceNode",
    "Refusal",
    "RefusedError",
    "Request",
    "Visit",
    "Wire",
    "in_a_thread",
    "refuse",
]
