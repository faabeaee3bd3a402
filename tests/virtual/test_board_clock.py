"""Time on the board: epoch, ticks, and clocks that a test moves."""

import pytest

from tests.support.boards import Bench, eventually
from toolkit.model.errors import InputError
from toolkit.virtual.fleet import VirtualBoard

_DAY_MS = 86_400_000
_TICKER = """\
import asyncio
count = 0
async def main():
    global count
    while True:
        await asyncio.sleep_ms(1000)
        count += 1
        print('tick=%d' % count)
asyncio.run(main())
"""


def _ticks(text: str) -> int:
    return text.count("tick=")


@pytest.mark.parametrize("chip", ["esp32", "esp8266"])
def test_time_begins_in_2000_and_is_whole(bench: Bench, chip: str) -> None:
    console = bench.console(bench.board(chip))
    assert console.run("import time; print(time.gmtime(0))") == "(2000, 1, 1, 0, 0, 0, 5, 1)"
    assert console.run("print(type(time.time()), time.time() < 600)") == "<class 'int'> True"
    moment = "(2026, 3, 29, 1, 30, 0, 0, 0)"
    assert console.run(f"print(time.localtime(time.mktime({moment}))[:6])") == (
        "(2026, 3, 29, 1, 30, 0)"
    )


def test_ticks_wrap_at_thirty_bits(bench: Bench, board: VirtualBoard) -> None:
    console = bench.console(board)
    said = console.run("import time; print(time.ticks_add(0, -1), time.ticks_diff(5, 2**30 - 5))")
    assert said == f"{2**30 - 1} 10"


def test_the_clock_that_was_set_survives_a_reset_not_the_power(
    bench: Bench, board: VirtualBoard
) -> None:
    console, control = bench.console(board), bench.control(board)
    console.run("import machine; machine.RTC().datetime((2030, 6, 1, 0, 12, 0, 0, 0))")
    control.press_reset()
    console.enter_raw()
    assert console.run("import time; print(time.localtime()[:3])") == "(2030, 6, 1)"
    control.power_cycle()
    console.enter_raw()
    assert console.run("import time; print(time.localtime()[0])") == "2000"


def test_a_frozen_clock_moves_only_by_advance_and_skips_nothing(bench: Bench) -> None:
    board = bench.board(clock="frozen")
    bench.install_main(board, _TICKER)
    control = bench.control(board)
    control.press_reset()
    eventually(lambda: control.advance(0), "the program to wait")
    assert _ticks(control.console()) == 0
    assert control.advance(999)
    assert _ticks(control.console()) == 0
    assert control.advance(1)
    assert _ticks(control.console()) == 1
    assert control.advance(120_000)
    assert "tick=121\r\n" in control.console()


def test_a_jumping_clock_needs_no_time_for_three_days(bench: Bench) -> None:
    console = bench.console(bench.board(clock="jump"))
    said = console.run(
        "import asyncio, time\n"
        "async def main():\n"
        "    n = 0\n"
        "    for hour in range(72):\n"
        "        await asyncio.sleep(3600)\n"
        "        n += 1\n"
        "    return n\n"
        "began = time.time()\n"
        "print(asyncio.run(main()), time.time() - began)"
    )
    assert said == f"72 {3 * 86400}"


def test_timers_and_sleep_follow_a_frozen_clock(bench: Bench) -> None:
    board = bench.board(clock="frozen")
    console, control = bench.console(board), bench.control(board)
    console.run(
        "from machine import Timer\nhits = []\nt = Timer(1)\n"
        "t.init(period=500, callback=lambda t: hits.append(1))"
    )
    console.start("import time\ntime.sleep(2)\nprint('slept', len(hits))")
    control.advance(1999)
    assert "slept" not in control.console()
    control.advance(1)
    console.until(b"slept 4")


def test_a_program_that_watches_a_frozen_clock_sees_it_move(bench: Bench) -> None:
    board = bench.board(clock="frozen")
    console, control = bench.console(board), bench.control(board)
    console.start(
        "import time\nt = time.ticks_ms()\n"
        "while time.ticks_diff(time.ticks_ms(), t) < 50:\n    pass\nprint('passed')"
    )
    control.ask("advance", ms=50)
    console.until(b"passed")


