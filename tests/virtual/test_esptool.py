"""Real esptool on a virtual board."""

from pathlib import Path

import pytest

from tests.support.boards import Bench, eventually, tool_ok
from toolkit.operations.prepare import start_again
from toolkit.virtual import image
from toolkit.virtual.chips import CHIPS

_SAID = {"esp32": "ESP32-D0WD-V3", "esp8266": "ESP8266", "esp32c3": "ESP32-C3"}
_SAID |= {"esp32c6": "ESP32-C6", "esp32s2": "ESP32-S2", "esp32s3": "ESP32-S3"}


@pytest.fixture(params=sorted(CHIPS))
def chip(request: pytest.FixtureRequest) -> str:
    return request.param


def _offset(chip: str) -> str:
    return hex(CHIPS[chip].firmware_offset)


def test_the_chip_tells_its_kind_mac_and_flash_size(bench: Bench, chip: str) -> None:
    board = bench.board(chip, blank=True)
    said = tool_ok("esptool", "--port", board.port, "chip-id")
    assert _SAID[chip] in said
    mac = ":".join(board.mac[i : i + 2] for i in range(0, 12, 2))
    assert mac in said
    assert "4MB" in tool_ok("esptool", "--port", board.port, "flash-id")


def test_what_is_written_is_verified_read_back_and_boots(
    bench: Bench, chip: str, tmp_path: Path
) -> None:
    board = bench.board(chip, blank=True)
    firmware = tmp_path / "firmware.bin"
    firmware.write_bytes(image.firmware(chip))
    port = ("--port", board.port)
    tool_ok("esptool", *port, "erase-flash")
    tool_ok("esptool", *port, "--baud", "460800", "write-flash", _offset(chip), str(firmware))
    tool_ok("esptool", *port, "verify-flash", _offset(chip), str(firmware))
    back = tmp_path / "back.bin"
    size = str(firmware.stat().st_size)
    tool_ok("esptool", *port, "read-flash", _offset(chip), size, str(back))
    assert back.read_bytes() == firmware.read_bytes()
    control = bench.control(board)
    eventually(lambda: control.state()["state"] == "program", "the program to run")


def test_the_rom_alone_without_a_stub_writes_too(bench: Bench, chip: str, tmp_path: Path) -> None:
    board = bench.board(chip, blank=True)
    firmware = tmp_path / "firmware.bin"
    firmware.write_bytes(image.firmware(chip))
    tool_ok(
        "esptool", "--port", board.port, "--no-stub", "write-flash", _offset(chip), str(firmware)
    )
    written = (board.folder / "flash.bin").read_bytes()[CHIPS[chip].firmware_offset :]
    assert written.startswith(firmware.read_bytes())
    control = bench.control(board)
    eventually(lambda: control.state()["state"] == "program", "the program to run")


def test_a_large_incompressible_image_survives(bench: Bench, tmp_path: Path) -> None:
    board = bench.board(blank=True)
    big, back = tmp_path / "big.bin", tmp_path / "back.bin"
    big.write_bytes(bytes((i * i >> 7 ^ i) & 0xFF for i in range(300_000)))
    port = ("--port", board.port)
    tool_ok("esptool", *port, "write-flash", "--no-compress", "0x10000", str(big))
    tool_ok("esptool", *port, "read-flash", "0x10000", "300000", str(back))
    assert back.read_bytes() == big.read_bytes()


def test_erase_really_erases_firmware_and_files(bench: Bench) -> None:
    board = bench.board()
    bench.install_main(board, "print('still here')")
    tool_ok("esptool", "--port", board.port, "erase-flash")
    assert set((board.folder / "flash.bin").read_bytes()) == {0xFF}
    control = bench.control(board)
    eventually(lambda: control.state()["state"] == "halted", "the boot ROM to find nothing")


def test_erase_region_leaves_its_neighbours(bench: Bench) -> None:
    board = bench.board()
    control = bench.control(board)
    control.power_off()
    content = bytearray((board.folder / "flash.bin").read_bytes())
    content[0x100000:0x103000] = b"\x00" * 0x3000
    (board.folder / "flash.bin").write_bytes(content)
    control.power_on()
    tool_ok("esptool", "--port", board.port, "erase-region", "0x101000", "0x1000")
    after = (board.folder / "flash.bin").read_bytes()
    assert after[0x101000:0x102000] == b"\xff" * 0x1000
    assert after[0x100000:0x101000] == after[0x102000:0x103000] == b"\x00" * 0x1000


def test_rfc2217_resets_by_dtr_and_rts(bench: Bench) -> None:
    board = bench.board(rfc2217=True)
    control = bench.control(board)
    starts = control.state()["boots"]
    # Without the stub: every change of a timeout makes pyserial negotiate the port anew.
    url = f"rfc2217://{board.address}:2217"
    said = tool_ok("esptool", "--port", url, "--no-stub", "chip-id")
    assert "ESP32-D0WD-V3" in said
    assert "NOT reset" not in said
    eventually(lambda: control.state()["state"] == "program", "the program to run")
    assert control.state()["boots"] > starts


def test_a_board_that_waits_in_its_boot_loader_is_started_by_the_lines_of_its_port(
    bench: Bench,
) -> None:
    board = bench.board(rfc2217=True)
    control = bench.control(board)
    url = f"rfc2217://{board.address}:2217"
    tool_ok("esptool", "--port", url, "--no-stub", "--after", "no-reset", "chip-id")
    assert control.state()["state"] == "rom"
    start_again(url)
    eventually(lambda: control.state()["state"] == "program", "the program to run")
