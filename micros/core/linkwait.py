"""Before each step of a login on the link: must this address wait? Loaded for the answer.

The step itself is handed on to, so that little is in memory at a time.
"""

from core.once import once


def login(link, request):
    """The op: the first step."""
    file = "linkwho"
    return denied(link) or (link.later, file, "form", request)


def proof(link, request):
    """The op: the second one."""
    file = "linkproof"
    return denied(link) or (link.later, file, "check", request)


def wrong(link, _):
    """Count a wrong proof, as a wrong password on the text shell."""
    node, address = link.node, link.session.address
    rows = once("login")
    node.guesses = node.guesses or rows.guesses()
    rows.failed(node.guesses, address, node.clock.uptime())
    rows = None
    node.log.warn("a login from %s failed" % address)
    return denied(link, 1)  # a second may just have passed


async def right(link, request):
    """Who has proven it is let in: every line has a tag from here on."""
    rows, _, friends = link.node.guesses or ((), (), ())
    if rows or link.session.address not in friends[-1:]:
        kept = once("login")
        link.node.guesses = link.node.guesses or kept.guesses()
        kept.succeeded(link.node.guesses, link.session.address)
        kept = None
    await link.send(link.proven)
    link.proven, link.keys, link.session.half_open = (), request.keys, False


def denied(link, least=0):
    """Who must wait is told how long, and the connection ends; None for who need not."""
    node = link.node
    if not least and not (node.guesses and (node.guesses[0] or node.guesses[1])):
        return None  # nobody has failed: what counts need not be loaded
    rows = once("login")
    node.guesses = node.guesses or rows.guesses()
    wait = rows.owed_wait(node.guesses, link.session.address, node.clock.uptime())
    wait = max(wait, least)
    if not wait:
        return None
    link.session.open = False
    return link.send(b'{"id":0,"error":"auth","wait":%d}' % wait)
