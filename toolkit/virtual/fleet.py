"""Start, list and stop the virtual boards of a home. The boards outlive whoever starts them."""

import json
import re
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.model.errors import EngineError, InputError
from toolkit.virtual import addresses, configurations, supervised, supervisor
from toolkit.virtual.chips import CHIPS
from toolkit.virtual.control import Control
from toolkit.virtual.engine import Engine

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,40}")
_HEAP = re.compile(r"([0-9]{1,9})(?:wk|w|k)?")  # w: in words of four bytes, as the engine has it
_LARGEST = 65536  # KB
_FASTEST = 1000
_FASTEST_BAUD = 10_000_000
_MOST_BOARDS = addresses.LAST_NUMBER - addresses.FIRST_NUMBER + 1
_SHOWN = 12  # names in a sentence


@dataclass(frozen=True)
class VirtualBoard:
    """A board as others see it; `port` stays the same as long as the board's folder exists."""

    name: str
    chip: str
    port: str
    address: str
    mac: str
    pid: int | None
    running: bool
    folder: Path


def start(
    home: Path,
    engine: Engine,
    *,
    chip: str = "esp32",
    count: int = 1,
    name: str | None = None,
    mean: bool | None = None,
    clock: str | None = None,
    speed: int | None = None,
    heap: str | None = None,
    rfc2217: bool | None = None,
    baud: int | None = None,
) -> list[VirtualBoard]:
    """Power `count` boards of a chip; one that runs already is returned as it is.

    What is None stays as it was when the board was last started so.
    """
    names = check(chip, count=count, name=name, speed=speed, heap=heap, baud=baud)
    details = {
        "chip": chip,
        "engine": list(engine.command),
        "version": engine.version,
        "mean": mean,
        "clock": clock,
        "speed": speed,
        "heap": heap,
        "rfc2217": rfc2217,
        "baud": baud,
    }
    details = {key: value for key, value in details.items() if value is not None}
    wanted = [{"name": each, **details} for each in names]
    with supervised.attended(home) as home:
        answer = supervised.ask(home, {"do": "start", "boards": wanted})
    return [_board(row) for row in answer]


@dataclass
class Held:
    """Boards that are held; `fresh` are those that did not run before, `stopped` what has ended."""

    boards: list[VirtualBoard]
    fresh: frozenset[str]
    stopped: Sequence[str] = ()


@contextmanager
def hold(home: Path, engine: Engine, names: Sequence[str], chip: str) -> Generator[Held]:
    """Power boards; those that did not run before end with this context, however it ends."""
    details = {"chip": chip, "engine": list(engine.command), "version": engine.version}
    wanted = [{"name": each, **details} for each in names]
    with ExitStack() as connected:
        with supervised.attended(home) as home:
            client = connected.enter_context(supervised.connect(home))
            rows = supervised.answered(home, client, {"do": "hold", "boards": wanted})
        fresh = frozenset(row["name"] for row in rows if row.pop("fresh"))
        held = Held([_board(row) for row in rows], fresh)
        try:
            yield held
        finally:
            with suppress(EngineError):  # it has ended before, with all boards
                held.stopped = supervised.answered(home, client, {"do": "let_go"})
                with supervised.one_at_a_time(home):
                    supervised.until_ended(home)


def check(
    chip: str,
    *,
    count: int = 1,
    name: str | None = None,
    speed: int | None = None,
    heap: str | None = None,
    baud: int | None = None,
) -> list[str]:
    """The names of such boards; InputError for what none can be started with."""
    if chip not in CHIPS:
        raise InputError(f"chip: expected one of {', '.join(CHIPS)}; got '{chip}'")
    if not 1 <= count <= _MOST_BOARDS:
        raise InputError(f"count: expected 1 to {_MOST_BOARDS} boards, got {count}")
    if speed is not None and not 1 <= speed <= _FASTEST:
        raise InputError(f"speed: expected 1 to {_FASTEST}, got {speed}")
    if baud is not None and not 0 <= baud <= _FASTEST_BAUD:
        raise InputError(f"baud: expected 0 to {_FASTEST_BAUD}, got {baud}")
    if heap:
        size = _HEAP.fullmatch(heap)
        if not size or not 8 <= int(size[1]) / (1 if "k" in heap else 1024) <= _LARGEST:
            raise InputError(f"heap: expected 8k to {_LARGEST}k, such as 64k, got '{heap}'")
    return _names(name, chip, count)


