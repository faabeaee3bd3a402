"""Wi-Fi, sockets and names as a program on the board meets them."""

import socket

import pytest

from tests.support.boards import Bench, Console, eventually
from toolkit.virtual.fleet import VirtualBoard

_JOIN = """\
import network, time
w = network.WLAN(network.STA_IF)
w.active(True)
def join(ssid, key):
    w.connect(ssid, key)
    for _ in range(20):
        if w.isconnected():
            break
        time.sleep_ms(10)
    return w.status()
"""
_ECHO = (
    _JOIN
    + """\
import asyncio
async def client(reader, writer):
    while True:
        line = await reader.readline()
        if not line:
            break
        writer.write(line)
        await writer.drain()
    writer.close()
    await writer.wait_closed()
async def main():
    await asyncio.start_server(client, '0.0.0.0', 9008)
    w.connect('virtual-wifi', 'virtual-wifi')
    while not w.isconnected():
        await asyncio.sleep_ms(10)
    print('serving')
    while True:
        await asyncio.sleep(1)
        w.isconnected()
asyncio.run(main())
"""
)


def _online(console: Console) -> None:
    console.run(_JOIN)
    console.run("join('virtual-wifi', 'virtual-wifi')")


@pytest.mark.parametrize(
    ("chip", "joined", "wrong", "absent"), [("esp32", 1010, 202, 201), ("esp8266", 5, 2, 3)]
)
def test_joining_succeeds_or_fails_as_the_chip_says(
    bench: Bench, chip: str, joined: int, wrong: int, absent: int
) -> None:
    board = bench.board(chip)
    console, control = bench.console(board), bench.control(board)
    console.run(_JOIN)
    if chip == "esp32":
        console.run("w.config(reconnects=1)")
    assert console.run("print(join('virtual-wifi', 'wrong'))") == str(wrong)
    assert console.run("print(w.ifconfig()[0])") == "0.0.0.0"
    assert console.run("print(join('elsewhere', 'x'))") == str(absent)
    assert console.run("print(join('virtual-wifi', 'virtual-wifi'))") == str(joined)
    assert console.run("print(w.ifconfig()[0])") == board.address
    assert control.state()["station"] == "virtual-wifi"


def test_an_esp32_without_reconnects_tells_the_first_refusal(
    bench: Bench, board: VirtualBoard
) -> None:
    console = bench.console(board)
    console.run(_JOIN + "w.config(reconnects=0)")
    assert console.run("print(join('virtual-wifi', 'wrong'))") == "202"


def test_an_esp32_says_connecting_for_ever_by_default(bench: Bench, board: VirtualBoard) -> None:
    console = bench.console(board)
    console.run(_JOIN)
    assert console.run("print(join('virtual-wifi', 'wrong'))") == "1001"


def test_a_scan_sees_what_is_on_the_air(bench: Bench, board: VirtualBoard) -> None:
    console, control = bench.console(board), bench.control(board)
    assert "STA must be active" in console.fails("import network; network.WLAN(0).scan()")
    control.networks(
        [
            {"ssid": "near", "password": "secret-1", "rssi": -40},
            {"ssid": "open", "password": "", "rssi": -80},
        ]
    )
    console.run(_JOIN)
    said = console.run("print([(s[0], s[3], s[4]) for s in w.scan()])")
    assert said == "[(b'near', -40, 3), (b'open', -80, 0)]"


def test_a_network_that_vanishes_and_comes_back_is_joined_again(
    bench: Bench, board: VirtualBoard
) -> None:
    console, control = bench.console(board), bench.control(board)
    _online(console)
    control.networks([])
    assert console.run("print(w.isconnected())") == "False"
    control.networks([{"ssid": "virtual-wifi", "password": "virtual-wifi"}])
    eventually(lambda: console.run("print(w.isconnected())") == "True")


def test_the_access_point_is_on_the_air(bench: Bench, board: VirtualBoard) -> None:
    console, control = bench.console(board), bench.control(board)
    console.run(
        "import network\nap = network.WLAN(network.AP_IF)\n"
        "ap.config(ssid='node01', security=3, key='secret-password')\nap.active(True)"
    )
    assert control.state()["access_point"] == "node01"
    assert console.run("print(ap.ifconfig()[0])") == board.address
    assert "Invalid Password" in console.fails("ap.config(ssid='x', security=3, key='short')")


@pytest.mark.parametrize(
    ("chip", "ask"), [("esp32", "len(ap.status('stations'))"), ("esp8266", "ap.isconnected()")]
)
def test_visitors_of_the_access_point_are_told(bench: Bench, chip: str, ask: str) -> None:
    board = bench.board(chip)
    console, control = bench.console(board), bench.control(board)
    console.run("import network\nap = network.WLAN(network.AP_IF)\nap.active(True)")
    assert console.run(f"print(int({ask}))") == "0"
    control.visitors(1)
    assert console.run(f"print(int({ask}))") == "1"


