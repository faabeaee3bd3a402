"""Virtual boards on their own: `python -m toolkit.virtual start|list|stop|power-cycle|…`."""

import argparse
import json
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Any, cast

from toolkit.model import files, pipes
from toolkit.model.boards import BOARDS
from toolkit.model.errors import InputError, ToolkitError
from toolkit.virtual import engine, fleet, image, keys, live, picture, supervisor
from toolkit.virtual.chips import CHIPS
from toolkit.virtual.fleet import VirtualBoard
from toolkit.virtual.view import names

_INTERRUPTED = 130
_HOME = Path.home() / ".local" / "share" / "micros-virtual"


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m toolkit.virtual", allow_abbrev=False)
    parser.add_argument("--home", type=Path, default=_HOME, help=f"default: {_HOME}")
    words = parser.add_subparsers(dest="word", required=True)
    start = words.add_parser("start", help="start boards, or find them running")
    start.add_argument("--chip", choices=sorted(CHIPS), default="esp32")
    start.add_argument("-n", "--count", type=int, default=1)
    start.add_argument("--name")
    start.add_argument(
        "--mean", action="store_true", default=None, help="be as unkind as a real board can be"
    )
    start.add_argument("--clock", choices=("real", "speed", "jump", "frozen"))
    start.add_argument("--speed", type=int, help="for --clock speed")
    start.add_argument("--heap", help="of MicroPython, such as 64k")
    start.add_argument(
        "--baud", type=int, metavar="N", help="of the serial line (0: as fast as can be)"
    )
    start.add_argument(
        "--rfc2217", action="store_true", default=None, help="a port with DTR and RTS over TCP"
    )
    words.add_parser("list", help="every board, running or not")
    stop = words.add_parser("stop", help="power boards off; their flash stays")
    stop.add_argument("names", nargs="*")
    cycle = words.add_parser("power-cycle", help="take the power from a board and give it back")
    cycle.add_argument("name")
    firmware = words.add_parser("firmware", help="write the virtual firmware into a file")
    firmware.add_argument("--chip", choices=("esp32", "esp32c3"), default="esp32")
    firmware.add_argument(
        "--ota", action="store_true", help="for the cable, with a table for firmware over the air"
    )
    firmware.add_argument("file", type=Path)
    screenshot = words.add_parser("screenshot", help="what a display or a strip shows, as PNG")
    screenshot.add_argument("name")
    screenshot.add_argument("file", type=Path)
    screenshot.add_argument("--address", type=int, default=60, help="on the I2C bus; default: 60")
    screenshot.add_argument("--pin", type=int, help="of a strip of lights")
    watched = words.add_parser("view", help="the board drawn in the terminal; Ctrl-C ends")
    watched.add_argument("name")
    watched.add_argument("--once", action="store_true", help="one picture, and the end")
    watched.add_argument("--board", help="whose map names the pins; default: that of the chip")
    control = words.add_parser("control", help="""one request, such as '{"do": "pin", "pin": 2}'""")
    control.add_argument("name")
    control.add_argument("request")
    return parser


def _show(boards: list[VirtualBoard]) -> None:
    for board in boards:
        state = f"pid {board.pid}" if board.pid else "blank" if board.running else "off"
        print(f"{board.name}  {board.chip}  {state}  {board.address}  {board.port}")


def _board(home: Path, name: str) -> VirtualBoard:
    (board,) = fleet.known(home, [name])
    if not board.running and not board.folder.joinpath(supervisor.CONTROL).exists():
        raise InputError(f"'{name}' is off: start it first (start --name {name})")
    return board


def _screenshot(home: Path, name: str, address: int, file: Path) -> None:
    with fleet.control(_board(home, name)) as control:
        seen = control.i2c_seen(address)
    if not seen or "lines" not in seen:
        raise InputError(f"there is no display at {address} on the I2C bus of {name}")
    print(files.give(file, picture.png(seen)))


def _strip(home: Path, name: str, pin: int, file: Path) -> None:
    with fleet.control(_board(home, name)) as control:
        seen = control.strip(pin)
    if not seen or not seen["colours"]:
        raise InputError(f"there is no strip of lights at pin {pin} of {name}")
    print(files.give(file, picture.lights(seen)))


def _map(chip: str, wanted: str | None) -> str:
    """The board that names the pins: which map a node has is not seen from outside."""
    there = sorted(board for board, its in BOARDS.items() if its == chip)
    if wanted and wanted not in there:
        expected = ", ".join(there)
        raise InputError(f"--board: expected one of {expected} for this chip, got '{wanted}'")
    return wanted or chip


def _view(home: Path, name: str, *, board_map: str | None, once: bool) -> None:
    """Draw the board, again and again on a screen of its own."""
    board = _board(home, name)
    named = names(_map(board.chip, board_map))
    with fleet.control(board) as control:
        if once or not live.redraws():
            print("\n".join(live.once(control, named)))
        else:
            live.follow(control, named)


def _control(home: Path, name: str, text: str) -> None:
    board = _board(home, name)
    try:
        request: Any = json.loads(text)
    except (ValueError, RecursionError):
        request = None
    details = cast(dict[str, Any], request) if isinstance(request, dict) else {}
    do = details.pop("do", None)
    if not isinstance(do, str):
        got = keys.shown(text)
        raise InputError(f'request: expected JSON such as {{"do": "state"}}, got {got}')
    with fleet.control(board) as control:
        print(json.dumps(control.ask(do, **details)))


def _run(options: argparse.Namespace) -> None:
    home: Path = options.home
    if options.word == "start":
        wanted = {"count": options.count, "name": options.name, "heap": options.heap}
        fleet.check(options.chip, **wanted, speed=options.speed, baud=options.baud)  # first
        found = engine.provide(home / "engine", lambda text: print(text, file=sys.stderr))
        boards = fleet.start(
            home,
            found,
            chip=options.chip,
            count=options.count,
            name=options.name,
            mean=options.mean,
            clock=options.clock,
            speed=options.speed,
            heap=options.heap,
            rfc2217=options.rfc2217,
            baud=options.baud,
        )
        _show(boards)
    elif options.word == "list":
        _show(fleet.boards(home))
        print("".join(f"{sentence}\n" for sentence in fleet.damaged(home)), file=sys.stderr, end="")
    elif options.word == "stop":
        fleet.known(home, options.names)
        print(" ".join(fleet.stop(home, options.names or None)) or "nothing was running")
    elif options.word == "power-cycle":
        fleet.power_cycle(home, options.name)
        print(f"{options.name} was off and is on again")
    elif options.word == "firmware":
        made = image.ota_firmware if options.ota else image.firmware
        print(files.give(options.file, made(options.chip)))
    elif options.word == "view":
        _view(home, options.name, board_map=options.board, once=options.once)
    elif options.word == "screenshot" and options.pin is not None:
        _strip(home, options.name, options.pin, options.file)
    elif options.word == "screenshot":
        _screenshot(home, options.name, options.address, options.file)
    else:
        _control(home, options.name, options.request)


def main() -> int:
    return pipes.told(_main)


def _main() -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a narrow terminal is no reason to end
    try:
        _run(_arguments().parse_args())
    except ToolkitError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
