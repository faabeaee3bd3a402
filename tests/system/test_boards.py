"""Boards that are not named as their chip: chosen by --board, refused where they are not known."""

import json
from pathlib import Path

import pytest

from benchmarks.nodes import run_to_end
from tests.support.toolkit import Toolkit
from toolkit.model import boards, paths
from toolkit.operations import build, deploy
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
    secrets = json.loads((toolkit.home / "secrets.json").read_text(encoding="utf-8"))
    with TextShell(board.address, uid=board.mac, password=secrets[board.mac]["appwd"]) as shell:
        assert json.loads(shell.command("status >json"))["board"] == "tinypico"
        pins = json.loads(shell.command("system pinmap >json"))
        assert (pins["pwm_0"], pins["pwm_1"], pins["lamp"]) == (25, 15, 32)
        assert len({pins[f"irq{number}"] for number in range(1, 5)}) == 4
        shell.command("conf")
        refusal = shell.command("cstmpmap lamp:16")  # its flash hangs there
        assert "expected one of the pins 0 1 2 3 4 5 12 13" in refusal
        shell.command("noconf")
    module = tmp_path / "LM_five.py"
    module.write_text('"""Five."""\n\n\ndef five() -> int:\n    """Tell 5."""\n    return 5\n')
    toolkit.ok("-o", str(module), "-p", f"--dev {board.mac}")  # it knows what it is made for
    assert "5" in toolkit.ok("-c", "-p", f"--dev {board.mac} five five")


def test_what_is_no_board_or_the_wrong_one_is_one_sentence(toolkit: Toolkit) -> None:
    for words in (("--make", "--virtual"), ("-cc",), ("-i", "--port", "/dev/nothing")):
        sentence = toolkit.refused(3, *words, "--board", "tinypicco", "--yes")
        assert sentence.startswith("--board: expected a board with a pin map (esp32, esp32c3,")
        assert sentence.endswith("tinypico), got 'tinypicco'")
    sentence = toolkit.refused(3, "--make", "--virtual", "--board", "qtpy_s2", "--yes")
    assert sentence.startswith("there is no virtual esp32s2 yet, only esp32, esp8266, esp32c3")
    arguments = ("--make", "--virtual", "esp8266-1", "--board", "tinypico", "--yes")
    sentence = toolkit.refused(3, *arguments)
    assert sentence == "--board says tinypico, which has an esp32, and the chip is an esp8266"
    arguments = ("--make", "--virtual", "--board", "tinypico", "--set", "cstmpmap=lamp:9", "--yes")
    assert "cstmpmap: expected one of the pins 0 1 2" in toolkit.refused(3, *arguments)


def test_every_board_has_pins_a_chip_and_a_way_to_its_firmware() -> None:
    assert sorted(boards.BOARDS) == boards.maps()
    for chip in set(boards.BOARDS.values()):
        assert chip in {*deploy.OFFSETS, *deploy.BY_DRIVE}
        assert chip in {*flasher.CHIPS.values(), *deploy.BY_DRIVE}
        port = paths.repository() / "micros" / "port" / f"{boards.CHIPS[chip]}.py"
        assert port.is_file()


@pytest.mark.parametrize("board", ["esp32c6", "esp32s2", "esp32s3", "qtpy_s2", "qtpy_s3"])
def test_a_release_is_made_for_boards_without_a_virtual_one(board: str, tmp_path: Path) -> None:
    made = run_to_end(build.build(board, target=tmp_path / "slot"))
    facts = json.loads(made.manifest)
    assert (facts["board"], facts["family"]) == (board, "esp32")
