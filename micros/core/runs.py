"""What is due: judged by its age, put in line, started. Loaded while something is due."""

import asyncio
import heapq

from core.once import once
from micropython import const

_YOUNG = const(60)  # seconds of age under which everything runs
_LATE = const(3600)  # under which what is bound to hours runs once
_NONE = const((0, 0, None, 0))


def moved(s, first):
    """Follow the clock, which was set: only a longer way back makes things happen again."""
    moment = s.now()
    if first:
        s.done = [moment, moment - min(s.clock.uptime() - s.since, _LATE)]
    limits = (_YOUNG, _LATE)
    s.done = [moment if s.done[n] - moment > limits[n] else s.done[n] for n in (0, 1)]
    s.changes += 1
    s.wake()


def decide(s):
    """Judge what is due; when memory runs out on the way, the agenda is made anew."""
    if s.built != s.changes:
        return  # the agenda that is being made will tell
    moment, found, built = s.now(), [], s.built
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
    reckon = once("reckon")
    entry = reckon.read(s, index)
    last, number = reckon.latest(s, entry, due - 1, moment - _YOUNG)
    young = reckon.following(s, entry, moment - _YOUNG)
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
    at, reckon = 0, once("reckon")
    while at < len(s.waiting) and s.places:
        due, index, end, _ = s.waiting[at]
        if end > due and s.counts.get(index, _NONE)[3]:  # what was missed runs one after another
            if not overtake:
                break
            at += 1
        else:
            launch(s, reckon, s.waiting[at])
            await asyncio.sleep_ms(0)
    reckon.tidy(s)


def launch(s, reckon, item):
    """Start a run as a task of its own, and note when its entry is due again.

    Memory may run out anywhere: from where the task exists to where that is noted none is taken.
    """
    due, index, end, back = item
    entry = reckon.read(s, index)
    after = reckon.following(s, entry, due)
    if entry.catchup:
        once("caught").note(s.node.log, entry.key, due)
    count = s.counts.setdefault(index, list(_NONE))
    s.node.tasks.spawn(s.perform(index, count, entry.commands))
    s.waiting.remove(item)  # from here on it has run, whatever comes
    count[0] += 1
    count[3] += 1
    s.places -= 1
    if after is not None and after < end:
        s.waiting = sorted(s.waiting + [[after, index, end, back]])
    elif after is not None and back:
        done = s.now()
        if after <= done:  # only one of an entry may wait: not what came meanwhile
            last, number = reckon.latest(s, entry, after - 1, done)
            drop(s, index, number, done - last)
            after = reckon.following(s, entry, done)
        plan(s, index, after)
