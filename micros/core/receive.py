"""The bytes of a file come in. Loaded for as long as that takes.

They lie in <name>.part until they are all there: cut off, they can go on from where they are.
"""

import os

from core.errors import CommandError
from core.once import once
from micropython import const

_SAFE = const(32768)  # bytes after which what has come outlives a power cut


async def receive(link, request, name, there):
    """Take what is missing of a file, check it as it lies on the flash, and give it its name.

    `there` are the bytes of its part. Where the first chunk lies says whether they are wanted.
    """
    part, size = name + ".part", request.given["size"]
    try:
        if 0 < there < size and await link.coming(request) != there:
            os.remove(part)
            there = 0
        request.taken = there
        with open(part, "ab") as file:
            while there < size:
                data = await link.part(request)
                file.write(data)
                there += len(data)
                if there % _SAFE < len(data):
                    file.flush()
        found = await once("digest").digest(part)
        if found == request.given["sha256"]:
            os.rename(part, name)
            return
        refusal = CommandError("put %s: expected another sha256, got %s" % (name, found))
    except OSError as error:
        refusal = once("flaw").refusal("put " + name, error)
    except CommandError as error:
        if there:
            raise  # what has come is the beginning of it
        refusal = error
    try:
        os.remove(part)  # it takes room, and is of no use
    except OSError:
        pass
    raise refusal
