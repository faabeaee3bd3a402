"""Waiting for sockets and for flags at once, on a board: as many as its firmware can have."""

import pytest

from tests.support.boards import Bench

_ALL_AT_ONCE = """
import asyncio, select, socket
poll, kept = select.poll(), []
poll.register(asyncio.ThreadSafeFlag(), select.POLLIN)  # no file of the system, as a socket is
try:
    while True:
        kept.append(socket.socket())
        poll.register(kept[-1], select.POLLIN)
        kept.append(bytearray(64))  # nothing that grows has its place beside it
        for _ in poll.ipoll(0):
            pass
except OSError:
    print(len(kept) // 2)
"""


@pytest.mark.parametrize(
    ("chip", "clock", "sockets"), [("esp32", "real", 16), ("esp8266", "jump", 5)]
)
def test_a_flag_is_waited_for_beside_all_sockets_that_a_board_has(
    bench: Bench, chip: str, clock: str, sockets: int
) -> None:
    board = bench.board(chip, clock=clock)
    assert bench.console(board).run(_ALL_AT_ONCE) == str(sockets)
    assert bench.control(board).state()["last_exit"] == ""
