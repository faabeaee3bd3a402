"""`esp32.Partition` on a virtual board, and what its boot loader makes of otadata."""

import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.support.boards import Bench, Console, eventually
from toolkit.transport.flasher import Flasher, lasting
from toolkit.virtual import image
from toolkit.virtual.fleet import VirtualBoard

_P = "from esp32 import Partition as P\n"
_WRITE = """
data = %r
block = P(P.RUNNING).get_next_update()
for at in range(0, len(data), 4096):
    part = data[at : at + 4096]
    block.writeblocks(at // 4096, part + b'\\xff' * (-len(part) %% 4096))
"""


def _other(console: Console, chip: str = "esp32") -> None:
    console.run(_P + _WRITE % image.firmware(chip, name=b"another"))


def _restarted(bench: Bench, board: VirtualBoard) -> str:
    """Press reset; the partition that runs then."""
    control = bench.control(board)
    boots = control.state()["boots"]
    control.press_reset()
    eventually(lambda: control.state()["boots"] > boots, "the reset")
    return str(control.state()["firmware"])


def test_a_board_with_a_table_has_its_partitions(bench: Bench) -> None:
    console = bench.console(bench.board(ota=True))
    assert console.run(_P + "print(P(P.RUNNING))") == (
        "<Partition type=0, subtype=16, address=65536, size=1572864, label=ota_0, encrypted=0>"
    )
    labels = console.run(_P + "print([p.info()[4] for p in P.find(P.TYPE_APP)])")
    assert labels == "['ota_0', 'ota_1']"
    assert console.run(_P + "print(P('vfs').ioctl(4, 0), P('vfs').ioctl(5, 0))") == "240 4096"
    assert console.run("import os; print(os.statvfs('/')[2])") == "240"
    assert console.run(_P + "print(P(P.RUNNING).get_next_update().info()[4])") == "ota_1"


def test_a_board_without_one_has_no_second_partition(bench: Bench) -> None:
    console = bench.console(bench.board())
    assert console.run(_P + "print(P(P.RUNNING).info()[4], len(P.find()))") == "factory 1"
    assert console.fails(_P + "P(P.RUNNING).get_next_update()") == "OSError: [Errno 2] ENOENT"
    assert "ESP_ERR_NOT_FOUND" in console.fails(_P + "P.mark_app_valid_cancel_rollback()")
    assert console.fails("import esp32; esp32.NoSuchName").startswith("AttributeError")


@pytest.mark.parametrize("chip", ["esp32", "esp32c3"])
def test_firmware_that_says_it_is_well_stays(bench: Bench, chip: str) -> None:
    board = bench.board(chip, ota=True)
    console = bench.console(board)
    _other(console, chip)
    console.run(_P + "P('ota_1').set_boot()\nprint(P(P.BOOT).info()[4])")
    assert _restarted(bench, board) == "ota_1"
    console = bench.console(board)
    console.run(_P + "P.mark_app_valid_cancel_rollback()")
    assert _restarted(bench, board) == "ota_1"


def test_firmware_that_does_not_is_rolled_back_at_the_next_reset(bench: Bench) -> None:
    board = bench.board(ota=True)
    console = bench.console(board)
    _other(console)
    console.run(_P + "P('ota_1').set_boot()")
    assert _restarted(bench, board) == "ota_1"
    assert _restarted(bench, board) == "ota_0"
    console = bench.console(board)
    console.run(_P + "P('ota_1').set_boot()")  # a failed one can be tried again
    assert _restarted(bench, board) == "ota_1"


def test_what_is_no_whole_firmware_is_not_set_to_boot(bench: Bench) -> None:
    console = bench.console(bench.board(ota=True))
    assert "-5379" in console.fails(_P + "P('ota_1').set_boot()")
    torn = bytearray(image.firmware("esp32"))
    torn[40] ^= 1
    console.run(_P + _WRITE % bytes(torn))
    assert "-5379" in console.fails(_P + "P('ota_1').set_boot()")


def test_firmware_torn_in_the_flash_is_passed_over(bench: Bench) -> None:
    board = bench.board(ota=True)
    console = bench.console(board)
    _other(console)
    console.run(_P + "P('ota_1').set_boot()\nP('ota_1').ioctl(6, 0)")
    assert _restarted(bench, board) == "ota_0"


def test_blocks_are_erased_before_they_are_written_unless_an_offset_is_given(bench: Bench) -> None:
    console = bench.console(bench.board(ota=True))
    text = _P + (
        "p = P('ota_1'); b = bytearray(4096)\n"
        "p.writeblocks(3, b'x' * 8192)\np.writeblocks(3, b'yy', 4095)\n"
        "p.readblocks(3, b); print(b[:2], b[-1:])\np.readblocks(4, b); print(b[:2], b[-1:])"
    )
    assert console.run(text).splitlines() == [
        "bytearray(b'xx') bytearray(b'y')",
        "bytearray(b'yx') bytearray(b'x')",
    ]
    assert "ESP_ERR_INVALID_SIZE" in console.fails(_P + "P('ota_1').readblocks(384, bytearray(1))")


def test_the_check_of_otadata_is_that_of_the_chip() -> None:
    assert zlib.crc32(b"\1\0\0\0", 0xFFFFFFFF) == 0x4743989A


def test_a_power_cut_counts_its_writes_over_resets(bench: Bench) -> None:
    board = bench.board(ota=True)
    control = bench.control(board)
    _other(bench.console(board))
    control.cut_power(5, "nothing")
    console = bench.console(board)
    console.run(_P + "P('ota_1').set_boot()")  # an erasure and a write; so is the boot loader's
    control.press_reset()
    assert control.state()["firmware"] == "ota_1"
    control.press_reset()  # to be told as aborted: the fifth
    eventually(lambda: not control.state()["power"], "the power cut")
    control.power_on()
    assert control.state()["firmware"] == "ota_0"


def test_the_images_are_written_for_whoever_wants_to_try_it(tmp_path: Path) -> None:
    written = tmp_path / "ota.bin"
    command = [sys.executable, "-m", "toolkit.virtual", "firmware"]
    subprocess.run([*command, "--ota", str(written)], check=True)
    assert written.read_bytes() == image.ota_firmware("esp32")
    subprocess.run([*command, "--chip", "esp32c3", str(written)], check=True)
    assert written.read_bytes() == image.firmware("esp32c3")


def test_what_the_boot_loader_writes_is_not_compared_after_flashing(
    bench: Bench, tmp_path: Path
) -> None:
    written = tmp_path / "ota.bin"
    content = image.ota_firmware("esp32")
    written.write_bytes(content)
    assert [at for at, _ in lasting(content, 0x1000)] == [0x1000, 0xF000]
    assert lasting(image.firmware("esp32"), 0x1000) == [(0x1000, image.firmware("esp32"))]
    board = bench.board(blank=True)
    flasher = Flasher(board.port)
    for _ in (*flasher.write(written, 0x1000), *flasher.verify(written, 0x1000)):
        pass
    flash = (board.folder / "flash.bin").read_bytes()
    assert flash[0xF000 : 0xF000 + 64] == content[0xE000 : 0xE000 + 64]
