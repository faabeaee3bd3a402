"""How starts ended: the last four of them; who brought the node down twice is held."""

import os
from binascii import crc32

from core.once import once
from micropython import const

_RECORDS = const("/crashes")  # texts, behind each a record separator
_TRACE = const("/crash")  # what main.py has caught
_KEPT = const(4)


def record(node):
    """Keep how the start before ended, and hold a module that brought it down twice."""
    held = once("held")
    # without how it ended: it left a traceback and came no further, or the power went since
    number, stage, running = node.ended or (
        once("survivor").record_of(node).starts - 1,
        "unknown",
        b"",
    )
    running, trace = spelled(node, running), held.content(_TRACE)
    # the last file of a traceback that is a module's; without one, who has held the loop: what the
    # firmware died of, "reset", may have come up to a second after the call that is noted
    named = trace.rpartition("LM_")[2] if "LM_" in trace else ""
    if not trace and node.boot_reason != "reset":
        named = running
    blame = ""
    if " on trial" not in stage + trace:  # then it is the release that may be to blame
        blame = held.marked(named.replace(".", " ").replace('"', " ").split(" ")[0])
    text = "start %d ended by %s, stage %s, command '%s'\n%s%s"
    text %= number, node.boot_reason, stage, running, blame and "module " + blame, trace
    node.log.error(text)
    kept = held.content(_RECORDS).split("\x1e")[:-1][1 - _KEPT :] + [text]
    if blame and sum(["module " + blame in text for text in kept]) > 1:
        held.keep((held.content() + blame)[-128:])
        kept = [text.replace("module " + blame, "held " + blame) for text in kept]
        survivor = once("survivor").record_of(node)
        survivor.failures = max(survivor.failures - 2, 0)  # this is not what safe mode is for
        survivor.keep()
    held.keep("".join([text + "\x1e" for text in kept]), _RECORDS)
    if trace:
        os.remove(_TRACE)


def spelled(node, running):
    """Return the command that was running; where only hashes fit, look for what has them."""
    if running[:1] != b"\0":
        return running.decode()
    from core.executor import Modules  # it stays, from now on

    manual, modules = once("manual"), Modules(node.slot + "/manual.tsv", node.log)
    for module in manual.names(modules):
        if hashed(module) == running[1:3]:
            functions = manual.listed(modules, module)
            found = [name for name in functions if hashed(name) == running[3:]] or ["?"]
            return "%s %s" % (module, found[0])
    return "?"


def hashed(word):
    """Return what port/rp2_scratch.py keeps of a word."""
    return (crc32(word.encode()) & 0xFFFF).to_bytes(2, "little")


def lines():
    """Return the lines of all records, the oldest first; a module is called held while it is."""
    held = once("held")
    text = held.content(_RECORDS).replace("\x1e", "\n").strip() or "no start has failed"
    for word in [line.split(" ")[1] for line in text.split("\n") if line[:5] == "held "]:
        if not held.holds(word):
            text = text.replace("\nheld %s " % word, "\nno longer held %s " % word)
    return text.split("\n")
