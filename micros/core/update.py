"""Update over the air: the op of the link, its steps in a table. Loaded for one step.

A release comes whole into the slot that does not run. `node.staged` is [token, whole?] of the one
that is coming, `node.step` the step that runs: there is one at a time. `node.trial` is [timer,
unattended?] in a start that is a trial, else None. Of firmware: see core/firmware.py.
"""

from core.errors import CommandError
from core.once import once

OPS = {  # step: file with the function of that name, which takes (link, request)
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
    if type(step) is not str or step not in OPS:
        raise CommandError("expected a step (%s), got %r" % (", ".join(sorted(OPS)), step))
    if step == "begin" and link.node.port.LEAF:  # before what is too large for it is loaded
        raise CommandError("this board takes single files and the cable only")
    work = getattr(link.load(OPS[step]), step)
    if step == "status":
        return work(link.node)
    return await once("steps").alone(link.node, step, work, link, request)
