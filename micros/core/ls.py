"""What lies in a folder, told over the link. Loaded for one request."""

import json
import os

from core.once import once


async def ls(link, request):
    """List a folder: [[name, size], …], the size of a folder is -1."""
    name = once("names").readable(request.given)
    try:
        entries = os.ilistdir(name)
        return await once("longer").told(link, request, _told_in_pieces(name, entries))
    except OSError as error:
        raise once("flaw").refusal("ls " + name, error)


def _told_in_pieces(name, entries):
    """Yield the JSON text of the entries."""
    before = "["
    for entry in entries:
        if name != "/" or not entry[0].lower().startswith("secret.json"):
            size = -1 if entry[1] & 0x4000 else entry[3]
            yield before + json.dumps([entry[0], size])
            before = ","
    yield "[]" if before == "[" else "]"
