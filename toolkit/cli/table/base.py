"""Options: what is done every day."""

from toolkit.cli.table.air import GIVEN
from toolkit.cli.table.option import Group, action, detail, number

_ON_A_BOARD = ("virtual", "port")

GROUP = Group(
    "base",
    (
        action(
            "-m",
            "--make",
            help="erase, flash, install and start a node",
            example="--make --virtual --yes",
            takes=(*_ON_A_BOARD, "board", "firmware", "profile", "set", "force"),
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
            takes=("every",),
        ),
        detail(
            "--every",
            help="with -stat: ask them again every SECONDS (5), until Ctrl-C; not on a terminal, a "
            "line for each change, with --json one for each answer",
            example="-stat --every 10",
            metavar="SECONDS",
            nargs="?",
            type=number(1, 86400),
            const=5,
            default=None,
        ),
        action(
            "-c",
            "--connect",
            help="open a node's shell",
            example="-c -p '--dev node01 version'",
            takes=("connect_parameters", "transcript"),
            no_json="a command that ends with ' >json' answers in JSON",
        ),
        action(
            "-u",
            "--connect_via_usb",
            help="open the MicroPython prompt of a board on a cable; with --shell the shell of its "
            "node, with -p give that commands",
            example="-u --virtual",
            takes=(*_ON_A_BOARD, "shell", "connect_parameters", "transcript"),
            no_json="it is a prompt for a person",
        ),
        detail(
            "--shell",
            help="with -u: the shell of the node on the cable, as -c has it, without any network",
            example="-u --shell --virtual -p 'light rgb 7 0 0 <a> conf <a> app'",
        ),
        action(
            "-o",
            "--OTA",
            help="give a node this release over the air; with FILEs or --set only these load "
            "modules and settings",
            example="-o --set app=kitchen -p '--dev node01'\n-o -p '--dev node01'",
            takes=("connect_parameters", *GIVEN),
            metavar="FILE",
            nargs="*",
            default=None,
        ),
        action(
            "-r",
            "--update",
            help="give a node on a cable this release, settings and own files stay; with "
            "--firmware erase and flash MicroPython before",
            example="-r --virtual",
            takes=("virtual", "port", "board", "firmware", "profile", "set", "force"),
        ),
        action(
            "-b",
            "--backup_node_config",
            help="back up a node, on a cable or with -p '--dev …' over the network; list, show "
            "NAME, diff NAME [NAME] look at backups, or compare one with its node",
            example="-b --virtual",
            takes=("virtual", "port", "connect_parameters"),
            metavar="WORD",
            nargs="*",
            default=None,
        ),
        action(
            "--restore",
            help="make a node what a backup says (a backup, a node's name, or a file), on the same "
            "board or on another one; then settings, files, state: only these of it; with -m: on "
            "a blank board",
            example="--restore node01 --virtual",
            takes=("virtual", "port", "board", "profile", "set", "force", "connect_parameters"),
            metavar="NAME",
            nargs="+",
            default=None,
        ),
        detail(
            "-p",
            "--connect_parameters",
            help="with -c: '--dev <name|uid|ip> <command> [<a> <command> …]'; with -a: '--dev … "
            "<words>'; with -o, -b, --restore, --watch, --profile new: '--dev …'; without --dev "
            "the only known node is meant",
            example="-c -p '--dev node01 conf <a> app'",
            metavar="TEXT",
        ),
        detail(
            "--transcript",
            help="with -c or -u: append to FILE what is said and answered, with times, without "
            "secrets",
            example="-c --transcript user_data/talk.txt -p '--dev node01 light toggle'",
            metavar="FILE",
            default=None,
        ),
    ),
)
