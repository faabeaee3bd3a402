"""Options: with which board, firmware, profile and settings."""

from toolkit.cli.table.option import Group, detail
from toolkit.model import boards, profile

GROUP = Group(
    "what with",
    (
        detail(
            "--port",
            help="serial port of the board",
            example="-e --port /dev/ttyUSB0 --dummy\n-v --port user_data/virtual/esp32-1/port",
            metavar="DEVICE",
        ),
        detail(
            "--board",
            help="chip or board, whose pins it has (default: what the chip says; virtual: esp32): "
            + ", ".join(boards.BOARDS),
            example="-cc --board tinypico",
            metavar="NAME",
        ),
        detail(
            "--firmware",
            help="MicroPython to write: a file; a folder, of which what fits is offered; latest or "
            "a version such as 1.27.0, which are fetched (default: what fits here and in "
            "user_data/firmware); with -o, --push: the file to be given over the air",
            example="-l --firmware user_data/virtual/virtual-firmware-esp32.bin\n"
            "-d --firmware latest --dummy",
            metavar="FILE",
        ),
        detail(
            "--profile",
            help=f"what the node is for: {', '.join(profile.names())}, or a .json file, a micrOS "
            "node's node_config.json, too; new or new:NAME derives one from a node (-p '--dev …')",
            example="""--profile new:porch -p '--dev node01'""",
            metavar="NAME",
        ),
        detail(
            "--set",
            help="a setting of the new node, or with -o, --push; a secret is read from =- or "
            "=@FILE",
            example="-o --set gmttime=1 --set app=porch -p '--dev node01'",
            metavar="KEY=VALUE",
            action="append",
            default=[],
        ),
    ),
)
