"""Whether those who use a setting will be able to read it. Loaded when such a one is set."""

from core.errors import CommandError
from core.executor import parse
from core.once import once
from core.session import TABLE
from micropython import const

_PINS = const(("cstmpmap", "poweron", "resetpin"))
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
        crontasks(once("cron").each(text))
    elif name == "boothook" or name[-3:] == "cbf":
        if not commands(text, None, name == "boothook"):
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
    good = all([0 < len(it) < 64 for it in parts]) and max(host) <= "z"
    good = good and all([c.isalpha() or c.isdigit() or c in "-_." for c in host])
    if not good or (digits and (len(parts) != 4 or max([int(it) for it in parts]) > 255)):
        raise CommandError("expected names such as pool.ntp.org or addresses, got '%s'" % host)


def cstmpmap(node, piece):
    """Read a pin's own name and number."""
    name, _, digits = piece.partition(":")
    if name.strip() and digits.strip().isdigit():
        once("outputs").usable(node, int(digits), True)
    elif piece:
        raise CommandError("expected name:number; …, got '%s'" % piece)


def crontasks(entries, modules=None):
    """Read entries and their commands; for `cron check` all of them, and what the modules take."""
    held, wrong = [], []
    for index, entry in enumerate(entries):
        try:
            lines = () if entry.error else entry.commands
            found = [each for line in lines for each in commands(line, held)]
            if not found:
                raise CommandError(entry.error or "expected WD:H:M:S!<module> <function>")
            for command in found if modules else ():
                module = command.module
                modules.checked(module, command.function, command.args, command.named)
                if module not in modules.names():
                    raise CommandError("no module '%s'%s" % (module, modules.hint(module)))
        except CommandError as refusal:
            wrong.append("entry %d: %.160s in '%.60s'" % (index, refusal, entry.text))
            if not modules:
                break
    if wrong:
        raise CommandError("\n".join(wrong))


def commands(line, held, repeat=False):
    """Read commands that nobody types; what runs again and again cannot start what does."""
    found = parse(line, held)
    for command in found:
        if command.module in TABLE:
            raise CommandError(_WORD % command.module)
        if command.repeat and not repeat:
            raise CommandError(_AGAIN % (command.module, command.function))
    return found
