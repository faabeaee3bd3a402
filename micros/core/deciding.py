"""What becomes of a release on trial, and the way back to the one before. Loaded for a decision."""

from core.errors import CommandError
from core.once import once
from micropython import const

_PATIENCE = const(600)  # seconds a trial waits for its confirm; that of /slots ends it later
_NO_CONFIRM = const(1)  # see core/verdict.py
_BY_HAND = const(4)


async def confirm(link, request):
    """Let the release stay: asked by who has logged in, on a connection since its start."""
    node, release = link.node, request.given.get("release")
    if release != node.release:
        raise CommandError("expected release %s, which runs, got %s" % (node.release, release))
    if not link.keys:
        raise CommandError("expected a login on this connection before it confirms a release")
    if not node.trial:
        return "already so"
    if node.trial[2:]:
        raise CommandError("firmware is on trial, no release: confirm that")
    left = once("verdict").unwell(node)
    if left:
        why = "the release has to be up a minute and well: %d s left" % left
        raise CommandError(why, "refused early %d" % left)
    await stay(node)
    return "confirmed"


async def stay(node):
    """End the trial: this release runs from now on, the one before is the way back."""
    record = node.slots("newest")
    before = await once("slotted").whole("/" + record["run"])
    turned = {"run": node.slot[1:], "trial": None, "tries": 0, "failed": None}
    try:
        node.slots("write", dict(record, back=before, auto=0, **turned), True, node.trial[0])
    except OSError as error:
        raise CommandError("the boot record cannot be written: %r" % error)
    once("survivor").ended(node)


async def back(link, _):
    """Go back to the release before; in a trial that ends it."""
    return await turn(link.node)


async def turn(node):
    """Write who is to start, then restart; return what is to be said."""
    record = once("steps").record_of(node)
    if node.trial:
        if not end(node, _BY_HAND, False):
            raise CommandError("the boot record cannot be written: nothing has changed")
        release = once("release").facts("/" + record["run"])["release"]
    elif record["trial"]:
        raise CommandError("a release is about to go on trial", "refused trial")
    else:
        other = once("steps").other(node)
        release = await once("slotted").whole("/" + other)
        if not release or release != record["back"]:
            why = "an update has begun since" if record["back"] else "no update has come yet"
            raise CommandError("there is no release to go back to: " + why)
        try:
            node.slots("write", dict(record, run=other, back=node.release))
        except OSError as error:
            raise CommandError("the boot record cannot be written: %r" % error)
    once("steps").leave(node)
    return "back to %d.%d.%d-%d" % tuple(release)


def end(node, code, restart=True):
    """End the trial: the release or the firmware before starts again; tell if that is written."""
    record, firmware = node.slots("newest"), node.trial[2:]
    failed = [code + 10] if firmware else node.release + [code]
    try:
        written = node.slots("write", dict(record, trial=None, tries=0, failed=failed)) is None
    except OSError as error:  # then /slots ends it, when its tries are used up
        node.log.error("update: the boot record cannot be written: %r" % error)
        written = False
    if restart:
        node.restart()
    return written


def look(node):
    """Every ten seconds of a trial: has it lasted too long, can it confirm itself?"""
    if node.clock.uptime() >= _PATIENCE:
        return end(node, _NO_CONFIRM)
    network = node.network
    if not node.trial[1] or node.step or once("verdict").unwell(node):
        return None
    if node.misses == 0 and network.mode == "sta" and network.address:
        work = once("steps").alone
        node.tasks.spawn(node.executor.guard("update", work, node, "confirm", stay, node))
    elif not node.asking:
        once("health").ask(node)
    return None
