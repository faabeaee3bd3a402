"""Options: what is done every day."""

from toolkit.cli.table.option import Group, action, detail

GROUP = Group(
    "base",
    (
        action(
            "-m",
            "--make",
            help="erase, flash, install and start a node",
            example="--make --virtual --yes",
        ),
        action(
            "-s",
            "--search_devices",
            help="find the nodes in the network",
            example="-s",
        ),
        action(
            "-stat",
            "--node_status",
            help="show the known nodes and how they are",
            example="-stat",
        ),
        action(
            "-c",
            "--connect",
            help="open a node's shell",
            example="-c -p '--dev node01 version'",
        ),
        action(
            "-u",
            "--connect_via_usb",
            help="open the MicroPython prompt of a board on a cable",
            example="-u --virtual --dummy",
        ),
        action(
            "-o",
            "--OTA",
            help="give a node this release over the air; with FILEs or --set only these load "
            "modules and settings",
            example="-o --set app=kitchen -p '--dev node01'",
            metavar="FILE",
            nargs="*",
            default=None,
        ),
        detail(
            "-p",
            "--connect_parameters",
            help="with -c: '--dev <name|uid|ip> <command> [<a> <command> …]'; with -o, --watch, "
            "--profile new: '--dev …'",
            example="-c -p '--dev node01 light rgb 1000 200 0 <a> app'",
            goes=("connect", "OTA", "watch", "derive"),
            metavar="TEXT",
        ),
        detail(
            "--transcript",
            help="with -c: append to FILE what is said and answered, with times, without secrets",
            example="-c --transcript user_data/talk.txt -p '--dev node01 light toggle'",
            goes=("connect",),
            metavar="FILE",
            default=None,
        ),
    ),
)
