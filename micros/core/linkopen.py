"""The request of a line of the link: what needs little memory goes ahead, the rest is checked on.

Loaded for one. A login, `hello` and `text` must do where there is hardly any memory left.
"""

from micropython import const

_HIGHEST = const(0x3FFFFFFF)  # id


class Request:
    """What one line asked for: id, op, its file, given (its JSON, of which nothing is checked).

    seq is the number of its line. No methods: they would keep this file.
    """

    task = data = turn = rid = hash = raw = step = None
    taken = sent = 0  # bytes of its payload that came, of its answer that went
    over = False  # its work is done, it is being answered
    stays = False  # it runs on when the connection ends
    waits = False  # for the next piece of its payload


def begin(link, read):
    """Hand on to what does it, or to the checks of all that runs beside each other."""
    given, text = read
    number = given.get("id") if isinstance(given, dict) else None
    if type(number) is not int or not 0 <= number <= _HIGHEST:
        why = b"expected JSON with an id of 1 to 1073741823, 8 deep"
        return link.send(b'{"id":0,"error":"refused","text":"%s"}' % why)
    request = Request()
    request.id, request.given, request.op = number, given, given.get("op")
    request.seq = link.got - 1
    op, session = request.op, link.session
    if not number and op in ("login", "proof"):  # they decide what the next line means
        request.line = text
        file = "linkwait"
        return link.later, file, op, request
    if number and op == "hello" and not link.requests:
        said = session.answer(op).encode()
        return link.send(b'{"id":%d,"ok":"%s"}' % (number, said))
    if number and op == "text" and not (session.half_open and session.mode != "off"):
        file = "linktext"
        return link.later, file, op, request
    file = "linkbegin"
    return link.later, file, "begin", request
