"""The agenda of the scheduler, made from the settings: at the start and after changes."""

import asyncio
import gc

from core.once import once
from micropython import const

_SLICE = const(4)  # entries between two looks at others
TOO_SMALL = "cron is on, but this chip has not the memory for it"
_NEW, _REFUSED = const(1), const(2)  # kinds of entries


def begin(node, since=0):
    """Start the scheduler; since=0: with the node."""
    if node.port.LEAF:
        if TOO_SMALL not in node.problems:
            node.problems.append(TOO_SMALL)
        return
    mark = node.clock.now() or since
    scheduler = once("scheduler").Scheduler(node, mark, since)  # from here on in memory
    scheduler.job = node.tasks.supervise("cron", scheduler.run)
    node.scheduler = node.clock.watcher = scheduler
    node.watched.append(scheduler.job.handle)


async def build(s):
    """Reckon when each entry is due next: known ones from what is decided, others from now on."""
    changes, kinds = s.changes, await take(s)
    reckon = once("reckon")
    s.place = once("sun").place(s.node.config.get("geo"))
    s.base = reckon.EPOCH if s.clock.source else 0
    record = once("caught").read() if s.base and s.catching else {}
    moment, dues = s.now(), []
    for index, kind in enumerate(kinds):
        due = None
        if kind != _REFUSED:
            entry = reckon.read(s, index)
            mark = moment if kind == _NEW else s.done[entry.fixed]
            if entry.catchup:
                mark = min(mark, record.get(entry.key, mark))
            due = reckon.following(s, entry, mark)
        dues.append(None if due is None else due - s.base)
        await breathe(index)
    s.dues = dues
    s.agenda = sorted([due for due in dues if due is not None])
    s.catching = s.catching and not (s.base and changes == s.changes)
    s.built = changes
    reckon.tidy(s)


async def take(s):
    """Take the entries of the settings, find those that were there before; the kind of each."""
    before = [s.texts[start:end] for start, end in zip(s.starts, s.starts[1:])]
    same, kinds, texts, starts = {}, [], [], [0]
    text = s.node.config.get("crontasks")
    for index, entry in enumerate(once("cron").each("" if text == "n/a" else text)):
        texts.append(entry.text.encode())
        starts.append(starts[-1] + len(texts[-1]))
        kinds.append(_REFUSED if entry.error else 0 if s.built is None else _NEW)
        if texts[-1] in before:
            old = before.index(texts[-1])
            before[old] = None
            same[old] = index
            kinds[-1] = kinds[-1] & _REFUSED
        await breathe(index)
    s.waiting = [[due, same[old], end, False] for due, old, end, _ in s.waiting if old in same]
    s.texts, s.starts = b"".join(texts), starts
    s.counts = {same[old]: s.counts[old] for old in s.counts if old in same}
    return kinds


async def breathe(index):
    """Look at others now and then."""
    if index % _SLICE == _SLICE - 1:
        gc.collect()  # else what stays would lie scattered over the whole heap
        await asyncio.sleep_ms(0)
