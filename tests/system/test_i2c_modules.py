"""Load modules for what hangs on the I2C bus, on a node, against models of the devices."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.boards import eventually
from tests.support.toolkit import Toolkit
from toolkit.transport.textshell import TextShell
from toolkit.virtual import fleet
from toolkit.virtual.control import Control
from toolkit.virtual.engine import Engine

CLOCK = "refused: i2c: the clock line, i2c_scl 22, is held low"
DATA = "refused: i2c: the data line, i2c_sda 21, is held low"


@dataclass
class Node:
    """A node on a virtual board, a shell of it, and the world around it."""

    shell: TextShell
    control: Control

    def says(self, line: str) -> str:
        return self.shell.command(line).strip()

    def does(self, *lines: str) -> None:
        """Say lines that are not refused."""
        for line in lines:
            answer = self.says(line)
            assert not answer.startswith("refused"), f"{line}: {answer}"

    def tells(self, line: str) -> Any:
        return json.loads(self.says(line + " >json"))


def made(toolkit: Toolkit, board: str) -> Iterator[Node]:
    toolkit.ok("--make", "--virtual", "--board", board, "--yes")
    (virtual,) = fleet.boards(toolkit.home / "virtual")
    secrets = json.loads((toolkit.home / "secrets.json").read_text(encoding="utf-8"))
    password = secrets[virtual.mac]["appwd"]
    control = fleet.control(virtual)
    with TextShell(virtual.address, uid=virtual.mac, password=password) as shell:
        yield Node(shell, control)
    control.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Node]:
    """One node for all these tests."""
    home: Path = tmp_path_factory.mktemp("i2c") / "user data"
    toolkit = Toolkit(home, engine)
    yield from made(toolkit, "esp32")
    toolkit("--virtual", "--stop")


@pytest.fixture
def leaf(toolkit: Toolkit) -> Iterator[Node]:
    """A node on the smallest chip."""
    yield from made(toolkit, "esp8266")


@pytest.fixture
def node(whole: Node) -> Iterator[Node]:
    """That node, with nothing on its bus."""
    yield whole
    whole.control.i2c_stuck(None)
    for address in (60, 61, 118, 119):
        whole.control.i2c_detach(address)


def air(node: Node, **state: Any) -> Callable[..., None]:
    """Hang a BME280 on the bus; the function changes the air around it."""

    def change(address: int = 118, model: str = "bme280", **state: Any) -> None:
        node.control.i2c_model(address, model, **state)

    change(**state)
    return change


def test_it_measures_anew_each_time_it_is_asked(node: Node) -> None:
    change = air(node, temperature=21.5, pressure=1013.25, humidity=45)
    told = node.tells("bme280 measure")
    assert abs(told["temp"] - 21.5) <= 0.01
    assert abs(told["hum"] - 45) <= 0.1
    assert abs(told["pres"] - 1013.25) <= 0.04
    change(temperature=-12.3, pressure=700, humidity=99.5)
    assert abs(float(node.says("bme280 temp")) + 12.3) <= 0.01
    assert abs(float(node.says("bme280 hum")) - 99.5) <= 0.1
    assert abs(float(node.says("bme280 pres")) - 700) <= 0.04
    assert node.tells("bme280 status") == {"sensor": "BME280", "address": 118}
    assert node.tells("bme280 init_bme280_i2c")["address"] == 118


def test_a_temperature_whose_bytes_look_like_nothing_is_told(node: Node) -> None:
    """26.46 °C lies at the raw value that stands for "not measured"."""
    air(node, temperature=26.464)
    assert abs(node.tells("bme280 measure")["temp"] - 26.46) <= 0.02


def test_a_bmp280_at_the_other_address_measures_no_humidity(node: Node) -> None:
    air(node, address=119, model="bmp280", temperature=5)
    assert node.tells("bme280 load 119") == {"sensor": "BMP280", "address": 119}
    assert set(node.tells("bme280 measure")) == {"temp", "pres"}
    assert node.says("bme280 hum") == "refused: hum: a BMP280 measures no humidity"
    assert "address: expected 118 or 119, got 5" in node.says("bme280 load 5")


def test_without_an_answer_one_sentence_says_where_it_looked(node: Node) -> None:
    change = air(node)
    assert node.tells("bme280 load")["address"] == 118
    for fault in ({"fault": "silent"}, None):
        if fault:
            change(**fault)
        else:
            node.control.i2c_detach(118)
        answer = node.says("bme280 measure")
        assert "bme280: nothing answers at 118 or 119 on scl " in answer
        assert "\n" not in answer
        assert node.tells("bme280 status") == {"sensor": "not found"}
    change(temperature=30)
    assert abs(float(node.says("bme280 temp")) - 30) <= 0.01


def test_a_stuck_bus_and_a_wrong_chip_are_told(node: Node) -> None:
    change = air(node, temperature=20)
    assert node.tells("bme280 measure")
    node.control.i2c_stuck("scl")
    assert node.says("bme280 measure") == CLOCK
    node.control.i2c_stuck("sda")
    assert node.says("bme280 measure") == DATA
    node.control.i2c_stuck(None)
    assert abs(float(node.says("bme280 temp")) - 20) <= 0.01
    node.control.i2c_stuck("sda")  # while it is in use: zeros are no measurement
    assert node.says("bme280 measure") == DATA
    node.control.i2c_stuck(None)
    change(chip=0x55)
    node.says("bme280 load")
    assert "at 118, got 85" in node.says("bme280 measure")
    change(chip=0x60, fault="endless")
    assert "bme280: measuring takes longer than 50 ms" in node.says("bme280 measure")
    change(fault="brownout")
    assert "bme280: it has measured nothing" in node.says("bme280 measure")


def test_two_who_ask_at_once_both_get_a_measurement(node: Node) -> None:
    air(node, temperature=19)
    assert "started" in node.says("bme280 temp &")
    assert "started" in node.says("bme280 pres &")
    assert abs(float(node.says("bme280 temp")) - 19) <= 0.01
    eventually(lambda: "19" in node.says("task show bme280.temp"))
    eventually(lambda: "1013" in node.says("task show bme280.pres"))


def test_the_smallest_chip_measures_too(leaf: Node) -> None:
    change = air(leaf, temperature=21.5, pressure=980)
    told = leaf.tells("bme280 measure")
    assert abs(told["temp"] - 21.5) <= 0.01
    assert abs(told["pres"] - 980) <= 0.04
    change(temperature=-3)
    assert abs(float(leaf.says("bme280 temp")) + 3) <= 0.01
    leaf.control.i2c_detach(118)
    assert "nothing answers at 118 or 119 on scl 5, sda 4" in leaf.says("bme280 measure")
    change(temperature=4)
    assert abs(float(leaf.says("bme280 temp")) - 4) <= 0.01


def test_the_smallest_chip_tells_a_line_that_is_stuck(leaf: Node) -> None:
    eventually(lambda: "time: ntp" in leaf.says("status"), "the end of what takes memory")
    leaf.control.i2c_stuck("scl")
    assert leaf.says("i2c scan") == "refused: i2c: the clock line, i2c_scl 5, is held low"
    leaf.control.i2c_stuck(None)


def dots(node: Node, address: int = 60) -> set[tuple[int, int]]:
    """What the display shows: the lit dots, x from the left and y from the top."""
    lines = [bytes.fromhex(line) for line in node.control.i2c_seen(address)["lines"]]
    return {
        (8 * at + bit, y)
        for y, line in enumerate(lines)
        for at, byte in enumerate(line)
        for bit in range(8)
        if byte << bit & 0x80
    }


def test_a_display_shows_what_is_drawn(node: Node) -> None:
    node.control.i2c_model(60, "ssd1306")
    assert node.tells("oled load")["address"] == 60
    node.does("oled clean")
    assert dots(node) == set()
    node.does("oled pixel 0 0", "oled pixel 127 63", "oled line 10 20 13 23")
    drawn = {(0, 0), (127, 63), (10, 20), (11, 21), (12, 22), (13, 23)}
    assert dots(node) == drawn
    node.does("oled pixel 0 0 0", "oled rect 100 5 4 3")
    drawn -= {(0, 0)}
    drawn |= {(x, y) for x in range(100, 104) for y in range(5, 8)} - {(101, 6), (102, 6)}
    assert dots(node) == drawn
    node.does("oled fill 0 0 128 64")
    assert len(dots(node)) == 128 * 64
    node.does("oled clean", "oled text I 16 8")
    letter = dots(node)
    assert {x // 8 for x, _ in letter} == {2}
    assert {y // 8 for _, y in letter} == {1}
    node.does('oled text "42 dots"')
    assert {x // 8 for x, y in dots(node) if y < 8} == {0, 1, 3, 4, 5, 6}
    assert node.control.i2c_seen(60)["unknown"] == []


def test_a_drawing_sends_the_pages_that_it_changed(node: Node) -> None:
    node.control.i2c_model(60, "ssd1306")
    node.does("oled show")
    before = node.control.i2c_seen(60)["bytes"]
    node.does("oled pixel 5 5")
    assert 129 <= node.control.i2c_seen(60)["bytes"] - before <= 140


def test_a_display_is_switched_and_its_picture_stays(node: Node) -> None:
    node.control.i2c_model(61, "ssd1306")
    assert node.tells("oled load")["address"] == 61
    node.does("oled clean", "oled pixel 3 4")
    assert node.tells("oled poweroff")["on"] is False
    assert dots(node, 61) == set()
    assert node.tells("oled power 1")["on"] is True
    assert dots(node, 61) == {(3, 4)}
    assert node.tells("oled invert")["inverted"] is True
    assert len(dots(node, 61)) == 128 * 64 - 1
    assert node.tells("oled invert")["inverted"] is False
    assert node.tells("oled contrast 200")["contrast"] == 200
    assert node.control.i2c_seen(61)["contrast"] == 200
    assert "strength: expected 0 to 255, got 256" in node.says("oled contrast 256")
    assert set(node.tells("oled pinmap")) == {"i2c_scl", "i2c_sda"}


def test_a_display_that_was_without_power_gets_its_whole_picture_again(node: Node) -> None:
    node.control.i2c_model(60, "ssd1306")
    node.does("oled load", "oled clean", "oled pixel 7 7")
    node.control.i2c_detach(60)
    assert "refused: oled: nothing answers at 60 or 61 on scl " in node.says("oled pixel 8 8")
    assert node.tells("oled status")["address"] == "not found"
    assert "nothing answers" in node.says("oled invert")
    node.control.i2c_model(60, "ssd1306")
    node.does("oled pixel 9 9")
    assert len(dots(node)) == 128 * 64 - 3  # inverted, as was asked for
    node.does("oled invert")
    assert dots(node) == {(7, 7), (8, 8), (9, 9)}


def test_a_display_on_a_stuck_bus_is_not_told_to_be_on(node: Node) -> None:
    node.control.i2c_model(60, "ssd1306")
    for line, said in (("sda", DATA), ("scl", CLOCK)):
        node.control.i2c_stuck(line)
        for words in ("load", "power 1", "pixel 1 1", "show"):
            assert node.says("oled " + words) == said
        node.control.i2c_stuck(None)
        node.does("oled load")
        node.control.i2c_stuck(line)  # while it is in use
        assert node.says("oled pixel 2 2") == said
        assert node.tells("oled status")["address"] == "not found"
        node.control.i2c_stuck(None)
    node.does("oled show")
    assert {(1, 1), (2, 2)} <= dots(node)


def test_what_does_not_fit_is_refused(node: Node) -> None:
    node.control.i2c_model(60, "ssd1306")
    for line, word in (
        ("oled pixel 128 0", "expected dots from 0 0 to 127 63, got 128 0, 1 wide, 1 high"),
        ("oled rect 120 60 9 2", "got 120 60, 9 wide, 2 high"),
        ("oled fill 0 0 0 1", "got 0 0, 0 wide, 1 high"),
        ("oled line 0 0 x 1", "expected"),
        ("oled rect 0 0 a b", "got 0 0, 'a' wide, 'b' high"),
        ("oled rect x 0 1 1", "got 'x' 0, 1 wide, 1 high"),
        ("oled fill 0 0 1 None", "got 0 0, 1 wide, None high"),
        ("oled text abc 105 0", "string: expected 2 letters at most, got 3"),
        ("oled text abc 0 60", "y: expected 0 to 56, got 60"),
        ("oled power 2", "state: expected 0 to 1, got 2"),
    ):
        answer = node.says(line)
        assert answer.startswith("refused: "), line
        assert word in answer


def test_a_node_shows_who_it_is(node: Node) -> None:
    node.control.i2c_model(60, "ssd1306")
    node.does("oled load", "oled debug")
    rows = {y // 12 for _, y in dots(node)}
    assert rows >= {0, 1, 2, 3}


def test_the_smallest_chip_has_room_for_a_display(leaf: Node) -> None:
    leaf.control.i2c_model(60, "ssd1306")
    eventually(lambda: "time: ntp" in leaf.says("status"), "the end of what takes memory")
    words = "load", "clean", "text hello", "clean", "pixel 3 4"
    for line in ["oled " + word for word in words]:  # short of memory it says so: said again
        eventually(lambda line=line: not leaf.says(line).startswith("refused"), line, 5)
    assert dots(leaf) == {(3, 4)}


def test_pages_and_the_names_of_earlier_releases(node: Node) -> None:
    node.control.i2c_model(60, "ssd1306")
    node.does("oled load", 'oled page "two words" 42')
    assert {y // 12 for _, y in dots(node)} == {0, 1}
    assert "page: expected 16 letters at most, got '" in node.says("oled page " + "x" * 17)
    assert "page: expected 5 lines at most, got 6" in node.says("oled page 1 2 3 4 5 6")
    node.does("oled_widgets simple_page")
    assert {y // 12 for _, y in dots(node)} == {0, 1, 2, 3}
    node.does("oled clean", 'oled_widgets readings {"temp": 21.5}')
    node.does('oled_widgets readings {"ppm": 612, "calibrated": false}')
    assert {y // 12 for _, y in dots(node)} == {0, 1}
    assert "readings: expected names and values, got 5" in node.says("oled_widgets readings 5")
    node.does("oled_widgets show_debug_page")
    assert {y // 12 for _, y in dots(node)} >= {0, 1, 2, 3}
    old = "oled_128x64i2c"
    node.does(f"{old} clean", f"{old} draw_line 0 0 2 0", f"{old} draw_rect 5 5 2 2")
    assert dots(node) == {(0, 0), (1, 0), (2, 0), (5, 5), (6, 5), (5, 6), (6, 6)}
    node.does(f"{old} invert", "oled_widgets toggle_invert", f"{old} poweroff")
    assert dots(node) == set()
    node.does(f"{old} poweron", f"{old} text")
    assert max(x for x, y in dots(node) if y < 8) // 8 == 3


def test_a_scan_finds_what_answers_and_says_which_line_is_stuck(node: Node) -> None:
    assert node.tells("i2c scan") == {"found": 0}
    node.control.i2c_model(60, "ssd1306")
    node.control.i2c_model(118, "bme280")
    node.control.i2c_attach(119, {0: b"\x01"})
    assert node.tells("i2c scan") == {"found": 3, "0x3c": 60, "0x76": 118, "0x77": 119}
    node.control.i2c_model(118, "bme280", fault="silent")
    assert node.tells("i2c scan") == {"found": 2, "0x3c": 60, "0x77": 119}
    node.control.i2c_stuck("scl")
    assert node.says("i2c scan") == CLOCK
    node.control.i2c_stuck("sda")
    assert node.says("i2c scan") == node.says("i2c load") == DATA
    assert node.tells("i2c pinmap") == {"i2c_scl": 22, "i2c_sda": 21}


def test_the_pins_of_the_bus_are_free_once_nobody_uses_it(node: Node) -> None:
    node.control.i2c_model(60, "ssd1306")
    node.does("oled load", "i2c load", "oled_widgets simple_page")
    refused = "refused: pin i2c_sda (21) is taken by i2c"
    node.does("system module i2c")  # which is no owner of the bus that bears its name
    assert node.says("gpio off i2c_sda") == refused
    left = [it for it in node.says("system module").split() if it in ("oled_widgets", "bme280")]
    node.does(*("system module " + it for it in left), "i2c load", "system module oled")
    assert node.says("gpio off i2c_sda") == refused
    node.does("system module i2c", "gpio off i2c_sda")
    assert node.says("i2c scan") == "refused: pin i2c_sda (21) is taken by gpio"
    node.does("system module gpio", "i2c scan")


def test_what_is_unloaded_takes_along_what_was_made_of_it(node: Node) -> None:
    node.control.i2c_model(60, "ssd1306")
    node.does("oled_widgets simple_page", "oled_128x64i2c clean")
    said = node.says("system module oled")
    assert said.startswith("unloaded: oled, ")
    assert {"oled_widgets", "oled_128x64i2c"} <= set(said.split(": ")[1].split(", "))
    assert "oled" not in node.says("system module")


def test_no_fault_is_told_as_a_fault_of_the_module(node: Node) -> None:
    assert "bme280: nothing answers" in node.says("bme280 measure")
    assert "fault" not in node.says("log")
    assert set(node.tells("bme280 pinmap")) == {"i2c_scl", "i2c_sda"}
