"""The entries of the settings, compared with those the scheduler has. Loaded to take them over."""

import asyncio
import gc

from core.once import once
from micropython import const

_NEW, _REFUSED = const(1), const(2)  # kinds
_SLICE = const(4)  # entries between two looks at others


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
        if index % _SLICE == _SLICE - 1:
            gc.collect()  # else what stays would lie scattered over the whole heap
            await asyncio.sleep_ms(0)
    s.waiting = [[due, same[old], end, False] for due, old, end, _ in s.waiting if old in same]
    s.texts, s.starts = b"".join(texts), starts
    s.counts = {same[old]: s.counts[old] for old in s.counts if old in same}
    return kinds
