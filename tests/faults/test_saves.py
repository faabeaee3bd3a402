"""Settings outlive a node that is killed while it saves them."""

from pathlib import Path

from benchmarks.nodes import Workshop
from benchmarks.saves import kill_while_saving
from tests.support.sweep import rounds

INTERPRETERS = ("cpython",)

KILLS, SLICE, SEED = 200, 60, 2


def test_no_settings_are_lost_by_kills_in_a_stream_of_saves(
    workshop: Workshop, tmp_path: Path
) -> None:
    slot = workshop.slot("esp32").folder
    kills = rounds(KILLS, SLICE)
    found = kill_while_saving(workshop.engine, slot, tmp_path / "saves", kills, SEED)
    print(f"kills: {found.kills}, saves: {found.saves}, read from the copy: {found.copies}")
    print(f"settings lost: {found.lost}")
    assert found.saves > kills
    assert found.lost == 0
