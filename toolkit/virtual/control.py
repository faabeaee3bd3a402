"""Client of the control protocol: drive what hangs on a virtual board, and the world around it."""

from pathlib import Path
from typing import Any, Self

from toolkit.model.errors import EngineError
from toolkit.virtual import local_socket

_SECONDS = 30.0


class Control:
    """An open connection to one board's control socket."""

    def __init__(self, path: Path) -> None:
        try:
            self._socket = local_socket.connect(path, _SECONDS)
        except OSError as error:
            raise EngineError(
                f"the virtual board at {path.parent} does not answer ({error.strerror or error}):"
                " is it running?"
            ) from error
        self._lines = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def ask(self, do: str, /, **details: Any) -> Any:
        """One request of the protocol; its answer, or InputError with the board's sentence."""
        request = {"do": do, **details}
        return local_socket.ask(self._socket, self._lines, request, "the virtual board")

    def state(self) -> dict[str, Any]:
        """Power, state (off, program, rom, asleep, …), starts so far, networks joined."""
        return self.ask("state")

    # -- pins and buses ----------------------------------------------------------------------

    def pin(self, pin: int) -> int:
        """The level on a pin."""
        return self.ask("pin", pin=pin)["level"]

    def drive(self, pin: int, level: int | None) -> None:
        """Put a level on a pin, or let go of it with None."""
        self.ask("drive", pin=pin, level=level)

    def view(self) -> dict[str, Any]:
        """All that can be seen of the board at once; see `toolkit.virtual.view`."""
        return self.ask("view")

    def pwm(self, pin: int) -> dict[str, int] | None:
        """{"freq", "duty_u16"}, or None while there are no pulses."""
        return self.ask("pwm", pin=pin)

    def pulses(self, pin: int) -> list[tuple[int, int, int]]:
        """What the pulses of a pin have been set to since this was asked last: when (µs of the
        board's clock), frequency (0: none any more), duty."""
        return [tuple(change) for change in self.ask("pulses", pin=pin)]

    def held(self) -> int:
        """The longest time, in µs of a stepped clock, for which the program has let nothing else
        happen since this was asked last; 0 below 2000."""
        return self.ask("held")

    def adc(self, pin: int, value: int) -> None:
        """Apply a voltage, 0…65535."""
        self.ask("adc", pin=pin, value=value)

    def temperature(self, celsius: float) -> None:
        """Make the chip itself so warm."""
        self.ask("temperature", celsius=celsius)

    def neopixel(self, pin: int) -> bytes:
        """What was last written to the LEDs, in the order of the wire (G, R, B)."""
        return bytes.fromhex(self.ask("neopixel", pin=pin))

    def strip(self, pin: int, **state: Any) -> dict[str, Any] | None:
        """Hang a strip of lights on a pin (count, order, reset_us, broken), change it, take it away
        (count=None), or read it: its state and the colours it shows."""
        return self.ask("strip", pin=pin, **state)

    def i2c_attach(self, address: int, registers: dict[int, bytes]) -> None:
        """Hang a device on the bus, or change registers of one that is there."""
        given = {str(register): data.hex() for register, data in registers.items()}
        self.ask("i2c", address=address, registers=given)

    def i2c_model(self, address: int, model: str, **state: Any) -> dict[str, Any]:
        """Hang a device on the bus of which there is a model, or change what is around it."""
        return self.ask("i2c", address=address, model=model, state=state)

    def i2c_seen(self, address: int) -> dict[str, Any]:
        """What there is to see of such a device."""
        return self.ask("i2c", address=address)

    def i2c_stuck(self, line: str | None) -> None:
        """Hold a line of the bus low, scl or sda, or (None) let go of it."""
        self.ask("i2c", stuck=line)

    def i2c_detach(self, address: int) -> None:
        self.ask("i2c", address=address, registers=None)

    def i2c(self, address: int) -> dict[int, int]:
        """The registers of a device, with what the board has written."""
        answer: dict[str, str] = self.ask("i2c", address=address) or {}
        return {int(register): int(value, 16) for register, value in answer.items()}

    def device(self, pin: int, **state: Any) -> dict[str, Any] | None:
        """Hang a device on a pin (`kind`), change its state, take it away (kind=None), or read it:
        its state, and how often it was asked."""
        return self.ask("device", pin=pin, **state)

    def timers(self) -> list[dict[str, Any]]:
        """The running timers: id, period in ms (0 = once), whether one is called back."""
        return self.ask("timers")

    # -- power and time ----------------------------------------------------------------------

    def power_off(self) -> None:
        self.ask("power", state="off")

    def power_on(self) -> None:
        self.ask("power", state="on")

    def power_cycle(self) -> None:
        self.ask("power", state="cycle")

    def press_reset(self) -> None:
        self.ask("reset")

    def crash(self) -> None:
        """The firmware crashes; the board starts again by itself after half a second."""
        self.ask("crash")

    def cut_power(self, after: int, tear: str = "half", *, restart: bool = False) -> None:
        """Lose power at the n-th flash write or erase from now; of that one happens `tear`:
        nothing, half, or all."""
        self.ask("cut", after=after, tear=tear, restart=restart)

    def clock(self, mode: str, speed: int = 1) -> None:
        """real, speed, jump or frozen; a running board is powered off and on for it."""
        self.ask("clock", mode=mode, speed=speed)

    def set_true_time(self, unix: float) -> None:
        """What time servers tell this board from now on (not on the real clock)."""
        self.ask("clock", utc=unix)

    def advance(self, milliseconds: int) -> bool:
        """Move a frozen clock; True once the program has used the time and waits again."""
        return self.ask("advance", ms=milliseconds)["settled"]

    # -- air ---------------------------------------------------------------------------------

    def networks(self, networks: list[dict[str, Any]]) -> None:
        """The Wi-Fi networks in sight: ssid, password ("" = open), bssid, channel, rssi."""
        self.ask("wifi", networks=networks)

    def visitors(self, count: int) -> None:
        """How many have joined the board's own access point."""
        self.ask("wifi", visitors=count)

    def internet(self, up: bool) -> None:
        self.ask("internet", up=up)

    def names(self, names: dict[str, str]) -> None:
        """Host names the board can resolve, from its next start on."""
        self.ask("names", names=names)

    def mean(self, on: bool) -> None:
        """Mean mode, from the next start on."""
        self.ask("mean", on=on)

    def console(self) -> str:
        """The last 64 KB the board printed."""
        return self.ask("console")
