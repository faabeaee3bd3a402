"""The first due times of random entries on real MicroPython, and here: those of the oracle."""

import random
import subprocess
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

import core.sun  # noqa: F401  (kept, else it would be imported anew for each question)
import pytest
from core.cron import entry
from core.due import latest_due, next_due
from core.zone import zone
from tests.support import oracle
from tests.support.sweep import chosen

from harness import engine_command

INTERPRETERS = ("cpython",)

HERE = Path(__file__).resolve().parent
DUES = 50
FAR = 1 << 33
START, YEARS = 1735689600, 12  # from 2025-01-01 on
SUN = 90  # s within which the sun has to be
ZONES = (  # POSIX rule, hours of longitude that go with it
    ("n/a", 0),
    ("CET-1CEST,M3.5.0,M10.5.0/3", 1),
    ("EST5EDT,M3.2.0,M11.1.0", -5),
    ("NZST-12NZDT,M9.5.0,M4.1.0/3", 11.6),
    ("IST-1GMT0,M10.5.0,M3.5.0/1", 0),
    ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 10.6),
    ("EET-2EEST,M4.5.5/0,M10.5.4/24", 2),
    ("<-04>4<-03>,M9.1.6/24,M4.1.6/24", -4.7),
    ("EET-2EEST,M3.4.4/50,M10.4.4/50", 2),
    ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", -3),
    ("<+13>-13", -11.4),
    ("IST-5:30", 5.3),
    ("XST3XDT,J60/0,J301/0", -3),
)


@dataclass
class Case:
    """An entry somewhere, from some second on."""

    text: str
    rule: str
    after: int
    place: oracle.Place | None

    @property
    def line(self) -> str:
        where = self.place or ("-", "-")
        return "\t".join(map(str, (self.rule, 0, *where, self.after, DUES, self.text)))

    @cached_property
    def expected(self) -> list[int]:
        rule = "UTC" if self.rule == "n/a" else self.rule
        return list(islice(oracle.occurrences(self.text, self.after, FAR, rule, self.place), DUES))

    def same(self, found: list[int]) -> bool:
        wanted, within = self.expected, SUN if self.place else 0
        near = [abs(due - other) <= within for due, other in zip(found, wanted, strict=False)]
        return len(found) == len(wanted) == DUES and all(near)


def item(one: random.Random, size: int) -> str:
    first, last, step = one.randrange(size), one.randrange(size), one.randrange(1, size + 1)
    blank = one.choice(("", "", "", " "))
    return one.choice(
        (
            "*",
            f"*/{step}",
            f"{first}",
            f"{first:03}",
            f"{first}{blank}-{last}",
            f"{blank}{first}-{last}/{step}",
        )
    )


def field(one: random.Random, size: int) -> str:
    if one.random() < 0.3:
        return "*"
    return ",".join(item(one, size) for _ in range(one.choice((1, 1, 1, 2, 3))))


def case(one: random.Random) -> Case:
    rule, hours = one.choice(ZONES)
    days = field(one, 7)
    after = START + one.randrange(YEARS * 365 * 86400)
    if one.random() < 0.25:  # near one of the changes
        move = zone(rule, 0).span(after)[1]
        after = move - one.randrange(-7200, 90000) if move < FAR else after
    if one.random() < 0.8:
        times = ":".join(field(one, size) for size in (24, 60, 60))
        return Case(f"{days}:{times}!light toggle", rule, after, None)
    tag = one.choice(("sunrise", "sunset"))
    if one.random() < 0.7:
        tag += one.choice("+-") + str(one.choice((one.randrange(90), one.randrange(1441), 1440)))
    latitude = round(one.uniform(-60, 60), 3)
    longitude = round((hours * 15 + one.uniform(-15, 15) + 180) % 360 - 180, 3)
    if one.random() < 0.6:
        tag = f"{days}:{tag}"
    return Case(f"{tag}!light toggle", rule, after, (latitude, longitude))


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    one = random.Random(2026)
    return chosen([case(one) for _ in range(10_000)], 500, seed=2026)


@pytest.mark.timeout(600)
def test_on_real_micropython(cases: list[Case], tmp_path: Path) -> None:
    (tmp_path / "cases").write_text("".join(one.line + "\n" for one in cases))
    folders = f"{HERE.parent / 'standins' / 'unix'}:{HERE.parents[1] / 'micros'}"
    words = [*engine_command(), "-X", "heapsize=2M", str(HERE / "due_runner.py"), folders]
    done = subprocess.run([*words, tmp_path / "cases"], capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert (done.returncode, len(lines)) == (0, len(cases)), done.stderr[-2000:]
    wrong = [
        (one, line)
        for one, line in zip(cases, lines, strict=True)
        if not one.same([int(due) for due in line.split(",")])
    ]
    print(f"entries: {len(cases)}, due times: {len(cases) * DUES}, wrong: {len(wrong)}")
    assert wrong == []


@pytest.mark.timeout(600)
def test_here_and_backwards(cases: list[Case]) -> None:
    """The same with 64-bit floats; and the latest of a time that is over, with their number."""
    wrong: list[Case] = []
    for one in cases:
        made, where, due, found = entry(one.text), zone(one.rule, 0), one.after, list[int]()
        for _ in range(DUES):
            due = next_due(made, due, where, one.place)
            found.append(due)
        middle = found[DUES // 2]
        told = latest_due(made, one.after, middle, where, one.place)
        before = latest_due(made, one.after, middle - 1, where, one.place)
        known = told == (middle, DUES // 2 + 1) and before == (found[DUES // 2 - 1], DUES // 2)
        if not known or not one.same(found):
            wrong.append(one)
    assert wrong == []


def test_the_oracle_agrees_with_a_look_at_every_second() -> None:
    one, looks = random.Random(7), 0
    moves = [(rule, move) for rule, _ in ZONES for move in changes(rule)]
    for rule, move in moves:
        for _ in range(3):
            times = f"{field(one, 24)}:{field(one, 60)}:{one.choice(('*', '0', '*/7'))}"
            text, start = f"{field(one, 7)}:{times}!a b", move - one.randrange(5400)
            wanted = oracle.each_second(text, start, start + 9000, rule)
            assert list(oracle.occurrences(text, start, start + 9000, rule)) == wanted, (text, rule)
            looks += 9000
    assert looks > 400_000


def changes(rule: str) -> list[int]:
    """The two changes of 2027."""
    if "," not in rule:
        return []
    where, at = oracle.zone(rule), 1798761600
    found = [
        hour
        for hour in range(at, at + 365 * 86400, 1800)
        if oracle.offset(hour, where) != oracle.offset(hour - 1800, where)
    ]
    assert len(found) == 2
    return found
