"""Firmware on trial stays, once somebody who has logged in says so. Loaded for a request."""

from core.errors import CommandError
from core.once import once
from micropython import const

_TRIAL = const(600)  # seconds
_OTHERS = const(10)  # codes in the record's `failed` up to this are those of releases


async def status(link, _):
    """Return what there is to know."""
    node, parts = link.node, once("fwparts")
    here, there = parts.port(node).places()
    ota, failed = parts.port(node), (node.slots("newest") or {}).get("failed") or [0]
    trial = len(node.trial or ()) > 2 and {"left": max(_TRIAL - node.clock.uptime(), 0)}
    return {
        "partition": ota.named(here),
        "room": ota.room(there) if there else 0,
        "trial": trial or None,
        "reason": once("fwtold").reason(failed) if failed[-1] > _OTHERS else None,
        "healthy": once("verdict").unwell(node),
    }


async def confirm(link, request):
    """Let the firmware stay: asked by who has logged in, on a connection since its start."""
    node, parts = link.node, once("fwparts")
    ota, wanted = parts.port(node), request.given.get("partition")
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
        raise CommandError(said, "refused early %d" % left)
    try:
        ota.stay()
        record = node.slots("newest")
        kept = dict(record, trial=None, tries=0, failed=None)
        node.slots("write", kept, True, node.trial[0])
    except OSError as error:
        raise CommandError("it cannot be written that it stays: %r" % error)
    once("survivor").ended(node)
    return "confirmed"
