"""Whether those who use a setting will be able to read it. Loaded when such a one is set."""

from core.errors import CommandError
from core.executor import parse
from core.once import once
from core.session import TABLE
from micropython import const

_CHAINS = const(" chain1 chain2 chain3 chain4 ")
_PINS = const(("cstmpmap", "poweron", "resetpin"))
_BOTH = const(" task log cron ")  # words, and load modules of the same name
_WORD = const("expected commands of modules, got '%s', a word of the shell")
_AGAIN = const("expected && in boothook alone, which runs once, got '%s %s &&'")


def check(node, values):
    """Refuse what could never work; MemoryError where that cannot be known."""
    config = node.config
    before = config.values
    config.values = dict(before)
    config.values.update(values)  # for this moment: pins may have names that are set as well
    try:
        for name in values:
            try:
                if values[name] not in ("", "n/a"):
                    read(node, name, values[name])
            except CommandError as refusal:
                raise CommandError("%s: %.250s" % (name, refusal))
        if [name for name in values if name in _PINS or values[name] is True]:
            once("uses").check(node, values)
    finally:
        config.values = before


def read(node, name, text):
    """Read the text of a setting as its user will."""
    if name == "crontasks":
        if node.port.LEAF:  # which does not run them
            raise MemoryError
        once("sensecron").crontasks(once("cron").each(text), commands)
    elif name == "boothook" or name[-3:] == "cbf":
        if not commands(text, None, name == "boothook"):
            raise CommandError("expected <module> <function>, got '%s'" % text)
    elif name in _CHAINS:
        if node.port.LEAF:
            raise MemoryError
        once("chains").read(text, commands)
    elif name == "poweron":
        once("outputs").asked(node)
    elif name == "resetpin":
        once("outputs").number(node, text)
    elif name in ("ntphost", "cstmpmap"):
        once("senselist").read(node, name, text)


def commands(line, held, anew=False):
    """Read commands that nobody types; what runs again and again cannot start what does."""
    found = parse(line, held)
    for command in found:
        if command.module in TABLE and " %s " % command.module not in _BOTH:
            raise CommandError(_WORD % command.module)
        if command.anew and not anew:
            raise CommandError(_AGAIN % (command.module, command.function))
    return found
