"""A Pico W that waits for its firmware as a drive: a folder here, which is what a stand-in can be.

It goes away once it has the whole file, as the board does. The kernel's side of that (a mount that
vanishes under an open file) is not imitated.
"""

import json
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.nodes import run_to_end
from tests.support import official
from tests.support.boards import engine, engine_cache, eventually
from tests.support.downloads import serving
from tests.support.terminal import ENTER, Terminal
from tests.support.toolkit import Toolkit
from toolkit.model.errors import FlashError, PortError
from toolkit.operations import deploy
from toolkit.transport import drive
from toolkit.virtual.engine import Engine

__all__ = ["engine"]  # a fixture

NAME = "RPI_PICO_W-20251209-v1.27.0.uf2"
ESP32 = "ESP32_GENERIC-20251209-v1.27.0.bin"
STOCK = official.provide(engine_cache())
CONTENT = STOCK[NAME].read_bytes()
INFO = "UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: RPI-RP2\r\n"
INFO_2350 = "UF2 Bootloader v1.0\r\nModel: Raspberry Pi RP2350\r\nBoard-ID: RP2350\r\n"


def plugged_in(media: Path, name: str = "RPI-RP2", info: str = INFO) -> Path:
    folder = media / name
    folder.mkdir(parents=True)
    (folder / "INFO_UF2.TXT").write_text(info, newline="")
    (folder / "INDEX.HTM").write_text("<html>")
    return folder


@contextmanager
def board(folder: Path) -> Iterator[list[bytes]]:
    """The board behind a drive; what it has been given, once it has gone."""
    given: list[bytes] = []

    def take() -> None:
        files = eventually(lambda: list(folder.glob("*.uf2")), "a file")
        eventually(lambda: files[0].stat().st_size == len(CONTENT), "all of it")
        given.append(files[0].read_bytes())
        shutil.rmtree(folder)

    thread = threading.Thread(target=take)
    thread.start()
    yield given
    thread.join()


def test_a_drive_tells_its_board_and_other_folders_are_none(tmp_path: Path) -> None:
    folder = plugged_in(tmp_path)
    (tmp_path / "stick").mkdir()
    (tmp_path / "INFO_UF2.TXT").mkdir()
    (found,) = drive.drives([tmp_path, folder, tmp_path / "none"])
    assert (found.folder, found.chip, found.model) == (folder, "RP2040", "Raspberry Pi RP2")
    (folder / "INFO_UF2.TXT").write_bytes(b"\xff\0 no facts")
    (found,) = drive.drives([tmp_path])
    assert (found.chip, found.model) == ("an unknown chip", "an unknown board")


def test_the_file_is_copied_and_the_end_is_when_the_drive_has_gone(tmp_path: Path) -> None:
    folder = plugged_in(tmp_path)
    (found,) = drive.drives([tmp_path])
    with board(folder) as given:
        run_to_end(deploy.fill(found, STOCK[NAME]))
        assert not folder.exists()
    assert given == [CONTENT]


def test_a_drive_that_stays_or_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drive, "_GONE", 0.0)
    folder = plugged_in(tmp_path)
    (found,) = drive.drives([tmp_path])
    with pytest.raises(FlashError, match=r"has taken the file and does not start it: is it for"):
        run_to_end(drive.copy(found, STOCK[NAME]))
    shutil.rmtree(folder)
    with pytest.raises(FlashError, match=r"took 0 of 1752064 B, then No such file .* BOOTSEL"):
        run_to_end(drive.copy(found, STOCK[NAME]))


def test_none_or_several_or_another_board_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MICROS_DRIVES", str(tmp_path))
    with pytest.raises(PortError, match=r"no pico_w waits for firmware: hold its BOOTSEL button"):
        deploy.waiting("pico_w")
    plugged_in(tmp_path, "RP2350", INFO_2350)
    with pytest.raises(PortError, match=r"\(there is Raspberry Pi RP2350 at .*RP2350\): hold"):
        deploy.waiting("pico_w")
    plugged_in(tmp_path, "one")
    found, chip = deploy.waiting("pico_w")
    assert (found.folder.name, chip.family, chip.kind) == ("one", "pico_w", "RP2040")
    plugged_in(tmp_path, "two")
    with pytest.raises(PortError, match=r"several boards wait for firmware \(.*one, .*two\)"):
        deploy.waiting("pico_w")


