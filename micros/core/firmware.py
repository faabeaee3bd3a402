"""Firmware over the air: the step `firmware` of an update, its parts in a table. Loaded for one.

It comes block by block into the partition that does not run. `node.staged` is then [digest of the
image, whole?, size, bytes that are written]; the digest is bytes, so no token of a release is like
it. In a trial the boot record names the partition where it else names the slot, and `node.trial`
is [timer, 0, partition]: one field for both, so they are never on trial together.
"""

from core.errors import CommandError

OPS = {  # what `do` says: file with the function of that name
    "status": "fwverdict",
    "runs": "fwwhole",
    "begin": "fwcoming",
    "put": "fwcoming",
    "verify": "fwwhole",
    "commit": "fwwhole",
    "confirm": "fwverdict",
}


async def firmware(link, request):
    """Do the part of a request."""
    part = request.given.get("do")
    if type(part) is not str or part not in OPS:
        raise CommandError("expected to do %s, got %r" % (", ".join(sorted(OPS)), part))
    return await getattr(link.load(OPS[part]), part)(link, request)
