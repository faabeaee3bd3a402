"""What comes over the link: a line is checked, and read in the next file. Loaded for one."""

from micropython import const

_TAG = const(22)  # characters
_LONGEST = const(1024)  # bytes of a line
_STRANGERS = const(256)  # of one before login


def take(link):
    """Check a line and its payload, and say what is to be done: a coroutine, or a call of it.

    None for a line whose payload is still to come: then it is taken again.
    """
    session, line, payload = link.session, link.head, link.rest[: link.size]
    owed = session.half_open and session.mode != "off"
    if len(line) > (_STRANGERS if owed else _LONGEST):
        return link.shut("expected a line of at most %d bytes" % (_STRANGERS if owed else _LONGEST))
    session.half_open = owed
    text = line[: -_TAG - 1] if link.keys else line
    chunk = None
    if b'"at"' in text:
        chunk = link.load("linkjson").chunk(link, text)
        if chunk and not payload:
            link.size = chunk.get("size")
            if type(link.size) is int and 0 < link.size <= 1024:
                return None
            return link.shut("expected a chunk of 1 to 1024 bytes")
    # What may lack memory comes first: until the line counts it can be taken once more.
    work = link.load("linkgive") if chunk else None
    rest = link.rest[link.size :]
    if link.keys:
        shared = link.node.link
        tag = shared.hmac(link.keys[0], link.got.to_bytes(8, "big"), text, payload)[:16]
        if line[len(text) :] != b" " + shared.base64(tag):
            session.open = False
            link.node.log.warn("link of %s: a tag is wrong" % session.address)
            return None
        link.got += 1
    link.head, link.rest, link.size = None, rest, 0
    if chunk:
        return work.give(link, chunk, payload)
    file = "linkjson"
    return link.later, file, "begin", text
