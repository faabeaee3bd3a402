"""A file comes over the link: the first step. Loaded for it."""

import os

from core.once import once


async def put(link, request):
    """The op: a file comes beside the one that bears its name, in whose place it will be."""
    name = once("names").changeable(link.node, request.given)
    once("shadow").check(name)
    there = once("room").begun(name, request.given)
    request.name = name  # from here on nobody else puts it
    # Where the first chunk lies says whether what came before a cut is wanted.
    if 0 < there < request.given["size"] and await link.coming(request) != there:
        os.remove(name + ".part")
        there = 0
    request.taken = there
    file = "receive"
    request.step = link.later, file, "receive", request
