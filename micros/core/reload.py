"""A load module whose file has changed: the next call runs the new one. Loaded for that."""

import os
import sys

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
        names += [other for other in importers(name) if other not in names]
    for name in names:
        await end(node, name)
    if len(names) > 1:
        node.log.info("unloaded " + ", ".join(names))
    return names


def importers(module):
    """Return the loaded modules that hold another one: they would go on with the old one."""
    held = sys.modules.get("LM_" + module)
    found = []
    for name, other in sys.modules.items():
        if held and other is not held and name[:3] == "LM_":
            for value in other.__dict__.values():
                if value is held or getattr(value, "__globals__", None) is held.__dict__:
                    found.append(name[3:])
                    break
    return found


async def end(node, module):
    """End what a module has started, let its pins rest, forget it."""
    tasks = node.tasks
    for pattern in (module, module + ".*"):
        try:
            await once("task").kill(tasks, pattern)
        except CommandError:
            pass  # there are none
    for resource, turn in list(tasks.turns.items()):
        if moves(node, module, resource):
            turn.given_up = True  # its caller is told so, and goes on
            turn.handle.cancel()
            await once("only").ended(tasks, turn.handle)
    before = [key for key in node.taken if key != "i2c" and key >= 0]
    release_pins = once("pulsing").release
    release_pins(node, module)
    users = node.taken.get("i2c", ())
    if module in users:
        users.remove(module)
        if not users:
            del node.taken["i2c"]
            release_pins(node, "i2c")
    for number in before:
        if number not in node.taken:
            rest(node, number)
    node.executor.running = None  # it would hold the old one
    try:
        node.modules.unload(module)
    except CommandError:
        pass  # it has not been called yet


def rest(node, number):
    """Let a pin rest as it does after a reset: nothing drives it."""
    try:
        node.port.pin(number, "in")
    except ValueError:
        pass  # the analog input of an ESP8266 is nothing else


def moves(node, module, resource):
    """Is it this module that moves the resource: by its name, or by a pin it has taken?"""
    if resource == module or str(resource).startswith(module + "."):
        return True
    try:
        number = once("pins").number(node, resource) if isinstance(resource, str) else resource
    except CommandError:
        return False
    return node.taken.get(number) == module
