"""A month of many entries on real MicroPython gives exactly the oracle's calls.

Four weeks from some days before summer time on: the node does not know the time at first, then it
is told it each day, a little off; now and then its loop is held, or the clock is wrong for a while.
"""

import random
from datetime import UTC, datetime
from pathlib import Path

from harness import engine_command

from tests.support.oracle import Step
from tests.support.sweep import chosen, full
from tests.support.timelines import Timeline, compiled, difference, entries, on_board

INTERPRETERS = ("cpython",)

BEGIN = int(datetime(2027, 3, 19, 21, 13, 7, tzinfo=UTC).timestamp())
WEEKS, DAY = 4, 86400
ENTRIES, SLICE, SEED = 200, 16, 7
RULE, PLACE = "CET-1CEST,M3.5.0,M10.5.0/3", (47.5, 19.05)
TICKS = (1 << 30) - 30_000  # they wrap after half a minute, and then every 12.4 days


def steps(days: int) -> tuple[Step, ...]:
    """Each day the time server; some days more than that."""
    chance = random.Random(SEED)
    found = [Step(40, utc=BEGIN + 40)]
    for day in range(1, days):
        at = day * DAY + chance.randrange(DAY // 2)
        truth = BEGIN + at
        found.append(Step(at, utc=truth + chance.randrange(-2, 3)))
        if day % 3 == 0:  # held: a scan, a resolver, a module
            found.append(
                Step(at + 7000, asleep=chance.choice((3, 20, 59, 60, 61, 900, 3599, 4000)))
            )
        if day % 4 == 1:  # wrong for two hours, then right again
            off = chance.choice((40, 300, 3000, 20_000, -30, -45, -300, -3000, -20_000))
            found.append(Step(at + 15_000, utc=truth + 15_000 + off))
            found.append(Step(at + 22_200, utc=truth + 22_200))
    return tuple(found)


def lived(texts: tuple[str, ...], code: Path) -> tuple[str, int]:
    """Where the board's calls of the month part from the oracle's, and how many they are."""
    end = WEEKS * 7 * DAY
    timeline = Timeline(texts, end, steps(WEEKS * 7), None, RULE, PLACE, ticks=TICKS)
    [done] = on_board([timeline], engine_command(), code)
    return difference(done, timeline.demanded()), len(done)


def test_a_month_of_entries_gives_exactly_the_calls_of_the_oracle(tmp_path: Path) -> None:
    texts = chosen(list(entries(ENTRIES, SEED)), SLICE, SEED)
    parts, calls = lived(tuple(texts), compiled(tmp_path / "code"))
    print(f"{len(texts)} entries, {WEEKS} weeks, {calls} calls")
    assert parts == ""
    assert calls > (50_000 if full() else 1500)
