"""The op `text`: a link that is proven goes on as a text session. Loaded for one.

It is for a program that was refused for want of memory: a text session needs much less.
"""


async def text(link, request):
    """Answer, and end the link; the server goes on with its session, that owes no password."""
    session = link.session
    if link.most > 2:  # so nobody between talks a roomy node out of its tags
        said = b'{"id":%d,"error":"refused","text":"this node has memory for the link"}'
        await link.send(said % request.id)
        return
    if link.requests:
        await link.send(b'{"id":%d,"error":"busy","text":"expected no other request"}' % request.id)
        return
    session.owed = None  # neither owed nor given by text: so the server knows
    session.half_open = False
    session.ask()
    await link.send(b'{"id":%d,"ok":true}' % request.id)
    link.open = False
