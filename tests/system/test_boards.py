"""Boards that are not named as their chip: chosen by --board, refused where they are not known."""

import json
from pathlib import Path

import pytest

from tests.support.toolkit import Toolkit
from toolkit.model import boards, image, paths
from toolkit.operations import deploy
from toolkit.transport import flasher
from toolkit.transport.textshell import TextShell
from toolkit.virtual import fleet


def test_a_board_is_made_with_its_own_pins_and_taken_for_itself(
    toolkit: Toolkit, tmp_path: Path
) -> None:
    own = ("--set", "cstmpmap=pwm_1:15; lamp:32")
    toolkit.ok("--make", "--virtual", "--board", "tinypico", "--yes", *own)
    (board,) = fleet.boards(toolkit.home / "virtual")
    assert (board.name, board.chip) == ("tinypico-1", "esp32")
    with shell(toolkit) as node:
        assert json.loads(node.command("status >json"))["board"] == "tinypico"
        pins = json.loads(node.command("system pinmap >json"))
        assert (pins["pwm_0"], pins["pwm_1"], pins["lamp"]) == (25, 15, 32)
        assert len({pins[f"irq{number}"] for number in range(1, 5)}) == 4
        node.command("conf")
        refusal = node.command("cstmpmap lamp:16")  # its flash hangs there
        assert "expected one of the pins 0 1 2 3 4 5 12 13" in refusal
        node.command("noconf")
    module = tmp_path / "LM_five.py"
    module.write_text('"""Five."""\n\n\ndef five() -> int:\n    """Tell 5."""\n    return 5\n')
    toolkit.ok("-o", str(module), "-p", f"--dev {board.mac}")  # it knows what it is made for
    assert "5" in toolkit.ok("-c", "-p", f"--dev {board.mac} five five")


def test_what_is_no_board_or_the_wrong_one_is_one_sentence(toolkit: Toolkit) -> None:
    for words in (("--make", "--virtual"), ("-cc",), ("-i", "--port", "/dev/nothing")):
        sentence = toolkit.refused(3, *words, "--board", "tinypicco", "--yes")
        assert sentence.startswith("--board: expected a board with a pin map (esp32, esp32c3,")
        assert sentence.endswith("tinypico), got 'tinypicco'")
    sentence = toolkit.refused(3, "--make", "--virtual", "--board", "pico_w", "--yes")
    assert sentence.startswith("a pico_w is not erased or flashed by a serial port")
    sentence = toolkit.refused(3, "--virtual", "--board", "pico_w", "--yes")
    assert sentence.startswith("there is no virtual pico_w yet, only esp32, esp8266, esp32c3")
    arguments = ("--make", "--virtual", "esp8266-1", "--board", "tinypico", "--yes")
    sentence = toolkit.refused(3, *arguments)
    assert sentence == "--board says tinypico, which has the chip esp32, and the chip is esp8266"
    arguments = ("--make", "--virtual", "--board", "tinypico", "--set", "cstmpmap=lamp:9", "--yes")
    assert "cstmpmap: expected one of the pins 0 1 2" in toolkit.refused(3, *arguments)


def test_every_board_has_pins_a_chip_and_a_way_to_its_firmware() -> None:
    assert sorted(boards.BOARDS) == boards.maps()
    for chip in set(boards.BOARDS.values()):
        assert chip in {*image.OFFSETS, *deploy.BY_DRIVE}
        assert chip in {*flasher.CHIPS.values(), *deploy.BY_DRIVE}
        port = paths.repository() / "micros" / "port" / f"{boards.CHIPS[chip]}.py"
        assert port.is_file()


@pytest.mark.parametrize(
    ("board", "chip", "pwm_0"),
    [("esp32c6", "esp32c6", 2), ("qtpy_s2", "esp32s2", 18)],
)
def test_a_node_of_each_new_chip_is_made_and_does_what_it_is_told(
    toolkit: Toolkit, board: str, chip: str, pwm_0: int
) -> None:
    toolkit.ok("--make", "--virtual", "--board", board, "--yes")
    (virtual,) = fleet.boards(toolkit.home / "virtual")
    assert (virtual.name, virtual.chip) == (f"{board}-1", chip)
    with shell(toolkit) as node, fleet.control(virtual) as control:
        assert json.loads(node.command("status >json"))["board"] == board
        assert node.command("light rgb 1000 0 0 >json").startswith("{")
        assert (control.pwm(pwm_0) or {})["duty_u16"] == 65535
        assert json.loads(node.command("i2c scan >json")) == {"found": 0}
        assert not node.command("adc measure").startswith(("refused", "fault"))


def shell(toolkit: Toolkit) -> TextShell:
    """The shell of the one node."""
    (board,) = fleet.boards(toolkit.home / "virtual")
    secrets = json.loads((toolkit.home / "secrets.json").read_text(encoding="utf-8"))
    return TextShell(board.address, uid=board.mac, password=secrets[board.mac]["appwd"])