def test_a_pico_w_gets_fetched_firmware_by_one_command(tmp_path: Path, engine: Engine) -> None:
    kit = Toolkit(tmp_path / "user data", engine)
    media = tmp_path / "media"
    folder = plugged_in(media)
    fill = ("-d", "--board", "pico_w")
    with serving({NAME: CONTENT}) as server:
        drives = {"MICROS_DRIVES": str(media), "MICROS_DOWNLOADS": server.base}
        kit.environment = {**kit.environment, **drives, "no_proxy": "*"}
        listed = json.loads(kit.ok("-l", "--json"))
        waits = {"port": str(folder), "board": "Raspberry Pi RP2, waits for firmware"}
        assert waits in listed["boards"]
        sentence = kit.refused(3, *fill, "--yes")
        assert sentence.startswith("no firmware that fits a pico_w is here or in ")
        assert "--firmware latest fetches one from micropython.org" in sentence
        assert server.asked == []  # nothing is fetched unasked
        sentence = kit.refused(3, *fill, "--firmware", str(STOCK[ESP32]))
        assert "is made for ESP32, and the board is pico_w, which takes a .uf2" in sentence
        sentence = kit.refused(3, *fill, "--firmware", str(media))
        assert sentence.startswith(f"there is no firmware in the folder {media}: expected .bin")
        steps = kit.ok(*fill, "--firmware", "latest", "--dummy")
        assert f"fetch MicroPython (latest) for the chip from {server.base}" in steps
        with board(folder) as given:
            done = kit(*fill, "--firmware", "latest", "--yes")
        assert (given, done.returncode) == ([CONTENT], 0), done.stderr
        assert "SHA-256 as in the catalogue" in done.stderr
        assert done.stderr.endswith("next: ./devToolKit.py -i --board pico_w\n")
        assert len(server.asked) == 1
    assert "no pico_w waits for firmware" in kit.refused(4, *fill, "--yes")
    assert "there is no virtual pico_w" in kit.refused(3, *fill, "--virtual")
    assert "leave --port out" in kit.refused(3, *fill, "--port", "/dev/null")


def test_a_person_is_asked_before_anything_is_fetched_and_which_image_is_taken(
    tmp_path: Path, engine: Engine
) -> None:
    kit = Toolkit(tmp_path / "user data", engine)
    media = tmp_path / "media"
    command = [sys.executable, "-m", "toolkit", "-d", "--board", "pico_w"]
    with serving({NAME: CONTENT}) as server:
        more = {"MICROS_DRIVES": str(media), "MICROS_DOWNLOADS": server.base, "no_proxy": "*"}
        environment = {**kit.environment, **more}
        plugged_in(media)
        with Terminal(command, environment) as screen:
            screen.expect("fetch MicroPython 1.27.0 for RPI_PICO_W (1.8 MB) from http")
            screen.type("perhaps" + ENTER)
            screen.expect("expected yes or no, got 'perhaps'")
            screen.type(ENTER)
            screen.expect("no firmware that fits a pico_w is here")
            assert screen.end() == 3
        assert server.asked == []
        with Terminal(command, environment) as screen, board(media / "RPI-RP2") as given:
            screen.expect("yes or no [no]:")
            screen.type("yes" + ENTER)
            screen.expect("next: ")
            assert screen.end() == 0
        assert given == [CONTENT]
        folder = plugged_in(media)
        with Terminal(command, environment) as screen, board(folder) as given:
            screen.expect("firmware that fits")
            screen.expect("which one [1]:")
            screen.type("2" + ENTER)
            screen.expect("expected a number from 1 to 1, got '2'")
            screen.type(ENTER)
            assert screen.end() == 0
        assert given == [CONTENT]
        assert len(server.asked) == 1
