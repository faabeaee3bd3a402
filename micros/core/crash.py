"""How starts ended: the last four of them, and the load modules that brought the node down twice.

Those are held: not loaded until `task free`, or until their file is another one.
"""

import os
from binascii import crc32

from core.errors import CommandError
from core.once import once
from micropython import const

_RECORDS = const("/crashes")  # texts, behind each a record separator
_TRACE = const("/crash")  # what main.py has caught
_HELD = const("/held")  # lines: module, check of its file
_KEPT = const(4)


def content(path):
    """Return a small file's text, none when it cannot be read."""
    try:
        with open(path) as file:
            return file.read()
    except (OSError, UnicodeError):
        return ""


def keep(path, text):
    """Write a small file; a node without room goes on without it."""
    try:
        with open(path, "w") as file:
            file.write(text)
    except OSError:
        pass


def record(node):
    """Keep how the start before ended, and hold a module that brought it down twice."""
    number, stage, running = node.ended
    running, trace = spelled(node, running), content(_TRACE)
    # the last file of a traceback that is a module's; without one, what was called last
    named = trace.rpartition("LM_")[2] if "LM_" in trace else "" if trace else running + " "
    blame = marked(named.replace(".", " ").replace('"', " ").split(" ")[0])
    text = "start %d ended by %s, stage %s, command '%s'\n%s%s"
    text %= number, node.boot_reason, stage, running, blame and "module %s\n" % blame, trace
    node.log.error(text)
    kept = content(_RECORDS).split("\x1e")[:-1][1 - _KEPT :] + [text]
    keep(_RECORDS, "".join([text + "\x1e" for text in kept]))
    if trace:
        os.remove(_TRACE)
    twice = blame and sum(["module %s\n" % blame in text for text in kept]) > 1
    if twice and blame not in content(_HELD):
        keep(_HELD, (content(_HELD) + blame + "\n")[-128:])
        survivor = once("core.survivor").of(node)
        survivor.failures = max(survivor.failures - 2, 0)  # this is not what safe mode is for
        survivor.keep()


def spelled(node, running):
    """Return the command that was running; where only hashes fit, look for what has them."""
    if running[:1] != b"\0":
        return running.decode()
    from core.executor import Modules  # it stays, from now on

    manual, modules = once("core.manual"), Modules(node.slot + "/manual.tsv", node.log)
    for module in manual.names(modules):
        if hashed(module) == running[1:3]:
            names = [name for name in manual.listed(modules, module) if hashed(name) == running[3:]]
            return "%s %s" % (module, names[0] if names else "?")
    return "?"


def hashed(word):
    """Return what port/rp2_scratch.py keeps of a word."""
    return (crc32(word.encode()) & 0xFFFF).to_bytes(2, "little")


def marked(module):
    """Return the module's name with the check of its file, "" where there is none."""
    for folder in ("/modules", "/a/modules", "/b/modules"):
        for ending in (".mpy", ".py"):
            try:
                with open("%s/LM_%s%s" % (folder, module, ending), "rb") as file:
                    check = 0
                    while part := file.read(512):
                        check = crc32(part, check)
                return "%s %08x" % (module, check)
            except OSError:
                continue
    return ""


def refuse(module):
    """Refuse a module that is held."""
    if marked(module) + "\n" in content(_HELD):
        why = "'%s' brought the node down twice, see 'log crash'; 'task free %s' lets it go"
        raise CommandError(why % (module, module))


def free(module):
    """Let a module go that is held; what it has done is no longer held against it."""
    lines = [line for line in content(_HELD).split("\n") if line]
    left = [line for line in lines if line.split(" ")[0] != module]
    if left == lines:
        raise CommandError("expected a module that is held, got '%s'" % module)
    keep(_HELD, "".join([line + "\n" for line in left]))
    keep(_RECORDS, content(_RECORDS).replace("module %s " % module, "freed %s " % module))
    return "free: " + module


def lines():
    """Return the lines of all records, the oldest first."""
    return content(_RECORDS).replace("\x1e", "\n").strip().split("\n")
