# ruff: noqa: PT017 - the dialect of MicroPython
"""Settings on trial: nothing is written until somebody comes back and says keep."""

import json
import os

from core import attempt, trial
from core.config import Config
from core.errors import CommandError
from core.start import secrets as start_secrets
from core.store import load
from fakes import Log, folder, read, write

TABLE = [
    ["devfid", "node01", [1, 24], "rm", "name"],
    ["staessid", "", [0, 256], "rm", "networks"],
    ["stapwd", "", [0, 512], "rs", "passwords"],
    ["appwd", "", [12, 63], "s", "password"],
    ["soctout", 100, [5, 86400], "m", "seconds"],
    ["gmttime", 1, [-12, 14], "", "hours"],
    ["boothook", "n/a", [0, 80], "r", "commands"],
    ["wdt", False, None, "rf", "watchdog"],
]
OLD = "old password"
KNOWN = "7K2M9QXT4WZ8B3HN"


class Session:
    early = False

    def __init__(self):
        self.said = []
        self.open = True
        self.stream = self

    async def say(self, text):
        self.said.append(text)

    end = say

    async def wait_closed(self):
        pass


class Node:
    """As much of a node as a trial needs; the files stay for the next start."""

    uid = "240ac4000001"
    trial = None

    def __init__(self, place=None, reason="reset"):
        new = place is None
        place = place or folder()
        if new:
            write(place + "/table", "\n".join([json.dumps(row) for row in TABLE]).encode())
            write(place + "/secret.json", json.dumps({"appwd": KNOWN, "stapwd": OLD}).encode())
        self.place = place
        self.log = Log()
        self.executor = self  # nothing is running
        self.running = None
        self.seconds = 0
        self.clock = self.server = self.modules = self
        self.ready = {}
        self.sessions = []
        self.restarts = []
        self.boot_reason = reason
        self.secrets = start_secrets(place + "/secret.json", None, self.log, None)
        path = place + "/node_config.1.json"
        self.config = Config(path, place + "/table", self.secrets, place + "/secret.json", self.log)
        if "secret.json.try" in os.listdir(place):
            trial.resume(self)
        self.config.thin()

    def uptime(self):
        return self.seconds

    def restart(self, end=True):
        self.restarts.append(end)

    def close_others(self, session):
        self.closed = session

    def files(self):
        """Everything on flash, but the table."""
        return {name: read(self.place + "/" + name) for name in os.listdir(self.place)}

    def again(self, reason="reset"):
        """The node after a reset."""
        return Node(self.place, reason)


async def refusal(work):
    try:
        await work
    except CommandError as error:
        return str(error)
    raise AssertionError("not refused")


def test_quotes_keep_blanks_and_may_be_left_out():
    for text, expected in (
        ("120 a=b", (120, {"a": "b"})),
        ("5 a=b c=d=e;f", (5, {"a": "b", "c": "d=e;f"})),
        ('60  staessid="my home; work"  stapwd=\'a "b" c\'', None),
        ("60 a= b=1", (60, {"a": "", "b": "1"})),
        ("60 a=\"\" b=''", (60, {"a": "", "b": ""})),
        ("60 a=it's", (60, {"a": "it's"})),
    ):
        expected = expected or (60, {"staessid": "my home; work", "stapwd": 'a "b" c'})
        assert attempt.asked(text) == expected, text


def test_what_is_no_try_is_refused_without_repeating_it():
    for text in (
        "", "60", "a=b", "60 hunter2", "4 a=hunter2", "3601 a=hunter2", "-5 a=hunter2",
        "60 a='hunter2", '60 a="hunter2"b=c', "60 a=b hunter2", "x a=hunter2",
    ):  # fmt: skip
        try:
            attempt.asked(text)
        except CommandError as error:
            assert "expected try" in str(error)
            assert "hunter2" not in str(error)
        else:
            raise AssertionError(text)


