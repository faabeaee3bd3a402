"""What a node leaves of a board's heap, and in how large a piece."""

import json
import time
from dataclasses import dataclass

from benchmarks.nodes import Heap, Node, Session, Trouble, Workshop, patiently

WORDS = (
    "hello",
    "version",
    "help",
    "help light",
    "modules",
    "status",
    "log",
    "task list",
    "task show nothing",
    "task kill nothing",
    "webrepl now",
    "reboot now",
)
CONFIGURING = b"[configure] node01 $ "
CONFIG_WORDS = ("dump", "soctout", "soctout 101", "soctout 100", "nothing")
CALL, TASK = "light toggle", "light toggle &"
OWN_COLLECTION = 11  # seconds within which the node collects by itself
_LOOKS = 6
_STEP = 1024  # bytes to which the smallest heap is found


@dataclass(frozen=True)
class Core:
    """The heap of a node at three moments, less that of the same interpreter without it."""

    booted: int
    after_words: int
    without_cron: int
    in_use: int
    names: int
    raw: int  # in use, the tables of names as they happen to be
    heaps: tuple[Heap, Heap]  # right after the start, and with one module


def settled(session: Session) -> None:
    """Wait until the node has joined its network and knows the time."""
    patiently(lambda: "time: ntp" in session.say("status"), "the time of a time server")


def every_word(session: Session) -> None:
    """Say each word of the shell once."""
    for word in WORDS:
        session.say(word)
    session.say("conf", CONFIGURING)
    for word in CONFIG_WORDS:
        session.say(word, CONFIGURING)
    session.say("noconf")


def core(workshop: Workshop) -> Core:
    """The heap of the core on an ESP32: booted, after each word, after a call, a task, a cron run.

    One session is open. A collection finds more garbage the emptier the stack is, so the last
    look is after one of the node's own, from its main loop.
    """
    bare = workshop.bare()
    base = bare.heap()
    workshop.stop(bare)
    node = workshop.node()
    booted = node.heap()
    with node.session() as session:
        settled(session)
        every_word(session)
        words = node.heap()
        session.say(CALL)
        called = node.heap()
        session.say(TASK)
        patiently(lambda: "ended" in session.say("task list"), "the end of the task")
        time.sleep(OWN_COLLECTION)
        without_cron = node.heap()
        run_by_cron(session)
        time.sleep(OWN_COLLECTION)
        # once a minute it calls itself and looks for its network: that comes and goes
        in_use = min((_look(node) for _ in range(_LOOKS)), key=lambda heap: heap.used)
    workshop.stop(node)
    return Core(
        booted.more_than(base),
        words.more_than(base),
        without_cron.more_than(base),
        in_use.more_than(base),
        in_use.names - base.names,
        in_use.used - base.used,
        (booted, called),
    )


def run_by_cron(session: Session) -> None:
    """Switch the scheduler on with one entry, due now and then, and wait until that has run."""
    session.say("conf", CONFIGURING)
    for line in (f"crontasks *:*:*:*/20!{CALL}", "cron True"):
        answer = session.say(line, CONFIGURING)
        if not answer.startswith("Saved"):
            raise Trouble(f"'{line}' is answered by '{answer}'")
    session.say("noconf")
    patiently(lambda: ran_by_cron(session) > 0, "a run of the scheduler")


def ran_by_cron(session: Session) -> int:
    """How often the scheduler has run its entries."""
    return sum(int(row["runs"]) for row in json.loads(session.say("cron list >json")))


def leaf(workshop: Workshop) -> tuple[Heap, Heap]:
    """An ESP8266 right after its start, and with two sessions and one loaded module."""
    node = workshop.node("esp8266", heap=workshop.heap_of("esp8266"))
    booted = node.heap()
    with node.session() as session, node.session() as other:
        settled(session)  # else it depends on the load of this machine what lies where
        answer = session.say(CALL)
        if answer.startswith(("refused", "fault")):
            raise Trouble(f"ESP8266: '{CALL}' is answered by '{answer}'")
        other.say("hello")
        busy = max((_look(node) for _ in range(_LOOKS)), key=lambda heap: heap.largest)
    if node.starts != 1:
        raise Trouble(f"ESP8266: the node has started {node.starts} times")
    workshop.stop(node)
    return booted, busy


def _look(node: Node) -> Heap:
    """The heap a second later: what a task waits with lies elsewhere then, maybe in the way."""
    time.sleep(1)
    return node.heap()


def smallest(workshop: Workshop) -> int:
    """The smallest heap, less what the interpreter itself holds, that serves every word."""
    bare = workshop.bare()
    taken = bare.heap().used
    workshop.stop(bare)
    low, high = taken, workshop.heap_of("esp32")
    while high - low > _STEP:
        middle = (low + high) // 2
        if _serves(workshop, middle):
            high = middle
        else:
            low = middle
    return high - taken


def _serves(workshop: Workshop, heap: int) -> bool:
    try:
        node = workshop.node(heap=heap)
    except Trouble:
        return False
    try:
        with node.session() as session:
            settled(session)
            every_word(session)
            answers = [session.say(CALL), session.say(TASK), session.say("log error")]
        return node.starts == 1 and not any("memory" in answer for answer in answers)
    except (Trouble, OSError):
        return False
    finally:
        workshop.stop(node)
