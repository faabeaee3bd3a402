"""The form of the first line of a login on the link. Loaded for it."""

import re

from micropython import const

_WHO = const("^[A-Za-z0-9_-]+$")
_CHALLENGE = const(22)  # characters


def form(link, request):
    """Refuse what no login begins with, hand on what does."""
    given = request.given
    who, theirs = given.get("who"), given.get("c")
    if type(given.get("v")) is not int or given["v"] != 1:
        return link.shut("expected version 1 of the login")
    if not isinstance(who, str) or len(who) > 16 or not re.match(_WHO, who):
        return link.shut("expected who of 1 to 16 letters, digits, _ and -")
    if not isinstance(theirs, str) or len(theirs) != _CHALLENGE:
        return link.shut("expected c of 22 characters")
    if link.proven is not None:
        return link.shut("expected one login on a connection")
    request.given = None
    if not link.node.secrets.get("k"):
        file = "linkkey"
        return link.later, file, "make", request
    file = "linklogin"
    return link.later, file, "greet", request
