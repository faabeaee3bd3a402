"""A node on the stock firmware of a Pico W: its modules, its pins, its clock, a restart.

The tests follow one another on one board, as a person would go on.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.firmware.disk import Disk
from tests.firmware.pico import LONGEST, Node, Pico, eventually
from toolkit.model.vault import new_password, secret_of

UID = "001018000002"  # the MAC of the emulated radio

pytestmark = pytest.mark.timeout(LONGEST)


@pytest.fixture(scope="module")
def node(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """The node, switched on with the very files that an installation leaves."""
    folder = tmp_path_factory.mktemp("node")
    secret = secret_of(UID, new_password())
    with Pico(image, folder, Disk(folder).with_node(secret).image()) as pico:
        yield Node(pico, UID, secret.appwd)


def test_a_load_module_moves_a_pin_of_the_chip(node: Node) -> None:
    assert "state: 1" in eventually(lambda: node.say("switch on"))
    assert node.pico.ask("16") == "HIGH"
    assert "state: 0" in node.say("switch toggle")
    assert node.pico.ask("16") == "LOW"


def test_the_led_hangs_on_the_radio(node: Node) -> None:
    node.say("system module switch", "conf", "cstmpmap simple_0:64", "noconf")
    for lit, word in ((1, "on"), (0, "off")):
        assert f"state: {lit}" in node.say(f"switch {word}")
        assert node.pico.ask("led") == lit


def test_the_time_server_tells_it_the_time(node: Node) -> None:
    assert eventually(lambda: node.say("system clock")[:2] == "20")  # nobody else tells it


def test_settings_outlive_a_restart_which_is_no_failure(node: Node) -> None:
    assert node.say("conf", "soctout 77") == "Saved"
    status = node.restarted()
    assert node.say("conf", "soctout") == "77"
    assert (status["reset"], status["problems"]) == ("watchdog", [])
    assert (status["mode"], status["address"]) == ("sta", node.pico.address)
