"""What an installation decides, without a board: which files go, which stay, which leave."""

from pathlib import Path

from toolkit.model import node_files, release
from toolkit.model.release import Build, BuiltFile, Identity
from toolkit.operations.install import plan


def build(**files: str) -> Build:
    made = [BuiltFile(name, Path(name), 1, digest) for name, digest in files.items()]
    return Build(Path(), Identity((0, 1, 0, 0), 1, 1), "esp32", "esp32", tuple(made))


def names(files: tuple[BuiltFile, ...]) -> list[str]:
    return [file.name for file in files]


def test_only_what_differs_is_sent() -> None:
    todo = plan(build(new="1", same="2", other="3"), "b", {"/b/same": "2", "/b/other": "old"})
    assert names(todo.send) == ["new", "other"]


def test_what_the_release_does_not_name_leaves_the_slot() -> None:
    present = {"/a/core.mpy": "1", "/a/core.py": "9", "/a/manifest.json": "8"}
    todo = plan(build(**{"core.mpy": "1"}), "a", present)
    assert (names(todo.send), todo.remove) == ([], ("/a/core.py",))


def test_a_boot_record_is_short_and_checked() -> None:
    record = release.boot_record(123456, "b", [10, 20, 30, 40])
    assert len(record) <= 120
    assert release.read_record(record) == {
        "seq": 123456,
        "run": "b",
        "trial": None,
        "tries": 0,
        "failed": None,
        "back": [10, 20, 30, 40],
        "auto": 0,
        "wdt": 0,
    }
    for position in range(len(record)):
        flipped = bytearray(record)
        flipped[position] ^= 1
        assert release.read_record(bytes(flipped)) is None, position
    assert release.read_record(None) is None


def test_a_file_of_the_node_survives_being_packed_and_no_damage_passes() -> None:
    content = {"devfid": "lämp", "soctout": 60}
    packed = node_files.pack(content)
    assert node_files.unpack(packed) == content
    assert node_files.unpack(b'{"a": 1}') == {"a": 1}
    for end in range(len(packed.rstrip()) - 9):
        assert node_files.unpack(packed[:end]) is None
