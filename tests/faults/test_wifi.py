"""A node whose Wi-Fi goes, comes back or never lets it in: not reset, and always reachable."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from benchmarks.nodes import Node, Workshop
from tests.support.boards import eventually

INTERPRETERS = ("cpython",)

HOME = {"ssid": "virtual-wifi", "password": "virtual-wifi"}  # the log masks such a name
UPSTAIRS = {"ssid": "upstairs", "password": "letmein-up"}
DOWNSTAIRS = {"ssid": "downstairs", "password": "letmein-down"}
RELAY = 16  # the pin of LM_switch on both boards


@pytest.fixture
def node(request: pytest.FixtureRequest, workshop: Workshop) -> Iterator[Node]:
    """A node in its network; `mean esp32` is one on a mean board."""
    mean, _, chip = request.param.rpartition(" ")
    found = workshop.node(chip, mean=bool(mean))
    yield found
    workshop.stop(found)


def joined(node: Node, name: str) -> bool:
    return node.control.state()["station"] == name


def opened(node: Node) -> bool:
    return node.control.state()["access_point"] == "node01"


def status(node: Node) -> dict[str, Any]:
    with node.session() as session:
        return json.loads(session.say("status >json"))


def configure(node: Node, **settings: str) -> None:
    """Change settings as a person does in the shell."""
    with node.session() as session:
        session.say("conf")
        for name, value in settings.items():
            assert session.say(f"{name} {value}").startswith("Saved"), name


def restart(node: Node) -> None:
    """Have the node restart itself, and wait until it serves again."""
    starts = node.starts
    with node.session() as session:
        session.socket.sendall(b"reboot\n")
        eventually(lambda: node.starts > starts, "the restart")


def announced(node: Node) -> list[tuple[str, str]]:
    """The addresses the node has told on its console, oldest first."""
    return re.findall(r"ready at ([\d.]+):9008 \((sta|ap)\)", node.control.console())


@pytest.mark.parametrize("node", ["mean esp32", "mean esp8266"], indirect=True)
def test_a_network_that_goes_and_comes_back_costs_no_start_and_no_output(node: Node) -> None:
    with node.session() as session:
        session.say("switch on")
        assert node.control.pin(RELAY) == 1
        node.control.networks([])
        eventually(lambda: opened(node), "the node's own network")
        assert session.socket.recv(1) == b""  # the connection went with the network
    with node.session() as session:  # over the node's own
        assert "network: lost" in session.say("log")
        assert "network virtual-wifi: not found" in session.say("status")
        node.control.visitors(1)
        node.control.networks([HOME])
    assert status(node)["mode"] == "ap"
    node.control.visitors(0)
    eventually(lambda: joined(node, "virtual-wifi") and not opened(node), "the network")
    eventually(lambda: [mode for _, mode in announced(node)] == ["sta", "ap", "sta"], "the address")
    assert node.control.pin(RELAY) == 1
    assert node.starts == 1
    told = status(node)
    assert (told["mode"], told["log_errors"]) == ("sta", 0)


@pytest.mark.parametrize("node", ["esp32", "esp8266"], indirect=True)
def test_a_wrong_password_is_corrected_over_the_nodes_own_network(node: Node) -> None:
    configure(node, stapwd="mistyped")
    restart(node)
    eventually(lambda: opened(node), "the node's own network")
    told = status(node)
    assert (told["mode"], told["rssi"]) == ("ap", None)
    assert "network virtual-wifi: wrong password" in told["problems"]
    configure(node, stapwd="virtual-wifi")
    eventually(lambda: joined(node, "virtual-wifi") and not opened(node), "the network")
    assert node.starts == 2
    told = status(node)
    assert (told["mode"], told["rssi"]) == ("sta", -50)
    assert not [problem for problem in told["problems"] if problem.startswith("network")]


@pytest.mark.parametrize("node", ["esp32"], indirect=True)
def test_the_next_of_two_networks_is_joined_when_the_first_is_gone(node: Node) -> None:
    node.control.networks([DOWNSTAIRS, UPSTAIRS])
    eventually(lambda: opened(node), "the node's own network")
    configure(node, staessid="upstairs;downstairs", stapwd="letmein-up;letmein-down")
    eventually(lambda: joined(node, "upstairs") and not opened(node), "the first network")
    node.control.networks([DOWNSTAIRS])
    eventually(lambda: joined(node, "downstairs"), "the second network")
    assert not opened(node)  # there was one to join
    assert node.starts == 1


@pytest.mark.parametrize("node", ["esp32", "esp8266"], indirect=True)
def test_a_fixed_address_is_taken_where_it_fits_and_refused_where_not(node: Node) -> None:
    lease = announced(node)[-1][0]
    fixed = lease.rpartition(".")[0] + ".249"
    configure(node, devip=fixed)
    restart(node)
    eventually(lambda: (fixed, "sta") in announced(node), "the fixed address")
    assert status(node)["address"] == fixed
    configure(node, devip="192.168.77.5")
    restart(node)
    eventually(lambda: announced(node)[-1] == (lease, "sta"), "the address by DHCP")
    why = f"network virtual-wifi: devip 192.168.77.5 is none of its addresses, it gave {lease}"
    assert why in status(node)["problems"]


@pytest.mark.parametrize("node", ["esp32", "esp8266"], indirect=True)
def test_the_time_comes_when_the_internet_does(node: Node) -> None:
    node.control.internet(False)
    with node.session() as session:
        assert "does not answer" in session.say("system ntp")
        assert "no answer from" in session.say("log")
        node.control.internet(True)
        assert re.match(r"20\d\d-", session.say("system ntp"))