def test_a_lost_network_ends_connections_in_mean_mode(bench: Bench) -> None:
    board = bench.board(mean=True)
    bench.install_main(board, _ECHO)
    control = bench.control(board)
    control.press_reset()
    eventually(lambda: "serving" in control.console())
    with socket.create_connection((board.address, 9008), 10) as client:
        client.sendall(b"hello\n")
        assert client.makefile("rb").readline() == b"hello\n"
        control.networks([])
        assert client.recv(10) == b""


def test_a_server_on_all_addresses_is_reached_at_the_boards(
    bench: Bench, board: VirtualBoard
) -> None:
    bench.install_main(board, _ECHO)
    control = bench.control(board)
    control.press_reset()
    eventually(lambda: "serving" in control.console())
    with socket.create_connection((board.address, 9008), 10) as client:
        client.sendall(b"hello\n")
        assert client.makefile("rb").readline() == b"hello\n"


@pytest.mark.parametrize(("chip", "times"), [("esp32", 60), ("esp8266", 40)])  # as memory allows
def test_nothing_is_lost_through_mean_sockets(bench: Bench, chip: str, times: int) -> None:
    board = bench.board(chip, mean=True)
    bench.install_main(board, _ECHO)
    control = bench.control(board)
    control.press_reset()
    eventually(lambda: "serving" in control.console())
    line = bytes(range(32, 127)) * times + b"\n"
    with socket.create_connection((board.address, 9008), 10) as client:
        lines = client.makefile("rb")
        for _ in range(5):
            client.sendall(line)
            assert lines.readline() == line


def test_without_wifi_nobody_is_let_in(bench: Bench, board: VirtualBoard) -> None:
    bench.install_main(board, _ECHO.replace("'virtual-wifi'", "'elsewhere'"))
    control = bench.control(board)
    starts = control.state()["boots"]
    control.press_reset()
    eventually(lambda: control.state()["boots"] > starts)

    def refused() -> bool:
        try:
            with socket.create_connection((board.address, 9008), 10) as client:
                client.sendall(b"hello\n")
                return client.recv(10) == b""
        except ConnectionResetError:
            return True
        except ConnectionRefusedError:
            return False  # the program has not come so far

    eventually(refused)


@pytest.mark.parametrize(("chip", "limit", "said"), [("esp32", 16, "23"), ("esp8266", 5, "12")])
def test_sockets_run_out(bench: Bench, chip: str, limit: int, said: str) -> None:
    console = bench.console(bench.board(chip))
    console.run(f"import socket\nheld = [socket.socket() for _ in range({limit})]")
    assert said in console.fails("socket.socket()")
    console.run("held.pop().close()\nheld.append(socket.socket())")


def test_names_resolve_only_with_the_internet(bench: Bench, board: VirtualBoard) -> None:
    console, control = bench.console(board), bench.control(board)
    ask = "import socket\nprint(socket.getaddrinfo('pool.ntp.org', 123)[0][-1])"
    assert "OSError: -202" in console.fails(ask)
    _online(console)
    gateway = board.address.rpartition(".")[0] + ".1"
    assert console.run(ask) == f"('{gateway}', 123)"
    assert "-202" in console.fails("socket.getaddrinfo('example.com', 80)")
    control.internet(False)
    assert "-202" in console.fails(ask)


_QUESTION = """\
import socket
def ask(name):
    question = b'ab\\x01\\0\\0\\x01\\0\\0\\0\\0\\0\\0'
    for label in name.split('.'):
        question += bytes([len(label)]) + label.encode()
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(1)
    try:
        sock.sendto(question + b'\\0\\0\\x01\\0\\x01', (w.ifconfig()[3], 53))
        answer = sock.recv(512)
        return answer[3] & 15, answer[7], '.'.join([str(n) for n in answer[-4:]])
    finally:
        sock.close()
"""


def test_the_name_server_answers_questions_over_udp(bench: Bench, board: VirtualBoard) -> None:
    console, control = bench.console(board), bench.control(board)
    _online(console)
    console.run(_QUESTION)
    gateway = board.address.rpartition(".")[0] + ".1"
    assert console.run("print(ask('pool.ntp.org'))") == f"(0, 1, '{gateway}')"
    assert console.run("print(ask('example.com')[:2])") == "(3, 0)"
    control.internet(False)
    assert "EAGAIN" in console.fails("ask('pool.ntp.org')")


def test_nothing_leaves_this_computer(bench: Bench, board: VirtualBoard) -> None:
    console = bench.console(board)
    _online(console)
    said = console.fails("import socket\nsocket.socket().connect(('192.0.2.1', 80))")
    assert "EHOSTUNREACH" in said


def test_the_clock_is_set_from_the_time_server(bench: Bench, board: VirtualBoard) -> None:
    console, control = bench.console(board), bench.control(board)
    _online(console)
    assert int(console.run("import ntptime\nntptime.settime()\nprint(time.gmtime()[0])")) >= 2025
    control.internet(False)
    assert "OSError" in console.fails("ntptime.settime()")
