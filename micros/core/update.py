"""Update over the air: the op of the link, its steps in a table. Loaded for one step.

A release comes whole into the slot that does not run. `node.staged` is [token, whole?] of the one
that is coming, `node.step` the step that runs: there is one at a time. `node.trial` is [timer,
unattended?] in a start that is a trial, else None. Of firmware: see core/firmware.py.
"""

from core.errors import CommandError, LinkError

_STEPS = {  # step: file with the function of that name, which takes (link, request)
    "begin": "staging",
    "put": "arriving",
    "manifest": "sealing",
    "commit": "sealing",
    "status": "verdict",
    "confirm": "deciding",
    "back": "deciding",
    "firmware": "firmware",
}


async def update(link, request):
    """Do the step of a request; one that only looks may be asked for at any time."""
    step = request.given.get("step")
    if type(step) is not str or step not in _STEPS:
        raise CommandError("expected a step (%s), got %r" % (", ".join(sorted(_STEPS)), step))
    work = getattr(link.load(_STEPS[step]), step)
    if step == "status":
        return work(link.node)
    return await alone(link.node, step, work, link, request)


async def alone(node, step, work, *arguments):
    """Do a step unless another one runs: two at a time would mix."""
    if node.step:
        raise LinkError("the step '%s' of an update is running" % node.step, "busy", 1)
    node.step = step
    try:
        return await work(*arguments)
    finally:
        node.step = None


def other(node):
    """Return the slot that does not run."""
    return "b" if node.slot == "/a" else "a"


def staged(node, given):
    """Return the folder that a release comes into; refuse what names another token."""
    if not node.staged or given.get("token") != node.staged[0]:
        raise LinkError("this token is void: begin again", "refused", 0, "token")
    return "/" + other(node)
