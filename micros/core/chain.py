"""A chain of commands, again and again. In memory only while one is on."""

import asyncio

from core.errors import CommandError
from core.executor import Executor
from micropython import const

_QUIET = const(60)  # seconds after something was logged in which nothing else is


class Chain:
    """Commands of which each gets the value of the one before as its last argument.

    What goes wrong ends the round: the commands that follow are not called. It stands in the
    status until a round comes to its end, and in the log once. The pauses do not grow.
    """

    guard = Executor.guard  # with this as its log
    wrong = None  # the sentence in the status
    quiet = 0  # uptime until which nothing is logged
    at = 0
    patience = 60000  # ms that a command may wait

    def __init__(self, node, name, found):
        self.node = node
        self.name = name
        self.found = found
        self.args = [command.args for command in found]
        self.held = node.executor.held
        self.log = self
        self.told = False

    def error(self, text):
        """Log what goes wrong, unless it goes on going wrong."""
        now = self.node.clock.uptime()
        if not self.told and not self.wrong and now >= self.quiet:
            self.quiet = now + _QUIET
            self.told = True
            self.node.log.error(text)

    async def run(self):
        """Do a round; return the value of the last command, or what went wrong."""
        self.told = False
        kind, value = await self.guard(self.name, self.round())
        problems = self.node.problems
        if kind:
            command = self.found[self.at]
            value = "%s: %s %s: %.160s" % (self.name, command.module, command.function, value)
            self.error(value)
            if not self.wrong:
                self.wrong = value
                problems.append(value)
        elif self.wrong:
            if self.wrong in problems:
                problems.remove(self.wrong)
            self.wrong = None
        return value

    async def round(self):
        """Call the commands one after the other."""
        value = None
        for index, command in enumerate(self.found):
            self.at = index
            if index:
                if value is None:
                    raise CommandError("the command before it gave no value")
                command.args = self.args[index] + [value]
            value = self.node.executor.perform(command)
            if hasattr(value, "send"):
                try:
                    value = await asyncio.wait_for_ms(value, self.patience)
                except asyncio.TimeoutError:
                    raise CommandError("no answer for %d s" % (self.patience // 1000))
        return value
