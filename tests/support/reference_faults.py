"""Answers of a node that is hostile or broken, to be put among `ReferenceNode.answers`."""

import asyncio

from tests.support.reference_visit import HangUp, Request, Visit


async def silence(visit: Visit, request: Request) -> None:
    """Never answers."""
    await asyncio.sleep(visit.wire.patience)


def hang_up(visit: Visit, request: Request) -> None:
    """Ends the connection instead of an answer."""
    raise HangUp


async def half_an_answer(visit: Visit, request: Request) -> None:
    """Ends the connection in the middle of a line."""
    await visit.wire.raw(b'{"id":%d,"ok":"it wa' % request.id)
    raise HangUp


async def half_a_chunk(visit: Visit, request: Request) -> None:
    """Ends the connection in the middle of a payload."""
    text = b'{"id":%d,"at":0,"size":1000}' % request.id
    await visit.wire.raw(visit.wire.dressed(text, bytes(1000))[:-500])
    raise HangUp


async def wrong_tag(visit: Visit, request: Request) -> None:
    """Answers with a tag that is none."""
    await visit.send({"id": request.id, "ok": "forged"}, tag="A" * 22)
    await silence(visit, request)


async def wrong_number(visit: Visit, request: Request) -> None:
    """Answers with the right tag of another line."""
    await visit.send({"id": request.id, "ok": "forged"}, seq=1000)
    await silence(visit, request)


async def giant_line(visit: Visit, request: Request) -> None:
    """Answers with a line of 64 MB that never ends."""
    for _ in range(1024):
        await visit.wire.raw(b"x" * 65536)
        visit.wire.sent.clear()
    await silence(visit, request)


async def endless_events(visit: Visit, request: Request) -> None:
    """Sends events for as long as somebody takes them."""
    while True:
        await visit.event(request, {"line": "x" * 900})
        visit.wire.sent.clear()


async def endless_chunks(visit: Visit, request: Request) -> None:
    """Sends a file without an end."""
    while True:
        await visit.chunk(request, bytes(1024))
        visit.wire.sent.clear()


async def deep_json(visit: Visit, request: Request) -> None:
    """Answers with 480 lists within each other, tagged as it should be."""
    text = b'{"id":%d,"ok":' % request.id + b"[" * 480 + b"]" * 480 + b"}"
    await visit.wire.raw(visit.wire.dressed(text))
    await silence(visit, request)


async def no_json(visit: Visit, request: Request) -> None:
    """Answers with a tagged line that is no JSON."""
    await visit.wire.raw(visit.wire.dressed(b"__import__('os').system('true')"))
    await silence(visit, request)


async def giant_chunk(visit: Visit, request: Request) -> None:
    """Announces a chunk of a gigabyte."""
    text = b'{"id":%d,"at":0,"size":1073741824}' % request.id
    await visit.wire.raw(visit.wire.dressed(text, bytes(1024)))
    await silence(visit, request)
