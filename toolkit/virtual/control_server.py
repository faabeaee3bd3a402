"""The board's side of the control protocol: one JSON object a line in, one a line out."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from toolkit.virtual import devices, keys
from toolkit.virtual.air import Network
from toolkit.virtual.board import Board
from toolkit.virtual.flash import TEARS, PowerCut
from toolkit.virtual.i2c_models import MODELS

LONGEST_LINE = 256 * 1024
Request = dict[str, Any]
Answer = Callable[[Request], Awaitable[Any]]

_CONSOLE = 4000  # characters of it that are seen
_MOST_PRINTED = 2**53
_LONGEST_WAIT = 60_000  # ms
_CLOCKS = ("real", "speed", "jump", "frozen")
_FIRST, _LAST = 0x08, 0x77  # addresses of devices on an I2C bus
_YEAR_MS = 366 * 86_400_000
_CENTURIES = 2**33  # seconds since 1970
_NETWORK: Mapping[str, keys.Key] = {
    "ssid": keys.text(1, 32, "its name"),
    "password": keys.text(0, 64, "empty: it is open"),
    "bssid": keys.digits(12, "its address"),
    "channel": keys.whole(6, 1, 14, "in the band of 2.4 GHz"),
    "rssi": keys.whole(-50, -120, 0, "dBm"),
}


class RequestError(ValueError):
    """The request cannot be done; the text says what was expected and what came."""


async def serve(answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of one client until it leaves."""
    try:
        while line := await reader.readline():
            writer.write(json.dumps(await _reply(answer, line)).encode() + b"\n")
            await writer.drain()
    except (ConnectionError, ValueError):
        pass  # gone, or a line beyond the limit: nothing more can be understood
    finally:
        writer.close()


async def _reply(answer: Answer, line: bytes) -> Request:
    try:
        request: Any = json.loads(line)
        if not isinstance(request, dict):
            raise RequestError(f"expected a JSON object, got {line[:60]!r}")
        return {"ok": await answer(cast(Request, request))}
    except RequestError as error:
        return {"error": str(error)}
    except KeyError as error:
        return {"error": f"expected {error.args[0]!r} in the request, which lacks it"}
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        return {"error": f"expected a line of JSON, got {keys.shown(line)}: {error}"}
    except RecursionError:
        return {"error": f"expected a JSON object, got one too deep to read: {line[:20]!r}…"}
    except ValueError as error:
        return {"error": str(error)}
    except (TypeError, AttributeError) as error:
        return {"error": f"expected something else in the request: {error}"}


