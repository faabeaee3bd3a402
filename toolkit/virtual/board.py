"""One virtual board: power, reset, boot ROM or program, and what survives which of them."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.virtual import air, bootloader, devices, partitions, resets
from toolkit.virtual.air import Network
from toolkit.virtual.boot_rom import SYNC_START, BootRom
from toolkit.virtual.chips import CHIPS
from toolkit.virtual.clock import Clock
from toolkit.virtual.flash import TEARS, Flash, PowerCut, PowerLost
from toolkit.virtual.image import APP_START, bootable, foreign
from toolkit.virtual.peripherals import Peripherals
from toolkit.virtual.printed import Printed
from toolkit.virtual.process import Input, Process
from toolkit.virtual.serial_line import SerialLine

_LEAVE_ROM_SECONDS = 0.25  # a client that closes the port in the boot ROM has let the chip go
_CRASH_SECONDS = 0.5
_SETTLE_SECONDS = 5.0
_NOTHING = b"invalid header: 0xffffffff\r\n" * 3
_FOREIGN = (
    b"virtual board: the flash holds a program for a real chip, which cannot run here: only the "
    b"silicon is virtual; write the virtual firmware (-d --virtual)\r\n"
)

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
    baud: int = 0  # of the serial line; 0: as fast as can be


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
        self.clock = Clock(config.clock, config.speed)
        self.state = "off"  # off | rom | program | halted | held | asleep
        self.boots = 0
        self.cut: PowerCut | None = None
        self.restart_after_cut = False
        self.mirror: Callable[[bytes], None] | None = None  # the RFC 2217 client, if one is there
        self.last_exit = ""
        self.printed = Printed()
        self.gone = False
        self._loop = asyncio.get_running_loop()
        self._flash = Flash(site.folder / "flash.bin", self.chip.flash_size)
        self.layout = partitions.layout(self._flash, self.chip)
        self.firmware: partitions.Partition | None = None  # whose firmware runs
        self._rom: BootRom | None = None
        self._process: Process | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._input = Input()
        self._fresh_client = self._ready = self._interrupted = False
        self._rtc_memory = ""
        self._cause = "power"
        self._sleep_ms = 0
        self.watchdog_ms = 0  # of an armed watchdog, after a soft reset what is left of them
        self._settled = asyncio.Event()
        self._line = SerialLine(site.folder / "port", self.received, self._client_left, config.baud)

    # -- power and reset ---------------------------------------------------------------------

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def power_on(self) -> None:
        if self.state != "off":
            return
        self.clock.power_on()
        size = self.chip.rtc_size
        self._rtc_memory = secrets.token_bytes(size).hex() if self.mean else ""
        self._boot("power")

    def power_off(self) -> None:
        """Everything but the flash is gone."""
        self._stop()
        self._rom = None
        self.peripherals.reset(soft=False)
        self.peripherals.lose_power()
        self.state = "off"
        self.printed.tell()

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
        self.gone = True
        self.power_off()
        self._line.close()
        self._flash.close()
        self._input.close()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._process is not None:
            self.refresh()
            self._process.kill()
            self._process = None
            self.clock.program_ended()
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
            self._input.drain()
            if self.mean and self.chip.native_usb and cause != "power":
                self._line.replug()
            self.send(resets.banner(self.chip, cause))
        if not self._starts():
            self.state = "halted"
            self.send(_NOTHING)
            return
        if not soft and not self._load():
            return
        self._ready = self._interrupted = False
        self.clock.program_starts()
        try:
            self._process = Process(
                self.config.engine,
                self.config.heap or self._heap(),
                self._settings(raw),
                self._input.reader,
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

    def _starts(self) -> bool:
        """Whether the boot ROM finds something to start."""
        return bootable(self._flash.read(self.chip.firmware_offset, 8))

    def _load(self) -> bool:
        """The boot loader's part: choose among the partitions. False when nothing starts."""
        self.layout = partitions.layout(self._flash, self.chip)
        self._flash.cut = self.cut
        try:
            self.firmware = bootloader.starts(self._flash, self.layout)
        except PowerLost:
            self._lose_power()
            return False
        finally:
            self._flash.cut = None
        if self.firmware is None:
            self.state = "halted"
            self.send(b"E (80) boot: No bootable app partitions in the partition table\r\n")
            return False
        if foreign(self._flash.read(self.firmware.offset, APP_START)):
            self.state = "halted"
            self.send(_FOREIGN)
            return False
        return True

    def _program_ended(self, code: int) -> None:
        self._process = None
        self.clock.program_ended()
        self._settled.set()
        reason = resets.ending(code)
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
        if self.clock.mode == "jump":
            self._wake()
        elif self.clock.mode != "frozen":
            self._later(self._sleep_ms / 1000 / self.clock.speed, self._wake)

    def _wake(self) -> None:
        self.clock.skip(self._sleep_ms * 1000)
        self._boot("deep sleep")

    # -- serial line -------------------------------------------------------------------------

    @property
    def port(self) -> Path:
        return self.site.folder / "port"

    def send(self, data: bytes) -> None:
        """From the board to whoever listens."""
        if self.state != "rom":
            self.printed.add(data)
        if self.mirror is not None:
            self.mirror(data)
        self._line.send(data)

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
        elif self.state == "halted" and not self._starts():
            self.send(_NOTHING)  # a real one says it again and again, whoever listens

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
        if lost := self._input.feed(data):
            _log.info("%s: input overrun, %d bytes lost", self.config.name, lost)

    def _client_left(self) -> None:
        self._fresh_client = True
        if self.state == "rom":
            self._later(_LEAVE_ROM_SECONDS, self._leave_rom)

    def _leave_rom(self) -> None:
        if self.state == "rom" and not self._line.is_open and self.mirror is None:
            self.press_reset()

    # -- time --------------------------------------------------------------------------------

    def true_time(self) -> float | None:
        """What a time server tells this board; None while the Internet is away."""
        return self.clock.true_time() if self.internet else None

    @property
    def local_name(self) -> str | None:
        """What the firmware's mDNS calls the board now; None: it does not answer."""
        outside = self.peripherals
        there = self.state == "program" and outside.station and self.chip.mdns
        return f"{outside.hostname}.local" if there else None

    async def advance(self, milliseconds: int) -> bool:
        """Grant a frozen clock time; True once the program has used it all and waits again."""
        if self.state == "asleep" and self._sleep_ms > milliseconds:
            self._sleep_ms -= milliseconds
            self.clock.skip(milliseconds * 1000)
            return True
        if self.state == "asleep" and self._sleep_ms:
            milliseconds -= self._sleep_ms
            self._wake()
        if self._process is None:
            return True
        self.clock.grant(milliseconds * 1000)
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

    async def caught_up(self) -> None:
        """Wait until the program has taken its commands: it must not see later things first."""
        if self._process is not None:
            await self._process.caught_up()

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
            self.clock.epoch = values[0]
        elif kind == "now":
            self.clock.reported = values[0]
        elif kind == "sleep":
            self._sleep_ms = values[0]
        elif kind == "watchdog":
            self.watchdog_ms = values[0]
        elif kind == "cut" and self.cut:
            self.cut.after = values[0]
        elif kind == "ready":
            self._ready = True
            self.command("ready", self._interrupted)
        elif kind == "i2c read":
            self.command(kind, self.peripherals.read_model(*values))
        elif kind == "settled":
            self._settled.set()
        else:
            self.peripherals.note(kind, values)

    def _heap(self) -> str:
        plain = (self.mean and self.chip.mean_heap) or self.chip.heap
        return devices.heap(plain, self.peripherals.devices.values())

    def _settings(self, raw: bool) -> dict[str, Any]:
        """Everything the firmware is told at its start."""
        chip, site, outside = self.chip, self.site, self.peripherals
        files = partitions.file_system(self.layout)
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
            **({} if chip.name == "esp8266" else {"celsius": outside.celsius}),
            "i2c": outside.i2c,
            "i2c_models": outside.answering(),
            "i2c_stuck": outside.i2c_stuck,
            "devices": {
                pin: it for pin in outside.devices if (it := devices.wire(outside.devices[pin]))
            },
            "flash": str(site.folder / "flash.bin"),
            "flash_size": chip.flash_size,
            "fs_offset": files.offset,
            "fs_size": files.size,
            "ota": partitions.ota_data(self.layout) is not None,
            "firmware": self.firmware.offset if self.firmware else 0,
            "cut": [self.cut.after, TEARS.index(self.cut.tear)] if self.cut else [],
            "causes": chip.causes,
            "cause": resets.reset_cause(chip, self._cause),
            "raw": raw,
            "mean": self.mean,
            "rtc_memory": self._rtc_memory,
            "watchdog": self.watchdog_ms,
            "rtc_size": chip.rtc_size,
            "epoch": self.clock.epoch,
            "clock": [self.clock.mode, self.clock.speed],
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
            "socket_errors": chip.socket_errors,
        }
