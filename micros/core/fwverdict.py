"""What becomes of firmware on trial. Loaded at a start in one, and for a request."""

from core.errors import CommandError, LinkError
from core.once import once
from micropython import const

_TRIAL = const(600)  # seconds
_FIRST = const(11)  # of the codes in the record's `failed`
_GONE = const(12)
_WORDS = (
    "no confirm came",
    "it did not start, or did not stay up",
    "",
    "it was turned back by hand",
)


def started(node, record):
    """At a start in a trial: is it the one on trial that runs, has it been confirmed?"""
    try:
        ota = once("firmware").port(node)
        runs, valid = ota.named(ota.places()[0]) == record["trial"], ota.valid()
    except (OSError, CommandError):
        runs = False
    if runs and not valid:
        return
    left = dict(record, trial=None, tries=0, failed=None if runs else [_GONE])
    try:
        node.slots("write", left, True, node.trial[0])
        record["failed"] = left["failed"]
    except OSError as error:  # the next start tries it again
        node.problems.append("the boot record cannot be written: %r" % error)
    node.trial = None


async def status(link, _):
    """Return what there is to know."""
    node, firmware = link.node, once("firmware")
    here, there = firmware.port(node).places()
    ota, failed = firmware.port(node), (node.slots("newest") or {}).get("failed") or [0]
    trial = len(node.trial or ()) > 2 and {"left": max(_TRIAL - node.clock.uptime(), 0)}
    return {
        "partition": ota.named(here),
        "room": ota.room(there) if there else 0,
        "trial": trial or None,
        "reason": reason(failed) if failed[-1] >= _FIRST else None,
        "healthy": once("verdict").unwell(node),
    }


async def confirm(link, request):
    """Let the firmware stay: asked by who has logged in, on a connection since its start."""
    node, firmware = link.node, once("firmware")
    ota, wanted = firmware.port(node), request.given.get("partition")
    name = ota.named(ota.places()[0])
    if wanted != name:
        raise CommandError("expected partition '%s', which runs, got %r" % (name, wanted))
    if not link.keys:
        raise CommandError("expected a login on this connection before it confirms firmware")
    if len(node.trial or ()) < 3:
        return "already so"
    left = once("verdict").unwell(node)
    if left:
        said = "the firmware has to be up and well: %d s left" % left
        raise LinkError(said, "refused", left, "early")
    try:
        ota.stay()
        record = node.slots("newest")
        kept = dict(record, trial=None, tries=0, failed=None)
        node.slots("write", kept, True, node.trial[0])
    except OSError as error:
        raise CommandError("it cannot be written that it stays: %r" % error)
    node.trial = None
    return "confirmed"


def trial(node):
    """Return the sentence about the trial that goes on."""
    left = max(_TRIAL - node.clock.uptime(), 0)
    return "firmware in %s is on trial for %d s: confirm it" % (node.trial[2], left)


def reason(failed):
    """Return why firmware was left."""
    return _WORDS[failed[-1] - _FIRST]
