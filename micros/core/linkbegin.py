"""What a line of the link asks for is begun, beside what runs already. Loaded for one."""

from micropython import const

_LACK = const('not enough memory","type":"unbegun')
# Each op with the file whose function of that name does it. It takes (link, request).
# login, proof and text, which change what the next line means, are begun in core/linkopen.py.
OPS = {
    "hello": "linkrun",
    "run": "linkrun",
    "call": "linkrun",
    "cancel": "linkcancel",
    "ls": "ls",
    "stat": "files",
    "hash": "digest",
    "get": "get",
    "put": "put",
    "remove": "files",
    "mkdir": "files",
    "rename": "files",
    "conf": "linkconf",
    "watch": "watch",
    "update": "update",
}


def begin(link, request):
    """Begin it, or tell why not."""
    number, op, session = request.id, request.op, link.session
    if not isinstance(op, str) or not number:
        op = None
    if session.half_open and session.mode != "off" and op != "hello":
        return refusal(link, number, "auth", "expected hello or a login")
    if op not in OPS:
        return refusal(link, number, "refused", "expected an op that this release knows")
    if number in [other.id for other in link.requests if not other.over]:
        return refusal(link, 0, "refused", "expected a new id: %d is in use" % number)
    if len(link.requests) >= link.most + (op == "cancel"):
        return refusal(link, number, "busy", "expected at most %d at a time" % link.most)
    request.file = OPS[op]
    link.requests.append(request)
    try:
        request.task = link.node.tasks.spawn(link.perform(request))
    except MemoryError:
        link.requests.remove(request)
        return refusal(link, number, "refused", _LACK)
    return None


def refusal(link, number, kind, text):
    """A coroutine that tells it."""
    line = '{"id":%s,"error":"%s","text":"%s"}' % (number, kind, text)
    return link.send(line.encode())
