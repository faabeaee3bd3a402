"""What is wrong is told; and that memory is in pieces, in which this file must find room."""

from core.once import once
from micropython import const

_DAY = const(86400)


def tell(node, sentence):
    """Note what is wrong for the log and the status, once."""
    if sentence not in node.problems:
        node.problems.append(sentence)
        node.log.error(sentence)


def tight(node):
    """No 2 KB in one piece for a minute: say so. For ten: start anew, but not twice a day."""
    survivor = once("survivor").record_of(node)
    if node.tight < 600:
        tell(node, "memory: no 2 KB in one piece for a minute")
    elif not survivor.thin or node.clock.uptime() > _DAY:
        survivor.thin = 1
        survivor.keep()
        node.restart(False)
    else:
        node.tight = 70  # it goes on as well as it can
