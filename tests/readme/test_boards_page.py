"""The page of the boards tells the truth: each board, each pin, each command."""

import ast
import re
import shlex

import pytest

from toolkit.cli import options
from toolkit.model import boards, paths, pins
from toolkit.operations import manual

PAGE = paths.repository() / "docs" / "boards.md"


def test_the_pins_are_those_of_the_maps() -> None:
    table = PAGE.read_text(encoding="utf-8").split("<!-- pins -->")[1].split("<!-- end -->")[0]
    head, _, *rows = [line.strip("| ").split(" | ") for line in table.strip().splitlines()]
    assert head == ["pin", *boards.maps()]
    for board in head[1:]:
        assert sorted(name for name, *_ in rows) == sorted(pins.logical(board)), board
    for name, *numbers in rows:
        assert numbers == [str(pins.logical(board)[name]) for board in head[1:]], name


@pytest.mark.parametrize("board", boards.maps())
def test_a_map_says_which_names_share_a_pin(board: str) -> None:
    text = (paths.repository() / "micros" / "boards" / f"{board}.py").read_text(encoding="utf-8")
    said = ast.get_docstring(ast.parse(text)) or ""
    names = pins.logical(board)
    numbers = list(names.values())
    sharing = {name for name, number in names.items() if numbers.count(number) > 1}
    words = {re.split(r"_|\d", name)[0] for name in sharing}
    assert {word for word in words if word not in said} == set()


def test_what_touch_reads_without_a_name_is_a_pad_wherever_there_are_pads() -> None:
    """Numbers of the pads: "ESP32 Series Datasheet", "ESP32-S2 …", "ESP32-S3 Series Datasheet"."""
    pads = {"esp32": {0, 2, 4, *range(12, 16), 27, 32, 33}}
    pads["esp32s2"] = pads["esp32s3"] = set(range(1, 15))
    (touch,) = (module for module in manual.modules() if module.name == "touch")
    defaults = [it.default for one in touch.functions for it in one.parameters if it.name == "pin"]
    assert len(defaults) == 3
    for board in [board for board, chip in boards.BOARDS.items() if chip in pads]:
        for name in defaults:
            assert pins.logical(board)[str(name).strip("'")] in pads[boards.BOARDS[board]], board


def test_every_board_is_listed_with_its_chip() -> None:
    text = PAGE.read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([\w-]+) \|", text, re.M)
    chips = {name: chip.replace("-", "").lower() for name, chip in listed}
    assert chips == {**boards.BOARDS, "pico_w": "rp2040"}


def test_every_command_of_the_page_is_understood() -> None:
    commands = re.findall(r"^\$ \./devToolKit\.py (.+)$", PAGE.read_text(encoding="utf-8"), re.M)
    assert len(commands) == 2
    for command in commands:
        options.parse(shlex.split(command))
