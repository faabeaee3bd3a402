"""A dictionary kept in a file that outlives power cuts and damage.

The file is a line of JSON, then a line with its CRC32. A JSON object alone, as a person
writes it, is good too.
"""

import json
import os
from binascii import crc32


def _read(path):
    with open(path, "rb") as file:
        text, line, check = file.read().rstrip().rpartition(b"\n")
    if len(check) != 8 or int(check, 16) != crc32(text):
        text += line + check
        if not _whole(text):
            raise ValueError("cut short")
    found = json.loads(text)  # without a second copy in memory
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _whole(text):
    """Tell whether an object is closed: MicroPython's parser takes `{"a":{"b":1}` for one.

    It fails on one bracket too many, so what bears one more was not closed.
    """
    try:
        json.loads(text + b"}")
    except ValueError:
        return text.endswith(b"}")
    return False


def load(path):
    """Return what is kept, or None; then a sentence when it is not the file itself."""
    damaged = None
    for name in (path, path + ".prev", path + ".new"):
        try:
            found = _read(name)
            return found, damaged and "%s; %s was used" % (damaged, name)
        except OSError:
            damaged = damaged or (path + " is missing")
        except ValueError:
            if name != path + ".new":  # which a power cut may have left unfinished
                damaged = name + " is damaged"
    return None, damaged


def save(path, content):
    """Keep it. The file before becomes .prev, unless that one is the only good copy."""
    write(path + ".new", content)
    try:
        _read(path)
        os.rename(path, path + ".prev")
    except (OSError, ValueError):
        pass
    os.rename(path + ".new", path)


def write(path, content):
    """Write it at once; what was there is gone."""
    text = json.dumps(content).encode()
    try:
        with open(path, "wb") as file:
            file.write(text)
            file.write(b"\n%08x\n" % crc32(text))
    except OSError as error:
        remove(path)  # the piece takes room
        raise error


def remove(path):
    """Remove a file; tell whether it was there."""
    try:
        os.remove(path)
    except OSError:
        return False
    return True
