"""What a node tells of itself. Loaded for each question."""

import gc
import os
from collections import OrderedDict

from core.executor import text
from core.once import once


def status(node, _, rest):
    """Answer the word: everything worth knowing about a node, in the order it is shown."""
    if rest not in ("", ">json"):
        once("words").bare("status [>json]", rest)
    return text(facts(node), rest == ">json")


def facts(node):
    """Return what is shown, in order."""
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
            ("mem_largest", once("largest").largest_block()),
            ("mode", node.network.mode),
            ("address", node.network.address),
            ("rssi", once("radio").rssi(node.network)),
            ("time", node.clock.source or "not known"),
            ("sessions", len(node.server.sessions)),
            ("links", len([it for it in node.server.sessions if it.link])),
            ("tasks", len(node.tasks.listing()["active"])),
            ("log_errors", node.log.errors),
            ("log_dropped", node.log.dropped),
            ("problems", problems(node)),
        ]
    )


def problems(node):
    """Return what a person should look at, a list of sentences."""
    found = list(node.problems)
    if node.trial:
        found.append(once("verdict").trial(node))
    if node.config.problem:
        found.append("settings: " + node.config.problem)
    if node.config.trial:
        seconds = node.config.trial[0] - node.clock.uptime()
        found.append("settings are on trial for %d s: log in anew and say keep" % seconds)
    if node.kept and node.kept.problem:
        found.append("kept state: " + node.kept.problem)
    if not node.secrets.get("claimed"):
        found.append("unclaimed: its password was made by the node itself")
    if "held" in os.listdir("/"):
        held = once("held")
        for module in held.content().split()[::2]:
            if held.holds(module):
                found.append("module '%s' is held: log crash, task free %s" % (module, module))
    for network, reason in node.network.trouble.items():
        found.append("network %s: %s" % (network, reason))
    return found
