"""The power is cut at every write of an update, and again at every write of what follows.

On a real LittleFS, torn in three ways. Whenever it comes back, one whole release starts, the way
on is open, and settings and secrets are those of before or of after a save.
"""

import hashlib
import json
import os
import sys
from binascii import hexlify

from tests.support.sweep import chosen, full

INTERPRETERS = ("micropython",)
REPOSITORY = __file__[: __file__.rindex("/tests/")]
if sys.implementation.name == "micropython":
    sys.path.append(REPOSITORY + "/tests/base")

    class Timer:
        """The firmware's timer and watchdog, as far as a start needs them."""

        ONE_SHOT = 0

        def __init__(self, *_, **__):
            pass

        def init(self, **_):
            pass

        deinit = init

    class Machine:
        """The names that /slots takes from the firmware."""

        PWRON_RESET = RTC = reset = reset_cause = None
        WDT = Timer

    Machine.Timer = Timer
    sys.modules["machine"] = Machine
    import core.arriving as arriving  # what is loaded later must be here before there is a board
    import core.change
    import core.checked
    import core.deciding as deciding
    import core.digest as digest
    import core.refusing
    import core.release
    import core.rules
    import core.schemas as schemas
    import core.sealing as sealing
    import core.settings
    import core.slotted
    import core.staging as staging
    import core.steps
    import core.survivor
    import core.table
    import core.verdict
    import core.written
    import slots
    from bench import Board, PowerCut, put
    from core import migrate
    from core.config import Config
    from core.store import load, save
    from fakes import Log

    class Timing:
        """What follows a new value; there is no clock here."""

        @staticmethod
        def changed(*_):
            pass

    sys.modules["core.timing"] = Timing

    class Sleep:
        """Nothing waits here."""

        @staticmethod
        async def sleep_ms(_):
            """Wait for nobody."""

        @staticmethod
        def sleep(_):
            """Nor here."""

    slots.time = digest.asyncio = Sleep

FIRST, AGAIN, SEED = 24, 8, 7  # of a slice: cuts of each phase, cuts of what follows each
MANY, EVERY = (
    100,
    4,
)  # in full: in a phase of so many cuts, one in so many of those that follow each
TABLE = "/settings.jsonl"
ROWS = [["devfid", "node01", [1, 24], "m", "name"], ["soctout", 100, [5, 86400], "m", "seconds"]]
SECRETS = {"appwd": "7K2M9QXT4WZ8B3HN", "claimed": True}
OLD, NEW, STRAY = [0, 1, 0, 0], [0, 2, 0, 0], [0, 0, 9, 0]
MPY = getattr(sys.implementation, "_mpy", 0) & 255


def release(number, schema, files):
    """Return the manifest of a release and its files."""
    head = {"release": number, "schema": schema, "api": 1, "family": "f", "board": "b", "mpy": MPY}
    listed = [[name, len(it), sha256(it)] for name, it in sorted(files.items())]
    text = ",".join(['"%s":%s' % (name, json.dumps(head[name])) for name in sorted(head)])
    return ('{%s,"files":%s}' % (text, json.dumps(listed))).encode(), files


def sha256(content):
    return hexlify(hashlib.sha256(content).digest()).decode()


SAME = b"s" * 700
BEFORE = release(OLD, 1, {"node.mpy": b"old", "core/same.mpy": SAME, "pack": b"o" * 5000})
AFTER = release(NEW, 2, {"node.mpy": b"new", "core/same.mpy": SAME, "pack": b"n" * 5000})
OTHER = release(STRAY, 1, {"node.mpy": b"x", "core/stray.mpy": b"stray"})


def up(kept, secrets):
    kept["two"] = True


def down(kept):
    kept.pop("two", None)


UP, DOWN = (None, up), (None, down)


