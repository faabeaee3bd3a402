"""What is told of releases: which one is on trial, which one failed, and why. Loaded for it."""

from core.once import once
from micropython import const

_TRIAL = const(600)  # seconds
_UP = const(60)  # seconds after which a node can be well
_WORDS = (  # the last number of a record's `failed`, see /slots too
    "no confirm came",
    "it could not be started",
    "it crashed",
    "it was turned back by hand",
)
_FAULT = const((2, 3))
_FIRMWARE = const(10)  # its codes are above, see core/fwtold.py


def status(node):
    """Return what there is to know of an update."""
    record, trial, failed = node.slots("newest") or {}, None, None
    if node.trial and not node.trial[2:]:
        left = max(_TRIAL - node.clock.uptime(), 0)
        trial = {"slot": node.slot[1:], "tries": record.get("tries"), "left": left}
        trial["auto"] = bool(node.trial[1])
    failed = record.get("failed") or None
    if failed and failed[-1] > _FIRMWARE:
        failed = None
    return {
        "slot": node.slot[1:],
        "release": node.release,
        "trial": trial,
        "failed": failed and failed[:-1],
        "reason": failed and reason(failed),
        "back": way(node, record),
        "healthy": unwell(node),
        "step": node.step,
    }


def unwell(node):
    """Return the seconds until the node may be well, 0 when it is."""
    left = _UP - node.clock.uptime()
    return left if left > 0 else 5 if node.missing or node.safe else 0


def way(node, record):
    """Return the release that `back` would go to; its files are looked at when it does."""
    if node.trial or record.get("trial") or not record.get("back"):
        return []
    try:
        there = once("release").facts("/" + once("steps").other(node))["release"]
    except (OSError, ValueError):
        return []
    return there if there == record["back"] else []


def trial(node):
    """Return the sentence about the trial that goes on."""
    if node.trial[2:]:
        return once("fwtold").trial(node)
    left = max(_TRIAL - node.clock.uptime(), 0)
    return "release %s is on trial for %d s: confirm it" % (node.version, left)


def told(failed):
    """Return the sentence about a release, or firmware, that was left."""
    if failed[-1] > _FIRMWARE:
        return "the new firmware failed and was left: " + once("fwtold").reason(failed)
    name = "%d.%d.%d-%d" % tuple(failed[:-1]) if len(failed) == 5 else "in the other slot"
    return "release %s failed and was left: %s" % (name, reason(failed))


def reason(failed):
    """Return why a release was left; the crash record has more words."""
    words = _WORDS[failed[-1] - 1] if 0 < failed[-1] <= len(_WORDS) else "for an unknown reason"
    if failed[-1] not in _FAULT:
        return words
    text = once("held").content("/crashes").rstrip("\x1e").split("\x1e")[-1].strip()
    if " on trial" not in text:
        return words  # something else has crashed since
    named = text.rpartition("LM_")[2].split('"')[0].split(".")[0] if "LM_" in text else ""
    last = text.split("\n")[-1][:160]
    return "%s: %s%s" % (words, last, " in module '%s'" % named if named else "")
