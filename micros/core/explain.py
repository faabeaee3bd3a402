"""What an entry of `crontasks` says, in words, or what is wrong. Loaded for `cron check`."""

from core.errors import CommandError
from core.executor import parse
from core.once import once


def wrong(modules, entries):
    """Return what is wrong with the times and the commands of entries, a sentence each."""
    found = [] if entries else ["cron: expected WD:H:M:S!command or sunset!command, got none"]
    for entry in entries:
        try:
            for line in () if entry.error else entry.commands:
                for command in parse(line):
                    known(modules, command)
        except CommandError as refusal:
            entry.error = "cron: %s in '%.60s'" % (refusal, entry.text)
        if entry.error:
            found.append(entry.error)
    return found


def known(modules, command):
    """Refuse a command that the manual does not know; what it is silent about is not loaded."""
    modules.checked(command.module, command.function, command.args, command.named)
    names = modules.names()
    if command.module not in names:
        hint = once("help").nearest(command.module, names)
        raise CommandError("no module '%s'%s" % (command.module, hint))


def words(entry):
    """Return a sentence: when it runs, and what."""
    names, days = "Mon Tue Wed Thu Fri Sat Sun", entry.fields[0]
    days = [name for day, name in enumerate(names.split()) if (day + 4) % 7 in days]
    said = "every day" if len(days) == 7 else "on " + " ".join(days)
    if entry.sun and not entry.offset:
        said += " at " + entry.sun
    elif entry.sun:
        side = "before" if entry.offset < 0 else "after"
        said += " %d min %s %s" % (abs(entry.offset) // 60, side, entry.sun)
    for name, size, values in zip(("hour", "minute", "second"), (24, 60, 60), entry.fields[1:]):
        if len(values) == size:
            said += ", every " + name
        else:
            said += ", %s %s" % (name, " ".join([str(value) for value in values]))
    if entry.catchup:
        said += "; missed while off: up to %d min late" % entry.catchup
    return said + ": " + "; ".join(entry.commands)