class Node:
    """A node that has just started, as /slots lets it; all that it writes at a start is done."""

    family = board = "b"
    LEAF = safe = False
    overdue = staged = step = trial = None

    def __init__(self):
        found = slots.chosen(None)
        assert found, "bricked"
        _, timer, self.record, slot = found
        self.slot = "/" + slot
        facts = core.release.facts(self.slot)
        self.release = facts["release"]
        if self.record["trial"] == slot:
            self.trial = [timer, 0]
        self.log, self.clock, self.port, self.tasks = Log(), self, self, self
        self.slots = lambda work, *arguments: getattr(slots, work)(*arguments)
        path = "/node_config.%d.json" % facts["schema"]
        secrets = load("/secret.json")[0]
        assert secrets == SECRETS
        self.config = Config(path, TABLE, secrets, "/secret.json", self.log)
        names = os.listdir("/")
        if path[1:] not in names and path[1:] + ".prev" not in names:
            migrate.bring(self.config, UP[: facts["schema"]])
        self.config.node = self
        assert not self.config.problem or self.config.problem.endswith(" was used")
        if not self.trial:
            schemas.tidy(self, DOWN)

    def uptime(self):
        return 100

    def memory(self, data=None):
        """It holds nothing that a start could count: these starts are none of a chip's."""
        return b""

    def entropy(self, size):
        return bytes(size)

    def spawn(self, coroutine):
        coroutine.close()

    def restart(self, end=True):
        pass


class Link:
    """A desk that has logged in and sends what is asked for."""

    keys = True

    def __init__(self, node):
        self.node = node
        self.given = {}
        self.payload = b""

    async def part(self, request):
        data, self.payload = self.payload[:1024], self.payload[1024:]
        return data

    async def event(self, request, value):
        pass

    def say(self, work, payload=b"", **given):
        self.payload, self.given = payload, given
        if payload:
            given.update(size=len(payload), sha256=sha256(payload))
        return run(work(self, self))


def run(coroutine):
    """Run what does not wait for anybody else."""
    try:
        while True:
            coroutine.send(None)
    except StopIteration as end:
        return end.value


# --- what is done on the way, and what a start finds


def stage(node=None):
    """Bring the new release, up to the commit."""
    link = Link(node or Node())
    begun = link.say(staging.begin, AFTER[0])
    for name in begun["missing"]:
        link.say(arriving.put, AFTER[1][name], name=name, token=begun["token"])
    link.say(sealing.manifest, token=begun["token"])
    assert link.say(sealing.commit, token=begun["token"]) == "committed"


def confirm(node=None):
    """Let the release on trial stay."""
    assert Link(node or Node()).say(deciding.confirm, release=NEW) == "confirmed"


def leave():
    """End the trial for want of a confirm; the release before starts."""
    deciding.end(Node(), 1)
    Node()


def back():
    """Go back by hand to the release before."""
    Link(Node()).say(deciding.back)
    Node()


def saved():
    """Save a setting, which the release before is to find as well."""
    node, plain = Node(), schemas.equal
    schemas.equal = lambda node: plain(node, DOWN)
    try:
        node.config.set("devfid", "new")
    finally:
        schemas.equal = plain


def go_on():
    """What follows a cut: the desk comes again, until the new release runs for good."""
    for _ in range(6):
        node = Node()
        if node.trial:
            confirm(node)
        elif node.release == NEW:
            return
        else:
            stage(node)
    raise AssertionError("the new release does not come to run")


def only_start():
    """What follows a cut where nobody comes: two starts."""
    Node()
    Node()


def look():
    """Say which release a start finds, or what is wrong."""
    try:
        node = Node()
    except (AssertionError, OSError, ValueError, KeyError) as error:
        return "lost: %r" % error
    if slots.verified(node.slot[1:]) != node.release:
        return "lost: a mixture in " + node.slot
    name = node.config.get("devfid")
    return "%s%s%s" % (
        {1: "old", 2: "new"}.get(node.release[1], "lost"),
        " on trial" if node.trial else "",
        "" if name == "old" else ", saved" if name == "new" else " lost settings",
    )


# --- the boards they begin on


