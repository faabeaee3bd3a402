"""What bad input gets: one sentence with what to do next, a documented exit code, nothing lost."""

import fcntl
import json
import os
import pty
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.boards import eventually
from tests.support.toolkit import REPOSITORY, VERSION, Toolkit
from toolkit.model.errors import PortError
from toolkit.transport.port import SerialPort, only_port
from toolkit.virtual import fleet, image
from toolkit.virtual.engine import Engine


def test_options_that_make_no_sense(toolkit: Toolkit) -> None:
    for arguments, sentence in (
        (("--nonsense",), "unrecognized arguments: --nonsense"),
        (("--mak", "--virtual"), "unrecognized arguments: --mak"),
        (("--stop",), "--stop goes with --virtual"),
        (("--virtual", "--stop", "--list"), "exclude each other"),
        (("--virtual", "--port", "/dev/null", "-e"), "brings its own port"),
        (("-p", "--dev node01 hello"), "-p goes with -c"),
        (("--port", "/dev/ttyUSB0"), "--port goes with -m, -u, -r, -b, "),
        (("--json",), "say with what, and not what to do"),
    ):
        assert sentence in toolkit.refused(2, *arguments)


def test_no_board_on_a_cable_and_several_of_them() -> None:
    with pytest.raises(PortError, match="plug one in with a USB data cable"):
        only_port([])
    two = [SerialPort("/dev/ttyUSB0", "CP2102"), SerialPort("/dev/ttyACM0", "XIAO")]
    with pytest.raises(PortError, match=r"/dev/ttyUSB0, /dev/ttyACM0.*--port"):
        only_port(two)
    assert only_port(two[:1]) == "/dev/ttyUSB0"


def test_a_port_that_is_none(toolkit: Toolkit, tmp_path: Path) -> None:
    assert "there is no serial port" in toolkit.refused(4, "-e", "--port", "/dev/ttyNOPE")
    plain = tmp_path / "file"
    plain.write_text("", encoding="utf-8")
    assert "is not a serial port" in toolkit.refused(4, "-e", "--port", str(plain))
    assert "cannot be opened as a serial port" in toolkit.refused(4, "-e", "--port", "/dev/null")


def test_no_permission_names_the_group_and_the_command(toolkit: Toolkit) -> None:
    master, slave = pty.openpty()
    name = os.ttyname(slave)
    os.chmod(name, 0)
    done = subprocess.run(
        [sys.executable, "-c", OPEN.format(repository=str(REPOSITORY), port=name)],
        capture_output=True,
        text=True,
        check=False,
    )
    os.close(master)
    os.close(slave)
    assert "sudo usermod -aG" in done.stdout, done.stderr
    assert "log in again" in done.stdout


OPEN = """
import os, sys
sys.path.insert(0, {repository!r})
from toolkit.transport import port
from toolkit.model.errors import PortError
import getpass, grp, serial.tools.list_ports_linux
if os.geteuid() == 0:  # root may do everything: be somebody else
    os.setuid(65534)
try:
    port.open_port({port!r})
except PortError as error:
    print(error)
"""


def test_a_port_in_use(toolkit: Toolkit) -> None:
    master, slave = pty.openpty()
    fcntl.flock(slave, fcntl.LOCK_EX)
    sentence = toolkit.refused(4, "-e", "--port", os.ttyname(slave))
    os.close(master)
    os.close(slave)
    assert f"(process {os.getpid()}): close it" in sentence


def test_a_port_with_no_chip_behind_it(toolkit: Toolkit) -> None:
    master, slave = pty.openpty()
    threading.Thread(target=swallow, args=(master,), daemon=True).start()
    sentence = toolkit.refused(5, "-e", "--port", os.ttyname(slave))
    os.close(slave)
    assert "hold the BOOT button" in sentence


def swallow(master: int) -> None:
    try:
        while os.read(master, 4096):
            pass
    except OSError:
        os.close(master)