class BoardControl:
    """Does what the clients of one board's control socket ask."""

    def __init__(self, board: Board) -> None:
        self._board = board

    async def answer(self, request: Request) -> Any:
        name = request.get("do")
        action = getattr(self, f"do_{name}", None) if isinstance(name, str) else None
        if action is None:
            known = sorted(key[3:] for key in dir(self) if key.startswith("do_"))
            got = keys.shown(name)
            raise RequestError(f'expected "do" to be one of {", ".join(known)}; got {got}')
        self._board.refresh()
        result = action(request)
        if asyncio.iscoroutine(result):
            result = await result
        await self._board.caught_up()
        return result

    def do_state(self, _request: Request) -> Request:
        board, outside = self._board, self._board.peripherals
        return {
            "name": board.config.name,
            "chip": board.chip.name,
            "power": board.state != "off",
            "state": board.state,
            "boots": board.boots,
            "firmware": board.firmware.label if board.firmware else None,
            "watchdog": board.watchdog_ms > 0,
            "pid": board.pid,
            "last_exit": board.last_exit,
            "station": outside.station,
            "access_point": outside.access_point,
            "local_name": board.local_name,
            "clock": board.clock.mode,
            "speed": board.clock.speed,
            "mean": board.mean,
            "internet": board.internet,
        }

    def do_view(self, request: Request) -> Request:
        """All that can be seen of the board at once, for whoever draws it."""
        outside = self._board.peripherals
        lights = {
            pin: {"colours": _as_lights(data)}
            for pin, data in outside.neopixel.items()
            if pin not in outside.strips
        }
        registers = {address: {"registers": len(it)} for address, it in outside.i2c.items()}
        return {
            "state": self.do_state(request),
            "pins": {
                pin: {"mode": it["mode"], "level": outside.level(pin)}
                for pin, it in outside.pins.items()
            },
            "pwm": outside.pwm,
            "strips": lights | {pin: strip.seen() for pin, strip in outside.strips.items()},
            "i2c": registers | {at: device.seen() for at, device in outside.i2c_models.items()},
            "devices": {pin: {**it, **outside.heard(pin)} for pin, it in outside.devices.items()},
            "console": str(self._board.printed)[-_CONSOLE:],
        }

    def do_pin(self, request: Request) -> Request:
        pin = self._pin(request)
        outside = self._board.peripherals
        state = outside.pins.get(pin, {"mode": None, "pull": None})
        return {"mode": state["mode"], "pull": state["pull"], "level": outside.level(pin)}

    def do_drive(self, request: Request) -> None:
        pin, level = self._pin(request), request["level"]
        if level is not None and not keys.is_whole(level, 0, 1):
            raise RequestError(f"level: expected 0, 1 or null, got {keys.shown(level)}")
        self._board.peripherals.drive(pin, level)
        self._board.command("pin", pin, level)

    def do_pwm(self, request: Request) -> dict[str, int] | None:
        return self._board.peripherals.pwm.get(self._pin(request))

    def do_pulses(self, request: Request) -> list[tuple[int, int, int]]:
        """What the pulses of a pin have been set to since this was asked last."""
        return list(self._board.peripherals.pulses.pop(self._pin(request), ()))

    def do_adc(self, request: Request) -> None:
        pin, value = self._pin(request), request["value"]
        if not keys.is_whole(value, 0, 65535):
            raise RequestError(f"value: expected 0…65535, got {keys.shown(value)}")
        if pin not in (there := self._board.chip.adc_pins):
            expected = ", ".join(map(str, there))
            raise RequestError(f"pin: expected one that measures ({expected}), got {pin}")
        self._board.peripherals.adc[pin] = value
        self._board.command("adc", pin, value)

    def do_temperature(self, request: Request) -> float:
        """Tell the temperature of the chip itself, or set it."""
        if "celsius" in request:
            celsius = request["celsius"]
            if not keys.is_number(celsius, -40, 125):
                raise RequestError(f"celsius: expected -40 to 125, got {keys.shown(celsius)}")
            self._board.peripherals.celsius = float(celsius)
            self._board.command("celsius", self._board.peripherals.celsius)
        return self._board.peripherals.celsius

    def do_neopixel(self, request: Request) -> str:
        return self._board.peripherals.neopixel.get(self._pin(request), "")

    def do_strip(self, request: Request) -> Request | None:
        """Read a strip of lights; with its state hang it on a pin or change it, with "count" null
        take it away."""
        pin, outside = self._pin(request), self._board.peripherals
        given = {key: value for key, value in request.items() if key not in ("do", "pin")}
        if "count" in given and given["count"] is None:
            outside.strips.pop(pin, None)
        elif given:
            devices.driven(self._board.chip, pin, "a strip")
            outside.plug_strip(pin, given)
        return outside.strips[pin].seen() if pin in outside.strips else None

    def do_i2c(self, request: Request) -> Request | None:
        """Read a device; with "registers" or "model" attach or change it, or (null) detach."""
        outside = self._board.peripherals
        if "stuck" in request:
            return self._jam(request["stuck"])
        address = request["address"]
        if not keys.is_whole(address, _FIRST, _LAST):
            said = keys.shown(address)
            raise RequestError(f"address: expected {_FIRST}…{_LAST}, got {said}")
        if "model" in request:
            return self._plug_model(address, request["model"], request.get("state", {}))
        if "registers" in request:
            given = request["registers"]
            registers = None if given is None else _register_map(given)
            if outside.i2c_models.pop(address, None) is not None:
                self._board.command("i2c", address, None)  # it makes room for another device
            outside.plug(address, registers)
            self._board.command("i2c", address, registers)
        if address in outside.i2c_models:
            return outside.i2c_models[address].seen()
        device = outside.i2c.get(address)
        return None if device is None else {str(key): value for key, value in device.items()}

    def _jam(self, line: Any) -> None:
        if line not in ("scl", "sda", None):
            raise RequestError(f"stuck: expected scl, sda or null, got {keys.shown(line)}")
        self._board.peripherals.i2c_stuck = line
        self._board.command("i2c stuck", line)

    def _plug_model(self, address: int, kind: Any, state: Any) -> Request | None:
        outside = self._board.peripherals
        if kind is None:
            return self.do_i2c({"address": address, "registers": None})
        if not isinstance(kind, str) or kind not in MODELS:
            known = ", ".join(sorted(MODELS))
            raise RequestError(f"model: expected one of {known}; got {keys.shown(kind)}")
        if not isinstance(state, dict):
            raise RequestError(f"state: expected a JSON object, got {keys.shown(state)}")
        device = outside.plug_model(address, kind, cast(Request, state))
        outside.plug(address, None)
        self._board.command("i2c model", address, device.present)
        return device.seen()

    def do_device(self, request: Request) -> Request | None:
        """Read a device that speaks in pulses; with "kind" plug it in, with null take it away,
        with anything else change its state."""
        pin, outside = self._pin(request), self._board.peripherals
        given = {key: value for key, value in request.items() if key not in ("do", "pin")}
        if given:
            before = outside.devices.get(pin)
            after = devices.changed(self._board.chip, pin, before, given)
            if after is None:
                outside.devices.pop(pin, None)
                outside.asked.pop(pin, None)
            else:
                outside.devices[pin] = after
            if devices.rest(before) != devices.rest(after):
                self.do_drive({"pin": pin, "level": devices.rest(after)})
            self._board.command("device", pin, devices.wire(after))
            outside.turn()
            devices.spend(outside.devices.get(pin))
        device = outside.devices.get(pin)
        return (
            None
            if device is None
            else {**device, "asked": outside.asked.get(pin, 0), **outside.heard(pin)}
        )

    def do_held(self, _request: Request) -> int:
        """The longest time for which the program has let nothing else happen, µs of a stepped
        clock, 0 below 2000; the next one who asks hears of what comes from now on."""
        outside = self._board.peripherals
        held, outside.held_us = outside.held_us, 0
        return held

    def do_spi(self, _request: Request) -> str:
        return self._board.peripherals.spi

    def do_timers(self, _request: Request) -> list[Request]:
        return self._board.peripherals.timers

    def do_clock(self, request: Request) -> Request:
        board, clock = self._board, self._board.clock
        mode = request.get("mode", clock.mode)
        if mode not in _CLOCKS:
            got = keys.shown(mode)
            raise RequestError(f"mode: expected one of {', '.join(_CLOCKS)}; got {got}")
        speed = request.get("speed", clock.speed)
        if not keys.is_whole(speed, 1, 1000):
            raise RequestError(f"speed: expected 1…1000, got {keys.shown(speed)}")
        utc = request.get("utc", 0)
        if not keys.is_number(utc, 0, _CENTURIES):
            raise RequestError(f"utc: expected seconds since 1970, got {keys.shown(utc)}")
        changed = (mode, speed) != (clock.mode, clock.speed)
        if changed and board.pid is not None:
            board.power_off()
            clock.change(mode, speed)
            board.power_on()
        elif changed:
            clock.change(mode, speed)
        if "utc" in request:
            clock.set_true_time(float(utc))
        return {"mode": clock.mode, "speed": clock.speed, "utc": board.true_time()}

    async def do_advance(self, request: Request) -> Request:
        if (mode := self._board.clock.mode) != "frozen":
            raise RequestError(f"advance: expected a frozen clock, got '{mode}'")
        milliseconds = request["ms"]
        if not keys.is_whole(milliseconds, 0, _YEAR_MS):
            got = keys.shown(milliseconds)
            raise RequestError(f"ms: expected 0…{_YEAR_MS} (a year), got {got}")
        return {"settled": await self._board.advance(milliseconds)}

    def do_power(self, request: Request) -> str:
        wanted = request["state"]
        if wanted not in ("on", "off", "cycle"):
            raise RequestError(f"state: expected on, off or cycle; got {keys.shown(wanted)}")
        if wanted in ("off", "cycle"):
            self._board.power_off()
        if wanted in ("on", "cycle"):
            self._board.power_on()
        return self._board.state

    def do_reset(self, _request: Request) -> str:
        self._board.press_reset()
        return self._board.state

    def do_crash(self, _request: Request) -> None:
        self._board.panic()

    def do_cut(self, request: Request) -> None:
        """Lose power at the n-th flash write or erase from now."""
        after, tear = request["after"], request.get("tear", "half")
        if not keys.is_whole(after, 1, 1 << 32):
            raise RequestError(f"after: expected a whole number from 1 on, got {keys.shown(after)}")
        if tear not in TEARS:
            got = keys.shown(tear)
            raise RequestError(f"tear: expected one of {', '.join(TEARS)}; got {got}")
        restart = _flag("restart", request.get("restart", False))
        self._board.arm_cut(PowerCut(after, tear), restart=restart)

    def do_wifi(self, request: Request) -> list[Request]:
        if "networks" in request:
            self._board.change_air(_networks(request["networks"]))
        if "visitors" in request:
            visitors = request["visitors"]
            if not keys.is_whole(visitors, 0, 10):
                raise RequestError(f"visitors: expected 0…10, got {keys.shown(visitors)}")
            self._board.change_air(visitors=visitors)
        return [network.as_settings() for network in self._board.networks]

    def do_internet(self, request: Request) -> bool:
        self._board.change_air(internet=_flag("up", request["up"]))
        return self._board.internet

    def do_names(self, request: Request) -> dict[str, str]:
        """Host names the board can resolve; takes effect at its next start."""
        self._board.names.update(_names(request.get("names", {})))
        return self._board.names

    def do_mean(self, request: Request) -> bool:
        """Takes effect at the next start of the program."""
        self._board.mean = _flag("on", request["on"])
        return self._board.mean

    async def do_console(self, request: Request) -> str | Request:
        """All that is kept; with `after` what came behind that, waited for `wait` ms at most."""
        board = self._board
        if "after" not in request:
            return str(board.printed)
        after, wait = request["after"], request.get("wait", 0)
        if after is not None and not keys.is_whole(after, 0, _MOST_PRINTED):
            raise RequestError(f"after: expected a number of bytes, got {keys.shown(after)}")
        if not keys.is_whole(wait, 0, _LONGEST_WAIT):
            got = keys.shown(wait)
            raise RequestError(f"wait: expected 0 to {_LONGEST_WAIT} ms, got {got}")
        known = board.state
        end, text = board.printed.lines(after)
        if wait and not text and request.get("state", known) == known and not board.gone:
            await board.printed.news(wait / 1000)
            end, text = board.printed.lines(end)
        return {"end": end, "text": text, "state": board.state, "gone": board.gone}

    def _pin(self, request: Request) -> int:
        pin = request.get("pin")
        if type(pin) is not int or pin not in self._board.chip.pins:
            chip, got = self._board.chip, keys.shown(pin)
            there = ", ".join(map(str, chip.pins))
            raise RequestError(f"pin: expected a pin of the {chip.name}, got {got}; it has {there}")
        return pin