def _names(name: str | None, chip: str, count: int) -> list[str]:
    names = [name] if name and count == 1 else [f"{name or chip}-{i + 1}" for i in range(count)]
    for each in names:
        check_name(each)
    return names


def check_name(name: str) -> None:
    """InputError for a name that no board can have."""
    if not _NAME.fullmatch(name):
        raise InputError(f"name: expected letters, digits, '-' and '_', at most 41; got '{name}'")


def boards(home: Path) -> list[VirtualBoard]:
    """Every board that has a folder, running or not; traces of a killed supervisor are removed.

    One that does not run is left out where its configuration is damaged: see damaged().
    """
    if not home.is_dir():
        return []
    answer: Any = None
    # Alone: what a supervisor that is just coming up has made must not be swept away.
    with supervised.one_at_a_time(home):
        if supervised.runs(home):
            answer = supervised.ask(home, {"do": "list"}, patient=False)
        if answer is None and supervised.runs(home):
            # Asked again, for why it does not answer.
            answer = supervised.ask(home, {"do": "list"})
        if answer is None:  # it has just been killed, or there was none
            supervised.sweep(home)
    rows = {row["name"]: row for row in answer or ()}
    known = sorted(configurations.numbers(home).items(), key=lambda item: item[1])
    off = [_idle(home, path, number) for path, number in known if path.parent.name not in rows]
    return sorted([*map(_board, rows.values()), *off], key=_place)


def names(home: Path) -> list[str]:
    """The boards that have a folder; nobody is asked, and nothing is written."""
    return sorted(path.parent.name for path in configurations.numbers(home))


def damaged(home: Path) -> list[str]:
    """A sentence for each configuration that cannot be read."""
    return [
        f"{path} is damaged: unless the virtual board {path.parent.name} runs, it is left out"
        " until it is started anew, with the flash it has"
        for path in configurations.damaged(home)
    ]


def _place(board: VirtualBoard) -> int:
    """The place of a board in its block, which its address ends with."""
    return int(board.address.rpartition(".")[2])


def stop(home: Path, names: Sequence[str] | None = None) -> list[str]:
    """Power boards off, all or the named; their flash stays. Answers which ran."""
    if not home.is_dir():
        return []
    with supervised.one_at_a_time(home):
        if not supervised.runs(home):
            supervised.sweep(home)
            return []
        request = {"do": "stop", "names": None if names is None else list(names)}
        stopped: list[str] = supervised.ask(home, request)
        supervised.until_ended(home)
    return stopped


def power_cycle(home: Path, name: str) -> None:
    """Take the power from a board and give it back; one that lost it on its own has it again."""
    known(home, [name])
    running: list[dict[str, Any]] = []
    if supervised.runs(home):
        running = supervised.ask(home, {"do": "list"})
    if name not in [row["name"] for row in running]:
        raise InputError(f"'{name}' is not running: start it first, its flash is as it was")
    supervised.ask(home, {"do": "power_cycle", "name": name})


def known(home: Path, names: Sequence[str]) -> list[VirtualBoard]:
    """These boards, running or not; InputError with those there are where one is not known."""
    there = {board.name: board for board in boards(home)}
    for name in names:
        if name not in there:
            more = ", …" if len(there) > _SHOWN else ""
            others = f"there are: {', '.join([*there][:_SHOWN])}{more}" if there else "none yet"
            raise InputError(f"there is no board named '{name}' ({others})")
    return [there[name] for name in names]


def control(board: VirtualBoard) -> Control:
    """The control protocol of a board that has been started, with power or without."""
    return Control(board.folder / supervisor.CONTROL)


def _board(row: dict[str, Any]) -> VirtualBoard:
    details: dict[str, Any] = {**row, "folder": Path(row["folder"])}
    return VirtualBoard(**details)


def _idle(home: Path, config: Path, number: int) -> VirtualBoard:
    chip = CHIPS[json.loads(config.read_text())["chip"]]
    prefix = addresses.remembered(home / supervisor.BLOCK) or next(addresses.blocks(home)).prefix
    return VirtualBoard(
        name=config.parent.name,
        chip=chip.name,
        port=str(config.parent / "port"),
        address=f"{prefix}.{number}",
        mac=addresses.mac(home, chip, number).hex(),
        pid=None,
        running=False,
        folder=config.parent,
    )
