"""Before a board is touched: what is on it is kept, or nothing is done."""

import threading
from collections.abc import Generator
from pathlib import Path

import pytest

from benchmarks.nodes import run_to_end
from tests.support.toolkit import Toolkit
from toolkit.model.errors import PortError
from toolkit.model.progress import Progress
from toolkit.model.vault import opened
from toolkit.operations import archive
from toolkit.operations.prepare import Prepared, prepare
from toolkit.virtual import fleet
from toolkit.virtual.engine import Engine


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
    uid = board.mac.replace(":", "")
    archive.erasing(uid)  # at this desk; another one has made the node
    prepared = run_to_end(work)
    assert prepared.settings["devfid"] == "lamp"
    assert archive.latest(prepared.chip.uid)
    assert not archive.was_erased(uid), "what was read well is no empty board any more"

    work = prepare(board.port)
    until_the_archive(work)
    port.rename(away)
    port.write_text("another device took its place", encoding="utf-8")
    with pytest.raises(PortError, match="is not a serial port"):
        next(work)
    away.replace(port)


def test_the_passwords_of_a_board_without_a_backup_are_those_that_this_desk_knows(
    toolkit: Toolkit, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MICROS_USER_DATA", str(toolkit.home))
    (board,) = fleet.start(toolkit.home / "virtual", engine)  # blank, as after an erase
    opened().put(board.mac.replace(":", ""), "A" * 16, stapwd="of home")
    prepared = run_to_end(prepare(board.port))
    assert prepared.found is None
    assert dict(prepared.secrets) == {"appwd": "A" * 16, "stapwd": "of home", "claimed": True}
    told = toolkit("-i", "--virtual", "--yes")
    assert told.returncode == PortError.exit_code
    assert told.stderr.endswith(f"on {board.port} is blank: --make puts a node on it\n")
    assert "precompile" not in told.stderr, "nobody is asked, and nothing is made for it"
