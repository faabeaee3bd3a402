"""What the steps of an update share: one at a time, one slot, one token. Loaded for a step."""

from core.errors import LinkError


async def alone(node, step, work, *arguments):
    """Do a step unless another one runs: two at a time would mix."""
    if node.step:
        raise LinkError("the step '%s' of an update is running" % node.step, "busy step 1")
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
        raise LinkError("this token is void: begin again", "refused token")
    return "/" + other(node)
