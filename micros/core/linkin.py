"""What comes over the link: a line is checked and read, and its request begun. Loaded for one."""

import json

from micropython import const

_TAG = const(22)  # characters
_DEEPEST = const(8)
_LARGEST = const(1024)  # bytes of a payload
_HIGHEST = const(0x3FFFFFFF)  # id
_LONGEST = const(1024)  # bytes of a line
_STRANGERS = const(256)  # of one before login
_OPEN = const(" hello login proof ")  # before login


def take(link, line, payload=b""):
    """Check one line and begin what it asks for.

    Return a coroutine of what is still to be done, or of how many bytes a payload is to follow.
    """
    session = link.session
    owed = session.half_open and session.mode != "off"
    if line is None or (owed and len(line) > _STRANGERS):
        session.open = False
        most = _STRANGERS if owed else _LONGEST
        return refusal(link, 0, "refused", "expected a line of at most %d bytes" % most)
    session.half_open = owed
    text = line[: -_TAG - 1] if link.keys else line
    given = read(link, text) if b'"at"' in text else None
    given = given if isinstance(given, dict) and "at" in given else None
    if given and not payload:
        size = given.get("size")
        if type(size) is int and 0 < size <= _LARGEST:
            return size
        session.open = False
        return refusal(link, 0, "refused", "expected a chunk of 1 to %d bytes" % _LARGEST)
    if link.keys:
        if line[len(text) :] != b" " + link.twice(link.tag, 0, text, payload):
            session.open = False
            link.node.log.warn("link of %s: a tag is wrong" % session.address)
            return None
        link.got += 1
    try:
        return hand_over(link, given, payload) if given else begin(link, text, owed)
    except MemoryError:
        number = text[text.find(b'"id"') + 5 :].lstrip().split(b",")[0]
        return refusal(link, number.decode(), "refused", "not enough memory")


def hand_over(link, chunk, payload):
    """Give a payload to its request; that of one that has ended is dropped."""
    for request in link.requests:
        if request.id == chunk.get("id") and "size" in request.given and not request.over:
            return link.load("linkpart").give(request, chunk["at"], payload)
    return None


def read(link, text):
    """The JSON of a line, None where it is none."""
    brackets = text.count(b"[") + text.count(b"{")
    if brackets > _DEEPEST and link.load("linkdeep").depth(text) > _DEEPEST:
        return None
    try:
        return link.twice(parsed, text)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        return None


def parsed(text):
    return json.loads(text.decode())


def begin(link, text, owed):
    """Begin what a line asks for, or tell why not."""
    given, shared = read(link, text), link.node.link
    number = given.get("id") if isinstance(given, dict) else None
    if type(number) is not int or not 0 <= number <= _HIGHEST:
        return refusal(link, 0, "refused", "expected JSON with an id of 1 to 1073741823, 8 deep")
    op = given.get("op")
    if not isinstance(op, str) or (op in ("login", "proof")) != (number == 0):
        op = None
    if owed and " %s " % op not in _OPEN:
        return refusal(link, number, "auth", "expected hello or a login")
    if op not in shared.OPS:
        return refusal(link, number, "refused", "expected an op that this release knows")
    if number in [request.id for request in link.requests if not request.over]:
        return refusal(link, 0, "refused", "expected a new id: %d is in use" % number)
    if len(link.requests) >= link.most + (op == "cancel"):
        return refusal(link, number, "busy", "expected at most %d at a time" % link.most)
    request = shared.Request()
    request.id, request.op, request.given = number, op, given
    request.seq = link.got - 1
    if not number:  # a login is done at once: it decides what the next line means
        request.line = text
        return link.work(request)
    link.requests.append(request)
    try:
        request.task = link.node.tasks.spawn(link.perform(request))
    except MemoryError:
        link.requests.remove(request)
        raise
    return None


def refusal(link, number, kind, text):
    """A coroutine that tells it."""
    line = '{"id":%s,"error":"%s","text":"%s"}' % (number, kind, text)
    return link.send(line.encode())
