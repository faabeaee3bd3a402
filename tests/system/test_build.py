"""Compiling the board half into `build/`: whole or not at all, whoever else does it meanwhile."""

import hashlib
import shutil
import threading
from pathlib import Path

import pytest

from benchmarks.nodes import run_to_end
from toolkit.model import paths
from toolkit.model.errors import InputError
from toolkit.model.release import Build
from toolkit.operations.build import MADE, build
from toolkit.operations.pack import PACK, unpacked


def whole(made: Build) -> bool:
    return all(
        hashlib.sha256(file.source.read_bytes()).hexdigest() == file.sha256 for file in made.files
    )


def written(target: Path) -> dict[Path, int]:
    """When each file was written."""
    return {path: path.stat().st_mtime_ns for path in target.rglob("*") if path.is_file()}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A board half of a few files, which a test may change."""
    folder = tmp_path / "micros"
    original = paths.repository() / "micros"
    for name in ("boards/esp32.py", "core/errors.py", "core/log.py", "modules/LM_switch.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(original / name, folder / name)
    return folder


def test_a_build_holds_what_its_manifest_says_and_nothing_of_an_earlier_one(
    sources: Path, tmp_path: Path
) -> None:
    target = tmp_path / "build" / "esp32"
    run_to_end(build("esp32", target=target, sources=sources))
    before = set(unpacked((target / PACK).read_bytes()))
    (sources / "core" / "log.py").unlink()
    made = run_to_end(build("esp32", target=target, sources=sources))
    assert whole(made)
    there = {it.relative_to(target).as_posix() for it in target.rglob("*") if it.is_file()}
    assert there == {*(file.name for file in made.files), "manifest.json", MADE}
    packed = set(unpacked((target / PACK).read_bytes()))
    assert "boards.esp32" in packed < before
    assert list(target.parent.iterdir()) == [target]


def test_whatever_a_board_loads_for_a_moment_is_in_its_pack(tmp_path: Path) -> None:
    made = run_to_end(build("pico_w", target=tmp_path / "slot"))
    packed = unpacked((made.folder / PACK).read_bytes())
    beside = {path.stem for path in (made.folder / "core").glob("*.mpy")}
    # A module may never have imported them when one of the others asks for them.
    assert {"only", "backup", "events"} <= beside
    assert {f"core.{name}" for name in beside} <= set(packed)
    assert all(content[:2] == b"M\x06" for content in packed.values())


def test_another_toolkit_may_build_while_one_reads(sources: Path, tmp_path: Path) -> None:
    target = tmp_path / "build" / "esp32"
    made = run_to_end(build("esp32", target=target, sources=sources))
    failed: list[OSError | InputError] = []

    def again() -> None:
        try:
            for _ in range(5):
                (target / MADE).unlink(missing_ok=True)
                run_to_end(build("esp32", target=target, sources=sources))
        except (OSError, InputError) as error:
            failed.append(error)

    others = [threading.Thread(target=again) for _ in range(2)]
    for other in others:
        other.start()
    while any(other.is_alive() for other in others):
        assert whole(made)
    assert not failed


def test_what_has_not_changed_is_not_compiled_again(sources: Path, tmp_path: Path) -> None:
    target = tmp_path / "build" / "esp32"
    made = run_to_end(build("esp32", target=target, sources=sources))
    before = written(target)
    assert run_to_end(build("esp32", target=target, sources=sources)) == made
    assert written(target) == before
    (sources / "core" / "log.py").write_text("NEW = 1\n", encoding="utf-8")
    changed = run_to_end(build("esp32", target=target, sources=sources))
    assert whole(changed)
    assert changed.manifest != made.manifest


def test_what_changes_while_it_is_compiled_is_compiled_again(sources: Path, tmp_path: Path) -> None:
    target = tmp_path / "build" / "esp32"
    source = sources / "modules" / "LM_switch.py"  # code at the start, the manual at the end
    original = source.read_text("utf-8")
    steps = build("esp32", target=target, sources=sources)
    assert [next(steps).done for _ in range(2)] == [0, 1]
    source.write_text('"""Switch: another."""\n', encoding="utf-8")
    mixed = run_to_end(steps)
    source.write_text(original, encoding="utf-8")
    made = run_to_end(build("esp32", target=target, sources=sources))
    assert whole(made)
    assert made.manifest != mixed.manifest
    other = run_to_end(build("esp32", target=tmp_path / "other", sources=sources))
    assert made.manifest == other.manifest


def test_a_pull_under_a_running_toolkit_does_not_name_its_steps_anew(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "build" / "esp32"
    made = run_to_end(build("esp32", target=target, sources=sources))
    before = written(target)
    pulled = tmp_path / "repository"
    for name in ("toolkit/operations", "toolkit/model", "release_info"):
        shutil.copytree(paths.repository() / name, pulled / name)
    (pulled / "toolkit" / "operations" / "pack.py").write_text("NEW = 1\n", encoding="utf-8")
    monkeypatch.setattr(paths, "repository", lambda: pulled)
    assert run_to_end(build("esp32", target=target, sources=sources)) == made
    assert written(target) == before


def test_a_build_that_somebody_has_damaged_is_made_again(sources: Path, tmp_path: Path) -> None:
    target = tmp_path / "build" / "esp32"
    made = run_to_end(build("esp32", target=target, sources=sources))
    for damage in (lambda path: path.write_bytes(b"nonsense"), Path.unlink):
        damage(made.files[0].source)
        assert run_to_end(build("esp32", target=target, sources=sources)) == made
        assert whole(made)


def test_a_file_that_a_build_does_not_know_is_no_part_of_it(sources: Path, tmp_path: Path) -> None:
    target = tmp_path / "build" / "esp32"
    made = run_to_end(build("esp32", target=target, sources=sources))
    (target / "stray.mpy").write_bytes(b"nobody knows it")
    assert run_to_end(build("esp32", target=target, sources=sources)) == made


def test_source_that_does_not_compile_is_named_and_leaves_the_earlier_build(
    sources: Path, tmp_path: Path
) -> None:
    target = tmp_path / "build" / "esp32"
    made = run_to_end(build("esp32", target=target, sources=sources))
    (sources / "core" / "errors.py").write_text("def broken(:\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"errors\.py does not compile: SyntaxError"):
        run_to_end(build("esp32", target=target, sources=sources))
    assert whole(made)


def test_an_unknown_chip_or_board_is_refused_with_the_known_ones(sources: Path) -> None:
    with pytest.raises(InputError, match=r"expected a board .*esp8266.*, got 'toaster'"):
        run_to_end(build("toaster", sources=sources))
    with pytest.raises(InputError, match=r"expected a board with a pin map \(esp32\), got 'desk'"):
        run_to_end(build("esp32", "desk", sources=sources))


def test_a_place_that_cannot_be_written_is_one_sentence(sources: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(InputError, match="cannot compile into"):
        run_to_end(build("esp32", target=tmp_path / "file" / "esp32", sources=sources))
