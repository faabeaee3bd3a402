"""Settings: types, ranges, saving all or nothing, and what damaged files leave."""

import json

from core.config import Config
from core.errors import CommandError
from core.settings import hidden
from core.start import secrets as start_secrets
from core.store import load
from fakes import Log, folder, read, write

TABLE = [
    ["version", "n/a", None, "o", "release"],
    ["devfid", "node01", [1, 24], "rm", "name: letters, digits, _ and -"],
    ["appwd", "", [12, 63], "s", "password: ASCII with no blank at either end"],
    ["stapwd", "", [0, 512], "rs", "passwords"],
    ["auth", "on", None, "r", "login owed: on or off"],
    ["soctout", 100, [5, 86400], "r", "seconds"],
    ["pled", True, None, "", "light"],
    ["boothook", "n/a", [0, 40], "r", "commands"],
    ["tz", "n/a", [3, 64], "", "zone: a POSIX rule, or n/a"],
    ["geo", "n/a", [3, 32], "", "place: two angles such as 47.5,19.05, or n/a"],
    ["poweron", "n/a", [0, 96], "rf", "outputs"],
]
KNOWN = "7K2M9QXT4WZ8B3HN"


def config(content=None, secrets=None, log=None):
    """Return settings whose file holds this content, in a fresh folder."""
    place = folder()
    write(place + "/table", "\n".join([json.dumps(row) for row in TABLE]).encode())
    if content is not None:
        write(place + "/node.json", content)
    secrets = secrets or {"appwd": KNOWN}
    log = log or Log()
    return Config(place + "/node.json", place + "/table", secrets, place + "/secret.json", log)


def again(settings, log=None):
    """Return the settings as the next start finds them."""
    log = log or Log()
    place = settings.secret_path
    return Config(settings.path, settings.table, settings.secrets, place, log)


def refusal(call, *arguments):
    try:
        call(*arguments)
    except CommandError as error:
        return str(error)
    raise AssertionError("not refused")


def test_without_a_file_there_are_the_defaults_and_no_complaint():
    settings = config()
    assert settings.get("devfid") == "node01"
    assert settings.get("soctout") == 100
    assert settings.problem is None


def test_a_value_has_the_type_of_its_default_and_outlives_a_start():
    settings = config()
    settings.set("soctout", "50")
    settings.set("pled", "FALSE")
    settings.set("boothook", "light on; switch on")
    settings = again(settings)
    assert settings.get("soctout") == 50
    assert settings.get("pled") is False
    assert settings.get("boothook") == "light on; switch on"


def test_a_refusal_names_type_range_and_what_came():
    settings = config()
    for name, text, sentence in (
        ("soctout", "4", "soctout: expected a whole number from 5 to 86400, got '4'"),
        ("soctout", "5.5", "soctout: expected a whole number from 5 to 86400, got '5.5'"),
        ("pled", "maybe", "pled: expected True or False, got 'maybe'"),
        ("auth", "yes", "auth: expected a text: on or off, got 'yes'"),
        (
            "devfid",
            "two words",
            "devfid: expected a text from 1 to 24 characters: letters, digits, _ and -, "
            "got 'two words'",
        ),
        ("boothook", "x" * 41, "boothook: expected a text from 0 to 40 characters, got '%s'"),
        (
            "tz",
            "Europe/Berlin",
            "tz: expected a text from 3 to 64 characters: a POSIX rule, or n/a, "
            "got 'Europe/Berlin'",
        ),
        (
            "geo",
            "47.5",
            "geo: expected a text from 3 to 32 characters: two angles such as 47.5,19.05, "
            "or n/a, got '47.5'",
        ),
        ("version", "1", "version is shown by the node, it cannot be set"),
        ("nosuch", "1", "Invalid key: nosuch"),
        ("devfd", "1", "Invalid key: devfd, did you mean 'devfid'?"),
    ):
        assert refusal(settings.set, name, text) == sentence.replace("%s", text)
    assert again(settings).values == settings.values


def test_a_zone_and_a_place_are_read_before_they_are_taken():
    settings = config()
    for name, text in (
        ("tz", "CET-1CEST,M13.5.0,M10.5.0"),
        ("tz", "<" + "A" * 62 + ">"),
        ("geo", "91,0"),
        ("geo", "0,nan"),
    ):
        assert refusal(settings.set, name, text).startswith(name + ": expected"), text
    settings.set_many({"tz": "CET-1CEST,M3.5.0,M10.5.0/3", "geo": "-47.5, 19.05"})
    assert again(settings).get("geo") == "-47.5, 19.05"


def test_a_refused_secret_is_not_repeated():
    settings = config()
    assert "hunter2" not in refusal(settings.set, "appwd", "hunter2")
    for blank in (" a-long-password", "a-long-password "):  # no shell could ever be told it
        told = refusal(settings.set, "appwd", blank)
        assert "no blank at either end" in told
        assert "long" not in told


def test_several_are_set_all_or_none():
    settings = config()
    refusal(settings.set_many, {"soctout": "50", "pled": "maybe"})
    assert settings.get("soctout") == 100
    settings.set_many({"soctout": "50", "pled": "false", "stapwd": "secret words"})
    settings = again(settings)
    assert (settings.get("soctout"), settings.get("pled")) == (50, False)


def test_secrets_are_in_no_dump_and_not_in_the_file():
    settings = config()
    settings.set_many({"stapwd": "secret words", "soctout": "50"})
    assert settings.get("stapwd") == "secret words"
    assert dict(settings.dump())["stapwd"] == "***"
    assert b"secret words" not in read(settings.path)


def test_a_dump_holds_what_matches():
    assert list(config().dump("tou")) == [("soctout", "100")]


