"""The power is cut at every write to a real LittleFS, torn in three ways; what is found then.

Each kind of file that the node writes is old or new after the next start, never anything else.
"""

import json
import os
import sys

from tests.support.sweep import chosen, full

INTERPRETERS = ("micropython",)
REPOSITORY = __file__[: __file__.rindex("/tests/")]
if sys.implementation.name == "micropython":
    sys.path.append(REPOSITORY + "/tests/base")

    class Machine:
        """The names that /slots takes from the firmware."""

        PWRON_RESET = RTC = WDT = Timer = reset = reset_cause = None

    sys.modules["machine"] = Machine
    import core.change
    import core.checked  # all that is loaded later must be here before there is a board
    import core.pinout
    import core.pins
    import core.rules
    import core.settings
    import core.table
    import core.words
    import core.written
    import slots
    from bench import Board, PowerCut
    from core import attempt, caught, keep, migrate, outputs, runs, schemas, trial
    from core import kept as keeping
    from core.config import Config
    from core.errors import CommandError
    from core.store import load, save
    from fakes import Log

SLICE, SEED = 60, 7
TABLE = "/settings.jsonl"
ROWS = [
    ["devfid", "node01", [1, 24], "rm", "name"],
    ["staessid", "", [0, 256], "rm", "networks"],
    ["stapwd", "", [0, 512], "rs", "passwords"],
    ["appwd", "", [12, 63], "s", "password"],
    ["soctout", 100, [5, 86400], "m", "seconds"],
    ["devip", "n/a", [0, 15], "rm", "address"],
    ["boothook", "n/a", [0, 8192], "r", "commands"],
    ["cstmpmap", "n/a", [0, 512], "rm", "pins"],
    ["poweron", "n/a", [0, 96], "rf", "levels"],
    ["resetpin", "n/a", [0, 24], "rf", "pin"],
]
FILE = "/node_config.1.json"
SECRETS = "/secret.json"
KNOWN = {"appwd": "7K2M9QXT4WZ8B3HN", "claimed": True}