def test_firmware_that_is_none_or_for_another_chip(toolkit: Toolkit, tmp_path: Path) -> None:
    for name, content, sentence in (
        ("text.bin", b"hello", "is not a firmware image"),
        ("empty.bin", b"", "an empty file"),
        ("torn.bin", image.firmware("esp32")[:40], "is not a whole firmware image"),
        ("c3.bin", image.firmware("esp32c3"), "is made for ESP32-C3, and the board is esp32"),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        arguments = ("--make", "--virtual", "--yes", "--firmware", str(path))
        assert sentence in toolkit.refused(3, *arguments)
    missing = ("--make", "--virtual", "--yes", "--firmware", str(tmp_path / "missing.bin"))
    assert "cannot read the firmware" in toolkit.refused(3, *missing)


def test_a_virtual_board_whose_name_says_another_chip_is_refused(toolkit: Toolkit) -> None:
    arguments = ("--make", "--virtual", "esp32-7", "--board", "esp8266", "--yes")
    assert "--board says esp8266, and the chip is esp32" in toolkit.refused(3, *arguments)
    assert json.loads(toolkit.ok("--virtual", "--list", "--json")) == []


def test_what_is_refused_leaves_the_node_as_it_was_and_serving(
    toolkit: Toolkit, tmp_path: Path
) -> None:
    def serves() -> bool:
        return toolkit("-c", "-p", "--dev node01 version").stdout == f"{VERSION}\n"

    toolkit.ok("--make", "--virtual", "--yes")
    wrong = tmp_path / "c3.bin"
    wrong.write_bytes(image.firmware("esp32c3"))
    toolkit.refused(3, "--make", "--virtual", "--yes", "--firmware", str(wrong))
    assert eventually(serves, "the node to serve after a wrong firmware")
    secrets = toolkit.home / "secrets.json"
    kept = secrets.read_text(encoding="utf-8")
    secrets.write_text("{", encoding="utf-8")
    toolkit.refused(3, "--make", "--virtual", "--yes")
    secrets.write_text(kept, encoding="utf-8")
    assert eventually(serves, "the node to serve after unreadable secrets")


def test_after_an_erase_the_archived_settings_are_taken(toolkit: Toolkit) -> None:
    toolkit.ok("--make", "--virtual", "--yes", "--set", "devfid=garden", "--set", "soctout=77")
    toolkit.ok("--erase", "--virtual")
    assert toolkit.ok("--make", "--virtual", "--yes").startswith("hello:garden:")
    assert toolkit.ok("-c", "-p", "--dev garden conf <a> soctout").strip() == "77"


def test_a_node_without_its_wifi_is_told_as_such(toolkit: Toolkit) -> None:
    said = toolkit.refused(6, "--make", "--virtual", "--yes", "--set", "staessid=nowhere")
    assert said.startswith("the Wi-Fi nowhere was not joined: node01 is in no Wi-Fi and has opened")
    unjoined = toolkit("-r", "--virtual", "--force", "--json")
    assert (unjoined.returncode, json.loads(unjoined.stdout)["network"]) == (6, "ap")
    assert toolkit.ok("-i", "--virtual", "--set", "staessid=virtual-wifi").startswith("hello:")


def test_user_data_that_cannot_be_written_is_one_sentence(toolkit: Toolkit) -> None:
    toolkit.home.write_text("a file, where the folder should be", encoding="utf-8")
    sentence = toolkit.refused(3, "--make", "--virtual", "--yes")
    assert "user data" in sentence
    toolkit.home.unlink()


def test_the_chip_is_another_than_the_option_says(toolkit: Toolkit) -> None:
    toolkit.ok("--virtual", "esp32-1")
    sentence = toolkit.refused(3, "-d", "--virtual", "esp32-1", "--board", "esp32c3", "--yes")
    assert "the chip is esp32" in sentence


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "is not JSON"),
        ('{"config": {}}', "expected 'about', which has to be there"),
        ('{"about": "x", "config": {"soctout": "long"}}', "config.soctout"),
        ('{"about": "x", "config": {"boothook": "toggle"}}', "config.boothook: expected <module>"),
        ('{"about": "x", "config": {"resetpin": "nosuch"}}', "resetpin: unknown pin 'nosuch'"),
        ('{"about": "x", "config": {"colour": 1}}', "expected the name of a setting, got 'colour'"),
        ('{"about": "x", "config": {"stapwd": "geheim"}}', "holds the secret stapwd"),
    ],
)
def test_an_unusable_profile(toolkit: Toolkit, tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "mine.json"
    path.write_text(content, encoding="utf-8")
    said = toolkit.refused(3, "--make", "--virtual", "--yes", "--profile", str(path))
    assert sentence in said
    assert "geheim" not in said


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("soctout", "expected KEY=VALUE"),
        ("soctout=never", "soctout: expected a whole number from 5 to 86400, got 'never'"),
        ("soctuot=5", "did you mean soctout or"),
        ("devfid=two words", "letters, digits, _ and -"),
        ("stapwd=geheim", "does not belong in a command line"),
        ("hwuid=1", "cannot be set"),
        ("boothook=@/nowhere", "cannot read /nowhere"),
        ("boothook=toggle", "boothook: expected <module> <function>, got 'toggle'"),
        ("crontasks=*:25:0:0!light on", "crontasks: entry 0: expected H 0-23 as"),
        ("cstmpmap=relay:99", "cstmpmap: expected one of the pins 0 1 2 3"),
        ("poweron=relay:on", "poweron: unknown pin 'relay'; this board has adc_0 builtin"),
        ("resetpin=34", "resetpin: expected one of the pins 0 1 2 3"),
        (
            "poweron=4:on; irq4:off",
            "each pin for one use, got 4 for 'poweron 4:on' and 'poweron irq4",
        ),
    ],
)
def test_an_unusable_setting(toolkit: Toolkit, setting: str, sentence: str) -> None:
    said = toolkit.refused(3, "--make", "--virtual", "--yes", "--set", setting)
    assert sentence in said
    assert "geheim" not in said


