"""What was said and answered stands in a file, with times and without secrets."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from toolkit.model.errors import InputError
from toolkit.model.secrecy import masked
from toolkit.operations.transcript import Transcript

NOON = "2026-11-22 12:00:00+00:00"


def transcript(path: Path | None) -> Transcript:
    return Transcript(path, lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))


def test_lines_have_times_and_answers_stand_below_them(tmp_path: Path) -> None:
    path = tmp_path / "said.txt"
    path.write_text("before\n")
    record = transcript(path)
    record.begin("node01 (240ac4000001)")
    record.line("node01 $ ", "light on")
    record.answer("on: True\nr: 1000")
    record.line("node01 $ ", "conf")
    record.answer("")
    assert path.read_text() == (
        f"before\n{NOON} --- node01 (240ac4000001)\n"
        f"{NOON} node01 $ light on\n  on: True\n  r: 1000\n{NOON} node01 $ conf\n"
    )


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    transcript(tmp_path / "said.txt").begin("node01")
    assert stat.S_IMODE((tmp_path / "said.txt").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "line",
    [
        "appwd hidden-word",
        "conf appwd hidden-word",
        "wifi join home psk=hidden-word",
        "stapwd ' hidden'",
    ],
)
def test_a_secret_is_never_written_nor_what_an_answer_tells_of_it(
    line: str, tmp_path: Path
) -> None:
    record = transcript(tmp_path / "said.txt")
    record.line("[configure] node01 $ ", line)
    record.answer("refused: too short: hidden-word")
    record.line("node01 $ ", "status")
    record.answer("well")
    text = (tmp_path / "said.txt").read_text()
    assert "hidden" not in text
    assert text.endswith("node01 $ status\n  well\n")


def test_a_dump_of_an_older_node_is_written_without_its_passwords(tmp_path: Path) -> None:
    record = transcript(tmp_path / "said.txt")
    record.line("[configure] node01 $ ", "dump")
    record.answer("  devfid    :  hall\n  appwd    :  hidden\n  soctout :  60")
    text = (tmp_path / "said.txt").read_text()
    assert text.endswith("    devfid    :  hall\n    appwd    :  ***\n    soctout :  60\n")


def test_what_is_no_secret_stays_as_it_is() -> None:
    assert masked("light rgb 1 2 3\nstatus") == "light rgb 1 2 3\nstatus"


def test_without_a_file_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    record = transcript(None)
    record.begin("node01")
    record.line("$ ", "status")
    record.answer("well")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written: Is a directory"):
        transcript(tmp_path).begin("node01")
