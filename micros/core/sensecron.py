"""Whether the entries of the scheduler are commands. Loaded when they are set, or asked about."""

from core.errors import CommandError
from core.once import once


def crontasks(entries, commands, modules=None):
    """Read entries, their `commands` by that of core/sense.py.

    With `modules` all of them are read, and what the modules take: `cron check` asks for that.
    """
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
                    raise CommandError(
                        "no module '%s'%s" % (module, once("nearby").hint(modules, module))
                    )
        except CommandError as refusal:
            wrong.append("entry %d: %.160s in '%.60s'" % (index, refusal, entry.text))
            if not modules:
                break
    if wrong:
        raise CommandError("\n".join(wrong))
