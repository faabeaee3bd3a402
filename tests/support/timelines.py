"""Timelines of a scheduler: what the oracle demands of them, what the board's half does.

The board's half runs on real MicroPython, compiled, in a time of its own (tests/base/timeline.py).
"""

import importlib
import json
import random
import subprocess
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from tests.support.oracle import Place, Step, calls
from toolkit.operations.build import compile_file

REPOSITORY = Path(__file__).resolve().parents[2]
_CATCHING = 12  # entries that may catch up
Runs = list[tuple[int, int]]  # second of uptime, entry


@dataclass(frozen=True)
class Timeline:
    """Entries, and what happens to their clock. `utc`: the time at power-on, None: unknown."""

    entries: tuple[str, ...]
    end: int
    steps: tuple[Step, ...] = ()
    utc: int | None = None
    rule: str = "UTC0"
    place: Place | None = None
    records: Mapping[str, int] = field(default_factory=dict[str, int])
    ticks: int = 0

    def demanded(self) -> Runs:
        """What the oracle calls; sun events are taken from the board's own formula."""
        found = calls(
            self.entries,
            self.steps,
            self.end,
            utc=self.utc,
            rule=self.rule,
            place=self.place,
            sun=_board_sun,
            records=self.records,
        )
        return [(call.uptime, call.index) for call in found]

    def scenario(self) -> dict[str, Any]:
        """The same for tests/base/timeline.py."""
        records = [(zlib.crc32(text.encode()), due) for text, due in self.records.items()]
        return {
            "entries": ";".join(self.entries),
            "utc": self.utc,
            "ticks": self.ticks,
            "settings": {"tz": self.rule, "geo": _geo(self.place)},
            "records": records,
            "steps": [(step.at, *_happening(step)) for step in self.steps],
            "end": self.end,
        }


def _geo(place: Place | None) -> str:
    return f"{place[0]},{place[1]}" if place else "n/a"


def _happening(step: Step) -> tuple[str, object]:
    """What happens, in the words of tests/base/timeline.py."""
    if step.utc is not None:
        return "set", step.utc
    if step.asleep:
        return "block", step.asleep
    if step.entries is not None:
        return "crontasks", ";".join(step.entries)
    if step.rule is not None:
        return "tz", step.rule
    return "geo", _geo(step.place)


def _board_sun(noon: int, sunset: bool, place: Place) -> int | None:
    event = importlib.import_module("core.sun").event
    found: int | None = event(int(noon + place[1] * 240) // 86400, sunset, *place)[0]
    return found


def compiled(folder: Path) -> Path:
    """The core as a board has it: .mpy files below `folder`."""
    (folder / "core").mkdir(parents=True)
    for source in (REPOSITORY / "micros" / "core").glob("*.py"):
        compile_file(source, folder / "core" / f"{source.stem}.mpy")
    return folder


def on_board(timelines: Sequence[Timeline], command: Sequence[str], code: Path) -> list[Runs]:
    """What the scheduler calls on MicroPython along each of these."""
    tests = REPOSITORY / "tests"
    file = code / "scenario.json"
    file.write_text(json.dumps([timeline.scenario() for timeline in timelines]))
    folders = ":".join(map(str, (tests / "standins" / "unix", tests / "base", code)))
    words = [*command, "-X", "heapsize=1M", str(tests / "base" / "timeline_board.py")]
    done = subprocess.run(
        [*words, str(file), folders], capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    found: list[Runs] = [[] for _ in timelines]
    for line in done.stdout.splitlines():
        mark, number, second, index = line.split()
        assert mark == "@call", line
        found[int(number)].append((int(second), int(index)))
    return found


def difference(done: Runs, demanded: Runs) -> str:
    """Where two lists of runs part, empty when they do not."""
    pairs = zip_longest(done, demanded)
    for at, (one, other) in enumerate(pairs):
        if one != other:
            there = slice(max(0, at - 2), at + 4)
            return f"run {at} of {len(done)}/{len(demanded)}: {done[there]}, not {demanded[there]}"
    return ""


def entries(number: int, seed: int) -> tuple[str, ...]:
    """Random entries, each due some ten to some thousand times a month."""
    chance, found, catching = random.Random(seed), list[str](), 0
    while len(found) < number:
        when = _when(chance)
        catching += when.startswith("catchup")
        if catching <= _CATCHING or not when.startswith("catchup"):
            found.append(f"{when}!lamp set {len(found)}")
    return tuple(found)


def _when(chance: random.Random) -> str:
    pick, digit = chance.choice, chance.randrange
    days = pick(("*", "*", "*", "0-4", "5,6", "*/2", "6-1", "3", "0,2,4-6/2"))
    kind = chance.random()
    if kind < 0.25:  # periodic
        hours = pick(("*", "*", "*/2", "*/3"))
        minutes = pick(("*/15", "*/20", "7-47/20", "0,30", "55-5/5", str(digit(60))))
        return f"{days}:{hours}:{minutes}:{digit(60)}"
    if kind < 0.85:
        few = pick((str(digit(24)), f"0{digit(10)}", "1-3", "22-5/3", "0-23", "0,2,12", "2"))
        minutes = pick((str(digit(60)), "*/20", "0", "59", "30", "15,45", "0-59/30"))
        return f"{days}:{few}:{minutes}:{pick(('0', '59', str(digit(60))))}"
    if kind < 0.93:
        days = pick(("", "", f"{days}:"))
        return f"{days}{pick(('sunrise', 'sunset'))}{pick(('', '-30', '+45', '+600', '-1'))}"
    return f"catchup={pick((5, 90, 1440))} {days}:{digit(24)}:{digit(60)}:0"
