"""Options: load modules of one's own."""

from toolkit.cli.table.option import Group, action

GROUP = Group(
    "load modules of your own",
    (
        action(
            "--new-module",
            help="begin a load module here (or as FOLDER/NAME): a file that works, and its tests",
            example="--new-module user_data/blinds",
            metavar="NAME",
            default=None,
        ),
        action(
            "--lint",
            help="look load modules over: what they use, hold and take, and what they lack",
            example="--lint user_data/LM_blinds.py",
            metavar="FILE",
            nargs="+",
            default=None,
        ),
        action(
            "--test-module",
            help="run the tests of load modules (test_x.py beside LM_x.py), on Python and on "
            "MicroPython",
            example="--test-module user_data/LM_blinds.py",
            metavar="FILE",
            nargs="+",
            default=None,
        ),
    ),
)