async def test_without_a_restart_it_is_used_at_once_and_nothing_is_written():
    node = Node()
    before = node.files()
    node.config.node, node.scheduler = node, None
    answer = await attempt.begin(node, Session(), "60 soctout=50 gmttime=5 appwd=another-password")
    assert "60 s" in answer
    assert node.restarts == []
    assert node.files() == before
    assert (node.config.get("soctout"), node.config.get("gmttime")) == (50, 5)
    assert node.secrets.get("appwd") == "another-password"
    assert dict(node.config.dump())["gmttime"] == "5"
    assert node.zone == (None, 5)
    node.config.thin()
    assert node.config.get("gmttime") == 5
    node.seconds = 60
    trial.end(node)
    assert (node.config.get("soctout"), node.config.get("gmttime")) == (100, 1)
    assert node.secrets.get("appwd") == KNOWN
    assert node.config.trial is None
    assert node.files() == before
    assert node.zone == (None, 1)
    assert node.restarts == []


async def test_a_reset_ends_it_whatever_the_reason():
    node = Node()
    await attempt.begin(node, Session(), "60 soctout=50 appwd=another-password")
    for reason in ("reset", "watchdog", "power-on"):
        later = node.again(reason)
        assert later.config.get("soctout") == 100
        assert later.secrets.get("appwd") == KNOWN


async def test_only_a_connection_opened_since_may_keep_it():
    node = Node()
    mine, other, new = Session(), Session(), Session()
    node.sessions = [mine, other]
    assert "nothing is on trial" in await refusal(trial.keep(node, mine, ""))
    await attempt.begin(node, mine, "60 soctout=50 gmttime=5")
    node.sessions.append(new)
    for session in (mine, other):
        assert "older" in await refusal(trial.keep(node, session, ""))
    assert await trial.keep(node, new, "") == "Saved"
    assert node.config.trial is None
    later = node.again()
    assert (later.config.get("soctout"), later.config.get("gmttime")) == (50, 5)
    assert "nothing is on trial" in await refusal(trial.keep(node, new, ""))


async def test_what_needs_a_restart_is_used_once_after_it_and_then_gone():
    node = Node()
    session = Session()
    await attempt.begin(node, session, "120 staessid=wrong stapwd='a wrong one' soctout=50")
    assert node.restarts
    assert "120 s" in session.said[0]
    assert (node.config.get("staessid"), node.config.get("soctout")) == ("", 100)
    tried = node.again()
    assert (tried.config.get("staessid"), tried.config.get("soctout")) == ("wrong", 50)
    assert tried.config.get("stapwd") == "a wrong one"
    assert tried.config.trial[0] == 120
    assert "secret.json.try" not in tried.files()
    later = tried.again()
    assert (later.config.get("staessid"), later.config.get("soctout")) == ("", 100)
    assert later.config.get("stapwd") == OLD
    assert later.config.problem is None


async def test_in_time_nobody_came_the_node_restarts_with_what_it_had():
    node = Node()
    await attempt.begin(node, Session(), "120 staessid=wrong boothook='light on'")
    tried = node.again()
    tried.config.thin()
    assert tried.config.get("boothook") == "light on"
    trial.end(tried)
    assert tried.restarts == [False]
    assert tried.again().config.get("boothook") == "n/a"


async def test_kept_after_the_restart_it_is_written_the_secrets_apart():
    node = Node()
    await attempt.begin(node, Session(), "120 staessid='my home' stapwd='a right one' devfid=lamp")
    tried = node.again()
    assert await trial.keep(tried, Session(), "") == "Saved"
    assert "secret.json.try" not in tried.files()
    assert b"a right one" not in tried.files()["node_config.1.json"]
    later = tried.again("power-on")
    assert later.config.get("staessid") == "my home"
    assert later.config.get("devfid") == "lamp"
    assert later.config.get("stapwd") == "a right one"
    assert later.secrets.get("appwd") == KNOWN


async def test_a_power_cut_before_the_restart_leaves_the_old_ones():
    node = Node()
    await attempt.begin(node, Session(), "120 staessid=wrong")
    later = node.again("power-on")
    assert later.config.get("staessid") == ""
    assert "secret.json.try" not in later.files()
    assert later.again().config.get("staessid") == ""


async def test_who_tries_while_the_node_is_about_to_restart_is_refused():
    node = Node()
    await attempt.begin(node, Session(), "120 staessid=mine")
    late = await refusal(attempt.begin(node, Session(), "120 staessid=other"))
    assert late == "settings are on trial: the node is about to restart with them"
    tried = node.again()
    assert tried.config.get("staessid") == "mine"


