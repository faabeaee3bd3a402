"""What is told of firmware on trial: how a start found it, why it was left. Loaded for that."""

from core.errors import CommandError
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
        ota = once("fwparts").port(node)
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


def trial(node):
    """Return the sentence about the trial that goes on."""
    left = max(_TRIAL - node.clock.uptime(), 0)
    return "firmware in %s is on trial for %d s: confirm it" % (node.trial[2], left)


def reason(failed):
    """Return why firmware was left."""
    return _WORDS[failed[-1] - _FIRST]
