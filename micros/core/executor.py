"""The one door for commands, and the one place where an exception becomes an answer.

A line of text becomes a Command, Modules find what it calls, the Executor calls it and turns the
value into text. Nothing is ever evaluated.
"""

import gc
import io
import re
import sys

from core.errors import CommandError
from core.once import Rare, once
from micropython import const

_AMPLE = const(20000)  # bytes free with which the grammar is kept for the lines to come
SPECIAL = re.compile("[\"'{[(;#&=>\n.-]")  # a line with one of these is not just words
FIXED = {"True": True, "False": False, "None": None}
_REMEMBERED = const(24)  # functions kept ready to be called
_FULL = const("not enough memory, free now: %d bytes")


class Command:
    """One call: what to call, with what, and how to run and answer it.

    An argument written `name=value` stands in `args` as its text and in `named` as
    {name: (its index in args, its value)}: only the manual knows whether the name is meant.
    """

    anew = False
    delay = None  # ms before a background run, or between two; None: answered in the foreground

    def __init__(self, words, args, json=False):
        if len(words) < 2:
            raise CommandError("expected <module> <function>, got '%s'" % words[0])
        self.module = words[0]
        self.function = words[1]
        self.args = args
        self.json = json  # answer as JSON
        self.named = {}


def parse(text, held=None):
    """The commands of a line, in order; refuses what the grammar does not know.

    Most lines are plain words and whole numbers. For the others the grammar is loaded, and goes
    again unless there is a list `held` to keep it in.
    """
    line, json = text, text.endswith(" >json")
    if json:
        line = text[:-6]  # programs ask for it all the time
    if SPECIAL.search(line):
        return _beyond_words(text, held)
    words = line.split()
    args = []
    for word in words[2:]:
        if word[0] > "9":
            args.append(FIXED.get(word, word))
        elif min(word) >= "0" and max(word) <= "9" and (word[0] > "0" or word == "0"):
            args.append(int(word))
        else:
            return _beyond_words(text, held)
    return [Command(words, args, json)] if words else []


def _beyond_words(text, held):
    grammar = held[0] if held else once("grammar")
    if held is not None and gc.mem_free() > _AMPLE:
        held[:] = (grammar,)
    commands, grammar = grammar.commands(text), None  # or else it is found on the stack later
    return commands


class Modules(Rare):
    """Every `LM_<name>` that can be imported; `manual` says what its functions take.

    names(), loaded() and unload(name) are in the file below, with all that a first call needs.
    """

    file = "loader"
    note = None  # lent by the executor

    def __init__(self, manual, log, own="/modules"):
        self.manual = manual
        self.log = log
        self.own = own  # a person's modules: they shadow the release's, and its manual too
        self.ready = {}  # {(module, function): (callable, its shape or None)}

    def resolve(self, module, function, args, named):
        """What to call with which arguments; refuses before anything is imported or called."""
        known = self.ready.get((module, function))
        if known and not named:
            call, shape = known
            if shape is None or shape[0] <= len(args) <= shape[1]:
                return call, args, named
        if len(self.ready) >= _REMEMBERED:
            self.ready.clear()
        args, named, shape = self.checked(module, function, args, named)
        call = known[0] if known else once("bring").load(self, module, function)
        gc.collect()  # what is kept now is to lie close to what is kept already
        self.ready[(module, function)] = call, shape
        return call, args, named


class Executor(Rare):
    """Lines from people, programs, boot hook, timers and pins become calls of load modules.

    call_line(text, origin), awaited, runs the commands of a hook: see the file below.
    """

    file = "line"

    running = doing = None  # the function called since the last second began, and its words

    def __init__(self, modules, tasks, log, memory=None):
        self.modules = modules
        self.tasks = tasks
        self.log = log
        self.memory = memory  # outlives a reset, see core/survivor.py
        self.held = []  # the grammar, while lines that need it come in quick succession
        tasks.guard = self.guard
        modules.note = self.note

    async def run(self, line):
        """The answer to one command, as text: its value, `refused: …` or `fault: …`."""
        kind, value = await self.guard(line, self.answer, line)
        return "%s: %s" % (kind, value) if kind else value

    async def guard(self, origin, work, *args):
        """Run a function or a coroutine: (None, value), or ("refused" or "fault", why)."""
        try:
            value = work if hasattr(work, "send") else work(*args)
            if hasattr(value, "send"):
                value = await value
            return None, value
        except CommandError as refusal:
            said, *kind = refusal.args or ("",)
            return kind[0] if kind else "refused", str(said)
        except MemoryError as error:
            self.held.clear()
            gc.collect()
            self.log.error("%s: out of memory: %s" % (place(origin), error))
            return "refused", full()
        except (Exception, SystemExit, KeyboardInterrupt) as fault:  # noqa: BLE001
            # The broad one of this file. A Ctrl-C finds the loop at rest, or ends what holds it.
            trace = io.StringIO()
            sys.print_exception(fault, trace)
            self.log.error(place(origin) + ": " + trace.getvalue().strip()[-400:])
            return "fault", "%s: %s" % (type(fault).__name__, str(fault) or "no reason told")

    def answer(self, line):
        """The text of one command's value, or a coroutine of it."""
        commands = parse(line, self.held)
        if len(commands) != 1:
            raise CommandError("expected one command, got %d" % len(commands))
        command = commands[0]
        value = self.perform(command)
        if hasattr(value, "send"):
            return _later(value, command.json)
        return text(value, command.json)

    def perform(self, command, at_once=False):
        """Call what the command names: its value, or a coroutine of it."""
        call, args, named = self.modules.resolve(
            command.module, command.function, command.args, command.named
        )
        if command.delay is not None and not at_once:
            return self.background(command)
        if call is not self.running:
            self.note(call, command.module, command.function)
        return call(*args, **named)

    def note(self, target, *words):
        """Note what is called where it outlives a reset: it may be the last thing this node does.

        The node does away with it once a second: when it gets there, nothing holds the loop.
        """
        self.running, self.doing = target, " ".join(words)
        if self.memory:
            kept = self.memory()
            self.memory(kept[:12] + ("%-32s" % self.doing)[:32].encode() + kept[44:])


async def _later(value, as_json):
    return text(await value, as_json)


def text(value, as_json):
    """A dictionary as `key: value` lines, anything else as its text; or all of it as JSON."""
    if as_json:
        return once("asjson").json_text(value)  # only programs ask for it
    if isinstance(value, dict):
        return "\n".join(["%s: %s" % item for item in value.items()])
    return str(value)


def full():
    """What is said when memory was missing; if there is some for it, how much there is."""
    try:
        return once("largest").full()
    except MemoryError:
        return _FULL % gc.mem_free()


def place(origin):
    """What the log tells of a line: its first two words, for an argument may be a secret."""
    return " ".join(origin.split(None, 2)[:2])[:64]
