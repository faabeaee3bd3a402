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
