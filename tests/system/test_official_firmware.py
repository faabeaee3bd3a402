"""Official images on the matching virtual board: written and verified; what runs there is told."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.nodes import run_to_end
from tests.support import official
from tests.support.boards import Bench, bench, engine, engine_cache, eventually, home
from tests.support.toolkit import Toolkit
from toolkit.model import image
from toolkit.operations import deploy
from toolkit.transport.flasher import Flasher
from toolkit.virtual import fleet
from toolkit.virtual.engine import Engine

__all__ = ["bench", "engine", "home"]  # fixtures

V127 = "20251209-v1.27.0"
STOCK = official.provide(engine_cache())
ESP32 = STOCK[f"ESP32_GENERIC-{V127}.bin"]


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Toolkit]:
    kit = Toolkit(tmp_path_factory.mktemp("official") / "user data", engine)
    yield kit
    kit("--virtual", "--stop")


@pytest.mark.parametrize("chip", ["esp32c3", "esp32c6", "esp32s3"])
def test_an_official_image_is_written_and_verified_and_its_code_is_not_run(
    bench: Bench, chip: str
) -> None:
    path = STOCK[f"ESP32_GENERIC_{chip.removeprefix('esp32').upper()}-{V127}.bin"]
    board = bench.board(chip, blank=True)
    found = image.read(path)
    assert image.misfit(found, Flasher(board.port).identify()) == ""
    run_to_end(deploy.deploy(board.port, chip, path))
    content = path.read_bytes()
    with open(board.folder / "flash.bin", "rb") as flash:
        flash.seek(found.offset)
        assert flash.read(len(content)) == content
    control = bench.control(board)
    eventually(lambda: control.state()["state"] == "halted", "the board to give up")
    assert "a program for a real chip, which cannot run here" in control.console()


FILES = 0x200000  # where the file system begins


def flash(kit: Toolkit) -> bytes:
    """What lies on the flash; the files behind it are made by MicroPython at its first start."""
    (board,) = fleet.boards(kit.home / "virtual")
    return (board.folder / "flash.bin").read_bytes()[:FILES]


def put(folder: Path, *names: str) -> str:
    """A folder with these official images in it."""
    folder.mkdir()
    for name in names:
        (folder / name).symlink_to(STOCK[name])
    return str(folder)


def test_what_does_not_fit_is_refused_before_anything_is_erased(
    kit: Toolkit, tmp_path: Path
) -> None:
    kit.ok("-d", "--virtual")
    before = flash(kit)
    program = tmp_path / "ESP32_GENERIC.app-bin"
    program.write_bytes(ESP32.read_bytes()[0xF000:])
    c3, pico = f"ESP32_GENERIC_C3-{V127}.bin", f"RPI_PICO_W-{V127}.uf2"
    for words, sentence in (
        (["-d", "--firmware", str(program)], "is the program alone, for updates over the air"),
        (["-d", "--firmware", str(STOCK[pico])], "is made for RP2040, and the board is esp32"),
        (
            ["--make", "--yes", "--firmware", str(ESP32)],
            "a virtual board cannot run MicroPython 1.27.0 for ESP32_GENERIC",
        ),
        (
            ["-d", "--yes", "--firmware", put(tmp_path / "c3", c3)],
            "no firmware that fits an esp32 is",
        ),
        (
            ["--make", "--yes", "--firmware", "9.9.9"],
            "expected a MicroPython that the toolkit knows",
        ),
        (
            ["-r", "--firmware", "9.9.9"],
            "expected a MicroPython that the toolkit knows for esp32 (",
        ),
    ):
        assert sentence in kit.refused(3, "--virtual", *words)
    assert flash(kit) == before


def test_a_version_that_does_not_exist_is_refused_before_a_board_is_touched(kit: Toolkit) -> None:
    done = kit("--make", "--virtual", "--yes", "--firmware", "9.9.9")
    assert done.stderr.startswith("devToolKit: --firmware 9.9.9: expected")


def test_without_images_the_listing_says_where_they_go(kit: Toolkit, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    told = kit.ok("-l", "--firmware", str(tmp_path / "none"))
    assert told.startswith(f"no firmware in {tmp_path}/none: put .bin or .uf2 files there, or -d")
    assert "fetches" in kit.ok("-l")


def test_one_file_is_told_by_itself_and_what_is_none_is_refused(
    kit: Toolkit, tmp_path: Path
) -> None:
    told = kit.ok("-l", "--firmware", str(ESP32), "--virtual")
    assert "MicroPython 1.27.0 for ESP32_GENERIC, for the cable" in told
    assert "on this board yes" in told
    page = tmp_path / "page.bin"
    page.write_bytes(b"<html>")
    assert "it is a web page" in kit.refused(3, "-l", "--firmware", str(page))
    assert "is fetched by -d, -m or -r" in kit.refused(3, "-l", "--firmware", "latest")


def test_a_virtual_board_that_is_switched_off_is_listed_as_that(kit: Toolkit) -> None:
    kit.ok("--virtual", "--stop")
    assert "virtual boards that are switched off: esp32-1" in kit.ok("-l")
    listed = json.loads(kit.ok("-l", "--json"))
    assert (listed["boards"], listed["switched_off"]) == ([], ["esp32-1"])


def test_the_listing_tells_the_chip_and_what_fits_it(kit: Toolkit) -> None:
    firmware = kit.home / "firmware"
    names = [ESP32.name, f"ESP32_GENERIC_S3-SPIRAM_OCT-{V127}.bin"]
    put(firmware, *names)
    listed = json.loads(kit.ok("-l", "--virtual", "--json"))
    chip = listed["chip"]
    assert (chip["family"], chip["flash"], chip["psram"]) == ("esp32", "4MB", None)
    assert chip["kind"] == "ESP32-D0WD-V3"
    images = {Path(it["file"]).name: it for it in listed["firmware"]}
    assert images[names[0]]["why"] is None
    assert images[names[1]]["why"] == "is made for ESP32-S3, and the board is esp32"
    assert (images[names[1]]["psram"], images[names[0]]["psram"]) == (True, False)
    assert json.loads(kit.ok("-l", "--json"))["chip"] is None


def test_the_one_image_of_a_folder_that_fits_is_taken_and_what_it_means_is_said(
    kit: Toolkit, tmp_path: Path
) -> None:
    folder = put(tmp_path / "all", *STOCK)
    (Path(folder) / f"UM_TINYPICO-{V127}.bin").unlink()
    done = kit("-d", "--virtual", "--yes", "--firmware", folder)
    assert done.returncode == 0, done.stderr
    assert f"firmware: {folder}/{ESP32.name} (MicroPython 1.27.0 for ESP32_GENERIC)" in done.stderr
    assert "esp32-1 holds this image and cannot run it" in done.stderr
    assert flash(kit)[0x1000:].startswith(ESP32.read_bytes())
    kit.ok("-d", "--virtual")
    assert "/boot.py" in kit.ok("-ls", "--virtual")  # it runs, and has made its file system anew
