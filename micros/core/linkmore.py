"""What is rarer on the link: events, secrets, its end. Loaded for one."""

from binascii import a2b_base64

from core.errors import CommandError
from micropython import const

_ROOM = const(920)  # bytes of an event
_LONGEST = const(512)  # bytes of a secret


async def event(link, request, value, dropped=0):
    """Send a part of an answer that has no end."""
    text = link.load("asjson").json_text(value).encode()
    if len(text) > _ROOM:
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
        if len(data) > _LONGEST or len(data) != len(text) * 3 // 4:  # drops what is no base64
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


async def shut(link, text):
    """Tell why, and end the connection."""
    await link.send(b'{"id":0,"error":"refused","text":"%s"}' % text.encode())
    link.session.open = False
