"""Timer and pin events are switched on here. Loaded at the start, where there are any."""

from core.errors import CommandError
from core.executor import parse
from core.once import once


def begin(node):
    """Start the events whose settings are on; what cannot be had is told and left out."""
    from core.events import Event  # from here on in memory

    if node.port.COLLECT < 0:  # there is memory enough
        Event.held = once("line")
    pins = []
    for name in node.events:
        try:
            start(node, name, pins)
        except (CommandError, ValueError, OSError, MemoryError) as error:
            once("pins").release(node, name)
            once("health").tell(node, "%s: %s" % (name, error))


def start(node, name, pins):
    """Start one of them; `pins` are those before."""
    from core.events import Edge, Event

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