def test_what_is_shown_by_the_node_is_never_saved():
    settings = config()
    settings.values["version"] = "0.1.0-0"
    settings.set("soctout", "50")
    assert b"version" not in read(settings.path)


def test_unknown_keys_are_kept():
    settings = config(b'{"soctout": 60, "from_the_future": [1, 2]}')
    assert settings.get("from_the_future") is None
    settings.set("soctout", "70")
    assert load(settings.path)[0] == {"soctout": 70, "from_the_future": [1, 2]}


def test_a_value_that_does_not_fit_gives_way_to_the_default_and_is_reported():
    log = Log()
    settings = config(b'{"soctout": "soon", "devfid": "lamp"}', log=log)
    assert settings.get("soctout") == 100
    assert settings.get("devfid") == "lamp"
    assert "soctout" in settings.problem
    assert len(log.entries) == 1


def test_a_save_that_fails_is_refused_and_changes_nothing():
    settings = config()
    settings.path += "/nowhere/node.json"
    assert refusal(settings.set, "soctout", "50").startswith("not saved, the old value stays")
    assert settings.get("soctout") == 100


def test_a_value_that_is_set_again_is_not_written_again():
    settings = config()
    settings.set("soctout", "50")
    write(settings.path, b'{"soctout": 50}')  # as a person writes it
    settings.set("soctout", "50")
    assert read(settings.path) == b'{"soctout": 50}'


def test_both_copies_damaged_leave_the_defaults_a_report_and_the_secrets():
    log = Log()
    settings = config(b'{"devfid": "lamp', log=log)
    assert settings.get("devfid") == "node01"
    assert "damaged" in settings.problem
    assert settings.get("appwd") == KNOWN
    assert len(log.entries) == 1


def test_the_copy_before_is_used_and_reported():
    settings = config()
    settings.set("devfid", "first")
    settings.set("devfid", "second")
    write(settings.path, b"")
    settings = again(settings)
    assert settings.get("devfid") == "first"
    assert settings.problem.endswith(".prev was used")


def test_reset_brings_the_defaults_back_and_keeps_the_secrets():
    settings = config()
    settings.set_many({"soctout": "50", "stapwd": "secret words"})
    settings.reset()
    settings = again(settings)
    assert settings.get("soctout") == 100
    assert settings.get("stapwd") == "secret words"


def test_what_is_not_held_in_memory_is_read_from_the_file():
    settings = config(b'{"boothook": "light on", "soctout": 60}')
    settings.thin()
    assert set(settings.values) == {"devfid"}
    assert (settings.get("boothook"), settings.get("soctout")) == ("light on", 60)
    assert (settings.get("pled"), settings.get("nosuch")) == (True, None)
    settings.set_many({"boothook": "light off", "devfid": "lamp"})
    assert (settings.get("boothook"), settings.get("devfid")) == ("light off", "lamp")
    assert dict(settings.dump()) == dict(again(settings).dump())
    settings.reset()
    assert (settings.get("boothook"), settings.get("devfid")) == ("n/a", "node01")


def test_every_default_of_the_real_table_fits_its_own_rule():
    place = folder()
    table = __file__[: __file__.rindex("/tests/")] + "/micros/core/settings.jsonl"
    settings = Config(place + "/node.json", table, {"appwd": KNOWN}, place + "/s", Log())
    assert settings.problem is None
    for name, shown in settings.dump():
        if shown != "***" and name not in ("version", "hwuid", "nwmd"):
            settings.set(name, shown)


# --- secrets


def node_secrets(content=None, said=None):
    path = folder() + "/secret.json"
    if content is not None:
        write(path, content)
    log = Log()
    said = [] if said is None else said
    kept = start_secrets(path, lambda size: bytes(range(size)), log, said.append)
    place = path.rsplit("/", 1)[0]
    write(place + "/table", "\n".join([json.dumps(row) for row in TABLE]).encode())
    return Config(place + "/node.json", place + "/table", kept, path, log), log


def test_without_a_file_there_is_a_password_made_kept_and_told_the_console_alone():
    said = []
    secrets, log = node_secrets(said=said)
    password = secrets.get("appwd")
    assert len(password) == 16
    assert secrets.get("claimed") is False
    assert password in said[0]
    assert log.entries == []
    assert load(secrets.secret_path)[0]["appwd"] == password


def test_a_made_password_is_not_made_anew_at_the_next_start():
    secrets, _ = node_secrets()
    kept = start_secrets(secrets.secret_path, lambda size: b"\xff" * size, Log(), None)
    assert kept["appwd"] == secrets.get("appwd")


def test_a_damaged_secrets_file_falls_back_to_the_one_before():
    secrets, _ = node_secrets(b'{"appwd": "%s", "claimed": true}' % KNOWN.encode())
    secrets.set("stapwd", "first")
    secrets.set("stapwd", "second")
    write(secrets.secret_path, b"\x00")
    log = Log()
    kept = start_secrets(secrets.secret_path, None, log, None)
    assert kept["appwd"] == KNOWN
    assert kept["stapwd"] == "first"
    assert len(log.entries) == 1


def test_a_new_password_claims_the_node_and_drops_the_old_key():
    secrets, _ = node_secrets(b'{"appwd": "%s", "k": "00", "i": 400}' % KNOWN.encode())
    secrets.set("appwd", "a longer password")
    assert secrets.get("claimed") is True
    assert secrets.get("k") is None
    secrets.keep_secrets({"k": "11", "i": 20000})
    assert secrets.get("k") == "11"


def test_what_must_not_be_shown_is_each_password_on_its_own():
    secrets, _ = node_secrets(b'{"appwd": "%s"}' % KNOWN.encode())
    secrets.set("stapwd", "at home 1;at work 2;")
    assert hidden(secrets.secrets) == ["at home 1", "at work 2", KNOWN]
