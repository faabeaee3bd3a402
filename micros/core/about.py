"""What a node does with itself now and then: it is told of, it resets. Loaded for each time."""

import os
import sys

from core.once import once


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
            once("kept").save(node)
    except (OSError, MemoryError):
        pass  # then after the start
    once("survivor").of(node).plan(end)
    try:
        node.port.reset()
    except MemoryError:  # planned it is, and this takes none
        node.slots.__globals__["reset"]()  # of /main.py


def debug(log, text):
    """Log what matters least."""
    log.add(0, text)


def lines(log, level="debug"):
    """Return every kept log line of at least that level, oldest first."""
    least = ("debug", "info", "warn", "error").index(level)
    found, at = [], 0
    while at < log.used:
        begin = at + 2
        end = begin + 2 * log.kept[at + 1]
        if log.kept[at] >= least:
            found.append(decoded(bytes(log.kept[begin:end])))
        at = end
    return found


def decoded(line):
    """Return the text of a line, without the character that was cut in two at its end."""
    try:
        return str(line, "utf-8").rstrip(" ")
    except UnicodeError:
        return decoded(line[:-1])


def announce(node, address, mode):
    """Print the line that says where the node can be reached; the installer waits for it."""
    config = node.config
    config.values["nwmd"] = mode.upper()
    place = (config.get("devfid"), node.uid, address, node.server.port, mode)
    print("micros: %s %s ready at %s:%d (%s)" % place)
    try:
        if not node.port.LEAF:  # which has no memory to spare: TCP finds it
            once("beacon").begin(node, address)
    except (OSError, MemoryError):
        pass  # then within the minute, and TCP does without
