"""A file of a release arrives: beside, hashed as the flash holds it, renamed. Loaded for it."""

import os

from core.errors import CommandError
from core.once import once


async def put(link, request):
    """Take a file that the manifest names."""
    given = request.given
    slot = once("steps").staged(link.node, given)
    file = [given.get("name"), given.get("size"), given.get("sha256")]
    if file not in expected(slot):
        raise CommandError("expected a file as the manifest names it, got '%s'" % file[0])
    path, store = slot + "/" + file[0], once("store")
    once("slotted").room(path)
    store.remove(path)  # one that is sent again: both may not have room
    try:
        with open(path + ".part", "wb") as target:
            left = file[1]
            while left:
                part = await link.part(request)
                target.write(part)
                left -= len(part)
        if await once("digest").digest(path + ".part") != file[2]:
            raise CommandError("'%s' has another sha256 on the flash than was told" % file[0])
        os.rename(path + ".part", path)
    except OSError as error:
        raise CommandError("'%s' cannot be written: %r" % (file[0], error))
    finally:
        store.remove(path + ".part")
    return True


def expected(slot):
    """Return the files that the release is made of, as long as its manifest is not in force."""
    text = once("slotted").content(slot + "/manifest.part")
    if not text:
        raise CommandError("no file is expected any more: commit, or begin again")
    return once("refusing").manifest(text)["files"]
