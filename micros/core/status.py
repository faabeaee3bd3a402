"""What a node tells of itself. Loaded for each question."""

import gc
import os
import sys
from collections import OrderedDict

from core.once import once
from micropython import const

_MOST = const(32768)  # bytes: what is tried lies in the way until the next collection


def fits(size):
    """Tell whether a piece of this size can be had; in a frame of its own, which lets it go."""
    try:
        bytearray(size)
    except MemoryError:
        return False
    return True


def largest_block(limit):
    """Return the size of the largest free piece of memory up to a limit, by trying."""
    low, high = 0, limit
    while high - low > 64:
        middle = (low + high) // 2
        gc.collect()
        if fits(middle):
            low = middle
        else:
            high = middle
    fits(1)  # takes the place on the stack where the last piece may still be remembered
    gc.collect()
    return low


def status(node):
    """Return everything worth knowing about a node, in the order it is shown."""
    gc.collect()
    free = gc.mem_free()
    return OrderedDict(
        [
            ("name", node.config.get("devfid")),
            ("uid", node.uid),
            ("version", node.version),
            ("board", node.board),
            ("slot", node.slot[1:]),
            ("uptime", node.clock.uptime()),
            ("reset", node.boot_reason),
            ("mem_free", free),
            ("mem_largest", largest_block(min(free, _MOST))),
            ("mode", node.network.mode),
            ("address", node.network.address),
            ("rssi", node.network.rssi()),
            ("time", node.clock.source or "not known"),
            ("sessions", len(node.server.sessions)),
            ("tasks", len(node.tasks.listing()["active"])),
            ("log_errors", node.log.errors),
            ("log_dropped", node.log.dropped),
            ("problems", problems(node)),
        ]
    )


def problems(node):
    """Return what a person should look at, a list of sentences."""
    found = list(node.problems)
    if node.config.problem:
        found.append("settings: " + node.config.problem)
    if node.config.trial:
        seconds = node.config.trial[0] - node.clock.uptime()
        found.append("settings are on trial for %d s: log in anew and say keep" % seconds)
    if node.kept and node.kept.problem:
        found.append("kept state: " + node.kept.problem)
    if not node.secrets.get("claimed"):
        found.append("unclaimed: its password was made by the node itself")
    for network, reason in node.network.trouble.items():
        found.append("network %s: %s" % (network, reason))
    return found


def machine(node):
    """Return what is known of the board, its firmware and its file system."""
    block, _, blocks, free = os.statvfs("/")[:4]
    return {
        "board": node.board,
        "cpu_mhz": node.port.frequency() // 1000000,
        "micropython": "%d.%d.%d" % tuple(sys.implementation[1][:3]),
        "release": node.version,
        "flash_kb": block * blocks // 1024,
        "flash_free_kb": block * free // 1024,
    }


def restart(node, end=True):
    """Reset the board on purpose: such a start is not counted, and ends safe mode."""
    try:
        once("settle").settle(node)
        if node.kept and node.kept.due:
            once("keep").save(node)
    except (OSError, MemoryError):
        pass  # then after the start
    once("survivor").of(node).plan(end)
    node.port.reset()


def lines(log, level="debug"):
    """Return every kept log line of at least that level, oldest first."""
    least = ("debug", "info", "warn", "error").index(level)
    return [line for rank, line in log.kept if rank >= least]


def announce(node, address, mode):
    """Print the line that says where the node can be reached; the installer waits for it."""
    config = node.config
    config.values["nwmd"] = mode.upper()
    place = (config.get("devfid"), node.uid, address, config.get("socport"), mode)
    print("micros: %s %s ready at %s:%d (%s)" % place)
