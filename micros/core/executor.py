"""The one door for commands, and the one place where an exception becomes an answer."""

import gc
import io
import sys

from core.command import parse
from core.errors import CommandError
from core.once import Rare, once


class Executor(Rare):
    """Lines from people, programs, boot hook, timers and pins become calls of load modules.

    call_line(text, origin), awaited, runs the commands of a hook: see the file below.
    """

    file = "core.jobs"

    def __init__(self, modules, tasks, log):
        self.modules = modules
        self.tasks = tasks
        self.log = log
        self.held = []  # the grammar, while lines that need it come in quick succession
        tasks.guard = self.guard

    async def run(self, line):
        """The answer to one command, as text: its value, `refused: …` or `fault: …`."""
        kind, value = await self.guard(line, self._answer, line)
        return "%s: %s" % (kind, value) if kind else value

    async def guard(self, origin, work, *args):
        """Run a function or a coroutine: (None, value), or ("refused" or "fault", why)."""
        try:
            value = work if hasattr(work, "send") else work(*args)
            if hasattr(value, "send"):
                value = await value
            return None, value
        except CommandError as refusal:
            return "refused", str(refusal)
        except MemoryError:
            self.held.clear()
            gc.collect()
            self.log.error(place(origin) + ": out of memory")
            return "refused", "not enough memory, free now: %d bytes" % gc.mem_free()
        except (Exception, SystemExit) as fault:  # noqa: BLE001  (see the first line of this file)
            trace = io.StringIO()
            sys.print_exception(fault, trace)
            self.log.error(place(origin) + ": " + trace.getvalue().strip()[-400:])
            return "fault", "%s: %s" % (type(fault).__name__, fault)

    def _answer(self, line):
        """The text of one command's value, or a coroutine of it."""
        commands = parse(line, self.held)
        if len(commands) != 1:
            raise CommandError("expected one command, got %d" % len(commands))
        command = commands[0]
        value = self.perform(command)
        if hasattr(value, "send"):
            return _later(value, command.json)
        return text(value, command.json)

    def perform(self, command):
        """Call what the command names: its value, or a coroutine of it."""
        call, args, named = self.modules.resolve(
            command.module, command.function, command.args, command.named
        )
        if command.delay is not None:
            return self.background(command, lambda: call(*args, **named))
        return call(*args, **named)


async def _later(value, as_json):
    return text(await value, as_json)


def text(value, as_json):
    """A dictionary as `key: value` lines, anything else as its text; or all of it as JSON."""
    if as_json:
        return once("core.reply").json_text(value)  # only programs ask for it
    if isinstance(value, dict):
        return "\n".join(["%s: %s" % item for item in value.items()])
    return str(value)


def place(origin):
    """What the log tells of a line: its first two words, for an argument may be a secret."""
    return " ".join(origin.split(None, 2)[:2])[:64]
