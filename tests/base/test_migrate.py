# ruff: noqa: PT017, UP031 - the dialect of MicroPython
"""Settings of an earlier schema become those of this one, step by step and once."""

import json
import os

from core import migrate, schemas, start
from core.config import Config
from core.errors import CommandError
from core.store import load, save
from fakes import Log, folder, read, write

TABLE = __file__[: __file__.rindex("/tests/")] + "/micros/core/settings.jsonl"
RELEASE = __file__[: __file__.rindex("/tests/")] + "/release_info/release.json"
V04 = {
    "version": "0.4.0-0",
    "staessid": "my home",
    "stapwd": "a right one",
    "devfid": "lamp",
    "appwd": "ADmin123",
    "pled": False,
    "nwmd": "STA",
    "hwuid": "0x500x20",
    "devip": "192.168.1.20",
    "gmttime": 2,
    "boothook": "light on; servo angle(20)",
    "cron": True,
    "crontasks": "*:8:0:0!light on",
    "made_by_hand": 7,
}


def settings(place, schema=1, secrets=None):
    secrets = secrets if secrets is not None else {"appwd": "7K2M9QXT4WZ8B3HN"}
    path = "%s/node_config.%d.json" % (place, schema)
    return Config(path, TABLE, secrets, place + "/secret.json", Log())


def test_the_schema_of_the_release_has_a_step_before_it_and_a_file():
    with open(RELEASE) as file:
        schema = json.load(file)["schema"]
    assert len(migrate.STEPS) == schema
    source = read(start.__file__).decode()
    assert "/node_config.%d.json" % schema in source


def test_without_an_older_file_nothing_is_made():
    place = folder()
    migrate.bring(settings(place))
    assert os.listdir(place) == []


def test_the_settings_of_v04_are_taken_over_the_passwords_apart():
    place = folder()
    old = json.dumps(V04).encode()
    write(place + "/node_config.json", old)
    config = settings(place)
    migrate.bring(config)
    assert config.problem is None
    config = settings(place, secrets=load(place + "/secret.json")[0])
    assert config.problem is None
    for name in ("staessid", "devfid", "pled", "gmttime", "boothook", "cron", "crontasks"):
        assert config.get(name) == V04[name], name
    assert config.get("devip") == "n/a"  # v0.4 made its first lease a fixed address
    assert config.get("version") == "n/a"
    assert config.get("stapwd") == "a right one"
    assert config.get("appwd") == "7K2M9QXT4WZ8B3HN"
    text = read(config.path)
    assert b"a right one" not in text
    assert b"ADmin123" not in text
    assert load(config.path)[0]["made_by_hand"] == 7
    assert read(place + "/node_config.json") == old


def started(place):
    """What lies there after a start outside a trial has settled."""
    schemas.tidy(Node(settings(place), []), (None,))
    return sorted(os.listdir(place))


def test_the_file_of_v04_goes_when_all_it_had_is_on_flash():
    place = folder()
    write(place + "/node_config.json", json.dumps(V04).encode())
    write(place + "/node_config.json.prev", b"ADmin123")
    config = settings(place)
    migrate.bring(config)
    left = started(place)
    assert left == ["node_config.1.json", "secret.json"]
    for name in left:
        assert b"ADmin123" not in read(place + "/" + name)
    config = settings(place, secrets=load(place + "/secret.json")[0])
    assert (config.get("staessid"), config.get("stapwd")) == ("my home", "a right one")


def test_the_file_of_v04_stays_as_long_as_something_is_nowhere_else():
    place = folder()
    names = ("node_config.json", "node_config.1.json", "secret.json")
    old, new, secrets = [place + "/" + name for name in names]
    write(old, json.dumps(V04).encode())
    assert "node_config.json" in started(place)  # there was no room for anything
    save(secrets, {"stapwd": "a right one"})
    assert "node_config.json" in started(place)  # there was room for the secrets alone
    save(new, {"devfid": "new"})
    write(secrets, b"{")
    assert "node_config.json" in started(place)
    save(secrets, {"stapwd": "a right one"})
    write(new, b"{")
    assert "node_config.json" in started(place)
    save(new, {"devfid": "new"})
    assert started(place)[0] == "node_config.1.json"
    assert "node_config.json" not in started(place)


