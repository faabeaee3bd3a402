"""A node installed on a virtual board: its outputs, its settings, its network, its starts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.boards import eventually
from toolkit.model import node_files
from toolkit.model.errors import ToolkitError
from toolkit.transport.repl import Repl
from toolkit.transport.textshell import TextShell
from toolkit.virtual import fleet

INTERPRETERS = ("cpython",)

REPOSITORY = Path(__file__).resolve().parents[2]


class Node:
    """One node on a virtual board, and a hand on the board."""

    def __init__(self, home, *options):
        self.home = home
        self.environment = dict(os.environ, MICROS_USER_DATA=str(home))
        self.toolkit("--make", "--virtual", "--yes", *options)
        self.board = fleet.boards(home / "virtual")[0]
        self.control = fleet.control(self.board)
        secrets = json.loads((home / "secrets.json").read_text())
        self.password = secrets[self.board.mac]["appwd"]

    def toolkit(self, *words):
        done = subprocess.run(
            [sys.executable, "-m", "toolkit", *words],
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def say(self, *lines):
        """Say these lines in one session; return the answer to the last."""
        return self.say_all(*lines)[-1]

    def say_all(self, *lines):
        """Say these lines in one session; return all answers."""
        with TextShell(self.board.address, uid=self.board.mac, password=self.password) as shell:
            return [shell.command(line) for line in lines]

    def status(self):
        return json.loads(self.say("status >json"))

    def serving(self):
        """Return the status once the node answers."""

        def asked():
            try:
                return self.status()
            except ToolkitError:
                return None

        return eventually(asked, "the node")

    def set(self, **values):
        lines = ["conf", *(f"{name} {value}" for name, value in values.items())]
        assert self.say(*lines) == "Saved"

    def lay(self, **values):
        """Write settings by cable, as a release that did not read them has left them."""
        with Repl(str(self.board.port)) as repl:
            kept = node_files.unpack(repl.get(node_files.config_name())) or {}
            repl.run("import os\nfor n in os.listdir('/'):\n if 'node_config' in n: os.remove(n)")
            for _ in repl.put(node_files.config_name(), node_files.pack(kept | values)):
                pass
            repl.reset()
        self.serving()

    def restart(self):
        boots = self.control.state()["boots"]
        self.say("reboot")
        eventually(lambda: self.control.state()["boots"] > boots, "the reboot")
        return self.serving()


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    found = Node(tmp_path_factory.mktemp("node"))
    yield found
    found.control.close()
    fleet.stop(found.home / "virtual")


def test_a_light_is_seen_on_three_pins(node):
    node.say("light rgb 1000 500 0")
    assert [node.control.pwm(pin)["duty_u16"] // 656 for pin in (14, 13, 27)] == [99, 49, 0]
    node.say("light off")
    assert node.control.pwm(14) is None or node.control.pwm(14)["duty_u16"] == 0


def test_a_switch_and_a_servo_are_seen_on_their_pins(node):
    node.say("switch on")
    assert node.control.pin(16) == 1
    node.say("switch toggle")
    assert node.control.pin(16) == 0
    node.say("servo angle 90")
    pulse = node.control.pwm(25)
    assert pulse["freq"] == 50
    assert abs(pulse["duty_u16"] * 20000 // 65535 - 1500) <= 10
    node.say("servo deinit")


def test_a_command_that_repeats_is_ended_by_its_name(node):
    assert node.say("light toggle && 500") == "light.toggle: started"
    assert node.say("task kill light.*") == "Kill: light.toggle|True"
    assert "cancelled" in node.say("task show light.toggle")
    assert "fault" not in node.say("log error")


def test_a_second_owner_of_a_pin_is_refused_until_the_first_is_unloaded(node):
    node.set(cstmpmap="simple_0:14")
    node.say("light on")
    node.say("system module switch")
    assert node.say("switch on") == "refused: pin simple_0 (14) is taken by light"
    node.say("system module light")
    assert "state: 1" in node.say("switch on")
    node.set(cstmpmap="n/a")
    node.say("system module switch")


def test_the_status_tells_of_the_network_and_of_nothing_wrong(node):
    status = node.status()
    assert (status["mode"], status["address"]) == ("sta", node.board.address)
    assert status["problems"] == []
    assert status["uid"] == node.board.mac


def test_settings_outlive_a_restart(node):
    node.set(soctout="76")
    node.restart()
    assert node.say("conf", "soctout") == "76"


def test_a_wrong_network_on_trial_is_left_by_itself(node):
    node.set(soctout="77")
    boots = node.control.state()["boots"]
    answer = node.say("conf", "try 5 staessid=wrong stapwd='a wrong one' soctout=55")
    assert answer.startswith("On trial for 5 s")
    eventually(lambda: node.control.state()["boots"] >= boots + 2, "the old settings")
    eventually(lambda: node.serving()["mode"] == "sta", "the network")
    assert node.serving()["problems"] == []
    assert node.say("conf", "staessid") == "virtual-wifi"
    assert node.say("conf", "soctout") == "77"


def test_what_is_on_trial_is_kept_by_who_comes_back(node):
    boots = node.control.state()["boots"]
    node.say("conf", "try 600 devfid=lamp appwd='another password'")
    eventually(lambda: node.control.state()["boots"] > boots, "the restart")
    first, node.password = node.password, "another password"
    status = node.serving()
    assert status["name"] == "lamp"
    assert "on trial" in status["problems"][0]
    assert node.say("keep") == "Saved"
    assert node.serving()["problems"] == []
    node.control.power_cycle()
    assert node.serving()["name"] == "lamp"
    node.set(devfid="node01")
    node.say("conf", "appwd " + first)
    node.password = first
    node.restart()


def test_a_trial_without_a_restart_ends_by_itself_too(node):
    node.set(soctout="78")
    boots = node.control.state()["boots"]
    with TextShell(node.board.address, uid=node.board.mac, password=node.password) as shell:
        shell.command("conf")
        assert shell.command("try 5 soctout=50") == "On trial for 5 s: log in anew and say keep"
        assert shell.command("soctout") == "50"
        assert "older" in shell.command("keep")
        eventually(lambda: shell.command("soctout") == "78", "the old settings")
        assert "nothing is on trial" in shell.command("keep")
    assert node.control.state()["boots"] == boots


def test_a_light_shows_again_what_it_showed_before_a_restart(node):
    node.say("light rgb 1000 500 0")
    node.restart()
    assert node.control.pwm(14) is None
    node.say("light load")
    assert [node.control.pwm(pin)["duty_u16"] // 656 for pin in (14, 13, 27)] == [99, 49, 0]
    node.say("light off")


def test_a_lost_network_opens_the_own_one_and_a_found_one_ends_it(node):
    boots = node.control.state()["boots"]
    node.control.networks([])
    eventually(lambda: node.control.state()["access_point"], "the access point")
    node.control.networks(
        [{"ssid": "virtual-wifi", "password": "virtual-wifi", "channel": 6, "rssi": -50}]
    )
    eventually(lambda: not node.control.state()["access_point"], "the end of it")
    assert node.serving()["mode"] == "sta"
    assert node.control.state()["boots"] == boots


def test_a_power_cut_while_settings_are_saved_leaves_old_or_new_and_no_problem(node):
    value = 100
    node.set(soctout=str(value))
    for tear in ("nothing", "half", "all"):
        for after in (1, 2, 3, 4, 5, 6):
            boots = node.control.state()["boots"]
            node.control.cut_power(after, tear, restart=True)
            try:
                node.set(soctout=str(value + 1))
            except (ToolkitError, AssertionError):
                eventually(lambda b=boots: node.control.state()["boots"] > b, "the power")
            status = node.serving()
            found = int(node.say("conf", "soctout"))
            assert found in (value, value + 1), (tear, after)
            value = found
            assert [p for p in status["problems"] if "lost" in p] == []
            if node.control.state()["boots"] == boots:
                node.control.power_cycle()  # the cut did not come: it is not to come later
                node.serving()
                break


def test_a_boot_hook_that_fails_does_not_keep_the_node(node):
    node.set(boothook="nosuch thing; light rgb 1000 0 0")
    status = node.restart()
    assert status["log_errors"] >= 1
    assert [it for it in status["problems"] if it.startswith("boothook: ") and "nosuch" in it]
    assert node.control.pwm(14)["duty_u16"] == 65535
    node.set(boothook="n/a")


def test_three_crashes_are_safe_mode_without_boot_hook_and_a_restart_ends_it(node):
    node.set(boothook="light rgb 1000 0 0")
    node.restart()
    for _ in range(3):
        boots = node.control.state()["boots"]
        node.control.crash()
        eventually(lambda b=boots: node.control.state()["boots"] > b, "the crash")
        status = node.serving()
    assert "safe mode" in status["problems"][0]
    assert not (node.control.pwm(14) or {}).get("duty_u16")
    assert node.say("light on").startswith("refused")
    assert node.restart()["problems"] == []
    assert node.control.pwm(14)["duty_u16"] == 65535
    node.set(boothook="n/a")


def test_a_power_cycle_is_no_failure(node):
    for _ in range(4):
        node.control.power_cycle()
        status = node.serving()
    assert status["reset"] == "power-on"
    assert status["problems"] == []
