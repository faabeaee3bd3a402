"""Firmware comes into the partition that does not run. Loaded for a request."""

import asyncio
from binascii import unhexlify
from hashlib import sha256

from core.errors import CommandError
from core.once import once
from micropython import const

_BLOCK = const(4096)
_MARK = const(8)  # bytes of a block's SHA-256


async def begin(link, request):
    """Look at what is coming, and say from where on it is missing.

    given: image (its size), digest, head (its first 24 bytes), and as payload the first 8 bytes of
    the SHA-256 of each block, the last one filled up with ff: what is there already stays.
    """
    node, given, parts = link.node, request.given, once("fwparts")
    once("steps").refusable(node)
    there, ota = parts.other(node), parts.port(node)
    size, digest = given.get("image"), parts.digest(given)
    if type(size) is not int or size < 25:
        raise CommandError("expected the size of an image, got %r" % (size,))
    if size > ota.room(there):
        said = "the firmware has %d bytes, and its partition only %d"
        raise CommandError(said % (size, ota.room(there)))
    if given.get("size") != -(-size // _BLOCK) * _MARK:
        raise CommandError("expected %d bytes for each block of %d" % (_MARK, _BLOCK))
    try:
        parts.check(node, unhexlify(given.get("head")))
    except (TypeError, ValueError):
        raise CommandError("expected the first 24 bytes of the image")
    node.staged = None
    there_already = min(await same(link, request, there), size)
    try:
        ota.stay()  # what runs is to be there when the next one fails
    except OSError:
        pass  # not chosen by otadata
    node.staged = [digest, False, size, there_already]
    return {"partition": ota.named(there), "from": there_already}


async def same(link, request, there):
    """Count the bytes at its beginning that the partition holds already."""
    block, number, right, rest = bytearray(_BLOCK), 0, True, b""
    while request.taken < request.given["size"]:
        rest += await link.part(request)
        while right and len(rest) >= _MARK:
            there.readblocks(number, block)
            right = sha256(block).digest()[:_MARK] == rest[:_MARK]
            number, rest = number + right, rest[_MARK:]
            await asyncio.sleep_ms(0)
        if not right:
            rest = b""
    return number * _BLOCK


async def put(link, request):
    """Write what comes; given: digest, from (where it goes on), size.

    It goes on at a block, and a block counts once it is written as a whole.
    """
    node, given = link.node, request.given
    coming = once("fwparts").staged(node, given)
    there = once("fwparts").other(node)
    begins, size = given.get("from"), given.get("size")
    if begins != coming[3] or type(begins) is not int:
        raise CommandError("expected it to go on at %d, got %r" % (coming[3], begins))
    if type(size) is not int or not 0 < size <= coming[2] - begins:
        said = "expected %d bytes at most from there on, got %r"
        raise CommandError(said % (coming[2] - begins, size))
    if size % _BLOCK and begins + size != coming[2]:
        raise CommandError("expected whole blocks of %d up to the end, got %d" % (_BLOCK, size))
    coming[1] = False
    block, filled = bytearray(_BLOCK), 0
    try:
        while request.taken < size:
            piece = await link.part(request)
            while piece:
                taken = min(len(piece), _BLOCK - filled)
                block[filled : filled + taken] = piece[:taken]
                filled, piece = filled + taken, piece[taken:]
                if filled == _BLOCK or (request.taken == size and not piece):
                    write(there, coming, block, filled)
                    filled = 0
    except OSError as error:
        raise CommandError("the partition cannot be written: %r" % error)
    return {"from": coming[3]}


def write(there, coming, block, filled):
    """Write a block, the last one filled up."""
    for at in range(filled, _BLOCK):
        block[at] = 255
    there.writeblocks(coming[3] // _BLOCK, block)
    coming[3] += filled
