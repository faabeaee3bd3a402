"""A release begins to come: what of it is there already, what is missing. Loaded for that step."""

import os
from binascii import hexlify
from hashlib import sha256

from core.errors import CommandError
from core.once import once
from micropython import const

_LONGEST = const(16384)  # bytes of a manifest
_RESERVE = const(16)  # blocks that are left for settings and their copies


async def begin(link, request):
    """Take a manifest; return the token for what follows, and which files are missing."""
    node = link.node
    once("steps").refusable(node)
    text = await received(link, request)
    found = once("refusing").manifest(text)
    once("refusing").check(node, found, request.given.get("force") is True)
    slot, files = "/" + once("steps").other(node), found["files"]

    async def told(index):
        await link.event(request, {"done": index, "of": 2 * len(files)})

    right = [file for file in await there(slot, files, told)]
    clear(node, slot, right, [file for file in files if file not in right], text)
    count = await copy(node.slot, slot, files, right, told)
    node.staged = [hexlify(node.port.entropy(4) + sha256(text).digest()[:8]).decode(), False]
    return {
        "token": node.staged[0],
        "slot": slot[1:],
        "missing": [file[0] for file in files if file not in right],
        "kept": len(right) - count,
        "copied": count,
    }


async def received(link, request):
    """Return the payload, the bytes of a manifest."""
    size = request.given.get("size")
    if type(size) is not int or not 0 < size <= _LONGEST:
        raise CommandError("expected a manifest of 1 to %d bytes, got %r" % (_LONGEST, size))
    text, filled = bytearray(size), 0
    while filled < size:
        part = await link.part(request)
        text[filled : filled + len(part)] = part
        filled += len(part)
    if hexlify(sha256(text).digest()).decode() != request.given.get("sha256"):
        raise CommandError("the manifest has another sha256 than was told")
    return bytes(text)


async def there(slot, files, told):
    """Return those of the files that a slot holds already."""
    right, wrong, digest = [], once("slotted").wrong, once("digest").digest
    for index, file in enumerate(files):
        await told(index)
        if not await wrong(slot, [file], digest=digest):
            right.append(file)
    return right


def clear(node, slot, right, coming, text):
    """Refuse what has no room; then remove all that is not right, the manifest first."""
    store, keep = once("store"), {slot + "/" + file[0] for file in right}
    stale = [file for file in once("slotted").files(slot) if file[0] not in keep]
    space(slot, len(text), coming, [size for _, size in stale])
    node.staged = None
    store.remove(slot + "/manifest.json")  # from here on nothing starts this slot
    for path, _ in stale:
        store.remove(path)
    once("schemas").clear(node.config)
    path = slot + "/manifest.part"
    once("slotted").room(path)
    try:
        with open(path, "wb") as file:
            file.write(text)
    except OSError as error:
        raise CommandError("the manifest cannot be written: %r" % error)


async def copy(source, slot, files, right, told):
    """Copy what the running slot has; add it to what is right, return how many these are."""
    count, slotted, store, work = 0, once("slotted"), once("store"), once("digest")
    for index, file in enumerate(files):
        await told(len(files) + index)
        if file in right or await slotted.wrong(source, [file], digest=work.digest):
            continue
        path = slot + "/" + file[0]
        try:
            await slotted.copied(source + "/" + file[0], path + ".part", work.pieces)
            if await work.digest(path + ".part") == file[2]:
                os.rename(path + ".part", path)
                right.append(file)
                count += 1
        except OSError:
            pass  # then it is sent, and what is wrong is told there
        store.remove(path + ".part")
    return count


def space(slot, length, coming, going):
    """Refuse what does not fit, counted in blocks as the file system does.

    `coming` are the files to be written, `going` the sizes of those that are removed first.
    """
    block, _, _, free = os.statvfs("/")[:4]
    held = {path.rsplit("/", 1)[0] for path, _ in once("slotted").files(slot)}
    folders = {(slot + "/" + name).rsplit("/", 1)[0] for name, _, _ in coming} - held
    sizes = [size for _, size, _ in coming] + [length]
    needed = sum([-(-size // block) for size in sizes]) + 2 * len(folders) + _RESERVE
    free += sum([-(-size // block) for size in going])
    if needed > free:
        said = "the flash is too full: %d KB are needed, %d KB are free; nothing was changed"
        raise CommandError(said % (needed * block // 1024, free * block // 1024))
