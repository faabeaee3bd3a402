"""A piece of a long answer leaves over the link. Loaded for it."""

from hashlib import sha256


async def chunk(link, request, data):
    """Send a piece of the answer, at most 1024 bytes."""
    head = b'{"id":%d,"at":%d,"size":%d}' % (request.id, request.sent, len(data))
    request.hash = request.hash or sha256()
    request.hash.update(data)
    request.sent += len(data)
    await link.send(head, data)
