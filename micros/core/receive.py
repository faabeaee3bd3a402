"""The bytes of a file come in: the second step. Loaded for as long as that takes.

They lie in <name>.part until they are all there: cut off, they can go on from where they are.
"""

from core.errors import CommandError
from core.once import once
from micropython import const

_SAFE = const(32768)  # bytes after which what has come outlives a power cut


async def receive(link, request):
    """Take what is missing of a file."""
    size = request.given["size"]
    try:
        with open(request.name + ".part", "ab") as target:
            while request.taken < size:
                data = await link.part(request)
                target.write(data)
                if request.taken % _SAFE < len(data):
                    target.flush()
    except (OSError, CommandError) as error:
        raise once("arrived").refusal(request.name, error, request.taken)
    file = "arrived"
    request.step = link.later, file, "arrived", request
