"""Files cut at every length, and with every byte changed in several ways: no garbage is used.

What the node starts with is what was written, or what was written before it, and then it says so.
"""

import json
import os
import sys

sys.path.append(__file__[: __file__.rindex("/tests/")] + "/tests/base")

from core import kept as keeping
from core import trial
from core.config import Config
from core.start import secrets as start_secrets
from core.store import load, save
from fakes import Log, folder, read, write
from tests.support.sweep import chosen, full

TABLE = [
    ["version", "n/a", None, "om", "release"],
    ["devfid", "node01", [1, 24], "rm", "name"],
    ["staessid", "", [0, 256], "rm", "networks"],
    ["stapwd", "", [0, 512], "rs", "passwords"],
    ["appwd", "", [12, 63], "s", "password"],
    ["soctout", 100, [5, 86400], "m", "seconds"],
    ["pled", True, None, "", "light"],
    ["boothook", "n/a", [0, 8192], "r", "commands"],
]
OLD = {"devfid": "old", "staessid": "home; größer", "soctout": 50, "pled": False, "later": [1, 2.5]}
NEW = dict(OLD, devfid="new", soctout=51, boothook="light on; servo angle 20 " * 10)
SECRET = {"appwd": "7K2M9QXT4WZ8B3HN", "claimed": True, "k": "0" * 64, "i": 400, "stapwd": "a" * 20}
SLICE, SEED = 100, 11


def damages(whole):
    """Yield the content cut at every length, and with every byte changed."""
    for length in chosen(range(len(whole)), SLICE, SEED):
        yield whole[:length]
    flips = (1, 8, 32, 128, 255) if full() else (1, 32, 128, 255)
    cases = [(index, flip) for index in range(len(whole)) for flip in flips]
    for index, flip in chosen(cases, SLICE, SEED):
        damaged = bytearray(whole)
        damaged[index] ^= flip
        yield bytes(damaged)


def sweep(what, whole, look):
    """Look at each damage: `new`, `old` or `none`, all but `new` told; count them."""
    found = {"new": 0, "old": 0, "none": 0, "lost": 0}
    for damaged in damages(whole):
        found[look(damaged)] += 1
    print("%s: damages: %d, %s, lost: %d" % (what, sum(found.values()), found, found["lost"]))
    assert found["lost"] == 0
    return found


def settings(place, log):
    path = place + "/node_config.1.json"
    return Config(path, place + "/table", dict(SECRET), place + "/secret.json", log)


def values(config):
    return [config.get(name) for name in ("devfid", "staessid", "soctout", "pled", "boothook")]


def started(place):
    """Return what a start uses and whether it has complained, in one piece."""
    log = Log()
    config = settings(place, log)
    config.thin()
    if config.problem:
        assert log.entries
    return values(config), bool(config.problem)


def prepared():
    place = folder()
    write(place + "/table", "\n".join([json.dumps(row) for row in TABLE]).encode())
    return place, place + "/node_config.1.json"


def expected(content):
    """Return the values of a file that is whole."""
    defaults = {"boothook": "n/a"}
    defaults.update(content)
    return [defaults[name] for name in ("devfid", "staessid", "soctout", "pled", "boothook")]


def test_damaged_settings_give_way_to_those_before_and_it_is_told():
    place, path = prepared()
    save(path, OLD)
    save(path, NEW)
    whole = read(path)

    def look(damaged):
        write(path, damaged)
        found, told = started(place)
        if found == expected(NEW):
            return "new" if told or load(path)[1] is None else "lost"
        return "old" if found == expected(OLD) and told else "lost"

    found = sweep("settings", whole, look)
    assert found["old"] > 150
    assert found["none"] == 0


def test_damaged_settings_without_a_copy_are_the_defaults_and_it_is_told():
    place, path = prepared()
    save(path, NEW)
    whole = read(path)

    def look(damaged):
        write(path, damaged)
        found, told = started(place)
        if found == expected(NEW):
            return "new"
        assert load(place + "/secret.json")[0] is None  # nothing was written anywhere
        return "none" if found == ["node01", "", 100, True, "n/a"] and told else "lost"

    found = sweep("settings without a copy", whole, look)
    assert found["none"] > 150


def test_damaged_settings_are_mended_by_the_next_change():
    place, path = prepared()
    save(path, OLD)
    save(path, NEW)
    whole = read(path)

    def look(damaged):
        write(path, damaged)
        config = settings(place, Log())
        before = values(config)
        config.set("soctout", "51" if before[2] == 51 else "50")  # what it is already
        found, told = started(place)
        assert load(path + ".prev")[0] in (OLD, NEW)
        if told or found != before:
            return "lost"
        return "new" if found == expected(NEW) else "old"

    assert sweep("settings that are mended", whole, look)["old"] > 150


def test_damaged_secrets_give_way_to_those_before_and_it_is_told():
    place, _ = prepared()
    path = place + "/secret.json"
    new = dict(SECRET, stapwd="b" * 20)
    save(path, SECRET)
    save(path, new)
    whole = read(path)

    def look(damaged):
        write(path, damaged)
        log = Log()
        found = start_secrets(path, None, log, None)
        if found == new:
            return "new"
        return "old" if found == SECRET and log.entries else "lost"

    assert sweep("secrets", whole, look)["old"] > 150


class Node:
    """As much of a node as these parts need."""

    boot_reason = "reset"
    trial = None

    def __init__(self, place):
        self.log = Log()
        self.clock = self
        self.config = settings(place, self.log)

    def uptime(self):
        return 1

    def memory(self):
        return b""


def test_damaged_kept_state_is_nothing_kept_and_it_is_told():
    place, _ = prepared()
    path = place + "/kept.json"
    new = {"light": {"colour": [1, 2, 3], "level": 50, "on": True}, "relay": {"on": 1}}
    save(path, new)
    whole = read(path)

    def look(damaged):
        write(path, damaged)
        node = Node(place)
        keeping.begin(node, path)
        if node.kept.values == new:
            return "new"
        return "none" if node.kept.values == {} and node.kept.problem else "lost"

    assert sweep("kept state", whole, look)["none"] > 150


def test_a_damaged_trial_is_none_and_gone():
    place, _ = prepared()
    save(place + "/node_config.1.json", OLD)
    node = Node(place)
    trial.note(node.config, 60, {"devfid": "new", "soctout": 51}, {"stapwd": "b" * 20})
    path = place + "/secret.json.try"
    whole = read(path)

    def look(damaged):
        write(path, damaged)
        node = Node(place)
        trial.resume(node)
        assert "secret.json.try" not in os.listdir(place)
        config = node.config
        if config.trial:
            assert (config.get("devfid"), config.get("soctout")) == ("new", 51)
            assert config.get("stapwd") == "b" * 20
            return "new"
        assert config.get("stapwd") == "a" * 20
        return "old" if values(config) == expected(OLD) else "lost"

    assert sweep("a trial", whole, look)["old"] > 150
