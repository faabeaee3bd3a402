"""Boards at hand: which node each is known to be, for as long as it is plugged in."""

import os
import threading

import pytest

from tests.support.boards import eventually
from toolkit.model.surroundings import Board
from toolkit.operations import at_hand
from toolkit.operations.at_hand import AtHand
from toolkit.transport.port import SerialPort

VIRTUAL = Board("esp32-1", "virtual esp32", "240ac4000009", virtual=True)
UID, OTHER = "240ac4000001", "240ac4000002"


def test_a_board_is_the_node_it_was_made_until_it_is_unplugged() -> None:
    mine, silent = SerialPort("/dev/ttyTEST0", "one", ""), SerialPort("/dev/ttyTEST1", "two", OTHER)
    plugged = [mine, silent]
    desk = AtHand(lambda: [VIRTUAL], lambda: list(plugged))
    assert [it.uid for it in desk.boards()] == ["", OTHER, VIRTUAL.uid]
    desk.made(mine.device, UID)
    assert [it.uid for it in desk.boards()] == [UID, OTHER, VIRTUAL.uid]
    plugged.remove(mine)
    assert [it.uid for it in desk.boards()] == [OTHER, VIRTUAL.uid]
    plugged.insert(0, mine)  # or whatever has that port now
    assert desk.boards()[0].uid == ""


def test_a_port_that_cannot_be_used_says_why() -> None:
    desk = AtHand(list, lambda: [SerialPort("/dev/ttyTEST0", "one", "")])
    assert "there is no serial port /dev/ttyTEST0" in desk.boards()[0].problem


def test_who_makes_a_node_while_somebody_looks_is_not_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    master, slave = os.openpty()
    device = os.ttyname(slave)
    looking, go_on, waits = threading.Event(), threading.Event(), threading.Event()
    plugged: list[SerialPort] = []

    class Seen:
        """A lock that tells when somebody waits for it."""

        def __init__(self) -> None:
            self._lock = threading.Lock()

        def __enter__(self) -> None:
            if not self._lock.acquire(blocking=False):
                waits.set()
                self._lock.acquire()

        def __exit__(self, *_: object) -> None:
            self._lock.release()

    def slow() -> list[SerialPort]:
        found = list(plugged)  # as it was when the look began
        looking.set()
        go_on.wait(60)
        return found

    monkeypatch.setattr(at_hand, "Lock", Seen)
    desk = AtHand(list, slow)
    threads = [
        threading.Thread(target=desk.boards),
        threading.Thread(target=lambda: desk.made(device, UID)),
    ]
    threads[0].start()
    assert looking.wait(60)
    plugged.append(SerialPort(device, "one", ""))
    threads[1].start()
    eventually(lambda: waits.is_set() or not threads[1].is_alive(), "who made it to wait or end")
    go_on.set()
    for thread in threads:
        thread.join(60)
    assert [(it.uid, it.problem) for it in desk.boards()] == [(UID, "")]
    os.close(master)
    os.close(slave)