async def test_a_connection_that_breaks_off_does_not_leave_it_for_a_later_start():
    node = Node()
    session = Session()

    async def gone():
        raise OSError(104)

    session.wait_closed = gone
    try:
        await attempt.begin(node, session, "120 staessid=wrong")
    except OSError:
        assert node.restarts
    else:
        raise AssertionError("it did not break off")


async def test_meanwhile_nothing_else_is_changed():
    node = Node()
    await attempt.begin(node, Session(), "60 soctout=50")
    before = node.files()
    for work in (
        lambda: node.config.set("gmttime", "2"),
        lambda: node.config.set("appwd", "another-password"),
        node.config.reset,
    ):
        try:
            work()
        except CommandError as error:
            assert "on trial" in str(error)
        else:
            raise AssertionError("changed")
    assert "on trial" in await refusal(attempt.begin(node, Session(), "60 gmttime=2"))
    assert node.files() == before
    assert await trial.keep(node, Session(), "") == "Saved"
    node.config.set("gmttime", "2")


async def test_what_has_a_file_of_its_own_is_not_tried():
    node = Node()
    before = node.files()
    assert "wdt" in await refusal(attempt.begin(node, Session(), "60 soctout=50 wdt=true"))
    assert node.files() == before
    assert node.config.get("soctout") == 100


async def test_all_are_checked_before_any_is_used():
    node = Node()
    for text in ("60 soctout=50 gmttime=99", "60 soctout=50 nosuch=1", "60 appwd=hunter2"):
        sentence = await refusal(attempt.begin(node, Session(), text))
        assert "hunter2" not in sentence
        assert node.config.trial is None
        assert node.config.get("soctout") == 100


async def test_a_new_password_that_is_kept_makes_a_new_key():
    node = Node()
    await attempt.begin(node, Session(), "60 appwd='another password'")
    session = Session()
    assert await trial.keep(node, session, "") == "Saved"
    later = node.again()
    assert later.secrets.get("appwd") == "another password"
    assert later.secrets.get("claimed") is True
    assert len(later.secrets.get("k")) == 64
    assert node.closed is session


async def test_old_and_new_passwords_are_hidden_from_the_log():
    node = Node()
    await attempt.begin(node, Session(), "60 appwd='another password'")
    assert {"another password", KNOWN, OLD} <= set(node.log.secrets)
    trial.end(node)
    assert {KNOWN, OLD} <= set(node.log.secrets)
    await attempt.begin(node, Session(), "60 stapwd='a wrong one'")
    assert {"a wrong one", KNOWN, OLD} <= set(node.again().log.secrets)
    for _ in range(20):
        await attempt.begin(node, Session(), "60 appwd='another password'")
        trial.end(node)
    assert len(node.log.secrets) <= 4
    assert {KNOWN, OLD} <= set(node.log.secrets)


async def test_what_cannot_be_written_stays_on_trial():
    node = Node()
    await attempt.begin(node, Session(), "60 soctout=50")
    path, node.config.path = node.config.path, node.place + "/nowhere/x"
    assert "not saved" in await refusal(trial.keep(node, Session(), ""))
    assert node.config.get("soctout") == 50
    node.config.path = path
    assert await trial.keep(node, Session(), "") == "Saved"
    assert node.again().config.get("soctout") == 50


async def test_secrets_go_back_when_the_settings_beside_them_cannot_be_written():
    node = Node()
    before = load(node.place + "/secret.json")[0]
    node.config.path = node.place + "/nowhere/x"
    try:
        node.config.set_many({"staessid": "my home", "stapwd": "a right one"})
    except CommandError as error:
        assert str(error).startswith("not saved, the old value stays")
    else:
        raise AssertionError("saved")
    assert node.secrets.get("stapwd") == OLD
    now = load(node.place + "/secret.json")[0]
    assert {name: now[name] for name in now if now[name]} == before
    assert "secret.json.try" not in node.files()


async def test_a_damaged_file_of_a_trial_is_nothing_and_is_gone():
    node = Node()
    await attempt.begin(node, Session(), "120 staessid=wrong")
    whole = node.files()["secret.json.try"]
    for length in range(len(whole) - 10):
        write(node.place + "/secret.json.try", whole[:length])
        later = node.again()
        assert later.config.trial is None
        assert later.config.get("staessid") == ""
        assert "secret.json.try" not in later.files()
