"""Whether those who use a setting will be able to read it. Loaded when such a one is set."""

from core.errors import CommandError
from core.executor import parse
from core.once import once


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
    finally:
        config.values = before


def read(node, name, text):
    """Read the text of a setting as its user will."""
    if name == "crontasks":
        if node.port.COLLECT > 0:  # an ESP8266, which does not run them
            raise MemoryError
        crontasks(text)
    elif name == "boothook" or name[-3:] == "cbf":
        if not parse(text):
            raise CommandError("expected <module> <function>, got '%s'" % text)
    elif name == "poweron":
        once("outputs").asked(node)
    elif name == "resetpin":
        once("outputs").number(node, text)
    elif name == "cstmpmap":
        for piece in text.split(";"):
            cstmpmap(node, piece.strip())


def cstmpmap(node, piece):
    """Read a pin's own name and number."""
    name, _, digits = piece.partition(":")
    if name.strip() and digits.strip().isdigit():
        once("outputs").usable(node, int(digits), True)
    elif piece:
        raise CommandError("expected name:number; …, got '%s'" % piece)


def crontasks(text):
    """Read all entries, and the commands of each."""
    held = []
    for index, entry in enumerate(once("cron").each(text)):
        why = entry.error
        try:
            if not (why or any([parse(line, held) for line in entry.commands])):
                raise CommandError("expected WD:H:M:S!<module> <function>")
        except CommandError as refusal:
            why = "cron: %.160s in '%.60s'" % (refusal, entry.text)
        if why:
            raise CommandError("entry %d: %s" % (index, why[6:]))
