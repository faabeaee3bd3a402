"""Whether those who use a setting will be able to read it. Loaded when such a one is set."""

from core.errors import CommandError
from core.executor import parse
from core.once import once
from micropython import const

_SIGNS = const("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-")  # of a host


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
    elif name in ("ntphost", "cstmpmap"):
        for piece in text.split(";"):
            if name == "ntphost":
                ntphost(piece.strip(" "))
            else:
                cstmpmap(node, piece.strip())


def ntphost(host):
    """Read the name or the address of a time server."""
    parts = host.split(".")
    digits = "".join(parts).isdigit()
    wrong = [it for it in parts if not 0 < len(it) < 64 or not all([c in _SIGNS for c in it])]
    if wrong or (digits and (len(parts) != 4 or max([int(it) for it in parts]) > 255)):
        raise CommandError("expected names such as pool.ntp.org or addresses, got '%s'" % host)


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