def test_deep_sleep_ends_when_a_frozen_clock_reaches_it(bench: Bench) -> None:
    board = bench.board(clock="frozen")
    console, control = bench.console(board), bench.control(board)
    console.start(f"import machine; machine.deepsleep({_DAY_MS})")
    eventually(lambda: control.state()["state"] == "asleep")
    control.advance(_DAY_MS - 1)
    assert control.state()["state"] == "asleep"
    control.advance(1)
    console.enter_raw()
    assert console.run("import machine; print(machine.reset_cause())") == "4"
    assert console.run("import time; print(time.time() // 86400)") == "1"


def test_a_watchdog_bites_on_a_frozen_clock(bench: Bench) -> None:
    board = bench.board(clock="frozen")
    console, control = bench.console(board), bench.control(board)
    console.run("import machine; dog = machine.WDT(timeout=8000)")
    control.advance(7999)
    assert console.run("dog.feed(); print('fed')") == "fed"
    control.advance(7999)
    assert console.run("print('alive')") == "alive"
    control.advance(1)
    eventually(lambda: control.state()["last_exit"] == "watchdog")


def test_a_fast_clock_runs_fast(bench: Bench) -> None:
    console = bench.console(bench.board(clock="speed", speed=100))
    said = console.run(
        "import time\na = time.ticks_ms()\ntime.sleep(20)\n"
        "print(time.ticks_diff(time.ticks_ms(), a) >= 20000)"
    )
    assert said == "True"


def test_the_time_server_tells_the_boards_own_true_time(bench: Bench) -> None:
    board = bench.board(clock="frozen")
    console, control = bench.console(board), bench.control(board)
    control.set_true_time(1_900_000_000.0)
    console.start(
        "import network, ntptime, time\nw = network.WLAN(0); w.active(True)\n"
        "w.connect('virtual-wifi', 'virtual-wifi')\n"
        "while not w.isconnected(): time.sleep_ms(10)\n"
        "ntptime.settime(); print('set', time.time() + 946684800)"
    )
    control.advance(1000)
    said = console.until(b"\x04")
    assert abs(int(said.partition("set ")[2].split()[0]) - 1_900_000_000) <= 2


def test_true_time_goes_on_over_a_reset(bench: Bench) -> None:
    control = bench.control(bench.board(clock="frozen"))
    control.set_true_time(1_900_000_000.0)
    eventually(lambda: control.advance(5000), "the program to wait")
    control.press_reset()
    assert control.ask("clock")["utc"] >= 1_900_000_005


def test_true_time_is_set_while_the_internet_is_away_too(bench: Bench) -> None:
    control = bench.control(bench.board(clock="frozen"))
    control.internet(False)
    control.set_true_time(1_900_000_000.0)
    control.internet(True)
    assert control.ask("clock")["utc"] == pytest.approx(1_900_000_000.0)


def test_a_real_clock_cannot_be_advanced(bench: Bench, board: VirtualBoard) -> None:
    with pytest.raises(InputError, match="expected a frozen clock, got 'real'"):
        bench.control(board).advance(1)


@pytest.mark.parametrize("clock", ["real", "jump", "speed"])
def test_a_task_that_waits_is_cancelled_whatever_the_clock(bench: Bench, clock: str) -> None:
    console = bench.console(bench.board(clock=clock, speed=100))
    said = console.run(
        "import asyncio\n"
        "ended = []\n"
        "async def waits(name, work):\n"
        "    try:\n"
        "        await work()\n"
        "    except asyncio.CancelledError:\n"
        "        ended.append(name)\n"
        "        raise\n"
        "async def main():\n"
        "    event = asyncio.Event()\n"
        "    for turn in range(3):\n"
        "        try:\n"
        "            await asyncio.wait_for_ms(event.wait(), 200)\n"
        "        except asyncio.TimeoutError:\n"
        "            ended.append('late')\n"
        "    asleep = asyncio.create_task(waits('asleep', lambda: asyncio.sleep(3600)))\n"
        "    waiter = asyncio.create_task(waits('waiter', event.wait))\n"
        "    behind = asyncio.create_task(waits('behind', lambda: waiter))\n"
        "    await asyncio.sleep_ms(10)\n"
        "    asleep.cancel(), behind.cancel()\n"
        "    found = await asyncio.gather(asleep, behind, return_exceptions=True)\n"
        "    ended.append([type(each).__name__ for each in found])\n"
        "    event.set()\n"
        "    ended.append(await asyncio.wait_for_ms(event.wait(), 200))\n"
        "    return ended\n"
        "print(asyncio.run(main()))"
    )
    cancelled = "['CancelledError', 'CancelledError']"
    waits = "'asleep', 'waiter', 'behind'"
    assert said == f"['late', 'late', 'late', {waits}, {cancelled}, True]"
