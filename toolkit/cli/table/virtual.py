"""Options: virtual boards."""

from toolkit.cli.table.option import Group, action, detail

GROUP = Group(
    "virtual board",
    (
        detail(
            "--virtual",
            help="act on a virtual board: no hardware needed (default: the first of its kind)",
            example="--virtual esp32-1",
            takes=("board",),
            metavar="NAME",
            nargs="?",
            const="",
            default=None,
        ),
        action(
            "-sim",
            "--simulate",
            help="a virtual node in the foreground, with its log: made where it is not there, "
            "stopped by Ctrl-C; a number: so many of them, each line behind its name (--virtual N "
            "does the same)",
            example="--simulate esp32c3-1 --set devfid=lamp",
            takes=("board", "profile", "set"),
            no_json="it shows what is printed, until Ctrl-C",
            metavar="NAME|N",
            nargs="?",
            const="",
            default=None,
        ),
        action(
            "--list",
            help="with --virtual: list the virtual boards",
            example="--virtual --list",
            needs=("virtual",),
        ),
        action(
            "--power-cycle",
            help="with --virtual: power off, power on",
            example="--virtual --power-cycle",
            needs=("virtual",),
        ),
        action(
            "--stop",
            help="with --virtual: stop them, or the named one",
            example="--virtual --stop",
            needs=("virtual",),
        ),
    ),
)
