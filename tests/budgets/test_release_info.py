"""What a release is, measured on a virtual board and written as a page and for programs."""

import json
from pathlib import Path

from benchmarks import release
from benchmarks.nodes import Workshop

INTERPRETERS = ("cpython",)

LIMIT = 6000  # bytes of memory that a load module is to take at most, with what it imports
DISPLAYS = {"oled", "oled_widgets", "oled_128x64i2c"}  # whose pictures lie in memory


def test_a_release_tells_its_memory_sizes_modules_limits_and_start(
    workshop: Workshop, tmp_path: Path
) -> None:
    found = release.measure(workshop, ["esp32"], ["heartbeat"])
    (board,) = found.boards
    assert 0 < board.used < board.used_with_module < board.heap
    assert board.largest > 16_000
    assert (board.problems, board.refused) == ((), "")
    assert board.together > 30
    modules = {it.name: it.memory for it in found.modules}
    assert {"light", "system", "oled", "bme280"} <= set(modules)
    assert "ready at" in found.logs["esp32"]
    names = {path.name for path in release.write(found, tmp_path, "here")}
    assert names == {"README.md", "memory.json", "manual.md", "manual.json"}
    page = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "probe" not in page
    assert f"| {board.used} |" in " ".join(page.split())
    assert "* An ESP8266 has memory for two sessions" in page
    plain = json.loads((tmp_path / "memory.json").read_text(encoding="utf-8"))
    assert plain["boards"][0]["profile"] == "heartbeat"
    large = {name: taken for name, taken in modules.items() if taken > LIMIT}
    print(f"load modules: {len(modules)}, over {LIMIT} B: {large}")
    assert large.keys() <= DISPLAYS
