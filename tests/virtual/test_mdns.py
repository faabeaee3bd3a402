"""`<hostname>.local`: the board answers by multicast DNS, as the firmware of its chip does."""

import asyncio
import logging
import random
import socket

import pytest

from tests.support.boards import Bench, Console, bench, engine, home  # noqa: F401 - fixtures
from tests.support.mdns import GROUP, answers, claim, fresh, gone, listening, question, send
from toolkit.virtual import fleet, mdns
from toolkit.virtual.fleet import VirtualBoard

_JOIN = """
import network, time
network.hostname({name!r})
w = network.WLAN(network.STA_IF)
w.active(True)
w.connect('virtual-wifi', 'virtual-wifi')
while not w.isconnected():
    time.sleep_ms(10)
"""


def _join(bench: Bench, board: VirtualBoard, name: str) -> Console:
    console = bench.console(board)
    console.run(_JOIN.format(name=name))
    return console


def _where(name: str, count: int = 1) -> list[str]:
    """The addresses that are told for a name, each by who has it."""
    found: list[str] = []
    for data, source in answers(name, count):
        assert data == claim_with_question(name, source), data
        found.append(source)
    return found


def claim_with_question(name: str, address: str) -> bytes:
    """What a chip answers to who asks once: the question again, and the address."""
    asked = question(name)
    head = asked[:2] + b"\x84\x00\x00\x01\x00\x01\x00\x00\x00\x00"
    row = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x0a\x00\x04"
    return head + asked[12:] + row + socket.inet_aton(address)


def test_a_board_answers_to_its_name_while_it_is_in_a_network(bench: Bench) -> None:
    board, name = bench.board(), fresh()
    control = bench.control(board)
    console = bench.console(board)
    assert control.state()["local_name"] is None
    assert not answers(f"{name}.local")
    console.run(_JOIN.format(name=name))
    assert control.state()["local_name"] == f"{name}.local"
    assert _where(f"{name}.local") == [board.address]
    assert [source for _, source in answers(f"{name.upper()}.LOCAL", 1)] == [board.address]
    console.run("w.disconnect()")
    gone(f"{name}.local")


def test_without_power_nobody_answers(bench: Bench) -> None:
    board, name = bench.board(), fresh()
    _join(bench, board, name)
    assert _where(f"{name}.local") == [board.address]
    bench.control(board).power_off()
    gone(f"{name}.local")


def test_the_name_is_the_one_of_the_first_address_until_a_reset(bench: Bench) -> None:
    board, name, other = bench.board(), fresh(), fresh()
    console = _join(bench, board, name)
    console.run("w.disconnect()\n" + _JOIN.format(name=other))
    assert (_where(f"{name}.local"), answers(f"{other}.local")) == ([board.address], [])
    bench.control(board).press_reset()
    console.enter_raw()
    console.run(_JOIN.format(name=other))
    assert (answers(f"{name}.local"), _where(f"{other}.local")) == ([], [board.address])


def test_two_boards_of_one_name_both_answer(bench: Bench) -> None:
    boards, name = [bench.board(name="one"), bench.board(name="two")], fresh()
    for board in boards:
        _join(bench, board, name)
    assert sorted(_where(f"{name}.local", 2)) == sorted(board.address for board in boards)


def test_an_esp8266_has_no_such_name(bench: Bench) -> None:
    board, name = bench.board("esp8266"), fresh()
    _join(bench, board, name)
    assert bench.control(board).state()["station"] == "virtual-wifi"
    assert not answers(f"{name}.local")


def test_who_asks_from_the_port_of_multicast_dns_is_answered_with_all_others(
    bench: Bench,
) -> None:
    board, name = bench.board(), fresh()
    _join(bench, board, name)
    asked = question(f"{name}.local", number=0)
    with listening() as ear:
        ear.settimeout(5)
        ear.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        ear.sendto(asked, GROUP)
        while True:  # our own question comes back, too, and what others ask
            data, source = ear.recvfrom(2048)
            if source == (board.address, GROUP[1]):
                break
    flushing = claim(asked, board.address).replace(b"\x00\x01\x00\x00\x00\x0a", b"\x80\x01\0\0\0x")
    assert data == flushing


def test_what_is_no_question_for_an_address_is_not_answered(bench: Bench) -> None:
    board, name = bench.board(), fresh()
    _join(bench, board, name)
    full = f"{name}.local"
    assert not answers(name)
    assert not answers(f"a.{full}")
    assert not answers(f"{name}.locals")
    assert not answers(full, kind=28)  # an IPv6 address
    send(claim(question(full), "127.0.0.9"))
    dice, whole = random.Random(5), question(full)
    for length in range(len(whole)):
        send(whole[:length])
    for _ in range(2000):
        torn = bytearray(whole + dice.randbytes(dice.randrange(40)))
        for _ in range(dice.randrange(1, 6)):
            torn[dice.randrange(len(torn))] = dice.randrange(256)
        mdns.read(bytes(torn))
    send(dice.randbytes(9000))
    assert _where(full) == [board.address]
    assert "Traceback" not in (bench.home / "supervisor.log").read_text()


def test_where_there_is_no_multicast_the_log_says_so_once_and_all_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def serve() -> object:
        return await mdns.serve(lambda name: (), interface="192.0.2.77")

    with caplog.at_level(logging.WARNING):
        assert asyncio.run(serve()) is None
    (line,) = caplog.messages
    assert line.startswith("no board answers to its .local name: ")


def test_a_supervisor_beside_another_one_answers_too(bench: Bench) -> None:
    here, name, other = bench.board(), fresh(), fresh()
    elsewhere = Bench(bench.home.parent / "elsewhere", bench.engine)
    try:
        there = elsewhere.board()
        _join(bench, here, name)
        _join(elsewhere, there, other)
        assert (_where(f"{name}.local"), _where(f"{other}.local")) == (
            [here.address],
            [there.address],
        )
    finally:
        elsewhere.close()
        fleet.stop(elsewhere.home)
