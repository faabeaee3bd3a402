"""Pins, pulses, voltages, LEDs and buses, driven and read from outside."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any, cast

import pytest

from tests.support.boards import Bench, eventually
from toolkit.model import paths
from toolkit.model.errors import InputError
from toolkit.virtual import analog, devices, i2c_models, keys, local_socket, strip
from toolkit.virtual.chips import CHIPS
from toolkit.virtual.control import Control
from toolkit.virtual.fleet import VirtualBoard

_COUNT = """\
from machine import Pin
seen = []
button = Pin(0, Pin.IN, Pin.PULL_UP)
button.irq(lambda pin: seen.append('fell'), Pin.IRQ_FALLING)
"""


def test_an_output_is_seen_outside(bench: Bench, board: VirtualBoard) -> None:
    console, control = bench.console(board), bench.control(board)
    console.run("from machine import Pin; led = Pin(2, Pin.OUT); led.on()")
    assert control.pin(2) == 1
    console.run("led.value(not led.value())")
    assert control.pin(2) == 0


def test_an_edge_from_outside_interrupts_the_program(bench: Bench, board: VirtualBoard) -> None:
    console, control = bench.console(board), bench.control(board)
    console.run(_COUNT)
    for level in (0, 1, 0):
        control.drive(0, level)
    assert console.run("print(seen)") == "['fell', 'fell']"
    control.drive(0, None)
    assert console.run("print(button.value())") == "1"


def test_an_edge_interrupts_a_busy_loop(bench: Bench, board: VirtualBoard) -> None:
    console, control = bench.console(board), bench.control(board)
    console.run(_COUNT)
    console.start("while not seen:\n    pass\nprint('left the loop')")
    control.drive(0, 0)
    assert console.until(b"left the loop")


_WAITS = {
    "a task that sleeps": (
        "import asyncio\nasync def main(): await asyncio.sleep(3600)\nasyncio.run(main())"
    ),
    "a task that waits for a flag": (
        "import asyncio; asyncio.run(asyncio.wait_for(asyncio.ThreadSafeFlag().wait(), 3600))"
    ),
    "a poll": (
        "import select, socket\ns = socket.socket()\ns.bind(('0.0.0.0', 7000))\ns.listen(1)\n"
        "p = select.poll()\np.register(s, select.POLLIN)\np.poll(3600000)"
    ),
    "a sleep": "import time; time.sleep(3600)",
}


@pytest.mark.parametrize("wait", _WAITS)
@pytest.mark.parametrize("clock", ["real", "speed", "frozen"])
def test_a_program_that_only_waits_is_interrupted_at_once(
    bench: Bench, clock: str, wait: str
) -> None:
    board = bench.board(clock=clock, speed=2 if clock == "speed" else 1)
    console, control = bench.console(board), bench.control(board)
    console.run(
        "from machine import Pin\n"
        "button = Pin(0, Pin.IN, Pin.PULL_UP)\n"
        "button.irq(lambda pin: print('edge', pin.value()))"
    )
    console.start(_WAITS[wait])
    if clock == "frozen":
        control.advance(0)
    for level in (0, 1, 0):
        control.drive(0, level)
        assert console.until(b"edge %d\r\n" % level)


@pytest.mark.parametrize("wait", _WAITS)
def test_a_timer_calls_back_while_the_program_only_waits(
    bench: Bench, board: VirtualBoard, wait: str
) -> None:
    console = bench.console(board)
    console.run(
        "from machine import Timer\n"
        "t = Timer(0); t.init(period=50, callback=lambda timer: print('tick'))"
    )
    console.start(_WAITS[wait])
    assert console.until(b"tick\r\ntick\r\n")


_EDGES = 3000
_SCHEDULES_MUCH = """\
import gc, micropython, time
from machine import Pin, Timer
ticks, shifts, over = [], [], []
def shift(_): shifts[:] = [1]
led = Pin(13, Pin.OUT, value=0)
Pin(14, Pin.IN).irq(lambda pin: led.value(pin.value()))
Pin(0, Pin.IN, Pin.PULL_UP).irq(over.append)
timer = Timer(-1)
timer.init(period=1, callback=lambda timer: ticks.append(1) if len(ticks) < 100 else None)
print('ready')
while not over:
    for _ in range(100):
        micropython.schedule(shift, None)
    gc.collect()
    time.sleep_ms(1)
