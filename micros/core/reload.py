"""A load module whose file has changed: the next call runs the new one. Loaded for that."""

import os

from core.errors import CommandError
from core.once import once


async def reload(node, name):
    """Let the old one go with all it has, where a load module of a person bears this name."""
    folder, _, file = name.rpartition("/")
    module, _, ending = file.partition(".")
    if folder != node.modules.own or module[:3] != "LM_" or ending not in ("py", "mpy"):
        return
    other = "%s/%s.%s" % (folder, module, "mpy" if ending == "py" else "py")
    try:
        os.stat(name)
        os.remove(other)  # a .py would run before the .mpy beside it, however old it is
    except OSError:
        pass
    await release(node, module[3:])


async def release(node, module):
    """End what a module has begun, and those that imported it; the names of all of them."""
    names = [module]
    for name in names:
        names += [other for other in once("importers").importers(name) if other not in names]
    for name in reversed(names):  # none is to call one that has ended
        await end(node, name)
    if len(names) > 1:
        node.log.info("unloaded " + ", ".join(names))
    return names


async def end(node, module):
    """End what a module has started, let its pins rest, forget it."""
    tasks = node.tasks
    for pattern in (module, module + ".*"):
        if [job for job in tasks.jobs if job.tag.partition(".")[0] == module]:  # it may be large
            try:
                await once("task").kill(tasks, pattern)
            except CommandError:
                pass  # there are none of these
    for resource, turn in list(tasks.turns.items()):
        if moves(node, module, resource):
            turn.given_up = True  # its caller is told so, and goes on
            turn.handle.cancel()
            await once("only").ended(tasks, turn.handle)
    once("resting").rest(node, module)
    node.executor.running = None  # it would hold the old one
    try:
        node.modules.unload(module)
    except CommandError:
        pass  # it has not been called yet


def moves(node, module, resource):
    """Is it this module that moves the resource: by its name, or by a pin it has taken?"""
    if resource == module or str(resource).startswith(module + "."):
        return True
    try:
        number = once("pins").number(node, resource) if isinstance(resource, str) else resource
    except CommandError:
        return False
    return node.taken.get(number) == module
