"""Load modules of what the shell's words do: for hooks, chains, programs that call by name."""

import json
import re

import pytest
from test_on_a_board import Node

from tests.support.boards import eventually
from toolkit.model.errors import ToolkitError
from toolkit.node import Node as Remote
from toolkit.virtual import fleet

INTERPRETERS = ("cpython",)
EARLY, LATE = "*:6:30:0!light on", "*:8:0:0!light off"


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    found = Node(tmp_path_factory.mktemp("node"))
    found.serving()
    yield found
    found.control.close()
    fleet.stop(found.home / "virtual")


def told(node, line):
    return json.loads(node.say(line + " >json"))


@pytest.fixture
def call(node, monkeypatch):
    """A program's call by module and function, over the link."""
    monkeypatch.setenv("MICROS_USER_DATA", str(node.home))
    with Remote(node.board.address) as remote:
        yield remote.call


def test_tasks_are_told_and_killed_by_a_program(node, call):
    node.say("light toggle && 500")
    assert "light.toggle" in call("task", "list")["active"]
    assert "running" in call("task", "show", "light.toggle")["light.toggle"]
    assert call("task", "kill", "light.*") == {"light.toggle": True}
    assert "light.toggle" in call("task", "list")["inactive"]


def test_a_hook_kills_a_task(node):
    node.set(irq1="True", irq1_cbf="task kill light.*", irq1_trig="down")
    node.restart()
    node.say("light toggle && 500")
    node.control.drive(19, 0)
    assert eventually(lambda: "light.toggle" in told(node, "task list")["inactive"], "the hook")
    node.control.drive(19, None)
    node.set(irq1="False")


def test_a_word_without_a_module_is_still_refused_in_a_hook(node):
    said = node.say("conf", "irq1_cbf reboot now")
    assert "expected commands of modules, got 'reboot', a word of the shell" in said


def test_a_program_reads_the_log_and_adds_to_it(node, call):
    assert call("log", "write", "the door is open", "warn") == "noted"
    assert "WARN log: the door is open" in call("log", "read", "warn")
    assert "WARN log: the door is open" not in call("log", "read", "error")
    assert call("log", "status") == {"errors": 0}


def test_entries_are_added_told_and_removed(node, call):
    assert call("cron", "list") == []
    assert call("cron", "add", EARLY) == "Saved"
    assert call("cron", "add", LATE) == "Saved"
    assert [row["entry"] for row in call("cron", "list")] == [EARLY, LATE]
    assert node.say("cron list").startswith("0  " + EARLY)
    assert call("cron", "status")["crontasks"] == EARLY + "; " + LATE
    assert "every day, hour 6, minute 30" in call("cron", "check", EARLY)
    assert call("cron", "remove", 0) == "Saved"
    assert [row["entry"] for row in call("cron", "list")] == [LATE]
    assert call("cron", "remove", 0) == "Saved"
    assert call("cron", "list") == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("cron", "add", "*:25:0:0!light on"), "expected"),
        (("cron", "add", "*:1:0:0!reboot now"), "a word of the shell"),
        (("cron", "remove", 7), "number: expected one of 0 entries, got 7"),
        (("task", "kill", "nobody.here"), "no task 'nobody.here', 'task list' shows them"),
        (("log", "read", "loud"), "minimum: expected debug, info, warn or error, got 'loud'"),
        (("log", "write", "x", "error"), "kind: expected info or warn, got 'error'"),
        (("log", "write", "x" * 201), "text: expected 200 characters, got 201"),
    ],
)
def test_what_makes_no_sense_is_refused(node, call, given, said):
    with pytest.raises(ToolkitError, match=re.escape(said)):
        call(*given)
    assert call("cron", "list") == []


def test_a_restart_between_the_words_changes_nothing(node, call):
    assert call("cron", "add", EARLY) == "Saved"
    node.restart()
    assert EARLY in node.say("cron list")
    assert "Traceback" not in node.say("log error")
