"""The begin of a link. Loaded when the first byte of a connection shows that a program talks."""

from core.once import once
from micropython import const

_LEAF = const("port.esp8266")


def begin(session, data):
    """The session is a link from here on; `data` has come already."""
    node = session.node
    shared = node.link or once("link")
    link = shared.Link()
    link.session, link.node, link.rest, link.requests = session, node, data, []
    link.most = 2 if node.port.file == _LEAF else 8  # requests; to ask the chip takes memory
    node.link, session.link = shared, link
