"""The agenda of the scheduler, made from the settings: at the start and after changes."""

import asyncio
import gc

from core.once import once
from micropython import const

_SETTINGS = const(("cron", "crontasks", "tz", "geo", "gmttime"))
_SLICE = const(8)  # entries between two looks at others


def changed(node, names):
    """Follow settings that have new values; what is over is not run anew."""
    if not [name for name in _SETTINGS if name in names]:
        return
    scheduler, config, clock = node.scheduler, node.config, node.clock
    if scheduler:
        scheduler.decide()  # by the settings that were
        scheduler.changes += 1
        scheduler.tools = None
        scheduler.wake.set()
    clock.zone = (config.get("tz"), config.get("gmttime"))
    if not config.get("cron") and scheduler:
        scheduler.job.stopping = True
        scheduler.job.handle.cancel()
        node.scheduler = clock.watcher = None
    elif config.get("cron") and not scheduler and not node.safe:
        begin(node, clock.uptime())


def begin(node, since=0):
    """Start the scheduler; since=0: with the node."""
    from core.scheduler import Scheduler

    mark = node.clock.now() or since
    node.scheduler = node.clock.watcher = scheduler = Scheduler(node, mark, since)
    scheduler.job = node.tasks.supervise("cron", scheduler.run)


async def build(s):
    """Reckon when each entry is due next: known ones from what is decided, others from now on."""
    runs, config, changes = once("core.runs"), s.node.config, s.changes
    s.place = once("core.sun").place(config.get("geo"))
    s.base = runs.EPOCH if s.clock.source else 0
    record = once("core.caught").read() if s.base and s.catching else {}
    moment, same, starts, dues, texts = runs.now(s), {}, [0], [], []
    before = [s.texts[start:end] for start, end in zip(s.starts, s.starts[1:])]
    text = config.get("crontasks")
    for index, entry in enumerate(once("core.cron").each("" if text == "n/a" else text)):
        texts.append(entry.text.encode())
        starts.append(starts[-1] + len(texts[-1]))
        mark = s.done[entry.fixed]
        if texts[-1] in before:
            old = before.index(texts[-1])
            before[old] = None
            same[old] = index
        elif s.built is not None:
            mark = moment
        if entry.catchup:
            mark = min(mark, record.get(entry.key, mark))
        due = None if entry.error else runs.following(s, entry, mark)
        dues.append(None if due is None else due - s.base)
        if index % _SLICE == _SLICE - 1:
            gc.collect()  # else what stays lies scattered over the whole heap
            await asyncio.sleep_ms(0)
    waiting = [[due, same[old], end, False] for due, old, end, _ in s.waiting if old in same]
    s.texts, s.starts, s.dues, s.waiting = b"".join(texts), starts, dues, sorted(waiting)
    s.agenda = sorted([due for due in dues if due is not None])
    s.counts = {same[old]: s.counts[old] for old in s.counts if old in same}
    s.catching = s.catching and not (s.base and changes == s.changes)
    s.built = changes
    runs.tidy(s)
