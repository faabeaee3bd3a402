"""Why a release may not come onto this node. Loaded when one begins to."""

import json
import sys

from core.errors import CommandError
from core.once import once
from micropython import const

_FAULT = const((2, 3))  # what a release has failed of, see core/verdict.py
_HEAD = const(256)  # bytes that core/start.py reads of a manifest
_NAME = const(96)  # bytes


def manifest(text):
    """Return what a manifest says; CommandError where a node could not read it."""
    try:
        found = json.loads(text)
        whole = len(found["release"]) == 4 and list(map(int, found["release"])) == found["release"]
        whole = whole and b'"files"' in text[:_HEAD] and text.rstrip()[-1:] == b"}"
        numbers = [type(found[name]) is int for name in ("schema", "api", "mpy")]
        files = [sound(*file) for file in found["files"]]
        if whole and all(numbers) and files and all(files):
            return found
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    raise CommandError("expected the manifest of a release, got something else")


def sound(name, size, digest):
    """Tell whether this can be a file of a slot."""
    pieces = name.split("/")
    plain = all([piece.replace(".", "") and "\\" not in piece for piece in pieces])
    named = name != "manifest.json" and len(name) <= _NAME and name[-5:] != ".part"
    return plain and named and type(size) is int and size >= 0 and len(digest) == 64


def check(node, found, force):
    """Refuse what this node cannot run, or must not try again."""
    running = once("release").facts(node.slot)
    for name in ("family", "board"):
        if found[name] != running[name]:
            said = "expected a release for the %s '%s', got '%s'"
            raise CommandError(said % (name, running[name], found[name]))
    mpy = getattr(sys.implementation, "_mpy", 0) & 255
    if found["mpy"] != mpy:
        raise CommandError("expected bytecode of version %d, got %d" % (mpy, found["mpy"]))
    least, version = found.get("micropython", ()), sys.implementation[1][:3]
    if tuple(least) > tuple(version):
        said = "expected MicroPython %s or later, this is %s"
        raise CommandError(said % (dotted(least), dotted(version)))
    if found["schema"] < running["schema"]:
        said = "expected settings of schema %d or later, got %d: 'update back' is the way back"
        raise CommandError(said % (running["schema"], found["schema"]))
    if once("survivor").fat() and not force:
        said = "the file system is FAT, where a power cut can cost both slots"
        raise CommandError(said, "refused force")
    failed = node.slots("newest")["failed"] or [0]
    if failed[:-1] == found["release"] and failed[-1] in _FAULT and not force:
        raise CommandError(once("verdict").told(failed), "refused force")


def dotted(numbers):
    return ".".join([str(number) for number in numbers])
