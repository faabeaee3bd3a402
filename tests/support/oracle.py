"""What the scheduler must do, worked out the slow way: `zoneinfo`, a calendar, an almanac.

Nothing here is shared with the board's half. Times are UTC seconds since 1970. An occurrence is a
naive local time put on the line of UTC by zoneinfo's own `fold`; a sun event comes from `ephem`
(VSOP87), or from a function that a test hands over. Entries are texts of one valid entry each.
"""

import heapq
import io
import math
import re
import struct
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import product
from zoneinfo import ZoneInfo

import ephem

Place = tuple[float, float]  # latitude, longitude in degrees
Sun = Callable[[int, bool, Place], int | None]  # UTC of the local 12:00, sunset?, where

_HOUR = timedelta(hours=1)
_DAY = 86400
_EPOCH = datetime(1970, 1, 1)
_RUNS = 60  # s of age below which a missed occurrence still runs
_RECENT = 3600  # s of age below which the latest of a fixed entry still runs
_HORIZON = math.radians(-0.833)  # refraction, and half the sun's width


# --- zones


@cache
def zone(rule: str) -> ZoneInfo:
    """A zone by its name, or by its POSIX rule: as the footer of a time zone file of its own."""
    if rule == "UTC" or "/" in rule.split(",", maxsplit=1)[0]:
        return ZoneInfo(rule)
    head = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    body = struct.pack(">lbb", 0, 0, 0) + b"LMT\0"
    return ZoneInfo.from_file(io.BytesIO((head + body) * 2 + b"\n" + rule.encode() + b"\n"))


def local(utc: int, where: ZoneInfo) -> datetime:
    """The local time of an instant, without its zone; `fold` tells a second pass."""
    return datetime.fromtimestamp(utc, where).replace(tzinfo=None)


def _instant(naive: datetime, where: ZoneInfo, fold: int) -> int:
    return int(naive.replace(tzinfo=where, fold=fold).timestamp())


def offset(utc: int, where: ZoneInfo) -> int:
    """Seconds east of UTC."""
    return int((local(utc, where) - _EPOCH).total_seconds()) - utc


@lru_cache(maxsize=100_000)
def _gap_end(behind: int, where: ZoneInfo) -> int:
    """The instant at which the offset changed to the one at `behind`, within a day before."""
    new, low, high = offset(behind, where), behind - _DAY, behind
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if offset(middle, where) == new else (middle, high)
    return high


# --- one entry


@dataclass(frozen=True)
class Spec:
    """An entry, read."""

    days: frozenset[int]  # Monday = 0
    times: tuple[tuple[int, ...], ...] = ()  # hours, minutes, seconds
    sun: str = ""
    shift: int = 0  # s
    fixed: bool = True
    daily: bool = True  # WD is written `*`
    catchup: int = 0  # min


_ENTRY = re.compile(
    r"\s*(?:catchup=\s*(?P<catchup>\d+)\s+)?"
    r"(?:(?P<clock>[^!:]+:[^!:]+:[^!:]+:[^!:]+)|(?:(?P<days>[^!:]+):)?\s*"
    r"(?P<sun>sunrise|sunset)\s*(?P<shift>[+-]\s*\d+)?\s*)!.+",
    re.DOTALL,
)


def read(text: str) -> Spec:
    """Read one valid entry."""
    found = _ENTRY.fullmatch(text)
    if not found:
        raise ValueError(text)
    catchup = int(found["catchup"] or 0)
    if found["sun"]:
        days = found["days"] or "*"
        shift = int((found["shift"] or "0").replace(" ", "")) * 60
        daily = days.strip() == "*"
        return Spec(_field(days, 7), (), found["sun"], shift, True, daily, catchup)
    days, *times = found["clock"].split(":")
    fields = tuple(tuple(sorted(_field(*it))) for it in zip(times, (24, 60, 60), strict=True))
    periodic = re.fullmatch(r"\s*\*\s*(/\s*\d+\s*)?", times[0])
    return Spec(_field(days, 7), fields, "", 0, not periodic, days.strip() == "*", catchup)


