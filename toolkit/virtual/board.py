"""One virtual board: power, reset, boot ROM or program, and what survives which of them."""

import asyncio
import logging
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.virtual import air
from toolkit.virtual.air import Network
from toolkit.virtual.boot_rom import SYNC_START, BootRom
from toolkit.virtual.chips import CHIPS
from toolkit.virtual.flash import TEARS, Flash, PowerCut, PowerLost
from toolkit.virtual.image import bootable
from toolkit.virtual.peripherals import Peripherals
from toolkit.virtual.process import Process
from toolkit.virtual.serial_line import SerialLine

_LEAVE_ROM_SECONDS = 0.25  # a client that closes the port in the boot ROM has let the chip go
_CRASH_SECONDS = 0.5
_CONSOLE_BYTES = 64 * 1024
_SETTLE_SECONDS = 5.0
_EXITS = {42: "soft", 45: "soft raw", 43: "reset", 44: "deep sleep", 46: "power lost"}
_WATCHDOG_SIGNAL = -14
_CAUSES = ("power", "hard", "watchdog", "deep sleep", "soft")
_REASONS = {
    "power": (0x1, "POWERON_RESET"),
    "hard": (0xC, "SW_CPU_RESET"),
    "soft": (0xC, "SW_CPU_RESET"),
    "watchdog": (0x8, "TG1WDT_SYS_RESET"),
    "deep sleep": (0x5, "DEEPSLEEP_RESET"),
    "exception": (0x2, "EXCEPTION"),
}
# The older ROM counts in its own way.
_ESP8266_REASONS = {
    "power": 1,
    "hard": 2,
    "soft": 2,
    "watchdog": 4,
    "deep sleep": 2,
    "exception": 2,
}
_ESP8266_EXCEPTION = 2  # a cause that its machine module has no name for
# Full table, bad address, not reachable, not connected: numbers of the boards' C libraries.
_SOCKET_ERRORS = {"esp8266": (12, 113, 107), "esp32": (23, 113, 107), "esp32c3": (23, 113, 107)}

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BoardConfig:
    """What a board is made of; it lasts as long as its folder."""

    name: str
    chip: str
    number: int
    engine: tuple[str, ...]
    version: str
    mean: bool = False
    clock: str = "real"
    speed: int = 1
    heap: str = ""
    rfc2217: bool = False


@dataclass(frozen=True)
class Site:
    """Where a board lives: its folder, and its place on the virtual air."""

    folder: Path
    address: str
    gateway: str
    ntp_port: int
    dns_port: int
    mac: bytes


