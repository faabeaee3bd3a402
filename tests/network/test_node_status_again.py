"""`-stat --every`: the nodes are asked again and again, as they come and go."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from tests.network.peers import Peer, Script, node
from tests.support.terminal import CTRL_C, ENTER, Terminal, toolkit
from toolkit.model.cache import Cache
from toolkit.model.node import Node

pytestmark = pytest.mark.timeout(90)

FACTS = {"version": "0.1.0-0", "mem_free": 81234, "uptime": 4000, "reset": "power-on"}
HALL, LAMP = "240ac4000001", "240ac4000002"


def answers(**facts: object) -> dict[str, str]:
    return {"status >json": json.dumps({**FACTS, **facts}) + "\n"}


def live(told: dict[str, str]) -> Script:
    """A node that answers what stands there when it is asked."""
    return lambda wire: node("hall", HALL, told)(wire)


def known(peer: Peer, uid: str = HALL, name: str = "hall") -> Node:
    return Node(uid, name, peer.address, peer.port)


@contextmanager
def lines(*options: str) -> Generator[subprocess.Popen[str]]:
    """The command, its output read line by line."""
    command = [sys.executable, "-m", "toolkit", "-stat", "--every", "1", *options]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "MICROS_PATIENCE": "5"},  # a busy computer is no dead node
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline()


def test_without_a_terminal_each_change_is_a_line(cache: Cache) -> None:
    told = answers()
    with Peer(live(told)) as hall, Peer(node("lamp", LAMP, answers())) as lamp:
        cache.remember(known(hall))
        with lines() as process:
            assert f"hall ({HALL})  {hall.address}" in (first := line(process))
            assert "ONLINE  0.1.0-0  81234 B free  up 1:06:40  power-on" in first
            told |= answers(uptime=4001, mem_free=70000)  # which is no news
            cache.remember(known(lamp, LAMP, "lamp"))
            assert f"lamp ({LAMP})" in line(process)
            told |= answers(uptime=3, reset="watchdog")
            assert "up 0:00:03  watchdog" in line(process)
            hall.stop()
            assert f"hall ({HALL})" in (gone := line(process))
            assert "OFFLINE" in gone
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0


def test_for_programs_each_answer_is_a_line_of_json(cache: Cache) -> None:
    with Peer(node("hall", HALL, answers(problems=["no clock"]))) as hall:
        cache.remember(known(hall))
        with lines("--json") as process:
            first, second = json.loads(line(process)), json.loads(line(process))
            assert (first["changed"], second["changed"]) == (True, False)
            for row in (first, second):
                assert (row["uid"], row["memfree"], row["uptime"]) == (HALL, 81234, 4000)
                assert (row["reset"], row["problems"]) == ("power-on", ["no clock"])
                assert row["time"][4] == "-"


def test_it_ends_when_nobody_reads_it_any_more_though_there_is_no_news(cache: Cache) -> None:
    with Peer(node("hall", HALL, answers())) as hall:
        cache.remember(known(hall))
        with lines() as process:
            assert f"hall ({HALL})" in line(process)
            assert process.stdout
            process.stdout.close()
            assert process.wait(60) == 141


def test_keys_that_are_pressed_meanwhile_go_to_nobody(cache: Cache) -> None:
    told = answers()
    with Peer(live(told)) as hall:
        cache.remember(known(hall))
        with toolkit(["-stat", "--every", "1"], {"MICROS_PATIENCE": "5"}) as screen:
            screen.expect("81234")
            screen.type("echo typed" + ENTER)
            told |= answers(mem_free=70007)
            screen.expect("70007")
            screen.type(CTRL_C)
            assert screen.end() == 0
            assert screen.text.count("known,") == 1
            assert "typed" not in screen.text
            assert screen.as_before


def test_on_a_terminal_the_table_is_drawn_over(cache: Cache) -> None:
    told = answers()
    with Peer(live(told)) as hall:
        cache.remember(known(hall))
        with toolkit(["-stat", "--every", "1"], {"MICROS_PATIENCE": "5"}) as screen:
            screen.expect("1 known, 1 online; every 1 s, Ctrl-C ends")
            screen.expect("81234")
            told |= answers(mem_free=70007)
            screen.expect("70007")
            assert screen.text.count("known,") == screen.text.count("hall") == 1
            hall.stop()
            screen.expect("1 known, 0 online")
            screen.type(CTRL_C)
            assert screen.end() == 0
            assert screen.as_before


def test_on_a_narrow_terminal_what_is_wrong_stands_in_full_below_the_table(cache: Cache) -> None:
    problem = "the clock was never set: no time server was reached since the last start of it"
    with Peer(node("hall", HALL, answers(problems=[problem]))) as hall:
        cache.remember(known(hall))
        program = [sys.executable, "-m", "toolkit", "-stat", "--every", "1"]
        with Terminal(program, {"MICROS_PATIENCE": "5"}, (80, 20)) as screen:
            screen.expect("1 known, 1 online; every 1 s, Ctrl-C ends")
            screen.expect("  of it")
            shown = " ".join(screen.text.split())
            assert f"hall: {problem}" in shown
            assert "…" not in shown
            screen.type(CTRL_C)
            assert screen.end() == 0
        for size, there in (((130, 20), "power-on"), ((80, 20), "0.1.0-0")):
            with Terminal(program[:-2], {"MICROS_PATIENCE": "5"}, size) as screen:
                screen.expect("hall: the clock was never set")
                assert there in screen.text
                assert screen.end() == 0
                assert len([it for it in screen.text.splitlines() if "---" in it]) == 1


def test_where_no_node_is_known_it_is_said_how_to_find_one(cache: Cache) -> None:
    command = [sys.executable, "-m", "toolkit", "-stat", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == (
        "[]\n",
        "no node is known yet: a search (-s) finds them\n",
    )