def test_what_v04_had_of_itself_is_no_network():
    place = folder()
    write(
        place + "/node_config.json",
        json.dumps({"staessid": "your_wifi_name", "stapwd": "your_wifi_passwd"}).encode(),
    )
    config = settings(place)
    migrate.bring(config)
    assert config.get("staessid") == ""
    assert config.get("stapwd") == ""


def renamed(kept, secrets):
    kept["devfid"] = kept.pop("name")


def longer(kept, secrets):
    kept["devfid"] += "-long"
    secrets["stapwd"] = "from a step"


def never(kept, secrets):
    raise AssertionError("not a step on this way")


def test_each_step_from_the_highest_lower_schema_is_taken_in_order():
    place = folder()
    save(place + "/node_config.1.json", {"devfid": "too old"})
    save(place + "/node_config.2.json", {"name": "lamp", "from_the_future": [1]})
    before = read(place + "/node_config.2.json")
    config = settings(place, 4)
    migrate.bring(config, (never, never, renamed, longer))
    assert config.get("devfid") == "lamp-long"
    assert load(config.path)[0] == {"devfid": "lamp-long", "from_the_future": [1]}
    assert config.get("stapwd") == "from a step"
    assert load(place + "/secret.json")[0]["stapwd"] == "from a step"
    assert read(place + "/node_config.2.json") == before
    assert len(config.log.entries) == 0


def test_a_damaged_older_file_gives_way_to_the_one_before_it():
    place = folder()
    save(place + "/node_config.1.json", {"name": "first"})
    save(place + "/node_config.1.json", {"name": "second"})
    write(place + "/node_config.1.json", b"{")
    config = settings(place, 2)
    migrate.bring(config, (never, renamed))
    assert config.get("devfid") == "first"


def test_what_cannot_be_written_is_tried_again_at_the_next_start():
    place = folder()
    save(place + "/node_config.1.json", {"name": "lamp"})
    config = settings(place, 2)
    os.mkdir(config.path + ".new")
    try:
        migrate.bring(config, (never, renamed))
    except CommandError as error:
        assert str(error).startswith("not saved")
    else:
        raise AssertionError("written")
    finally:
        os.rmdir(config.path + ".new")
    migrate.bring(config, (never, renamed))
    assert config.get("devfid") == "lamp"


class Node:
    """A node that runs schema 2, and can go back to a release of schema 1 in /b."""

    slot = "/a"

    def __init__(self, config, back):
        self.config = config
        self.record = {"trial": None, "back": back}

    def slots(self, work):
        return self.record


def shorter(kept):
    kept["name"] = kept.pop("devfid")


def equal(place, back, **record):
    """Let a node of schema 2 keep what the release before wants; what that finds."""
    config = settings(place, 2)
    node = Node(config, back)
    node.record.update(record)
    before = schemas.once
    schemas.once = lambda file: Facts if file == "release" else before(file)
    try:
        schemas.tidy(node, (never, shorter))
    finally:
        schemas.once = before
    return load(place + "/node_config.1.json")[0]


class Facts:
    """What the manifest in the other slot says."""

    @staticmethod
    def facts(slot):
        assert slot == "/b"
        return {"schema": 1}


def test_the_release_before_finds_its_settings_as_they_are_now():
    place = folder()
    save(place + "/node_config.1.json", {"name": "old"})
    save(place + "/node_config.2.json", {"devfid": "new", "more": 1})
    assert equal(place, [], trial="b") == {"name": "old"}
    assert equal(place, []) == {"name": "old"}
    assert equal(place, [0, 1, 0, 0], trial="b") == {"name": "old"}
    assert equal(place, [0, 1, 0, 0]) == {"name": "new", "more": 1}
    written = read(place + "/node_config.1.json")
    assert equal(place, [0, 1, 0, 0]) == {"name": "new", "more": 1}
    assert read(place + "/node_config.1.json.prev") != written  # the same is not written again


def test_a_start_removes_higher_schemas_and_an_update_that_begins_all_others():
    place = folder()
    for name in ("", ".1", ".2", ".3", ".10"):
        save(place + "/node_config%s.json" % name, {})
        save(place + "/node_config%s.json" % name, {})
    equal(place, [])
    left = sorted([name for name in os.listdir(place) if name[-4:] != "prev"])
    assert left == ["node_config.1.json", "node_config.2.json", "node_config.json"]
    schemas.clear(settings(place, 2))
    assert sorted(os.listdir(place)) == ["node_config.2.json", "node_config.2.json.prev"]
