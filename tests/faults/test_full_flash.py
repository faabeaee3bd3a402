"""A flash without room, on a real LittleFS: what is refused is said, and nothing is lost."""

import json
import os
import sys

from tests.support.sweep import chosen

INTERPRETERS = ("micropython",)
REPOSITORY = __file__[: __file__.rindex("/tests/")]
if sys.implementation.name == "micropython":
    sys.path.append(REPOSITORY + "/tests/base")
    import core.change
    import core.checked
    import core.pinout
    import core.pins
    import core.rules
    import core.settings
    import core.table
    import core.written  # noqa: F401
    from bench import Board
    from core import keep, trial
    from core import kept as keeping
    from core.config import Config
    from core.errors import CommandError
    from core.store import load, save
    from fakes import Log

SLICE, SEED = 12, 3
SIZES = (0, 1, 2, 3, 4, 5, 6, 8, 10)  # blocks that are left
TABLE = [
    ["devfid", "node01", [1, 24], "rm", "name"],
    ["staessid", "", [0, 256], "rm", "networks"],
    ["stapwd", "", [0, 512], "rs", "passwords"],
    ["appwd", "", [12, 63], "s", "password"],
    ["boothook", "n/a", [0, 8192], "r", "commands"],
]
KNOWN = {"appwd": "7K2M9QXT4WZ8B3HN", "claimed": True}
OLD = {"staessid": "old", "stapwd": "o" * 500, "boothook": "o" * 5000}
NEW = {"staessid": "new", "stapwd": "n" * 500, "boothook": "n" * 6000}


class Node:
    """As much of a node as these parts need, after a start."""

    board = "esp32"
    boot_reason = "reset"
    trial = None

    def __init__(self):
        self.log = Log()
        self.clock = self.server = self
        self.sessions = ()
        self.secrets = load("/secret.json")[0]
        path = "/node_config.1.json"
        self.config = Config(path, "/table", self.secrets, "/secret.json", self.log)
        if "secret.json.try" in os.listdir("/"):
            trial.resume(self)

    def uptime(self):
        return 1

    def memory(self):
        return b""


def fill(left):
    """Fill the flash with files of a block each, then remove so many of them."""
    count = 0
    os.mkdir("/ballast")
    for size in (4000, 300):
        try:
            while True:
                with open("/ballast/%d" % count, "wb") as file:
                    file.write(bytes(size))
                count += 1
        except OSError:
            os.remove("/ballast/%d" % count)
    for index in range(left):
        os.remove("/ballast/%d" % index)


def prepared(left):
    """Return a flash with the old content and so many free blocks."""
    with Board(blocks=40) as board:
        with open("/table", "w") as file:
            file.write("\n".join([json.dumps(row) for row in TABLE]))
        save("/secret.json", KNOWN)
        Node().config.set_many(OLD)
        assert keep_in(Node(), "o" * 900) is None
        fill(left)
    return board.flash


def keep_in(node, text):
    """Keep a text and write it; return the problem, if any."""
    keeping.begin(node)
    keep.keep(node, "light", {"x": text}, None)
    keeping.save(node)
    return node.kept.problem


def swept(what, change, look):
    """Make the change with ever less room: done, or refused in one sentence; never in between.

    Return how often neither was so.
    """
    done = refused = lost = 0
    for left in chosen(SIZES, SLICE, SEED):
        flash = prepared(left)
        with Board(flash):
            for _ in range(3):  # and refusing costs no room
                sentence = change()
                if sentence is None:
                    break
                assert "not saved" in sentence and "\n" not in sentence and "28" in sentence
        with Board(flash):
            state = look()
        done += sentence is None
        refused += sentence is not None
        lost += state != ("new" if sentence is None else "old")
    print("%s on a full flash: done %d, refused %d, lost: %d" % (what, done, refused, lost))
    assert refused > 0 and done > 0
    return lost


def set_many(names):
    def change():
        try:
            Node().config.set_many({name: NEW[name] for name in names})
        except CommandError as refusal:
            return str(refusal)
        return None

    return change


def look_at(names):
    def look():
        config = Node().config
        found = {name: config.get(name) for name in OLD}
        assert "secret.json.try" not in os.listdir("/")
        new = dict(OLD, **{name: NEW[name] for name in names})
        return "old" if found == OLD else "new" if found == new else "lost"

    return look


def test_settings_are_saved_or_refused():
    assert swept("settings", set_many(("boothook",)), look_at(("boothook",))) == 0


def test_secrets_are_saved_or_refused():
    assert swept("secrets", set_many(("stapwd",)), look_at(("stapwd",))) == 0


def test_settings_with_their_secrets_are_saved_or_refused_together():
    names = ("staessid", "stapwd", "boothook")
    assert swept("settings with secrets", set_many(names), look_at(names)) == 0


def test_kept_state_is_saved_or_a_problem():
    def change():
        node = Node()
        problem = keep_in(node, "n" * 920)
        assert len(node.log.entries) == (problem is not None)
        return problem

    def look():
        node = Node()
        keeping.begin(node)
        found = keep.keep(node, "light", None, None)["x"]
        return {"o" * 900: "old", "n" * 920: "new"}.get(found, "lost")

    assert swept("kept state", change, look) == 0


def test_a_trial_is_noted_or_refused():
    def change():
        config = Node().config
        try:
            trial.note(config, 60, {"staessid": "new"}, {"stapwd": "n" * 500})
        except CommandError as refusal:
            return str(refusal)
        return None

    def look():
        node = Node()
        found = node.config.get("staessid"), node.config.get("stapwd")
        return {("old", "o" * 500): "old", ("new", "n" * 500): "new"}[found]

    assert swept("a trial", change, look) == 0


def test_a_file_that_is_not_written_leaves_its_room_to_others():
    with Board(prepared(0)):
        free = os.statvfs("/")[3]
        assert "not saved" in set_many(("boothook",))()
        assert os.statvfs("/")[3] == free
        assert "node_config.1.json.new" not in os.listdir("/")
