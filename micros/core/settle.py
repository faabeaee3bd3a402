"""What a start leaves to be written, once the power is likely to stay. Loaded for it.

The same at a planned restart: from then on the settings are to be in force.
"""

import gc
import os

from core.once import once
from micropython import const

_LITTLE = const(5000)  # bytes, beside this file, with which most of the shell can be had
_CYCLES = const("/cycles")  # a byte for each short power-on in a row


def at(node, second, chosen):
    """Do what is to be done three seconds after the start, and after ten."""
    if node.trial:
        return  # whatever it would write may be another release's
    if second == 3:
        settle(node)
        if node.config.get("wdt") and not chosen[0]:
            chosen[0] = node.port.watchdog()
    count(node, second == 3)
    if second > 3 and node.port.LEAF:
        gc.collect()
        if gc.mem_free() < _LITTLE:
            free = "memory: %d bytes free, commands may be refused; 'reboot safe' has more"
            once("problem").tell(node, free % gc.mem_free())


def settle(node):
    """Write what the settings say of the next start; load nothing where that is there already."""
    if node.trial:
        return
    names, mine = os.listdir("/"), node.config.path[1:-4]
    if mine[-3:] != ".1." or [it for it in names if it[:11] == mine[:11] and mine not in it]:
        once("schemas").tidy(node)  # settings of other schemas
    asked = [name for name in ("poweron", "resetpin") if node.config.get(name) not in ("", "n/a")]
    if asked or "poweron" in names:
        once("outputs").note(node)
    wanted = int(node.config.get("wdt"))
    if node.recorded != wanted and not node.port.LEAF:
        record = node.slots("found")
        if record and not record["trial"]:
            try:
                node.slots("write", dict(record, wdt=wanted))
                node.recorded = wanted
            except OSError as error:
                node.problems.append("the boot record cannot be written: %r" % error)


def cycles():
    """Return how many short power-ons there were in a row."""
    try:
        return os.stat(_CYCLES)[6]
    except OSError:
        return 0


def count(node, brief):
    """Count a power-on that may become a short one; one that was not ends the row."""
    if brief and node.boot_reason == "power-on" and node.config.get("powercycles"):
        try:
            with open(_CYCLES, "ab") as file:
                file.write(b"*")
        except OSError as error:
            node.log.error("a short power-on cannot be counted: %r" % error)
    elif cycles():
        os.remove(_CYCLES)
