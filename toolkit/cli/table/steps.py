"""Options: the steps of `--make` one by one, and what is at hand."""

from toolkit.cli.table.option import Group, action

_ON_A_BOARD = ("virtual", "port")
_CHANGED = (*_ON_A_BOARD, "board")

GROUP = Group(
    "steps",
    (
        action(
            "-e",
            "--erase",
            help="erase the flash of a board",
            example="-e --virtual",
            takes=(*_CHANGED, "force"),
        ),
        action(
            "-d",
            "--deploy",
            help="erase, then write and verify MicroPython; a pico_w takes it as a drive",
            example="-d --virtual",
            takes=(*_CHANGED, "firmware", "force"),
        ),
        action(
            "-i",
            "--install",
            help="install the node on a board with MicroPython",
            example="-i --virtual --yes",
            takes=(*_CHANGED, "profile", "set", "force"),
        ),
        action(
            "-cc",
            "--cross_compile_micros",
            help="compile what runs on a board",
            example="-cc --board esp32",
            takes=("board",),
        ),
        action(
            "--selfcheck",
            help="try all that a node needs on a board of yours, and write a report to send back; "
            "settings stay as they are",
            example="-d --virtual esp8266-1\n--selfcheck --virtual esp8266-1 --yes",
            takes=_CHANGED,
        ),
        action(
            "-l",
            "--list_devs_n_bins",
            help="list boards on cables, and firmware; with --port or --virtual that board's chip "
            "is asked, which restarts it; with --firmware FILE or FOLDER tell what that is",
            example="-l --virtual",
            takes=(*_ON_A_BOARD, "firmware"),
        ),
        action(
            "-ls",
            "--node_ls",
            help="list the files on a board",
            example="-ls --virtual",
            takes=_ON_A_BOARD,
        ),
        action(
            "--manual",
            help="write the manual of the load modules, as a page and as JSON (default: "
            "build/manual); a folder that is not there is made",
            example="--manual user_data/manual",
            metavar="FOLDER",
            nargs="?",
            const="",
            default=None,
        ),
        action(
            "-v",
            "--version",
            help="print the version, here and on the board",
            example="-v --virtual",
            takes=_ON_A_BOARD,
        ),
    ),
)
