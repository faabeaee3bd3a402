"""The page of the boards tells the truth: each board, each pin, each command."""

import re
import shlex

from toolkit.cli import options
from toolkit.model import boards, paths, pins

PAGE = paths.repository() / "docs" / "boards.md"


def test_the_pins_are_those_of_the_maps() -> None:
    table = PAGE.read_text(encoding="utf-8").split("<!-- pins -->")[1].split("<!-- end -->")[0]
    head, _, *rows = [line.strip("| ").split(" | ") for line in table.strip().splitlines()]
    assert head == ["pin", *boards.maps()]
    assert len(rows) > 20
    for name, *numbers in rows:
        assert numbers == [str(pins.logical(board)[name]) for board in head[1:]], name


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