@cache
def _field(text: str, size: int) -> frozenset[int]:
    values: set[int] = set()
    for item in "".join(text.split()).split(","):
        span, _, step = item.partition("/")
        if span == "*":
            chain = list(range(size))
        elif "-" in span:
            first, last = map(int, span.split("-"))
            chain = [first]
            while chain[-1] != last:
                chain.append((chain[-1] + 1) % size)
        else:
            chain = [int(span)]
        if not 0 < int(step or 1) <= size:
            raise ValueError(text)
        values.update(chain[:: int(step or 1)])
    return frozenset(values)


def occurrences(
    spec: str | Spec,
    start: int,
    end: int,
    rule: str = "UTC",
    place: Place | None = None,
    sun: Sun | None = None,
) -> Iterator[int]:
    """All UTC seconds after `start` up to `end` at which an entry is due, in order, lazily."""
    spec = read(spec) if isinstance(spec, str) else spec
    found = (
        _at_the_sun(spec, start, end, zone(rule), place, sun or almanac)
        if spec.sun
        else _at_the_clock(spec, start, end, zone(rule))
    )
    for due in found:
        if due > end:
            return
        if due > start:
            yield due


def _at_the_clock(spec: Spec, start: int, end: int, where: ZoneInfo) -> Iterator[int]:
    """Candidates are the naive local times, hour by hour."""
    offsets = [offset(start + days * _DAY, where) for days in range(0, 366, 5)]
    east, west = max(offsets), min(offsets)
    hour = (_EPOCH + timedelta(seconds=start + west - 7200)).replace(minute=0, second=0)
    waiting: list[int] = []
    last = None
    while True:
        if hour.weekday() in spec.days and hour.hour in spec.times[0]:
            first, even = _even(hour, where)
            for minute, second in product(*spec.times[1:]):
                naive = hour.replace(minute=minute, second=second)
                due = (first + minute * 60 + second,) if even else _instants(spec, naive, where)
                for utc in due:
                    heapq.heappush(waiting, utc)
        hour += _HOUR
        final = int((hour - _EPOCH).total_seconds()) - east  # what comes later is due later
        while waiting and waiting[0] < final:
            due = heapq.heappop(waiting)
            if due != last:
                yield due
            last = due
        if final > end:
            return


def _even(hour: datetime, where: ZoneInfo) -> tuple[int, bool]:
    """When a local hour begins, and whether nothing happens to the offset near it."""
    edges = [
        _instant(hour + hours * _HOUR, where, fold) for hours in (-24, 0, 1, 24) for fold in (0, 1)
    ]
    begin = edges[2]
    far = [begin - _DAY, begin - _DAY, begin, begin, begin + 3600, begin + 3600]
    return begin, edges == [*far, begin + _DAY, begin + _DAY]


def _instants(spec: Spec, naive: datetime, where: ZoneInfo) -> Iterable[int]:
    """When a local time is: in a gap and in an overlap as rule 7 says."""
    first, second = _instant(naive, where, 0), _instant(naive, where, 1)
    if first == second:
        return (first,)
    if second < first:  # a gap
        return (_gap_end(first, where),) if spec.fixed else ()
    return (first,) if spec.fixed else (first, second)


def each_second(spec: str, start: int, end: int, rule: str = "UTC") -> list[int]:
    """The same for entries without sun, by looking at every second."""
    entry, where, found = read(spec), zone(rule), list[int]()
    before = local(start, where)
    for utc in range(start + 1, end + 1):
        now = local(utc, where)
        due = _matches(entry, now) and not (entry.fixed and now.fold)
        skipped = before + timedelta(seconds=1)
        while entry.fixed and skipped < now.replace(fold=0) and not now.fold:
            due = due or _matches(entry, skipped)
            skipped += timedelta(seconds=1)
        if due:
            found.append(utc)
        before = now.replace(fold=0)
    return found