timer.deinit()
print(len(ticks), shifts)
"""


@pytest.mark.parametrize("chip", ["esp32", "esp8266"])
def test_a_storm_of_interrupts_stops_no_program_that_schedules_much(
    bench: Bench, chip: str
) -> None:
    board = bench.board(chip)
    console, control = bench.console(board), bench.control(board)
    console.start(_SCHEDULES_MUCH)
    console.until(b"ready\r\n")
    with ThreadPoolExecutor() as pool:
        storms = [pool.submit(_storm, bench.control(board), pin) for pin in (4, 5, 12)]
        for level in (1, 0) * (_EDGES // 2):
            control.drive(14, level)
            eventually(lambda level=level: control.pin(13) == level, "the edge to be handled")
        for storm in storms:
            storm.result()
    control.drive(0, 0)
    console.until(b"100 [1]\r\n\x04\x04>")
    assert console.run("print(led.value())") == "0"


def _storm(control: Control, pin: int) -> None:
    for level in (1, 0) * (_EDGES // 2):
        control.drive(pin, level)


_STRIKES = 100


def test_ctrl_c_in_a_storm_of_interrupts_ends_the_program_at_once(
    bench: Bench, board: VirtualBoard
) -> None:
    console, calm = bench.console(board), Event()
    console.run("from machine import Pin\npins = [Pin(number, Pin.IN) for number in (4, 5)]")
    with ThreadPoolExecutor() as pool:
        storm = pool.submit(_blow, bench.control(board), calm)
        try:
            for _ in range(_STRIKES):
                console.start("print('runs')\nwhile True: pass")
                console.until(b"runs\r\n")
                console.send(b"\x03")
                console.until(b"KeyboardInterrupt: \r\n\x04>")
        finally:
            calm.set()
        print(f"interrupted in a storm of {storm.result()} edges: {_STRIKES} of {_STRIKES}")


def _blow(control: Control, calm: Event) -> int:
    edges = 0
    while not calm.is_set():
        for pin in (4, 5):
            control.drive(pin, edges // 2 % 2)
            edges += 1
    return edges


def test_more_interrupts_than_the_queue_holds_are_lost(bench: Bench, board: VirtualBoard) -> None:
    console = bench.console(board)
    console.run(
        "import micropython\n"
        "ran = []\n"
        "def flood(_):\n"
        "    for number in range(12):\n"
        "        try:\n"
        "            micropython.schedule(ran.append, number)\n"
        "        except RuntimeError as error:\n"
        "            print(error)\n"
        "            break\n"
    )
    assert console.run("micropython.schedule(flood, None)") == "schedule queue full"
    assert console.run("print(ran)") == str(list(range(8)))


def test_pins_that_are_inputs_only_are_no_outputs(bench: Bench, board: VirtualBoard) -> None:
    console = bench.console(board)
    for made in ("Pin(34, Pin.OUT)", "Pin(39, Pin.OPEN_DRAIN)", "PWM(Pin(35, Pin.OUT))"):
        said = console.fails(f"from machine import Pin, PWM; {made}")
        assert said == "ValueError: pin can only be input"
    assert console.run("Pin(33, Pin.OUT); print(Pin(34, Pin.IN).value())") == "0"


def test_pins_that_a_chip_lacks_are_refused(bench: Bench) -> None:
    for chip, pin in (("esp32", 24), ("esp8266", 17), ("esp32c3", 22)):
        console = bench.console(bench.board(chip))
        assert console.fails(f"import machine; machine.Pin({pin})") == "ValueError: invalid pin"


def test_pulses_are_read_outside_and_channels_run_out(bench: Bench) -> None:
    board = bench.board("esp32c3")
    console, control = bench.console(board), bench.control(board)
    console.run("from machine import Pin, PWM; p = PWM(Pin(3), freq=50, duty_u16=4915)")
    assert control.pwm(3) == {"freq": 50, "duty_u16": 4915}
    console.run("p.deinit()")
    assert control.pwm(3) is None
    assert "out of PWM channels" in console.fails("all = [PWM(Pin(n)) for n in range(7)]")


def test_pulses_are_told_with_their_time(bench: Bench) -> None:
    board = bench.board(clock="frozen")
    console, control = bench.console(board), bench.control(board)
    console.run("from machine import Pin, PWM; p = PWM(Pin(4), freq=50, duty_u16=0)")
    control.advance(250)
    console.run("p.duty_u16(1000); p.freq(440); p.deinit()")
    (start, *first), *others = control.pulses(4)
    assert first == [50, 0]
    assert others == [
        (start + 250000, 50, 1000),
        (start + 250000, 440, 1000),
        (start + 250000, 0, 0),
    ]
    assert control.pulses(4) == []


def test_all_pulses_of_an_esp8266_have_one_frequency(bench: Bench) -> None:
    board = bench.board("esp8266")
    console, control = bench.console(board), bench.control(board)
    console.run("from machine import Pin, PWM; p, q = PWM(Pin(4), freq=50), PWM(Pin(5), freq=900)")
    assert [(control.pwm(pin) or {})["freq"] for pin in (4, 5)] == [900, 900]
    assert console.run("print(p.freq())") == "900"


def test_a_voltage_is_measured(bench: Bench, board: VirtualBoard) -> None:
    console, control = bench.console(board), bench.control(board)
    control.adc(34, 30000)
    said = console.run("from machine import ADC; a = ADC(34); print(a.read_u16(), a.read())")
    assert said == "30000 1875"


def test_leds_show_what_was_written(bench: Bench, board: VirtualBoard) -> None:
    console, control = bench.console(board), bench.control(board)
    console.run(
        "from neopixel import NeoPixel; from machine import Pin\n"
        "leds = NeoPixel(Pin(4), 2); leds[0] = (1, 2, 3); leds.write()"
    )
    assert control.neopixel(4) == bytes((2, 1, 3, 0, 0, 0))


def test_a_device_on_the_bus_is_found_read_and_written(bench: Bench, board: VirtualBoard) -> None:
    console, control = bench.console(board), bench.control(board)
    control.i2c_attach(0x76, {0xD0: b"\x60", 0xF7: b"\x01\x02\x03"})
    console.run("from machine import I2C, Pin; bus = I2C(0, scl=Pin(22), sda=Pin(21))")
    assert console.run("print(bus.scan())") == "[118]"
    assert console.run("print(bus.readfrom_mem(0x76, 0xF7, 3))") == r"b'\x01\x02\x03'"
    console.run("bus.writeto_mem(0x76, 0xF4, b'\\x27')")
    assert control.i2c(0x76)[0xF4] == 0x27
    assert "OSError: [Errno 19] ENODEV" in console.fails("bus.readfrom(0x20, 1)")


def test_what_hangs_outside_outlives_a_power_cycle(bench: Bench, board: VirtualBoard) -> None:
    console, control = bench.console(board), bench.control(board)
    control.adc(32, 1234)
    control.i2c_attach(0x40, {0: b"\x07"})
    control.drive(5, 1)
    control.power_cycle()
    console.enter_raw()
    said = console.run(
        "from machine import ADC, Pin, SoftI2C\n"
        "bus = SoftI2C(Pin(22), Pin(21))\n"
        "print(ADC(32).read_u16(), bus.readfrom_mem(0x40, 0, 1)[0], Pin(5, Pin.IN).value())"
    )
    assert said == "1234 7 1"


def test_timers_call_back_and_are_listed(bench: Bench, board: VirtualBoard) -> None:
    console, control = bench.console(board), bench.control(board)
    console.run(
        "from machine import Timer\n"
        "count = [0]\n"
        "def tick(timer):\n"
        "    count[0] += 1\n"
        "t = Timer(0); t.init(period=10, callback=tick)\n"
    )
    assert control.timers() == [{"id": 0, "period_ms": 10, "callback": True}]
    console.run("while count[0] < 5:\n    pass")
    eventually(lambda: int(console.run("print(count[0])")) > 8, "ticks at the prompt")
    console.run("t.deinit()")
    assert control.timers() == []


_WRONG: tuple[Any, ...] = (
    *(None, True, -1, 0.5, 1e308, float("nan"), 10**30, 500, -500, 65536, "", "x" * 9000),
    *cast(list[Any], [[], [1], [[]], {}, {"x": []}]),
)
_REQUESTS: tuple[dict[str, Any], ...] = (
    {"do": "state"},
    {"do": "pin", "pin": 2},
    {"do": "drive", "pin": 5, "level": None},
    {"do": "pulses", "pin": 4},
    {"do": "adc", "pin": 34, "value": 30000},
    {"do": "temperature", "celsius": 40},
    {"do": "strip", "pin": 23, "count": 3, "order": "grb", "reset_us": 50, "broken": None},
    {"do": "i2c", "address": 118, "registers": {"208": "60"}},
    {"do": "i2c", "address": 119, "model": "bme280", "state": {}},
    {"do": "i2c", "stuck": None},
    {"do": "clock", "mode": "real", "speed": 1, "utc": 1.9e9},
    {"do": "advance", "ms": 1},
    {"do": "power", "state": "on"},
    {"do": "cut", "after": 10**9, "tear": "half", "restart": True},
    {"do": "wifi", "networks": [], "visitors": 1},
    {"do": "internet", "up": True},
    {"do": "names", "names": {}},
    {"do": "mean", "on": False},
)


def _fuzzed() -> Iterator[dict[str, Any]]:
    """Each request with each of its values wrong, or left out; each key of each device."""
    for request in _REQUESTS:
        for name in request:
            yield {key: it for key, it in request.items() if key != name}
            yield from ({**request, name: value} for value in _WRONG)
    for kind, there in devices.KINDS.items():
        where = {"do": "device", "pin": 34 if kind in analog.KINDS else 13}
        yield {**where, "kind": kind}
        for name in there:
            yield from ({**where, name: value} for value in _WRONG)
        yield {**where, "kind": None}
    for kind, there in i2c_models.KEYS.items():
        where = {"do": "i2c", "address": 60, "model": kind}
        for name in there:
            yield from ({**where, "state": {name: value}} for value in _WRONG)
        yield {**where, "model": None}


def test_whatever_is_asked_is_done_or_answered_with_a_sentence_and_the_board_lives(
    bench: Bench, board: VirtualBoard
) -> None:
    control, console = bench.control(board), bench.console(board)
    requests = list(_fuzzed())
    refused = list[str]()
    for request in requests:
        try:
            _asked(control, request)
        except InputError as error:
            refused.append(str(error))
    for sentence in refused:
        assert re.match(r"[\w \"']+: expected |expected ", sentence), sentence
        assert "\n" not in sentence
        assert len(sentence) < 600, sentence
    print(f"{len(requests)} requests, {len(refused)} refused")
    assert len(refused) > len(requests) // 2
    console.enter_raw()
    assert console.run("print(6 * 7)") == "42"


def test_what_is_too_large_for_a_small_board_is_lost_and_the_board_lives(bench: Bench) -> None:
    board = bench.board("esp8266")
    control, console = bench.control(board), bench.console(board)
    control.networks([{"ssid": f"a network with the number {at}"} for at in range(500)])
    eventually(lambda: "MemoryError" in control.console(), "the word of what was lost")
    control.networks([{"ssid": "one"}])
    control.drive(4, 1)
    console.enter_raw()
    assert console.run("from machine import Pin; print(Pin(4, Pin.IN).value())") == "1"


def _asked(control: Control, request: dict[str, Any]) -> Any:
    do = request.get("do")
    return control.ask(do, **{key: it for key, it in request.items() if key != "do"})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "state", "expected"),
    [
        ("dht22", {"temperature": 500}, "temperature: expected -40 to 80 °C, got 500"),
        ("dht11", {"temperature": -1}, "temperature: expected 0 to 50 °C, got -1"),
        ("dht22", {"humidity": -0.1}, "humidity: expected 0 to 100 %, got -0.1"),
        ("hcsr04", {"trigger": 24}, "trigger: expected pins of the esp32, got [24]"),
        ("hcsr04", {"trigger": 34}, "trigger: expected another pin than its own, got 34"),
        ("stepper", {"coils": [19, 19, 32, 33]}, "coils: expected a list of 4 different pins"),
        ("l298n", {"speed": 5}, "speed: expected nothing: it is only told, got 5"),
        ("ds18b20", {"sensors": {"1": 20}}, 'sensors: expected {"serial number of 12 hex digits'),
    ],
)
def test_what_no_such_device_measures_is_refused_with_what_it_does(
    kind: str, state: dict[str, Any], expected: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(expected)):
        devices.changed(CHIPS["esp32"], 34, None, {"kind": kind, **state})


def test_a_request_that_makes_no_sense_is_answered_with_a_sentence(
    bench: Bench, board: VirtualBoard
) -> None:
    control = bench.control(board)
    with pytest.raises(InputError, match="pin: expected a pin of the esp32, got 99; it has 0, 1, "):
        control.pin(99)
    with pytest.raises(InputError, match='expected "do" to be one of'):
        control.ask("dance")
    with pytest.raises(
        InputError, match=r"pin: voltage expected one that measures \(0, 2, .* got 5"
    ):
        control.device(5, kind="voltage")
    with pytest.raises(InputError, match="bssid: expected 12 hex digits, got 'zzzzzzzzzzzz'"):
        control.networks([{"ssid": "a", "bssid": "z" * 12}])
    for line in (b"[1]", b"{", b"\xff", b"[" * 100_000):
        assert "expected a" in _answered(board, line)["error"]
    for request in ("[1]", "3", "null", "{", '{"pin": 2}', '{"do": 3}', '{"do": "pin", "self": 1}'):
        done = _commanded(bench, "control", board.name, request)
        assert (done.returncode, done.stdout) == (3, ""), request
        assert done.stderr.count("\n") == 1
        assert "expected" in done.stderr
    assert control.state()["name"] == "esp32-1"


def test_the_page_tells_all_that_can_be_set_of_a_device() -> None:
    page = (paths.repository() / "toolkit" / "virtual" / "README.md").read_text(encoding="utf-8")
    every = {**devices.KINDS, **i2c_models.KEYS, "strip": strip.KEYS}
    assert set(i2c_models.KEYS) == set(i2c_models.MODELS)
    assert page.split("<!-- devices -->")[1].split("<!-- end -->")[0].strip() == keys.table(every)
    for chip, pins in (("esp32", (34, 13)), ("esp32s3", (1, 13))):
        for kind, there in devices.KINDS.items():
            if not any(key.pins for key in there.values()):
                pin = pins[kind not in analog.KINDS]
                state = devices.changed(CHIPS[chip], pin, None, {"kind": kind}) or {}
                assert list(state) == ["kind", *there]


def _answered(board: VirtualBoard, line: bytes) -> dict[str, str]:
    with local_socket.connect(board.folder / "control.sock", 30) as client:
        client.sendall(line + b"\n")
        return json.loads(client.makefile("rb").readline())


def _commanded(bench: Bench, *words: str) -> subprocess.CompletedProcess[str]:
    whole = [sys.executable, "-m", "toolkit.virtual", "--home", str(bench.home), *words]
    return subprocess.run(whole, capture_output=True, text=True, timeout=60, check=False)
