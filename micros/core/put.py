"""A file comes over the link. Loaded for as long as that takes."""

from core.once import once


async def put(link, request):
    """Take a file: beside the one that bears its name, and in its place when it is whole."""
    node, given = link.node, request.given
    name = once("names").changeable(node, given)
    once("shadow").check(name)
    there = once("room").begun(name, given)
    node.arriving += (name,)
    try:
        await once("receive").receive(link, request, name, there)
    finally:
        node.arriving = tuple([other for other in node.arriving if other != name])
    await once("reload").reload(node, name)
    return True
