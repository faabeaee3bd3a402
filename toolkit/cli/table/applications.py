"""Options: programs over the client library."""

from toolkit.cli.table.option import Group, action

GROUP = Group(
    "applications",
    (
        action(
            "-a",
            "--applications",
            help="run a program that talks to a node, with its words in -p '--dev <name> …': list "
            "tells which there are, new:NAME begins one of your own (user_data/applications)",
            example="-a template -p '--dev node01 1'",
            takes=("connect_parameters",),
            metavar="NAME",
            default=None,
        ),
    ),
)
