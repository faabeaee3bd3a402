# ruff: noqa: UP031 - the dialect of MicroPython
"""Saving settings and secrets while the power is cut at every write, on a real LittleFS."""

import sys

INTERPRETERS = ("micropython",)

if sys.implementation.name == "micropython":
    import core.change
    import core.settings  # noqa: F401
    from bench import Board, PowerCut
    from core.config import Config
    from core.errors import CommandError
    from core.store import load, save
    from fakes import Log

TABLE = __file__[: __file__.rindex("/tests/")] + "/micros/core/settings.jsonl"
FILE = "/node_config.1.json"
SECRETS = "/secret.json"


def cuts(prepare, change, look):
    """Cut the power at each write of a change, each torn in three ways; count what is found.

    `look` says what the next start finds; the power may also go while it starts again.
    """
    with Board(blocks=32) as board:
        prepare()
    found = {}
    for torn in (0, 1, 2):
        cut = 0
        while True:
            cut += 1
            flash = board.flash.copy()
            with Board(flash):
                flash.cut, flash.torn = cut, torn
                try:
                    change()
                except (PowerCut, OSError, CommandError):
                    assert flash.dead
            if not flash.dead:
                break
            with Board(flash.copy()):
                state = look()
            found[state] = found.get(state, 0) + 1
    return found


def settings(secrets=None):
    return Config(FILE, "/host" + TABLE, secrets or {"appwd": "x" * 16}, SECRETS, Log())


def sweep(length):
    """Sweep a save of settings with texts of this length."""
    old, new = "o" * length, "n" * length

    def prepare():
        settings().set_many({"boothook": "first", "devfid": "first"})
        settings().set_many({"boothook": old, "devfid": "old"})

    def change():
        settings().set_many({"boothook": new, "devfid": "new"})

    def look():
        found = settings()
        pair = found.get("boothook"), found.get("devfid")
        return {(old, "old"): "old", (new, "new"): "new"}.get(pair, "lost")

    return cuts(prepare, change, look)


def test_settings_are_old_or_new_whenever_the_power_goes():
    for length in (10, 1000, 8000):
        found = sweep(length)
        print("settings of %d characters, power cuts: %s" % (length, found))
        assert set(found) <= {"old", "new"}
        assert found["old"] > 3


def test_secrets_are_old_or_new_whenever_the_power_goes():
    old = {"appwd": "a" * 16, "claimed": True, "k": "0" * 64, "i": 20000}
    new = dict(old, appwd="b" * 16, k=None, i=None)

    def prepare():
        save(SECRETS, {"appwd": "before"})
        save(SECRETS, old)

    def look():
        found = load(SECRETS)[0]
        return "old" if found == old else "new" if found == new else "lost"

    found = cuts(prepare, lambda: settings(dict(old)).set("appwd", "b" * 16), look)
    print("secrets, power cuts: %s" % found)
    assert set(found) <= {"old", "new"}


def test_the_sweep_finds_a_save_that_is_not_safe():
    def look():
        found = load("/x")[0]
        return "lost" if found is None else "kept"

    def prepare():
        save("/x", {"old": "o" * 3000})

    def overwrite_with_a_flush_between():
        with open("/x", "w") as file:
            file.write('{"new": "')
            file.flush()
            file.write("n" * 3000 + '"}')

    assert cuts(prepare, overwrite_with_a_flush_between, look)["lost"] > 0