class Board:
    """A board under power or without; `folder` holds its flash, port and control socket."""

    def __init__(self, config: BoardConfig, site: Site) -> None:
        self.config, self.site = config, site
        self.chip = CHIPS[config.chip]
        self.peripherals = Peripherals()
        self.networks = [air.DEFAULT]
        self.internet = True
        self.visitors = 0  # on the board's own access point
        self.names: dict[str, str] = dict.fromkeys(air.TIME_SERVERS, site.gateway)
        self.mean = config.mean
        self.clock, self.speed = config.clock, config.speed
        self.state = "off"  # off | rom | program | halted | held | asleep
        self.boots = 0
        self.cut: PowerCut | None = None
        self.restart_after_cut = False
        self.mirror: Callable[[bytes], None] | None = None  # the RFC 2217 client, if one is there
        self.last_exit = ""
        self._console = bytearray()
        self._loop = asyncio.get_running_loop()
        self._flash = Flash(site.folder / "flash.bin", self.chip.flash_size)
        self._rom: BootRom | None = None
        self._process: Process | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._stdin_read, self._stdin = os.pipe()
        os.set_blocking(self._stdin, False)
        self._fresh_client = self._ready = self._interrupted = False
        self._rtc_memory = ""
        self._cause = "power"
        self._sleep_ms = 0
        self.watchdog_ms = 0  # of an armed watchdog, after a soft reset what is left of them
        self._reset_clock()
        self._settled = asyncio.Event()
        self._line = SerialLine(site.folder / "port", self.received, self._client_left)

    # -- power and reset ---------------------------------------------------------------------

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def power_on(self) -> None:
        if self.state != "off":
            return
        self._reset_clock()
        size = self.chip.rtc_size
        self._rtc_memory = secrets.token_bytes(size).hex() if self.mean else ""
        self._boot("power")

    def power_off(self) -> None:
        """Everything but the flash is gone."""
        self._stop()
        self._rom = None
        self.peripherals.reset(soft=False)
        self.state = "off"

    def press_reset(self) -> None:
        """The reset button, or RTS."""
        if self.state != "off":
            self._stop()
            self._boot("hard" if self.chip.name == "esp8266" else "power")

    def panic(self) -> None:
        """The firmware itself crashes: the program is gone, the chip starts again."""
        if self._process is not None:
            self._stop()
            self._program_ended(1)

    def hold(self) -> None:
        """Keep the chip in reset until it is let go."""
        self._stop()
        self.state = "held"

    def enter_rom(self, *, say: bool = False) -> None:
        """Reset into download mode."""
        self._stop()
        self.peripherals.reset(soft=False)
        self.state = "rom"
        self._fresh_client = False
        self._flash.cut = self.cut
        self._rom = BootRom(self.chip, self._flash, self.site.mac, self.send)
        if say:
            self.send(self.chip.download_banner.encode())

    def close(self) -> None:
        self.power_off()
        self._line.close()
        self._flash.close()
        os.close(self._stdin)
        os.close(self._stdin_read)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._process is not None:
            self.refresh()
            self._process.kill()
            self._process = None
            self._account()
        self._rom = None

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        self._timer = self._loop.call_later(seconds, action)

    def _boot(self, cause: str, *, soft: bool = False, raw: bool = False) -> None:
        self.boots += 1
        # The ESP8266 goes on telling the cause of the last real reset.
        self._cause = self._cause if soft and self.chip.name == "esp8266" else cause
        self.peripherals.reset(soft=soft)
        if not soft:
            self.watchdog_ms = 0
            self._drain_input()
            if self.mean and self.chip.native_usb and cause != "power":
                self._line.replug()
            number, reason = _REASONS[cause]
            if self.chip.name == "esp8266":
                number = _ESP8266_REASONS[cause]
            self.send(self.chip.boot_banner.format(cause=number, reason=reason).encode())
        if not bootable(self._flash.read(self.chip.firmware_offset, 8)):
            self.state = "halted"
            self.send(b"invalid header: 0xffffffff\r\n" * 3)
            return
        self._ready = self._interrupted = False
        self._started = time.monotonic()
        self._granted = self._reported = 0
        try:
            self._process = Process(
                self.config.engine,
                self.config.heap or self.chip.heap,
                self._settings(raw),
                self._stdin_read,
                output=self.send,
                event=self._event,
                ended=self._program_ended,
            )
        except OSError as error:  # the engine was removed, or the system is out of processes
            self.state = "off"
            self.last_exit = f"MicroPython did not start: {error}"
            _log.error("%s: %s", self.config.name, self.last_exit)
            return
        self.state = "program"

    def _drain_input(self) -> None:
        os.set_blocking(self._stdin_read, False)
        try:
            while os.read(self._stdin_read, 65536):
                pass
        except BlockingIOError:
            os.set_blocking(self._stdin_read, True)

    def _program_ended(self, code: int) -> None:
        self._process = None
        self._account()
        self._settled.set()
        reason = "watchdog" if code == _WATCHDOG_SIGNAL else _EXITS.get(code, f"crash {code}")
        self.last_exit = reason
        _log.info("%s: program ended: %s", self.config.name, reason)
        if reason in ("soft", "soft raw"):
            self._boot("soft", soft=True, raw=reason == "soft raw")
        elif reason == "reset":
            self._boot(self.chip.reset_is)
        elif reason == "watchdog":
            self._boot("watchdog")
        elif reason == "deep sleep":
            self._fall_asleep()
        elif reason == "power lost":
            self._lose_power()
        else:
            self.state = "halted"
            self.send(b"\r\nabort() was called\r\n")
            cause = "exception" if self.chip.name == "esp8266" else "hard"
            self._later(_CRASH_SECONDS, lambda: self._boot(cause))

    def _lose_power(self) -> None:
        self.cut = None
        self.power_off()
        if self.restart_after_cut:
            self.power_on()

    def _fall_asleep(self) -> None:
        self.peripherals.reset(soft=False)
        self.state = "asleep"
        if not self._sleep_ms:
            return
        if self.clock == "jump":
            self._wake()
        elif self.clock != "frozen":
            self._later(self._sleep_ms / 1000 / self.speed, self._wake)

    def _wake(self) -> None:
        self._slept(self._sleep_ms * 1000)
        self._boot("deep sleep")

    # -- serial line -------------------------------------------------------------------------

    @property
    def port(self) -> Path:
        return self.site.folder / "port"

    def send(self, data: bytes) -> None:
        """From the board to whoever listens."""
        if self.state != "rom":
            self._console += data
            del self._console[:-_CONSOLE_BYTES]
        if self.mirror is not None:
            self.mirror(data)
        self._line.send(data)

    def console(self) -> str:
        """The last that the board printed."""
        return self._console.decode(errors="replace")

    def received(self, data: bytes) -> None:
        """From the client. A PTY has no reset lines, so esptool's first words mean download."""
        if self.state in ("off", "held"):
            return
        if (self._fresh_client or self.state != "rom") and SYNC_START in data:
            data = data[data.index(SYNC_START) :]
            self.enter_rom()
        elif self._fresh_client and self.state == "rom" and data[:1] != SYNC_START[:1]:
            self.press_reset()  # a new client that is no flasher: the one before let the chip go
            return
        if self._rom is not None:
            self._feed_rom(self._rom, data)
        elif self._process is not None:
            self._feed_program(self._process, data)

    def _feed_rom(self, rom: BootRom, data: bytes) -> None:
        try:
            rom.feed(data)
        except PowerLost:
            self._lose_power()
            return
        if rom.leave:
            rom.leave = False
            self._later(0.05, self.press_reset)

    def _feed_program(self, process: Process, data: bytes) -> None:
        if b"\x03" in data:
            # The firmware counts on the signal to be there before the byte.
            self._interrupted = True
            if self._ready:
                process.interrupt()
        try:
            # What does not fit is lost, as in the receive buffer of a UART.
            os.write(self._stdin, data)
        except BlockingIOError:
            _log.info("%s: input overrun, %d bytes lost", self.config.name, len(data))

    def _client_left(self) -> None:
        self._fresh_client = True
        if self.state == "rom":
            self._later(_LEAVE_ROM_SECONDS, self._leave_rom)

    def _leave_rom(self) -> None:
        if self.state == "rom" and not self._line.is_open and self.mirror is None:
            self.press_reset()

    # -- clock -------------------------------------------------------------------------------

    def _reset_clock(self) -> None:
        self._epoch = 0  # µs since 2000, at the program's start
        self._started = time.monotonic()
        self._granted = self._reported = 0
        self._power_on_wall = time.time()
        self._life = 0  # µs of board time up to the program's start, since power-on

    def _elapsed(self) -> int:
        """µs of board time since the program's start."""
        if self.clock == "frozen":
            return self._granted
        if self.clock == "jump":
            return self._reported
        return int((time.monotonic() - self._started) * 1_000_000) * self.speed

    def set_clock(self, mode: str, speed: int) -> None:
        """Another clock, from the next power-on."""
        self.clock, self.speed = mode, speed if mode == "speed" else 1

    def _account(self) -> None:
        """A program has ended: the board's clocks go on without it."""
        elapsed = self._elapsed()
        self._epoch += elapsed
        self._life += elapsed
        self._granted = self._reported = 0
        self._started = time.monotonic()

    def _slept(self, microseconds: int) -> None:
        self._epoch += microseconds
        self._life += microseconds

    def true_time(self) -> float | None:
        """What a time server tells this board; None while the Internet is away."""
        if not self.internet:
            return None
        if self.clock == "real":
            return air.now()
        return self._power_on_wall + (self._life + self._elapsed()) / 1_000_000

    def set_true_time(self, unix: float) -> None:
        """What the time servers say from now on (on a clock that is not the real one)."""
        self._power_on_wall += unix - (self.true_time() or unix)

    async def advance(self, milliseconds: int) -> bool:
        """Grant a frozen clock time; True once the program has used it all and waits again."""
        if self.state == "asleep" and self._sleep_ms > milliseconds:
            self._sleep_ms -= milliseconds
            self._slept(milliseconds * 1000)
            return True
        if self.state == "asleep" and self._sleep_ms:
            milliseconds -= self._sleep_ms
            self._wake()
        if self._process is None:
            return True
        self._granted += milliseconds * 1000
        self._settled.clear()
        self._process.command("advance", milliseconds * 1000)
        try:
            await asyncio.wait_for(self._settled.wait(), _SETTLE_SECONDS)
        except TimeoutError:
            return False
        self.refresh()
        return True

    # -- the world around --------------------------------------------------------------------

    def refresh(self) -> None:
        """Take what the program has told up to now, so that what is read next is true."""
        if self._process is not None:
            self._process.take_events()
        if self._process is not None:
            self._process.take_output()

    def command(self, *words: Any) -> None:
        if self._process is not None:
            self._process.command(*words)

    def change_air(
        self,
        networks: list[Network] | None = None,
        internet: bool | None = None,
        visitors: int | None = None,
    ) -> None:
        if networks is not None:
            self.networks = networks
        if internet is not None:
            self.internet = internet
        if visitors is not None:
            self.visitors = visitors
        air = [network.as_settings() for network in self.networks]
        self.command("air", air, self.internet, self.visitors)

    def arm_cut(self, cut: PowerCut, *, restart: bool) -> None:
        self.cut, self.restart_after_cut = cut, restart
        self._flash.cut = cut if self.state == "rom" else None
        self.command("cut", cut.after, TEARS.index(cut.tear))

    def _event(self, words: list[Any]) -> None:
        kind, *values = words
        if kind == "rtc":
            self._rtc_memory = values[0]
        elif kind == "epoch":
            self._epoch = values[0]
        elif kind == "now":
            self._reported = values[0]
        elif kind == "sleep":
            self._sleep_ms = values[0]
        elif kind == "watchdog":
            self.watchdog_ms = values[0]
        elif kind == "ready":
            self._ready = True
            self.command("ready", self._interrupted)
        elif kind == "settled":
            self._settled.set()
        else:
            self.peripherals.note(kind, values)

    def _settings(self, raw: bool) -> dict[str, Any]:
        """Everything the firmware is told at its start."""
        chip, site, outside = self.chip, self.site, self.peripherals
        return {
            "chip": chip.name,
            "platform": chip.platform,
            "machine": chip.machine,
            "version": self.config.version,
            "mac": site.mac.hex(),
            "pins": chip.pins,
            "adc_pins": chip.adc_pins,
            "pwm_channels": chip.pwm_channels,
            "driven": outside.driven,
            "adc": outside.adc,
            "i2c": outside.i2c,
            "flash": str(site.folder / "flash.bin"),
            "flash_size": chip.flash_size,
            "fs_offset": chip.filesystem_offset,
            "fs_size": chip.filesystem_size,
            "cut": [self.cut.after, TEARS.index(self.cut.tear)] if self.cut else [],
            "causes": chip.causes,
            "cause": _ESP8266_EXCEPTION
            if self._cause == "exception"
            else chip.causes[_CAUSES.index(self._cause)],
            "raw": raw,
            "mean": self.mean,
            "rtc_memory": self._rtc_memory,
            "watchdog": self.watchdog_ms,
            "rtc_size": chip.rtc_size,
            "epoch": self._epoch,
            "clock": [self.clock, self.speed],
            "address": site.address,
            "gateway": site.gateway,
            "ntp_port": site.ntp_port,
            "dns_port": site.dns_port,
            "networks": [network.as_settings() for network in self.networks],
            "internet": self.internet,
            "visitors": self.visitors,
            "names": self.names,
            "join_ms": 1500 if self.mean else 20,
            "sockets": chip.sockets,
            "socket_errors": _SOCKET_ERRORS[chip.name],
        }
