"""Lines that nobody waits for: of hooks, timers, pins and the clock. Loaded for a line.

While events are on it stays where there is memory for it: they may come many times a second.
"""

from core.errors import CommandError
from core.executor import Executor, parse
from core.once import once
from micropython import const

_TOLD = const(4)  # errors of a line


class _Quiet:
    """The executor of what has failed a moment ago: errors are known and not logged again."""

    guard = Executor.guard

    def __init__(self, real):
        self.real, self.log = real, self

    def __getattr__(self, name):
        return getattr(self.real, name)

    def error(self, _):
        """Log nothing."""


async def call_line(executor, line, origin, loud=True):
    """Run the commands of a line one after the other; return what failed, which is logged, or None.

    Where one of them cannot be read, the others run all the same.
    """
    executor = executor if loud else _Quiet(executor)
    kind, found = await executor.guard(origin, parse, line)
    pieces = [piece for piece, _ in once("cron").pieces(line)] if kind else found
    if kind and len(pieces) < 2:
        executor.log.error("%s: %s" % (origin, found))
        return found
    errors = []
    for piece in pieces:
        if kind:
            error = await call_line(executor, piece, origin)
        else:
            failed, error = await executor.guard(origin, executor.perform, piece)
            if failed == "refused":
                executor.log.error("%s: %s" % (origin, error))
            error = error if failed else None
        if error and len(errors) < _TOLD:
            errors.append(error)
    return "; ".join(errors) or None


def run(node, line, origin):
    """Return a coroutine that runs the commands of a module; refuse what cannot be read."""
    if not parse(line):
        raise CommandError("commands: expected at least one, got '%s'" % line)
    return call_line(node.executor, line, origin)


def background(executor, command):
    """Start a command whose answer nobody waits for."""
    tag = command.module + "." + command.function
    wait, interval = (0, command.delay) if command.anew else (command.delay, None)
    executor.tasks.start(tag, lambda: executor.perform(command, True), wait, interval)
    return tag + ": started"
