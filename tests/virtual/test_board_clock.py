"""Time on the board: epoch, ticks, and clocks that a test moves."""

import pytest

from tests.support.boards import Bench, Console, eventually
from toolkit.model.errors import InputError
from toolkit.virtual.control import Control
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
_THREE_DAYS = """\
import asyncio, time
async def main():
    for hour in range(72):
        await asyncio.sleep(3600)
began = time.time()
asyncio.run(main())
print(time.time() - began)
"""
_TIMER = """\
from machine import Timer
hits = []
t = Timer(1)
t.init(period=500, callback=lambda t: hits.append(1))
"""
_WATCHES = """\
import time
t = time.ticks_ms()
while time.ticks_diff(time.ticks_ms(), t) < 50:
    pass
print('passed')
"""
_ASKS_THE_TIME = """\
import network, ntptime, time
w = network.WLAN(0)
w.active(True)
w.connect('virtual-wifi', 'virtual-wifi')
while not w.isconnected():
    time.sleep_ms(10)
ntptime.settime()
print('set', time.time() + 946684800)
"""
_WAITS = """\
import asyncio
async def answer(event):
    try:
        return await asyncio.wait_for_ms(event.wait(), 200)
    except asyncio.TimeoutError:
        return 'late'
async def main():
    event = asyncio.Event()
    before = await answer(event), await answer(event)
    event.set()
    print(*before, await answer(event))
asyncio.run(main())
"""
_CANCELS = """\
import asyncio
async def waits(name, work):
    try:
        await work()
    except asyncio.CancelledError:
        print(name)
        raise
async def main():
    event = asyncio.Event()
    asleep = asyncio.create_task(waits('asleep', lambda: asyncio.sleep(3600)))
    waiter = asyncio.create_task(waits('waiter', event.wait))
    behind = asyncio.create_task(waits('behind', lambda: waiter))
    await asyncio.sleep_ms(10)
    asleep.cancel()
    behind.cancel()
    found = await asyncio.gather(asleep, behind, return_exceptions=True)
    print(*[type(each).__name__ for each in found])
asyncio.run(main())
"""


def _frozen(bench: Bench) -> tuple[Console, Control]:
    """A board whose time stands."""
    board = bench.board(clock="frozen")
    return bench.console(board), bench.control(board)


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
    assert console.run(_THREE_DAYS) == str(3 * 86400)


def test_timers_and_sleep_follow_a_frozen_clock(bench: Bench) -> None:
    console, control = _frozen(bench)
    console.run(_TIMER)
    console.start("import time\ntime.sleep(2)\nprint('slept', len(hits))")
    control.advance(1999)
    assert "slept" not in control.console()
    control.advance(1)
    console.until(b"slept 4")


def test_a_program_that_watches_a_frozen_clock_sees_it_move(bench: Bench) -> None:
    console, control = _frozen(bench)
    console.start(_WATCHES)
    control.ask("advance", ms=50)
    assert console.until(b"passed")


def test_deep_sleep_ends_when_a_frozen_clock_reaches_it(bench: Bench) -> None:
    console, control = _frozen(bench)
    console.start(f"import machine; machine.deepsleep({_DAY_MS})")
    eventually(lambda: control.state()["state"] == "asleep")
    control.advance(_DAY_MS - 1)
    assert control.state()["state"] == "asleep"
    control.advance(1)
    console.enter_raw()
    assert console.run("import machine; print(machine.reset_cause())") == "4"
    assert console.run("import time; print(time.time() // 86400)") == "1"


def test_a_watchdog_bites_on_a_frozen_clock(bench: Bench) -> None:
    console, control = _frozen(bench)
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
    console, control = _frozen(bench)
    control.set_true_time(1_900_000_000.0)
    console.start(_ASKS_THE_TIME)
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


@pytest.fixture(params=["real", "jump", "speed"])
def own_pace(bench: Bench, request: pytest.FixtureRequest) -> Console:
    """A board whose time passes by itself."""
    return bench.console(bench.board(clock=request.param, speed=100))


def test_a_wait_ends_in_time_and_at_once_when_there_is_nothing_to_wait_for(
    own_pace: Console,
) -> None:
    assert own_pace.run(_WAITS) == "late late True"


def test_a_task_that_waits_is_cancelled_whatever_the_clock(own_pace: Console) -> None:
    said = own_pace.run(_CANCELS).splitlines()
    assert said == ["asleep", "waiter", "behind", "CancelledError CancelledError"]
