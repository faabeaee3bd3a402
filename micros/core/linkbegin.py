"""What a line of the link asks for is begun. Loaded for one."""

from micropython import const

_HIGHEST = const(0x3FFFFFFF)  # id
_OPEN = const(" hello login proof ")  # before login
_LACK = const('not enough memory","type":"unbegun')
# Each op with the file whose function of that name does it. It takes (link, request).
OPS = {
    "hello": "linkrun",
    "login": "linkwait",
    "proof": "linkwait",
    "run": "linkrun",
    "call": "linkrun",
    "cancel": "linkcancel",
    "text": "linktext",
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


class Request:
    """What one line asked for: id, op, its file, given (its JSON, of which nothing is checked).

    seq is the number of its line. No methods: they would keep this file.
    """

    task = data = turn = rid = hash = raw = step = None
    taken = sent = 0  # bytes of its payload that came, of its answer that went
    over = False  # its work is done, it is being answered
    stays = False  # it runs on when the connection ends
    waits = False  # for the next piece of its payload


def begin(link, text):
    """Begin what a line asks for, or tell why not."""
    try:
        given = link.load("linkjson").read(text)
    except MemoryError:
        number = text[text.find(b'"id"') + 5 :].lstrip().split(b",")[0]
        return refusal(link, number.decode(), "refused", _LACK)
    owed = link.session.half_open and link.session.mode != "off"
    number = given.get("id") if isinstance(given, dict) else None
    if type(number) is not int or not 0 <= number <= _HIGHEST:
        return refusal(link, 0, "refused", "expected JSON with an id of 1 to 1073741823, 8 deep")
    op = given.get("op")
    if not isinstance(op, str) or (op in ("login", "proof")) != (number == 0):
        op = None
    if owed and " %s " % op not in _OPEN:
        return refusal(link, number, "auth", "expected hello or a login")
    if op not in OPS:
        return refusal(link, number, "refused", "expected an op that this release knows")
    if number in [request.id for request in link.requests if not request.over]:
        return refusal(link, 0, "refused", "expected a new id: %d is in use" % number)
    if len(link.requests) >= link.most + (op == "cancel"):
        return refusal(link, number, "busy", "expected at most %d at a time" % link.most)
    request = Request()
    request.id, request.op, request.file, request.given = number, op, OPS[op], given
    request.seq = link.got - 1
    if op == "text" and link.requests:
        return refusal(link, number, "busy", "expected no other request")
    if not number or op == "text":  # done at once: it decides what the next line means
        request.line = text
        return link.later, request.file, op, request
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