def test_an_unknown_virtual_board(toolkit: Toolkit) -> None:
    assert "no virtual board" in toolkit.refused(3, "--virtual", "toaster", "-e")
    assert "no virtual board" in toolkit.refused(3, "--virtual", "esp32-9", "--stop")
    assert "no virtual board" in toolkit.refused(3, "--virtual", "--power-cycle")


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"chip": "esp32"}', '{"number": 2}'])
def test_a_damaged_file_of_a_virtual_board_is_named_and_the_others_work(
    toolkit: Toolkit, damage: str
) -> None:
    for name in ("esp32-1", "esp32-2"):
        toolkit.ok("--virtual", name)
    toolkit.ok("--virtual", "--stop")
    file = toolkit.home / "virtual" / "esp32-2" / "board.json"
    file.write_text(damage, encoding="utf-8")
    listed = toolkit("--virtual", "--list", "--json")
    assert [board["name"] for board in json.loads(listed.stdout)] == ["esp32-1"]
    assert f"warning: {file} is damaged" in listed.stderr
    assert toolkit("--virtual", "esp32-2", "--stop").stderr.count("is damaged") == 1
    toolkit.ok("--virtual", "esp32-1")
    toolkit.ok("--virtual", "esp32-2")
    listed = toolkit("--virtual", "--list", "--json")
    assert [board["name"] for board in json.loads(listed.stdout)] == ["esp32-1", "esp32-2"]
    assert "damaged" not in listed.stderr


def test_a_flash_that_is_full_is_left_alone(toolkit: Toolkit) -> None:
    toolkit.ok("--make", "--virtual", "--yes")
    fill = "import os\nf=open('/big','wb')\n"
    fill += "for _ in range(os.statvfs('/')[3] - 16): f.write(bytes(4096))\nf.close()"
    on_board(toolkit, fill)
    on_board(toolkit, "import os\nos.remove('/a/manifest.json')")
    sentence = toolkit.refused(3, "--install", "--virtual", "--yes")
    assert "the flash is too full" in sentence
    assert "nothing was changed" in sentence
    on_board(toolkit, "import os\nos.remove('/big')")
    toolkit.ok("--install", "--virtual", "--yes")


def on_board(toolkit: Toolkit, code: str) -> None:
    (board,) = json.loads(toolkit.ok("--virtual", "--list", "--json"))
    done = subprocess.run(
        [sys.executable, "-m", "mpremote", "connect", board["port"], "exec", code],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout


def test_a_board_that_goes_away_half_way_can_be_made_again(
    toolkit: Toolkit, engine: Engine
) -> None:
    def make_twice(name: str, after: int) -> None:
        with fleet.control(boards[name]) as control:
            control.cut_power(after)
        done = toolkit("--make", "--virtual", name, "--yes")
        assert done.returncode in (4, 5), done.stderr
        assert "Traceback" not in done.stderr
        with fleet.control(boards[name]) as control:
            control.power_on()
        made = toolkit.ok("--make", "--virtual", name, "--yes", "--set", f"devfid={name}")
        assert made.startswith(f"hello:{name}:")

    # The erase is 1024 of the writes; then come firmware, release, settings.
    cuts = {"esp32-1": 1026, "esp32-2": 1200, "esp32-3": 1700}
    started = fleet.start(toolkit.home / "virtual", engine, count=len(cuts))
    boards = {board.name: board for board in started}
    with ThreadPoolExecutor(len(cuts)) as pool:
        list(pool.map(make_twice, *zip(*cuts.items(), strict=True)))


def test_no_engine_is_one_sentence(toolkit: Toolkit) -> None:
    toolkit.environment = {**toolkit.environment, "MICROS_MICROPYTHON": "/nowhere/micropython"}
    assert "MICROS_MICROPYTHON" in toolkit.refused(8, "--make", "--virtual", "--yes")


def test_a_node_that_is_away(toolkit: Toolkit) -> None:
    toolkit.home.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    known = {"240ac4000001": ["127.0.0.1", port, "lamp"]}
    (toolkit.home / "device_conn_cache.json").write_text(json.dumps(known), encoding="utf-8")
    assert "was not reached" in toolkit.refused(6, "-c", "-p", "--dev lamp hello")
