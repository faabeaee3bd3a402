"""Timer, pin events and chains are switched on here. Loaded at the start, where there are any."""

import gc
import sys

from core.errors import CommandError
from core.executor import parse
from core.once import once
from micropython import const

_CHAINS = const(" chain1 chain2 chain3 chain4 ")
_LEFT = const(6500)  # bytes for people and modules, who get those of this file and the start too
_FIRST = const(3800)  # bytes that the first event takes
_NEXT = const(900)  # and each of the others


def begin(node):
    """Start the events whose settings are on; what cannot be had is told and left out."""
    pins = []
    for name in node.events:
        try:
            if name in _CHAINS:
                once("chains").start(node, name, once("sense").commands)
            else:
                leave_room(node)
                start(node, name, pins)
        except (CommandError, ValueError, OSError, MemoryError) as error:
            once("resting").release(node, name)
            once("problem").tell(node, "%s: %s" % (name, error))


def leave_room(node):
    """Refuse what would leave too little on a chip that has little."""
    leaf = node.port.LEAF
    least = _LEFT + (_NEXT if "core.events" in sys.modules else _FIRST)
    gc.collect()  # the file of the port too
    if leaf and gc.mem_free() < least:
        raise CommandError("left out, %d bytes free are less than %d" % (gc.mem_free(), least))


def start(node, name, pins):
    """Start one of them; `pins` are those before."""
    from core.events import Edge, Event  # from here on in memory

    if not node.port.LEAF and not Event.held:  # there is memory enough
        Event.held = once("line")
    get = node.config.get
    old = name in ("timirq", "extirq")
    line = get(name + ("cbf" if old else "_cbf"))
    if line in ("", "n/a") or not parse(line):
        raise CommandError("it is on, but has no commands")
    if name == "timirq":
        pause = get("timirqseq")
        job = node.tasks.supervise(name, Event(name, line, node.executor).run, pause, pause)
        node.watched.append(job.handle)
        return
    prefix = "ext" if old else name + "_"
    trigger, debounce = get(prefix + "trig"), get(prefix + "debounce")
    pin = once("pins").pin(node, name, name, "up")
    event = Edge(name, line, node.executor, pin, trigger, debounce, pins)
    event.level = pin.value()
    event.edges = node.port.interrupt(pin, "both" if debounce else trigger, event.edge)
    job = node.tasks.supervise(name, event.run, 0)  # it pauses by itself, no longer after failures
    node.watched.append(job.handle)
