"""Before a board is touched: what is on it is kept, or nothing is done."""

import threading
from collections.abc import Generator
from pathlib import Path

import pytest

from benchmarks.nodes import run_to_end
from tests.support.toolkit import Toolkit
from toolkit.model.errors import PortError
from toolkit.model.progress import Progress
from toolkit.operations import archive
from toolkit.operations.prepare import Prepared, prepare
from toolkit.virtual import fleet


def until_the_archive(work: Generator[Progress, None, Prepared]) -> None:
    while next(work).stage != "archive":
        pass


def test_a_board_that_is_away_is_waited_for_and_never_taken_for_an_empty_one(
    toolkit: Toolkit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MICROS_USER_DATA", str(toolkit.home))
    toolkit.ok("--make", "--virtual", "--yes", "--set", "devfid=lamp")
    (board,) = fleet.boards(toolkit.home / "virtual")
    port = Path(board.port)
    away = port.with_name("away")

    work = prepare(board.port)
    until_the_archive(work)
    port.rename(away)  # as native USB at a reset
    threading.Timer(0.5, lambda: away.rename(port)).start()
    prepared = run_to_end(work)
    assert prepared.settings["devfid"] == "lamp"
    assert archive.latest(prepared.chip.uid)

    work = prepare(board.port)
    until_the_archive(work)
    port.rename(away)
    port.write_text("another device took its place", encoding="utf-8")
    with pytest.raises(PortError, match="is not a serial port"):
        next(work)
    away.replace(port)
