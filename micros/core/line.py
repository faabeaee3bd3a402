"""Lines that nobody waits for: of hooks, timers, pins and the clock. Loaded for a line.

While events are on it stays in memory: they may come many times a second.
"""

from core.executor import parse
from core.once import once


async def call_line(executor, line, origin):
    """Run the commands of a line one after the other; the last error, which is logged, or None.

    Where one of them cannot be read, the others run all the same.
    """
    error = None
    kind, commands = await executor.guard(origin, parse, line)
    if kind:
        pieces = [piece for piece, _ in once("cron").pieces(line)]
        if len(pieces) < 2:
            executor.log.error("%s: %s" % (origin, commands))
            return commands
        for piece in pieces:
            error = await call_line(executor, piece, origin) or error
        return error
    for command in commands:
        kind, value = await executor.guard(origin, executor.perform, command)
        error = value if kind else error
        if kind == "refused":
            executor.log.error("%s: %s" % (origin, value))
    return error


def background(executor, command, call):
    """Start a command whose answer nobody waits for."""
    tag = command.module + "." + command.function
    wait, interval = (0, command.delay) if command.repeat else (command.delay, None)
    executor.tasks.start(tag, call, wait, interval)
    return tag + ": started"