def _matches(entry: Spec, now: datetime) -> bool:
    times = (now.hour, now.minute, now.second)
    fits = [time in field for time, field in zip(times, entry.times, strict=True)]
    return now.weekday() in entry.days and all(fits)


# --- the sun


def _at_the_sun(
    spec: Spec, start: int, end: int, where: ZoneInfo, place: Place | None, sun: Sun
) -> Iterator[int]:
    if place is None:
        return
    day = local(start, where).date() - timedelta(days=3)
    last = local(end, where).date() + timedelta(days=3)
    while day <= last:
        if day.weekday() in spec.days:
            event = sun(noon(day, where), spec.sun == "sunset", place)
            if event is not None:
                yield event + spec.shift
        day += timedelta(days=1)


def noon(day: date, where: ZoneInfo) -> int:
    """The UTC second of a date's local 12:00."""
    return _instant(datetime(day.year, day.month, day.day, 12), where, 0)


@lru_cache(maxsize=400_000)
def almanac(noon: int, sunset: bool, place: Place) -> int | None:
    """The event that belongs to the solar noon nearest to `noon`, by ephem."""
    observer = ephem.Observer()
    observer.lat, observer.lon = (math.radians(degrees) for degrees in place)
    observer.pressure, observer.horizon = 0, _HORIZON
    observer.date = ephem.Date(datetime.fromtimestamp(noon - _DAY // 2, UTC).replace(tzinfo=None))
    body = ephem.Sun()
    transit = observer.next_transit(body)
    observer.date = transit
    find = observer.next_setting if sunset else observer.previous_rising
    try:
        event = find(body, use_center=True)
    except (ephem.AlwaysUpError, ephem.NeverUpError):
        return None
    if abs(event - transit) > 0.51:  # days: it belongs to another noon
        return None
    return round(event.datetime().replace(tzinfo=UTC).timestamp())


# --- many entries, and a clock that is set, sleeps and goes wrong


@dataclass(frozen=True)
class Step:
    """Something that happens at a second of uptime; what is None stays as it is."""

    at: int
    utc: int | None = None  # clock.set
    asleep: int = 0  # the loop is blocked for so many seconds
    entries: Sequence[str] | None = None  # `crontasks` changes
    rule: str | None = None  # `tz` changes
    place: Place | None = None  # `geo` changes


@dataclass(frozen=True, order=True)
class Call:
    """One run of an entry: at which second of uptime, for which second it was due."""

    uptime: int
    due: int  # of uptime while the clock is unknown, else UTC
    index: int  # of the entry
    late: bool = False


@dataclass
class _Task:
    text: str
    spec: Spec
    mark: int | None  # the second up to which all is decided; None: it waits for the clock


@dataclass
class _Timeline:
    rule: str
    place: Place | None
    sun: Sun | None
    records: dict[str, int]
    anchor: int | None = None  # UTC at uptime 0
    tasks: list[_Task] = field(default_factory=list[_Task])
    calls: list[Call] = field(default_factory=list[Call])

    def now(self, uptime: int) -> int:
        return uptime + (self.anchor or 0)

    def due(self, task: _Task, until: int) -> list[int]:
        if task.mark is None:
            return []
        rule = self.rule if self.anchor is not None else "UTC"
        return list(occurrences(task.spec, task.mark, until, rule, self.place, self.sun))

    def fresh(self, spec: Spec, now: int) -> int | None:
        """The mark of an entry that is new."""
        waits = self.anchor is None and (spec.fixed or not spec.daily)
        return None if waits else now

    def replace(self, entries: Sequence[str], now: int) -> None:
        """Entries that stay keep what is decided, others count from now."""
        before = Counter[str]()
        kept = {(task.text, n): task for task, n in _numbered(self.tasks, before)}
        self.tasks, seen = [], Counter[str]()
        for text in entries:
            old = kept.get((text, seen[text]))
            seen[text] += 1
            spec = read(text)
            self.tasks.append(old or _Task(text, spec, self.fresh(spec, now)))

    def judge(self, uptime: int) -> None:
        """Rule 4 (and 10): what was missed, each occurrence by its own age."""
        now, runs = self.now(uptime), list[Call]()
        for index, task in enumerate(self.tasks):
            missed = self.due(task, now)
            young = [due for due in missed if now - due < _RUNS]
            limit = task.spec.catchup * 60 or _RECENT
            recent = [due for due in missed if now - due < limit]
            if task.spec.fixed and recent and not young:
                runs.append(Call(uptime, recent[-1], index, late=True))
            runs += [Call(uptime, due, index) for due in young]
            if task.mark is not None:
                task.mark = max(task.mark, now)
        self.run(sorted(runs))

    def run(self, calls: Iterable[Call]) -> None:
        for call in calls:
            task = self.tasks[call.index]
            if task.spec.catchup:
                self.records[task.text] = call.due
            self.calls.append(call)

    def pass_time(self, uptime: int, until: int) -> None:
        """An awake scheduler from one second to before another: each runs when it is due."""
        self.judge(uptime)
        shift, runs = self.now(0), list[Call]()
        for index, task in enumerate(self.tasks):
            for due in self.due(task, self.now(until - 1)):
                runs.append(Call(due - shift, due, index))
            if task.mark is not None:
                task.mark = max(task.mark, self.now(until - 1))
        self.run(sorted(runs))

    def set(self, uptime: int, utc: int) -> None:
        """Rules 3, 5 and 6: the clock is told the time."""
        first, self.anchor = self.anchor is None, utc - uptime
        for task in self.tasks:
            if first:
                task.mark = max(utc - uptime, utc - _RECENT) if task.spec.fixed else utc
                if task.spec.catchup and task.text in self.records:
                    task.mark = min(task.mark, self.records[task.text])
                continue
            back = (task.mark or 0) - utc
            if back > _RECENT or (back > _RUNS and not task.spec.fixed):
                task.mark = utc

    def take(self, step: Step) -> None:
        """What happens at a second of which all is decided."""
        if step.utc is not None:
            self.set(step.at, step.utc)
        now = self.now(step.at)
        if step.rule is not None or step.place is not None or step.entries is not None:
            self.rule = step.rule or self.rule
            self.place = step.place or self.place
            for task in self.tasks:
                task.mark = None if task.mark is None else max(task.mark, now)
        if step.entries is not None:
            self.replace(step.entries, now)


def _numbered(tasks: Iterable[_Task], seen: Counter[str]) -> Iterator[tuple[_Task, int]]:
    for task in tasks:
        yield task, seen[task.text]
        seen[task.text] += 1


def calls(
    entries: Sequence[str],
    steps: Iterable[Step],
    end: int,
    *,
    utc: int | None = None,
    rule: str = "UTC",
    place: Place | None = None,
    sun: Sun | None = None,
    records: Mapping[str, int] | None = None,
) -> list[Call]:
    """What rules 3 to 10 demand from power-on to before second `end` of uptime.

    `utc` is the clock at power-on, None: unknown. `records` are the last runs of entries with
    catchup from before. Steps of one second happen in their order; before a step all that is due
    in its second has run, unless the loop is blocked. Every command ends at once: the limits of
    rule 9 are not reached.
    """
    timeline = _Timeline(rule, place, sun, dict(records or {}))
    timeline.anchor = utc
    timeline.replace(entries, timeline.now(0))
    for task in timeline.tasks:
        record = timeline.records.get(task.text)
        if utc is not None and task.spec.catchup and record is not None:
            task.mark = min(utc, record)
    at = 0
    for step in steps:
        awake = step.at >= at
        if awake:
            timeline.pass_time(at, step.at + 1)
            at = step.at
        timeline.take(step)
        at = max(at, step.at + step.asleep)
        if awake and not step.asleep:
            timeline.judge(step.at)
    timeline.pass_time(at, end)
    return timeline.calls