def cuts(what, prepare, change, look):
    """Cut the power at each write of a change, each torn in three ways; count what is found.

    `look` says what the start after it finds; that start is cut at each of its own writes, too.
    """
    with Board(blocks=32) as board:
        with open(TABLE, "w") as file:
            file.write("\n".join([json.dumps(row) for row in ROWS]))
        prepare()
    found, again = {}, {}
    with Board(board.flash.copy()) as whole:
        change()
    cases = chosen(places(whole.flash.writes), SLICE, SEED)
    for flash in torn(board.flash, change, cases):
        with Board(flash.copy()) as seen:
            state = look()
        found[state] = found.get(state, 0) + 1
        cases = places(seen.flash.writes)
        for second in torn(flash, look, cases if full() else cases[:: len(cases) // 6 + 1]):
            with Board(second):
                after = look()
            again[after] = again.get(after, 0) + 1
    lost = found.get("lost", 0) + again.get("lost", 0)
    total = sum(found.values()) + sum(again.values())
    print("%s: cuts: %d, %s, then cut again: %s, lost: %d" % (what, total, found, again, lost))
    assert len(found) > 0
    return lost


def places(writes):
    """Return all places of a cut, and how much of that write is done."""
    return [(cut, tear) for cut in range(1, writes + 1) for tear in (0, 1, 2)]


def torn(before, change, cases):
    """Yield the flash as each cut leaves it, powered again."""
    for cut, tear in cases:
        flash = before.copy()
        with Board(flash):
            flash.cut, flash.torn = cut, tear
            try:
                change()
            except (PowerCut, OSError, CommandError):
                pass
        assert flash.dead
        yield flash.copy()


class Node:
    """As much of a node as these parts need, after a start for this reason."""

    board = "esp32"
    boot_reason = "power-on"
    trial = None

    def __init__(self, reason="power-on"):
        self.boot_reason = reason
        self.log = Log()
        self.clock = self.server = self
        self.sessions = ()
        self.slots = lambda work, *arguments: getattr(slots, work)(*arguments)
        self.restarted = False
        self.secrets = load(SECRETS)[0] or dict(KNOWN)
        self.config = Config(FILE, TABLE, self.secrets, SECRETS, self.log)
        names = os.listdir("/")
        if FILE[1:] not in names and FILE[1:] + ".prev" not in names:
            migrate.bring(self.config)
        if SECRETS[1:] + ".try" in names:
            trial.resume(self)

    def uptime(self):
        return 1

    def memory(self):
        return b""

    def restart(self):
        self.restarted = True


def one_of(**states):
    """Return the name of the state that is true."""
    return ([name for name in ("old", "new") if states[name]] + ["lost"])[0]


def pair(node):
    return node.config.get("staessid"), node.config.get("stapwd")


def test_settings_are_old_or_new():
    for length in (10, 1000, 8000):
        old, new = "o" * length, "n" * length

        def prepare(old=old):
            save(SECRETS, KNOWN)
            Node().config.set_many({"boothook": "first", "devfid": "first"})
            Node().config.set_many({"boothook": old, "devfid": "old"})

        def change(new=new):
            Node().config.set_many({"boothook": new, "devfid": "new"})

        def look(old=old, new=new):
            config = Node().config
            found = config.get("boothook"), config.get("devfid")
            return one_of(old=found == (old, "old"), new=found == (new, "new"))

        assert cuts("settings of %d characters" % length, prepare, change, look) == 0


def test_the_first_settings_are_none_or_new():
    def look():
        config = Node().config
        assert config.problem is None or config.problem.endswith(".new was used")
        return one_of(old=config.get("devfid") == "node01", new=config.get("devfid") == "new")

    def prepare():
        save(SECRETS, KNOWN)

    assert cuts("first settings", prepare, lambda: Node().config.set("devfid", "new"), look) == 0


def test_a_reset_of_the_settings_is_whole_or_none():
    def prepare():
        save(SECRETS, KNOWN)
        Node().config.set_many({"boothook": "first", "devfid": "first"})
        Node().config.set_many({"boothook": "light on", "devfid": "old", "soctout": "50"})

    def look():
        node = Node()
        found = [node.config.get(name) for name in ("boothook", "devfid", "soctout")]
        assert node.secrets["appwd"] == KNOWN["appwd"]
        return one_of(old=found == ["light on", "old", 50], new=found == ["n/a", "node01", 100])

    assert cuts("reset settings", prepare, lambda: Node().config.reset(), look) == 0


def test_secrets_are_old_or_new():
    old = {"appwd": "a" * 16, "claimed": True, "k": "0" * 64, "i": 20000}
    new = dict(old, appwd="b" * 16, k=None, i=None)

    def prepare():
        save(SECRETS, {"appwd": "before"})
        save(SECRETS, old)

    def look():
        found = load(SECRETS)[0]
        return one_of(old=found == old, new=found == new)

    assert cuts("secrets", prepare, lambda: Node().config.set("appwd", "b" * 16), look) == 0


def test_a_network_and_its_password_are_changed_both_or_not_at_all():
    def prepare():
        save(SECRETS, KNOWN)
        Node().config.set_many({"staessid": "first", "stapwd": "password of the first"})
        Node().config.set_many({"staessid": "old", "stapwd": "password of the old"})

    def look():
        node = Node()
        assert "secret.json.try" not in os.listdir("/")
        found = pair(node)
        return one_of(
            old=found == ("old", "password of the old"), new=found == ("new", "password of the new")
        )

    def change():
        Node().config.set_many({"staessid": "new", "stapwd": "password of the new"})

    assert cuts("network with its password", prepare, change, look) == 0


class Session:
    """Somebody who says try."""

    early = False
    open = True

    async def say(self, text):
        pass

    end = wait_closed = say


def run(coroutine):
    """Run what does not wait for anybody else."""
    try:
        while True:
            coroutine.send(None)
    except StopIteration as end:
        return end.value


def begin(text):
    """Put settings on trial as far as the restart; the time it takes to say goodbye is left out."""
    config = Node().config
    seconds, texts = attempt.asked(text)
    values, secrets, _, _ = core.checked.checked(config, texts)
    trial.note(config, seconds, values, secrets)


def test_a_trial_that_is_cut_off_leaves_the_old_settings():
    def prepare():
        save(SECRETS, KNOWN)
        Node().config.set_many({"staessid": "old", "stapwd": "password of the old"})

    def change():
        begin("60 staessid=new stapwd='password of the new'")

    def look():
        return one_of(old=pair(Node()) == ("old", "password of the old"), new=False)

    assert cuts("a trial that begins", prepare, change, look) == 0


def test_a_trial_is_used_once_at_most_whenever_its_start_is_cut_off():
    def prepare():
        save(SECRETS, KNOWN)
        Node().config.set_many({"staessid": "old", "stapwd": "password of the old"})
        begin("60 staessid=new stapwd='password of the new'")

    def look():
        node, later = Node("reset"), Node("reset")
        states = ("old", "password of the old"), ("new", "password of the new")
        assert pair(later) == states[0]
        return one_of(old=pair(node) == states[0], new=pair(node) == states[1])

    assert cuts("a trial that is used", prepare, lambda: Node("reset"), look) == 0


def test_what_is_kept_after_a_trial_is_kept_both_or_not_at_all():
    def prepare():
        save(SECRETS, KNOWN)
        Node().config.set_many({"staessid": "old", "stapwd": "password of the old"})

    def change():
        node = Node()
        values, secrets = {"staessid": "new"}, {"stapwd": "password of the new"}
        trial.use(node, 60, values, secrets, True)
        run(trial.keep(node, Session(), ""))

    def look():
        found = pair(Node())
        return one_of(
            old=found == ("old", "password of the old"), new=found == ("new", "password of the new")
        )

    assert cuts("keep after a trial", prepare, change, look) == 0


def test_settings_of_an_earlier_schema_are_brought_over_however_often_that_is_cut_off():
    def prepare():
        save(SECRETS, KNOWN)
        old = {"staessid": "new", "stapwd": "password of the new", "devip": "10.0.0.1"}
        save("/node_config.json", old)

    def change():
        schemas.tidy(Node())

    def look():
        node = Node()
        assert node.config.problem is None
        assert node.config.get("devip") == "n/a"
        state = one_of(old=False, new=pair(node) == ("new", "password of the new"))
        schemas.tidy(node)
        assert "node_config.json" not in os.listdir("/")
        return state

    assert cuts("settings of an earlier schema", prepare, change, look) == 0


def test_kept_state_is_old_or_new():
    def kept():
        node = Node()
        keeping.begin(node)
        assert node.kept.problem is None
        return node

    def write(value):
        node = kept()
        keep.keep(node, "light", value, None)
        keeping.save(node)
        if node.kept.problem:
            raise OSError(5)

    for length in (1, 900):
        old, new = {"x": "o" * length}, {"x": "n" * length}

        def prepare(old=old):
            save(SECRETS, KNOWN)
            write({"x": "first"})
            write(old)

        def look(old=old, new=new):
            found = keep.keep(kept(), "light", None, None)
            return one_of(old=found == old, new=found == new)

        def change(new=new):
            write(new)

        assert cuts("kept state of %d characters" % length, prepare, change, look) == 0


RECORD = {"run": "a", "trial": None, "tries": 0, "failed": None, "back": [], "auto": 0, "wdt": 0}


def test_the_boot_record_is_old_or_new():
    for both in (True, False):

        def prepare():
            slots.write(dict(RECORD, back=[0, 1, 0, 0]))
            slots.write(dict(RECORD, back=[0, 1, 0, 0]))

        def look():
            found = slots.newest() or {}
            whole = [found.get(name) for name in ("trial", "tries", "wdt")]
            return one_of(old=whole == [None, 0, 0], new=whole == ["b", 1, 1])

        def change(both=both):
            slots.write(dict(slots.newest(), trial="b", tries=1, wdt=1), both)

        assert cuts("boot record, both: %s" % both, prepare, change, look) == 0


def test_the_levels_at_power_on_are_old_or_new():
    def prepare():
        save(SECRETS, KNOWN)
        Node().config.set("poweron", "simple_0:last; pwm_0:on")
        outputs.note(Node(), {16: 0})

    def change():
        node = Node()
        outputs.note(node, {16: 1})
        if node.log.entries:
            raise OSError(5)

    def look():
        pins = (slots.read("/poweron") or {}).get("pins")
        return one_of(old=pins == [[14, 1, 1], [16, 0, 0]], new=pins == [[14, 1, 1], [16, 1, 1]])

    assert cuts("levels at power-on", prepare, change, look) == 0


class Feeding:
    """As much of a scheduler as the start of one run needs, and an entry that catches up.

    The run leaves its trace on the flash: without power it leaves none.
    """

    key, catchup, commands = 77, 60, "feed cat"

    def __init__(self):
        self.node = self.tasks = self
        self.log = Log()
        self.counts = {}
        self.places = 8
        self.waiting = [[NEW, 0, NEW, False]]

    def read(self, scheduler, index):
        return self

    def following(self, scheduler, entry, mark):
        return None

    def perform(self, *_):
        return self

    def spawn(self, run):
        with open("/fed", "ab") as file:
            file.write(b"*")


OLD, NEW = 1_800_000_000, 1_800_086_400


def test_the_record_of_what_was_caught_up_is_old_new_or_none_and_nothing_runs_twice():
    for others in (0, 11):
        before = {each: OLD - each for each in range(others)}
        before[Feeding.key] = OLD
        after = dict(before)
        after[Feeding.key] = NEW

        def prepare(before=before):
            for key in before:
                caught.note(None, key, before[key])
            assert caught.read() == before

        def change():
            feeding = Feeding()
            runs.launch(feeding, feeding, feeding.waiting[0])

        def look(before=before, after=after):
            record = caught.read()
            fed = slots.content("/fed")
            if record == before:  # the next start catches up
                return "lost" if fed else "old"
            assert record.get(Feeding.key, NEW) == NEW  # it does not
            return "none" if record == {} else one_of(old=False, new=record == after)

        what = "record of catching up, %d entries" % (others + 1)
        assert cuts(what, prepare, change, look) == 0


def test_the_sweep_finds_a_save_that_is_not_safe():
    def look():
        return one_of(old=load("/x")[0] is not None, new=False)

    def prepare():
        save("/x", {"old": "o" * 3000})

    def overwrite_with_a_flush_between():
        with open("/x", "w") as file:
            file.write('{"new": "')
            file.flush()
            file.write("n" * 3000 + '"}')

    assert cuts("a save that is not safe", prepare, overwrite_with_a_flush_between, look) > 0
