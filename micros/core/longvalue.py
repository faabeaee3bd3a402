"""A value of a setting that is longer than a line. Loaded for as long as it comes."""

from binascii import hexlify
from hashlib import sha256

from core.errors import CommandError
from core.once import once
from micropython import const

_LONGEST = const(8192)  # bytes


async def received(link, request):
    """Take the value that comes."""
    given = request.given
    name, size = given["key"], given.get("size")
    if type(size) is not int or not 0 <= size <= _LONGEST:
        raise CommandError("conf: expected the size from 0 to %d" % _LONGEST)
    if name in once("given").secret(link.node.config):
        raise CommandError("%s: expected it in set, sealed" % name)
    data, there = bytearray(size), 0
    while there < size:
        piece = await link.part(request)
        data[there : there + len(piece)] = piece
        there += len(piece)
    if hexlify(sha256(data).digest()).decode() != given.get("sha256"):
        raise CommandError("conf %s: expected another sha256" % name)
    try:
        request.texts = {str(name): data.decode()}
    except UnicodeError:
        raise CommandError("%s: expected a text of UTF-8" % name)
    request.key = None
    file = "saving"
    request.step = link.later, file, "saved", request
