"""The end of a request: its value or what went wrong, in a line or in pieces. Loaded for one."""

import json
from binascii import hexlify

from micropython import const

_LINE = const(1000)  # bytes of a line without its tag
_LACK = const(b'"error":"refused","text":"not enough memory')
_WORDS = const(400)  # characters of an error


async def answer(link, request, kind, value):
    """Send the one line that ends a request, and before it what does not fit into it."""
    if kind is None and not request.raw:
        kind, value = await link.node.executor.guard(request.op, told, link, value)
    line = request.raw or (worded(kind, value) if kind else value)
    if "rid" in request.given and not request.raw:
        executor, ended = link.node.executor, line
        called = request.rid and executor.running is not request
        if executor.running is request:
            executor.running = None
        if not called and line.startswith(_LACK):
            line += b',"type":"unbegun"'  # it has not run: that is forgotten
            ended = None
        try:
            if request.rid:
                link.load("linkrid").note(link.node, request, ended)
        except MemoryError:  # what is not remembered is unknown from here on
            link.node.done, request.rid = False, None
    if not link.open:
        return
    try:
        await leave(link, request, line)
    except MemoryError:
        await leave(link, request, b'"error":"refused","text":"not enough memory"')


async def leave(link, request, line):
    """Send it, in pieces if need be; what is an error voids what went before."""
    if len(line) + 16 > _LINE:
        for at in range(5, len(line), 512):  # behind "ok":
            await link.chunk(request, line[at : at + 512])
        line = b'"ok":null'
    if request.hash and line[:5] == b'"ok":':
        line += b',"size":%d,"sha256":"%s"' % (request.sent, hexlify(request.hash.digest()))
    await link.send(b'{"id":%d,%s}' % (request.id, line))


def told(link, value):
    """What stands behind the id, of a value."""
    return b'"ok":' + link.load("asjson").json_text(value).encode()


def worded(kind, value):
    """The same, of what went wrong."""
    kind, *more = kind.split(" ")
    line = '"error":"%s","text":%s' % (kind, json.dumps(value[:_WORDS]))
    if more:
        line += ',"type":"%s"' % more[0]
    if more[1:]:
        line += ',"wait":%s' % more[1]
    if kind == "fault":
        line += ',"type":%s' % json.dumps(value.partition(":")[0][:40])
    return line.encode()
