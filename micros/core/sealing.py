"""A release has come: its manifest is put in force, then it goes on trial. Loaded for this."""

import os
from binascii import hexlify
from hashlib import sha256

from core.errors import CommandError
from core.once import once


async def manifest(link, request):
    """Put the manifest in force, remove what it does not name, and look at every file again."""
    node, store, slotted = link.node, once("store"), once("slotted")
    slot = once("steps").staged(node, request.given)
    path = slot + "/manifest."
    text = slotted.content(path + "part") or slotted.content(path + "json")
    found = once("refusing").manifest(text)
    files = found["files"]

    async def told(index):
        await link.event(request, {"done": index, "of": len(files)})

    node.staged[1] = False
    missing = [name for name, size, _ in files if slotted.size(slot + "/" + name) != size]
    if missing:
        said = "%d files are missing, '%s' is the first: send them"
        raise CommandError(said % (len(missing), missing[0]))
    try:
        os.rename(path + "part", path + "json")
    except OSError:
        pass  # it was, and the answer got lost
    named = {slot + "/" + name for name, _, _ in files}
    for stray, _ in slotted.files(slot):
        if stray not in named and stray != path + "json":
            store.remove(stray)
    wrong = await slotted.wrong(slot, files, told)
    if wrong or len(slotted.files(slot)) != len(files) + 1:
        os.rename(path + "json", path + "part")
        raise CommandError("'%s' is not as it was sent: begin again" % wrong, "refused token")
    node.staged[1] = True
    return {"release": found["release"], "files": len(files)}


async def commit(link, request):
    """Let the release start, on trial: one write of the record, then a planned reset."""
    node, token = link.node, request.given.get("token")
    record = once("steps").record_of(node)
    if not node.staged or node.staged[0] != token or record["trial"]:
        return already(node, record, token)
    if not node.staged[1]:
        raise CommandError("expected the step 'manifest' before this one")
    once("store").remove("/crash")  # what is found there later is of this trial
    auto = int(request.given.get("auto") is True)
    trial = {"trial": once("steps").other(node), "tries": 0, "failed": None, "back": []}
    if not node.slots("attempt", dict(record, auto=auto, **trial)):
        raise CommandError("the boot record cannot be written: nothing has changed")
    once("steps").leave(node)
    return "committed"


def already(node, record, token):
    """Tell of a release that it is on trial or runs already; its token ends with the manifest's."""
    slot = "/" + (record["trial"] or node.slot[1:])
    text = once("slotted").content(slot + "/manifest.json")
    if type(token) is str and hexlify(sha256(text).digest()[:8]).decode() == token[8:]:
        return "already so"
    if record["trial"]:
        raise CommandError("another release is on trial", "refused trial")
    raise CommandError("this token is void: begin again", "refused token")
