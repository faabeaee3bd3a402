"""Power-on: start the slot that /slots chooses, and never leave a dead board.

This file knows nothing of a release. What it needs only for a moment lies in /slots.
"""

import gc
import io
import sys
import time

from machine import reset

DAMAGED = "micros: no slot holds a whole release; install again over USB"


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


def run(record, slot, watchdog, timer):
    """Start a slot; come back only when no slot is whole."""
    sys.path[:] = ["/" + slot, "/modules", "/" + slot + "/modules"] + [p for p in sys.path if p]
    gc.threshold(2048)  # what stays lies close together, as long as the node is being built
    try:
        import node
    except Exception:
        if slots("given_up", record, slot):
            return print(DAMAGED)
        raise
    node.run(record, watchdog, timer, slots)
    raise SystemExit("node.run came back")


def crashed(error):
    """Keep the end of the traceback; one that repeats is not written again."""
    sys.print_exception(error)
    text = io.StringIO()
    sys.print_exception(error, text)
    text = text.getvalue().encode()[-512:]
    try:
        with open("/crash", "rb") as file:
            if file.read(513) == text:
                return
    except OSError:
        pass  # there is none yet
    with open("/crash", "wb") as file:
        file.write(text)


chosen = None
try:
    chosen = slots("chosen", lambda _: reset())
    if chosen:
        run(*chosen)
    else:
        print(DAMAGED)
except KeyboardInterrupt:
    pass  # to the serial line
except BaseException as error:  # noqa: BLE001 - the one place for what nobody caught
    try:
        crashed(error)
    finally:  # no memory, no flash: whatever is in the way of the record, the board resets
        time.sleep(1)
        reset()
if chosen and chosen[2]:
    slots("feed", *chosen[2:])
