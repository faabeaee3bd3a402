"""Options: how it is done, and the tests."""

from toolkit.cli.table.option import Group, action, detail

GROUP = Group(
    "how",
    (
        detail(
            "--yes",
            help="do not ask, take the defaults",
            example="-i --virtual --profile lamp --yes",
        ),
        detail(
            "--json",
            help="print facts as JSON",
            example="--virtual --list --json",
        ),
        detail(
            "--dummy",
            help="touch nothing, print the steps",
            example="--make --dummy",
        ),
        action(
            "-h",
            "--help",
            help="print this help, or what there is to say of one option or group",
            example="--help push",
            no_json="it is for people",
            metavar="NAME",
            nargs="?",
            const="",
            default=None,
        ),
        action(
            "--test",
            help="pass the tests, with all their own set-up (STAGE: all; sweeps: the long ones in "
            "full; firmware: on an emulated board)",
            example="--test firmware --dummy",
            no_json="it shows what its checks print",
            metavar="STAGE",
            nargs="?",
            const="all",
            default=None,
        ),
    ),
)
