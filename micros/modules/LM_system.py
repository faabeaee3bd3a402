"""System: memory, time, network, pins and modules of the node itself.

Examples:
    system info >json
    system pinmap
    system heartbeat & 2000    # once, in two seconds
    system module
"""

import asyncio
import gc

import lm


def memfree() -> dict:
    """Tell the free memory in bytes."""
    return {"memfree": gc.mem_free()}


def gcollect() -> dict:
    """Collect garbage and tell the free memory."""
    gc.collect()
    return {"memfree": gc.mem_free()}


async def heartbeat() -> str:
    """Blink the built-in LED once."""
    led = lm.pin("builtin", __name__)
    try:
        led.value(not led.value())
        await asyncio.sleep_ms(100)
        led.value(not led.value())
    finally:
        lm.release(__name__)
    return "<3 heartbeat <3"


def clock() -> str:
    """Tell the local time, or that nobody has told it to the node yet."""
    if not lm.node.clock.source:
        raise lm.CommandError("the time is not known yet: no time server has answered")
    return lm.node.clock.stamp()


async def ntp() -> str:
    """Ask the time server now and tell the local time."""
    host = lm.setting("ntphost")
    if not host:
        raise lm.CommandError("ntp: the setting ntphost names no server")
    lm.node.time_due = 0
    if not await lm.node.keep_time():
        raise lm.CommandError("ntp: %s does not answer, 'log' tells more" % host)
    return clock()


def uptime() -> str:
    """Tell how long the node has been running."""
    seconds = lm.node.clock.uptime()
    return "%d d %02d:%02d:%02d" % (
        seconds // 86400,
        seconds // 3600 % 24,
        seconds // 60 % 60,
        seconds % 60,
    )


def rssi() -> dict:
    """Tell the strength of the joined network in dBm; -50 is good, -85 is weak."""
    strength = lm.node.network.rssi()
    if strength is None:
        raise lm.CommandError("rssi: this node has joined no network")
    return {lm.node.network.name: strength}


def info() -> dict:
    """Tell about the processor, the firmware and the file system."""
    return lm.node.machine()


def pinmap() -> dict:
    """Tell the logical pins of this board; a pin in use with its owner."""
    result = {}
    for name, number in sorted(lm.pins().items()):
        owner = lm.node.taken.get(number)
        result[name] = "%d (%s)" % (number, owner) if owner else number
    return result


async def module(unload: str | None = None) -> str:
    """List the loaded modules, or unload one: its tasks and pulses end, its pins are free."""
    loaded = lm.node.modules.loaded()
    if unload is None:
        return " ".join(sorted(loaded))
    if unload not in loaded:
        raise lm.CommandError("expected a loaded module, got '%s'" % unload)
    return "unloaded: " + ", ".join(await lm.remove(unload))


def cachedump() -> dict:
    """Tell what load modules keep, by their names."""
    lm.keep(__name__)  # it is read with its first use
    return {owner[3:]: kept for owner, kept in lm.node.kept.values.items()}


def ifmode() -> dict:
    """Tell what the node runs: micros, and never an update that has to be waited for."""
    return {"if_mode": "micros"}


def load() -> dict:
    """Prepare nothing: this module has no hardware of its own."""
    return status()


def status() -> dict:
    """Tell what memfree and uptime tell."""
    return {"memfree": gc.mem_free(), "uptime": uptime()}
