"""A clock that is set in each direction while jobs are due, a loop that is held, ticks that wrap.

Random timelines lived on real MicroPython; the oracle says what has to run. Nothing may be lost,
nothing may run twice.
"""

import random
from pathlib import Path

from harness import engine_command
from tests.support.oracle import Step
from tests.support.sweep import rounds
from tests.support.timelines import Runs, Timeline, compiled, difference, on_board

INTERPRETERS = ("cpython",)

TIMELINES, SLICE, SEED = 150, 24, 11
RULES = (
    "UTC0",
    "CET-1CEST,M3.5.0,M10.5.0/3",
    "EST5EDT,M3.2.0,M11.1.0",
    "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
)
CHANGES = (1806195600, 1824944400, 1804921200, 1825480800, 1822400000, 1807023600)  # of summer time
JUMPS = (1, -1, 59, 60, 61, -59, -60, -61, 3599, 3600, 3601, -3599, -3600, -3601, 86_400, -86_400)
HELD = (3, 30, 59, 60, 61, 100, 3599, 3600, 3601, 5000)
WRAP = 1 << 30  # ms


def entry(chance: random.Random) -> str:
    """An entry that is due often in a short timeline."""
    pick, digit = chance.choice, chance.randrange
    kind = chance.random()
    if kind < 0.25:
        return f"*:*:*:{pick(('*/10', '*/7', '5', '*/30', '0,30'))}"
    if kind < 0.4:
        return f"*:*:{pick(('*/5', '*/2', '*/15', '3-9'))}:{digit(60)}"
    if kind < 0.5:
        return f"*:*/{1 + digit(4)}:{digit(60)}:{digit(60)}"
    if kind < 0.9:
        days = pick(("*", "*", "0-4", "5,6", "*/2"))
        hours = pick(("0-23", "1-4", "2", "8-20/3", "22-5"))
        return f"{days}:{hours}:{pick(('*', '*/10', '30', '0', '7'))}:{digit(60)}"
    return f"catchup={pick((5, 100, 1440))} *:{digit(24)}:{digit(60)}:{digit(60)}"


def steps(chance: random.Random, entries: tuple[str, ...], start: int, known: bool, end: int):
    """What happens, at a second each."""
    at, clock = 0, start if known else None  # the time at power-on, as the clock has it
    while True:
        at += chance.randrange(5, end // 5)
        if at >= end - 10:
            return
        kind = chance.random()
        if kind < 0.6 or clock is None:
            now = start if clock is None else clock + at
            ranges = ((-3, 4), (-70, 70), (-4000, 4000), (-90_000, 90_000))
            ahead = chance.choice((*JUMPS, *(chance.randrange(*pair) for pair in ranges)))
            clock = now + ahead - at
            yield Step(at, utc=now + ahead)
        elif kind < 0.8:
            held = min(chance.choice(HELD), end - 1 - at)  # it goes on before all ends
            yield Step(at, asleep=held)
            at += held
        elif kind < 0.9:
            others = [*entries, f"{entry(chance)}!n n"]
            chance.shuffle(others)
            entries = tuple(others[: len(entries)])
            yield Step(at, entries=entries)
        else:
            yield Step(at, rule=chance.choice(RULES))


def timeline(number: int) -> Timeline:
    """The random timeline of that number."""
    chance = random.Random(SEED * 1000 + number)
    many = chance.randrange(1, 12)
    entries = tuple(f"{entry(chance)}!lamp set {index}" for index in range(many))
    start = chance.choice(CHANGES) - chance.randrange(7200)
    known = chance.random() < 0.5
    end = chance.choice((600, 2000, 6000))
    return Timeline(
        entries,
        end,
        tuple(steps(chance, entries, start, known, end)),
        start if known else None,
        chance.choice(RULES),
        ticks=WRAP - chance.randrange(end * 1000),
    )


def test_whatever_happens_to_the_clock_each_is_run_as_often_as_it_has_to(tmp_path: Path) -> None:
    timelines = [timeline(number) for number in range(rounds(TIMELINES, SLICE))]
    lived = on_board(timelines, engine_command(), compiled(tmp_path / "code"))
    demanded: list[Runs] = [each.demanded() for each in timelines]
    pairs = list(zip(lived, demanded, strict=True))
    lost = sum(len(set(want) - set(done)) for done, want in pairs)
    more = sum(len(set(done) - set(want)) for done, want in pairs)
    happened = [step for each in timelines for step in each.steps]
    sets = sum(step.utc is not None for step in happened)
    held = sum(step.asleep > 0 for step in happened)
    runs = sum(map(len, demanded))
    print(f"timelines: {len(timelines)}, clock set: {sets}, loop held: {held}, ", end="")
    print(f"runs: {runs}, lost: {lost}, too many: {more}")
    parts = [(number, difference(*pair)) for number, pair in enumerate(pairs)]
    assert [part for part in parts if part[1]] == []
    assert (lost, more) == (0, 0)
    assert sets > len(timelines)


def test_ticks_that_wrap_lose_nothing(tmp_path: Path) -> None:
    """Each boundary near the wrap, and far from it: the same runs."""
    entries = ("*:*:*:*/10!lamp on", "*:8:0-3:5!lamp off", "6:*:*:0!lamp set 1")
    offsets = [WRAP + ahead for ahead in (-60_000, -30_000, -10_001, -10_000, -9_999, -1)]
    offsets += [WRAP // 2 + ahead for ahead in (-60_000, -1, 0, 1)] + [0, 1, 500]
    step = (Step(100, asleep=70), Step(200, utc=1_800_000_260))
    timelines = [
        Timeline(entries, 300, step, 1_800_000_000, ticks=ticks % WRAP) for ticks in offsets
    ]
    lived = on_board(timelines, engine_command(), compiled(tmp_path / "code"))
    wrong = sum(done != timelines[0].demanded() for done in lived)
    print(f"starts around the wrap: {len(lived)}, runs each: {len(lived[0])}, wrong: {wrong}")
    assert wrong == 0
    assert len(lived[0]) > 20