def _as_lights(data: str) -> list[str]:
    """The colours of a strip that nobody has plugged in, from what is sent: green, red, blue."""
    found = bytes.fromhex(data)
    lights = [found[at : at + 3] for at in range(0, len(found) - 2, 3)]
    return [bytes((red, green, blue)).hex() for green, red, blue in lights]


def _register_map(given: Any) -> dict[int, str]:
    """{"16": "0a"} or {"0": "0a0b0c"}: a register and the bytes from there on, in hex."""
    expected = 'registers: expected {"number": "bytes in hex", …} within 0…255, got '
    if not isinstance(given, dict):
        raise RequestError(expected + keys.shown(given))
    registers: dict[int, str] = {}
    for register, data in cast(dict[str, Any], given).items():
        try:
            found = {int(register) + at: f"{it:02x}" for at, it in enumerate(bytes.fromhex(data))}
        except (ValueError, TypeError):
            found = {-1: ""}
        if any(not 0 <= place <= 255 for place in found):
            raise RequestError(expected + keys.shown({register: data}))
        registers |= found
    return registers


def _networks(given: Any) -> list[Network]:
    if not isinstance(given, list) or not all(
        isinstance(it, dict) for it in cast(list[Any], given)
    ):
        raise RequestError(f'networks: expected [{{"ssid": …}}, …], got {keys.shown(given)}')
    found: list[Network] = []
    for one in cast(list[Request], given):
        details = keys.taken(_NETWORK, "networks", {"password": "", "ssid": None, **one})
        found.append(Network(**details))
    return found


def _names(given: Any) -> dict[str, str]:
    good = isinstance(given, dict)
    if not good or not all(isinstance(it, str) for it in cast(Request, given).values()):
        raise RequestError(f'names: expected {{"host": "address", …}}, got {keys.shown(given)}')
    return cast(dict[str, str], given)


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise RequestError(f"{name}: expected true or false, got {keys.shown(value)}")
    return value
