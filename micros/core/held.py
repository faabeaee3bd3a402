"""Modules that brought the node down twice: held until `task free`, or until their file differs."""

import sys
from binascii import crc32

from core.errors import CommandError
from micropython import const

_HELD = const("/held")  # lines: module, check of its file


def content(path=_HELD):
    """Return a small file's text, none when it cannot be read."""
    try:
        with open(path) as file:
            return file.read()
    except (OSError, UnicodeError):
        return ""


def keep(text, path=_HELD):
    """Write a small file; a node without room goes on without it."""
    try:
        with open(path, "w") as file:
            file.write(text)
    except OSError:
        pass


def marked(module):
    """Return the module's name with the check of its file, "" where there is none."""
    for folder in ("", sys.path[0]):  # as an import looks for it, in the running release
        for ending in (".py", ".mpy"):
            try:
                with open("%s/modules/LM_%s%s" % (folder, module, ending), "rb") as file:
                    check = 0
                    while part := file.read(256):
                        check = crc32(part, check)
                return "%s %08x\n" % (module, check)
            except OSError:
                continue
    return ""


def holds(module):
    """Tell whether a module is held now."""
    mark = marked(module)
    return mark and mark in content()


def refuse(module):
    """Refuse a module that is held."""
    if holds(module):
        why = "module '%s' brought the node down twice, see 'log crash'; 'task free %s' lets it go"
        raise CommandError(why % (module, module))


def free(module):
    """Let a module go that is held."""
    lines = content().split("\n")[:-1]
    left = [line for line in lines if line.split(" ")[0] != module]
    if left == lines:
        raise CommandError("expected a module that is held, got '%s'" % module)
    keep("".join([line + "\n" for line in left]))
    return "free: " + module
