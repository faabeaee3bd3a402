"""Lines that nobody waits for: of hooks, timers, pins and the clock. Loaded for a line.

While events are on it stays in memory: they may come many times a second.
"""

from core.executor import parse


async def call_line(executor, line, origin):
    """Run the commands of a line one after the other; the last error, which is logged, or None."""
    kind, commands = await executor.guard(origin, parse, line)
    if kind:
        executor.log.error("%s: %s" % (origin, commands))
        return commands
    error = None
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