def fresh():
    """A node that has been in use: what was in the other slot before is there yet."""
    with open(TABLE, "w") as file:
        file.write("\n".join([json.dumps(row) for row in ROWS]))
    for slot, (manifest, files) in (("/a/", BEFORE), ("/b/", OTHER)):
        for name in files:
            put(slot + name, files[name])
        put(slot + "manifest.json", manifest)
    first = {"run": "a", "trial": None, "tries": 0, "failed": None, "auto": 0, "wdt": 0}
    slots.write(dict(first, back=STRAY))
    save("/secret.json", SECRETS)
    save("/node_config.1.json", {"devfid": "first"})
    save("/node_config.1.json", {"devfid": "old"})


def begun():
    fresh()
    stage()


def on_trial():
    begun()
    Node()


def confirmed():
    on_trial()
    confirm()


def used_up():
    begun()
    for _ in range(3):
        Node()


PHASES = (  # what is cut, on which board, what follows, what may be found then
    ("staging, manifest and commit", fresh, stage, go_on, ("old", "new on trial")),
    ("the first start of a trial", begun, Node, go_on, ("new on trial", "old")),
    ("a confirm", on_trial, confirm, go_on, ("new", "new on trial")),
    ("the end of a trial", on_trial, leave, only_start, ("old", "new on trial")),
    ("a trial whose tries are used up", used_up, Node, only_start, ("old",)),
    ("a save with a way back", confirmed, saved, back, ("new", "new, saved")),
    ("the way back", confirmed, back, only_start, ("new", "old")),
)


def cut(before, work, place):
    """Do it on a copy, cut at a place; return the flash as it is found."""
    flash = before.copy()
    with Board(flash):
        flash.cut, flash.torn = place
        try:
            work()
        except (Exception, PowerCut):  # whatever a program does without power
            if not flash.dead:
                raise
    assert flash.dead
    return flash.copy()


def places(before, work):
    """Return all places of a cut, and how much of that write is done."""
    with Board(before.copy()) as whole:
        work()
    return [(at, tear) for at in range(1, whole.flash.writes + 1) for tear in (0, 1, 2)]


def found_on(flash):
    with Board(flash.copy()):
        return look()


def swept(name, prepare, work, follow, allowed):
    """Cut a phase everywhere, and what follows each cut; return how many cuts, and what is lost."""
    with Board(blocks=48) as board:
        prepare()
    found, lost, count = {}, [], 0
    first = chosen(places(board.flash, work), FIRST, SEED)
    every = EVERY if len(first) > MANY else 1
    for number, place in enumerate(first):
        flash = cut(board.flash, work, place)
        states = [found_on(flash)]
        if states[0] not in allowed:
            lost.append((place, None, states[0]))
        cases = places(flash, follow) if states[0][:4] != "lost" else []
        cases = cases[number % every :: every] if full() else spread(cases, AGAIN, number)
        for second in cases:
            states.append(found_on(cut(flash, follow, second)))
            if "lost" in states[-1]:
                lost.append((place, second, states[-1]))
        count += len(states)
        for state in states:
            found[state] = found.get(state, 0) + 1
    print("%s: cuts: %d, %s, lost: %d" % (name, count, found, len(lost)))
    return count, lost


def spread(cases, size, number):
    """Return some of the cases, others for each number."""
    step = max(len(cases) // size, 1)
    return cases[number % step :: step][:size]


def test_whenever_the_power_goes_in_an_update_one_whole_release_starts_and_settings_are_whole():
    total, lost = 0, []
    for phase in PHASES:
        count, gone = swept(*phase)
        total += count
        lost += [(phase[0], each) for each in gone]
    print("cuts of updates: %d, bricked or lost: %d" % (total, len(lost)))
    assert lost == []
    assert total >= (10_000 if full() else 500)


def test_the_sweep_finds_a_commit_before_everything_is_there():
    def hasty():
        node = Node()
        node.slots("attempt", dict(node.record, trial="b", back=[]))
        stage_late(node)

    def stage_late(node):
        link = Link(node)
        for name in AFTER[1]:
            put("/b/" + name, AFTER[1][name])
        put("/b/manifest.json", AFTER[0])
        return link

    _, lost = swept("a hasty commit", fresh, hasty, only_start, ("old", "new on trial"))
    assert len(lost) > 0
