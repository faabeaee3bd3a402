"""Power-on: start the slot that /slots chooses, and never leave a dead board.

This file knows nothing of a release. What it needs only for a moment lies in /slots.
"""

import gc
import sys
import time

from machine import reset


def slots(work, *arguments):
    """Call a function of /slots and forget that file again: its memory goes to the node."""
    path, sys.path[:] = sys.path[:], ["/"]
    gc.collect()
    try:
        return getattr(__import__("slots"), work)(*arguments)
    finally:
        sys.path[:] = path
        sys.modules["slots"] = None  # MicroPython keeps the value of a key that is removed
        del sys.modules["slots"]


def run(chosen):
    """Start a slot; come back only when no slot is whole. chosen: watchdog, timer, record, slot."""
    slot = chosen.pop()
    sys.path[:] = ["/" + slot, "/modules", "/" + slot + "/modules"] + [p for p in sys.path if p]
    gc.threshold(2048)  # what stays lies close together, as long as the node is being built
    try:
        import node
    except Exception:
        if slots("given_up", chosen[2], slot):
            return  # it has said so
        raise
    node.run(chosen, slots)
    raise SystemExit("node.run came back")


chosen = line = None
try:
    chosen = slots("chosen", lambda _: reset())
    if chosen:
        run(chosen)
except KeyboardInterrupt:
    line = True
except BaseException as error:  # noqa: BLE001 - the one place for what nobody caught
    try:
        sys.print_exception(error)
        slots("crashed", error, chosen)
    finally:  # no memory, no flash: whatever is in the way of the record, the board resets
        time.sleep(1)
        reset()
while line:
    try:
        line = slots("line", chosen)
    except KeyboardInterrupt:
        continue  # serial tools send two
