"""What comes over the link: a line is checked and read, and its request begun. Loaded for one."""

import asyncio
import json

from micropython import const

_TAG = const(22)  # characters
_DEEPEST = const(8)
_LARGEST = const(1024)  # bytes of a payload
_HIGHEST = const(0x3FFFFFFF)  # id
_STRANGERS = const(256)  # bytes of a line before login
_OPEN = const(" hello login proof ")  # before login


async def take(link, line):
    """Check one line and begin what it asks for."""
    session = link.session
    owed = session.half_open and session.mode != "off"
    if line is None or (owed and len(line) > _STRANGERS):
        await link.shut("expected a line of at most %d bytes" % (256 if owed else 1024))
        return
    session.half_open = owed
    text = line[: -_TAG - 1] if link.keys else line
    chunk = b'"at"' in text and read(link, text)
    payload = b""
    if isinstance(chunk, dict) and "at" in chunk:
        size = chunk.get("size")
        if type(size) is not int or not 0 < size <= _LARGEST:
            await link.shut("expected a chunk of 1 to 1024 bytes")
            return
        payload = await bytes_of(link, size)
    if link.keys:
        if line[len(text) :] != b" " + link.twice(link.tag, False, text, payload):
            session.open = False
            link.node.log.warn("link of %s: a tag is wrong" % session.address)
            return
        link.got += 1
    if payload:
        await hand_over(link, chunk, payload)
    else:
        await begin(link, text, owed)


async def bytes_of(link, size):
    """The payload that follows a line."""
    link.begun = 0
    while len(link.rest) < size:
        await link.more()
    payload, link.rest = link.rest[:size], link.rest[size:]
    link.begun = -1
    return payload


async def hand_over(link, chunk, payload):
    """Give a payload to its request, which takes one at a time; else it is dropped."""
    for request in link.requests:
        if request.id == chunk.get("id") and "size" in request.given and not request.over:
            request.turn = request.turn or asyncio.Event()
            while request.data is not None and not request.over:
                request.turn.clear()
                await request.turn.wait()
            request.data = chunk["at"], payload
            request.turn.set()
            return


def read(link, text):
    """The JSON of a line, None where it is none."""
    try:
        return link.twice(json.loads, text.decode()) if shallow(text) else None
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        return None


def shallow(text):
    """Is the nesting bearable? Most lines have fewer brackets than that."""
    if text.count(b"[") + text.count(b"{") <= _DEEPEST:
        return True
    depth, quoted, escaped = 0, False, False
    for letter in text:
        if quoted:
            quoted = letter != 34 or escaped
            escaped = letter == 92 and not escaped
        elif letter == 34:
            quoted, escaped = True, False
        elif letter in b"[{":
            depth += 1
            if depth > _DEEPEST:
                return False
        elif letter in b"]}":
            depth -= 1
    return True


async def begin(link, text, owed):
    """Begin what a line asks for, or tell why not."""
    given, shared = read(link, text), link.node.link
    number = given.get("id") if isinstance(given, dict) else None
    if type(number) is not int or not 0 <= number <= _HIGHEST:
        await refuse(link, 0, "refused", "expected a JSON object with an id of 1 to 1073741823")
        return
    op = given.get("op")
    if not isinstance(op, str) or (op in ("login", "proof")) != (number == 0):
        op = None
    if owed and " %s " % op not in _OPEN:
        await refuse(link, number, "auth", "expected hello or a login")
    elif op not in shared.OPS:
        await refuse(link, number, "refused", "expected an op that this release knows")
    elif number in [request.id for request in link.requests if not request.over]:
        await refuse(link, 0, "refused", "expected a new id: %d is in use" % number)
    elif len(link.requests) >= link.most + (op == "cancel"):
        await refuse(link, number, "busy", "expected at most %d requests at a time" % link.most)
    else:
        await start(link, shared.Request(), (number, op, given), text)


async def start(link, request, what, text):
    """Let a request run by itself; a login is done at once, for it decides what the rest means."""
    request.id, request.op, request.given = what
    request.seq = link.got - 1
    if not request.id:
        request.line = text
        await getattr(link.load("linklogin"), request.op)(link, request)
        return
    link.requests.append(request)
    try:
        request.task = link.node.tasks.spawn(link.perform(request))
    except MemoryError:
        link.requests.remove(request)
        await refuse(link, request.id, "refused", "not enough memory")


async def refuse(link, number, kind, text):
    await link.send(b'{"id":%d,"error":"%s","text":"%s"}' % (number, kind.encode(), text.encode()))
