"""What is due: judged by its age, put in line, started. Loaded while something is due."""

import asyncio
import gc
import heapq

from core.once import once
from micropython import const

EPOCH = const(1735689600)  # 2025: seconds below it are those of uptime
_YOUNG = const(60)  # seconds of age under which everything runs
_LATE = const(3600)  # under which what is bound to hours runs once
_NONE = const((0, 0, None, 0))
_SOON = const(5_000)  # ms for which the tools are kept
_ROOM = const(20_000)  # bytes free with which they are


def read(s, index):
    """Return an entry."""
    if gc.mem_free() < _ROOM:
        s.tools = s.reader = None  # one after the other
    s.reader = s.reader or once("cron")
    return s.reader.entry(str(s.texts[s.starts[index] : s.starts[index + 1]], "utf-8"))


def tools(s):
    """Return the reckoning of due times and the time zone."""
    if gc.mem_free() < _ROOM:
        s.reader = None
    s.tools = s.tools or (once("due"), once("zone").zone(*s.clock.zone))
    return s.tools


def tidy(s):
    """Let go of all that, unless it is needed at once again and there is room for it."""
    if s.pause() > _SOON or gc.mem_free() < _ROOM:
        s.tools = s.reader = None


def now(s):
    """Return the second that it is."""
    return (s.clock.anchor + s.clock.uptime_ms()) // 1000


def following(s, entry, after):
    """Return the next second an entry is due, or None."""
    due, zone = tools(s)
    if after < EPOCH:
        return due.uptime_due(entry, after)
    return due.next_due(entry, after, zone, s.place)


def latest(s, entry, after, until):
    """Return the latest second after `after` up to `until`, and how many there are."""
    due, zone = tools(s)
    return due.latest_due(entry, after, until, zone if until >= EPOCH else None, s.place)


def moved(s, first):
    """Follow the clock, which was set: only a longer way back makes things happen again."""
    moment = now(s)
    if first:
        s.done = [moment, moment - min(s.clock.uptime() - s.since, _LATE)]
    limits = (_YOUNG, _LATE)
    s.done = [moment if s.done[n] - moment > limits[n] else s.done[n] for n in (0, 1)]
    s.changes += 1
    s.wake.set()


def decide(s):
    """Judge what is due; when memory runs out on the way, the agenda is made anew."""
    if s.built != s.changes:
        return  # the agenda that is being made will tell
    moment, found, built = now(s), [], s.built
    s.built = None  # until all is well
    while s.agenda and s.agenda[0] + s.base <= moment:
        due = heapq.heappop(s.agenda)
        index = s.dues.index(due)
        s.dues[index] = None
        due += s.base
        if due > moment - _YOUNG:
            found.append([due, index, moment + (due < moment), True])
        else:
            judge(s, due, index, moment, found)
    s.waiting = sorted(s.waiting + found)
    s.done = [max(mark, moment) for mark in s.done]
    s.built = built


def judge(s, due, index, moment, found):
    """Find what is left of an entry that is a minute late or more."""
    entry = read(s, index)
    last, number = latest(s, entry, due - 1, moment - _YOUNG)
    young = following(s, entry, moment - _YOUNG)
    if young is not None and young <= moment:
        found.append([young, index, moment + 1, True])
    elif entry.fixed and last > moment - (entry.catchup * 60 or _LATE):
        found.append([last, index, last, True])
        s.node.log.warn("cron %d: runs %d s late" % (index, moment - last))
        number -= 1
    elif young is not None:
        plan(s, index, young)
    drop(s, index, number, moment - last)


def plan(s, index, due):
    """Note when an entry is due next."""
    s.dues[index] = due - s.base
    heapq.heappush(s.agenda, due - s.base)


def drop(s, index, number, late):
    """Count and log what is not run."""
    if number:
        s.counts.setdefault(index, list(_NONE))[1] += number
        s.node.log.warn("cron %d: %d not run, the last %d s late" % (index, number, late))


async def turn(s, overtake):
    """Start what waits, in order, as long as there are places."""
    decide(s)
    at = 0
    while at < len(s.waiting) and s.places:
        due, index, end, _ = s.waiting[at]
        if end > due and s.counts.get(index, _NONE)[3]:  # what was missed runs one after another
            if not overtake:
                break
            at += 1
        else:
            launch(s, *s.waiting[at])
            await asyncio.sleep_ms(0)
    tidy(s)


def launch(s, due, index, end, back):
    """Start a run as a task of its own, and note when its entry is due again."""
    entry = read(s, index)
    after = following(s, entry, due)
    if entry.catchup:
        once("caught").note(s.node.log, entry.key, due)
    s.waiting.remove([due, index, end, back])  # from here on it has run, whatever comes
    if after is not None and after < end:
        s.waiting = sorted(s.waiting + [[after, index, end, back]])
    elif after is not None and back:
        done = max(now(s), s.done[entry.fixed])
        if after <= done:  # only one of an entry may wait: not what came meanwhile
            last, number = latest(s, entry, after - 1, done)
            drop(s, index, number, done - last)
            after = following(s, entry, done)
        plan(s, index, after)
    count = s.counts.setdefault(index, list(_NONE))
    count[0] += 1
    count[3] += 1
    s.places -= 1
    s.node.tasks.spawn(s.perform(index, count, entry.commands))
