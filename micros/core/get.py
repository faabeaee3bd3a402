"""A file leaves over the link. Loaded for as long as that takes."""

from binascii import hexlify
from hashlib import sha256

from core.errors import CommandError
from core.once import once
from micropython import const

_PIECE = const(1024)  # bytes
_LITTLE = const(192)  # on a leaf


async def get(link, request):
    """Send a file; what changes meanwhile ends in a refusal."""
    name = once("names").readable(request.given)
    size = _LITTLE if link.node.port.LEAF else _PIECE
    total, request.hash = sha256(), sha256()  # the latter is the link's: of nothing, too
    try:
        with open(name, "rb") as file:
            while piece := file.read(size):
                total.update(piece)
                await link.chunk(request, piece)
        # The blocks of a file that is replaced are free for others, whoever still reads them.
        same = await once("digest").digest(name) == hexlify(total.digest()).decode()
    except OSError as error:
        raise once("flaw").refusal("get " + name, error)
    if not same:
        raise CommandError("get %s: it was changed meanwhile, get it again" % name)
