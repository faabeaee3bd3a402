"""What is rarer on the link: payloads that come, events, secrets, a cancel. Loaded for one."""

import asyncio
from binascii import a2b_base64

from core.errors import CommandError
from micropython import const

_ROOM = const(980)  # bytes of an event
_LONGEST = const(512)  # bytes of a secret
_PATIENCE = const(200)  # looks, 10 ms apart, for the end of what was cancelled


async def coming(_, request):
    """Wait for the next piece of a payload; return where it says that it lies."""
    request.turn = request.turn or asyncio.Event()
    while request.data is None:
        request.turn.clear()
        await request.turn.wait()
    return request.data[0]


async def part(link, request):
    """Wait for the next piece of a payload, at most 1024 bytes."""
    await coming(link, request)
    (at, data), request.data = request.data, None
    request.turn.set()
    left = request.given["size"] - request.taken
    if type(at) is not int or at != request.taken or len(data) > left:
        raise CommandError("expected a chunk at %d, at most %d bytes" % (request.taken, left))
    request.taken += len(data)
    return data


async def event(link, request, value, dropped=0):
    """Send a part of an answer that has no end."""
    text = link.load("asjson").json_text(value).encode()
    if len(text) > _ROOM - 60:
        raise CommandError("expected an event of one line, got %d bytes" % len(text))
    more = b',"dropped":%d' % dropped if dropped else b""
    await link.send(b'{"id":%d,"event":' % request.id + text + more + b"}")


def opened(link, request, name, sealed):
    """The text of a secret: {"x": …} where the lines have tags, else as it is."""
    if isinstance(sealed, str) and not link.keys:
        return sealed
    text = sealed.get("x") if isinstance(sealed, dict) and link.keys else None
    try:
        data = a2b_base64(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))
        if len(data) > _LONGEST:
            raise ValueError
        clear, seq = b"", request.seq.to_bytes(8, "big")
        while len(clear) < len(data):
            block = bytes((len(clear) // 32,))
            mask = link.node.link.hmac(link.keys[0], b"W", seq, block, name.encode())
            piece = data[len(clear) : len(clear) + 32]
            clear += bytes([piece[at] ^ mask[at] for at in range(len(piece))])
        return clear.decode()
    except (AttributeError, ValueError):  # a bad character, no text, no secret at all
        raise CommandError('%s: expected a sealed value, {"x": ...}, of 512 bytes' % name)


async def shut(link, text, kind="refused"):
    """Tell why, and end the connection."""
    await link.send(b'{"id":0,"error":"%s","text":"%s"}' % (kind.encode(), text.encode()))
    link.session.open = False


async def cancel(link, request):
    """The op: end a request, and wait for its end."""
    number = request.given.get("of")
    found = [it for it in link.requests if it.id == number and it is not request]
    if type(number) is not int or not found:
        return False
    other = found[0]
    while not other.started:
        await asyncio.sleep_ms(0)
    if other.over:
        raise CommandError("expected what still runs: %d is being answered" % number)
    other.task.cancel()
    for _ in range(_PATIENCE):
        if other.over:
            return True
        await asyncio.sleep_ms(10)
    raise CommandError("expected it to end within 2 s: %s takes no notice" % other.op)
