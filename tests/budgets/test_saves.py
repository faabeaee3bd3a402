"""Settings outlive a node that is killed while it saves them."""

from pathlib import Path

from benchmarks.nodes import Workshop
from benchmarks.saves import kill_while_saving

KILLS, SEED = 60, 2


def test_no_settings_are_lost_by_kills_in_a_stream_of_saves(
    workshop: Workshop, scratch: Path
) -> None:
    slot = workshop.slot("esp32").folder
    found = kill_while_saving(workshop.engine, slot, scratch / "saves", KILLS, SEED)
    print(found)
    assert found.saves > KILLS
    assert found.lost == 0
