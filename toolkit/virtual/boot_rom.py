"""The serial boot ROM of an ESP chip, with the flasher stub that esptool loads into it.

It knows the protocol alone: bytes come in by `feed`, answers leave by `send`. The stub's code is
not run; from the moment esptool starts it, its additional commands are understood.
"""

import hashlib
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from toolkit.virtual import slip
from toolkit.virtual.chips import Chip
from toolkit.virtual.flash import Flash

SYNC_START = b"\xc0\x00\x08\x24\x00"  # what every esptool says first
_BAD_MESSAGE, _FAILED, _BAD_CRC, _UNKNOWN = 0x05, 0x06, 0x07, 0xFF
_SPI_START = 1 << 18
_READ_ID, _READ_STATUS = 0x9F, 0x05
_MAKER = 0x40EF  # Winbond, as on most modules
_DATA_HEADER = 16


@dataclass
class _Writing:
    """A FLASH_BEGIN … FLASH_END in progress."""

    offset: int
    inflater: "zlib._Decompress | None"  # pyright: ignore[reportPrivateUsage]


class BootRom:
    """One chip in download mode."""

    def __init__(self, chip: Chip, flash: Flash, mac: bytes, send: Callable[[bytes], None]) -> None:
        self._chip = chip
        self._flash = flash
        self._send = send
        self._reader = slip.Reader()
        self._stub = False
        self._writing: _Writing | None = None
        self._acknowledgements = 0
        self.leave = False  # set when the client asks to run what is in the flash
        self._registers = self._at_reset(mac)
        self._handlers: dict[int, Callable[[bytes, int], None]] = {
            0x02: self._flash_begin,
            0x03: self._flash_data,
            0x04: self._flash_end,
            0x05: self._accept,  # MEM_BEGIN
            0x06: self._memory_end,
            0x07: self._accept,  # MEM_DATA
            0x08: self._sync,
            0x09: self._write_register,
            0x0A: self._read_register,
            0x0B: self._accept,  # SPI_SET_PARAMS
            0x0D: self._accept,  # SPI_ATTACH
            0x0E: self._read_slowly,
            0x0F: self._accept,  # CHANGE_BAUDRATE
            0x10: self._flash_begin,
            0x11: self._flash_data,
            0x12: self._flash_end,
            0x13: self._digest,
            0x14: self._security_info,
        }
        self._stub_handlers: dict[int, Callable[[bytes, int], None]] = {
            0xD0: self._erase_all,
            0xD1: self._erase_region,
            0xD2: self._read_fast,
            0xD3: self._run_user_code,
        }
        self._operation = 0

    def feed(self, data: bytes) -> None:
        """Take bytes from the serial line."""
        for packet in self._reader.feed(data):
            if self._acknowledgements and len(packet) == 4:
                self._acknowledgements -= 1  # the client counts what it has read
            elif len(packet) >= 8 and packet[0] == 0:
                self._request(packet)

    def _request(self, packet: bytes) -> None:
        operation, size, checksum = struct.unpack("<BHI", packet[1:8])
        self._operation = operation
        handler = self._handlers.get(operation)
        if handler is None and self._stub:
            handler = self._stub_handlers.get(operation)
        try:
            if handler is None:
                self._refuse()
            else:
                handler(packet[8 : 8 + size], checksum)
        except (struct.error, zlib.error):
            self._reply(error=_BAD_MESSAGE)

    def _refuse(self) -> None:
        if self._stub:
            self._reply(error=_UNKNOWN)
            return
        # The ROM answers an unknown command with a packet that names none.
        self._send(slip.frame(struct.pack("<BBHI", 1, 0, 4, 0) + bytes((1, _BAD_MESSAGE, 0, 0))))

    def _reply(self, value: int = 0, data: bytes = b"", error: int = 0) -> None:
        status = bytes((1, error)) if error else b"\0\0"
        if not self._stub and self._chip.status_bytes == 4:
            status += b"\0\0"
        body = data + status
        head = struct.pack("<BBHI", 1, self._operation, len(body), value & 0xFFFFFFFF)
        self._send(slip.frame(head + body))

    def _accept(self, _data: bytes, _checksum: int) -> None:
        self._reply()

    def _sync(self, _data: bytes, _checksum: int) -> None:
        for _ in range(8):
            self._reply(0 if self._stub else 0x55551212)

    # -- registers ---------------------------------------------------------------------------

    def _at_reset(self, mac: bytes) -> dict[int, int]:
        chip = self._chip
        registers = dict(chip.efuses)
        low, high = chip.efuse_mac
        if chip.name == "esp8266":
            registers[low] = mac[5] << 24
            registers[high] = mac[3] << 8 | mac[4]
            registers[low + 0xC] = int.from_bytes(mac[:3], "big")
        else:
            registers[low] = int.from_bytes(mac[2:], "big")
            registers[high] = int.from_bytes(mac[:2], "big")
        registers[0x40001000] = chip.magic
        registers[chip.clock_divider] = chip.crystal_hz // 115200
        return registers

    def _read_register(self, data: bytes, _checksum: int) -> None:
        (address,) = struct.unpack_from("<I", data)
        self._reply(self._registers.get(address, 0))

    def _write_register(self, data: bytes, _checksum: int) -> None:
        for address, value, mask, _delay in struct.iter_unpack("<4I", data[: len(data) // 16 * 16]):
            old = self._registers.get(address, 0)
            self._registers[address] = (old & ~mask) | (value & mask)
            if address == self._chip.spi_base and value & _SPI_START:
                self._spi_command(address)
        self._reply()

    def _spi_command(self, address: int) -> None:
        chip = self._chip
        command = self._registers.get(chip.spi_base + chip.spi_user2, 0) & 0xFF
        capacity = self._flash.size.bit_length() - 1
        answers = {_READ_ID: capacity << 16 | _MAKER, _READ_STATUS: 0}
        self._registers[chip.spi_base + chip.spi_data0] = answers.get(command, 0xFFFFFFFF)
        self._registers[address] = 0

    # -- flash -------------------------------------------------------------------------------

    def _flash_begin(self, data: bytes, _checksum: int) -> None:
        size, blocks, block_size, offset = struct.unpack_from("<4I", data)
        compressed = self._operation == 0x10
        end = offset + (size if compressed else blocks * block_size)
        if end > self._flash.size + block_size:
            self._reply(error=_FAILED)
            return
        self._writing = _Writing(offset, zlib.decompressobj() if compressed else None)
        if size:
            self._flash.erase(offset, size)
        self._reply()

    def _flash_data(self, data: bytes, checksum: int) -> None:
        (size,) = struct.unpack_from("<I", data)
        block = data[_DATA_HEADER : _DATA_HEADER + size]
        if self._writing is None:
            self._reply(error=_FAILED)
            return
        if slip.checksum(block) != checksum & 0xFF:
            self._reply(error=_BAD_CRC)
            return
        if self._writing.inflater is not None:
            block = self._writing.inflater.decompress(block, self._flash.size)
        self._flash.write(self._writing.offset, block)
        self._writing.offset += len(block)
        self._reply()

    def _flash_end(self, data: bytes, _checksum: int) -> None:
        self._writing = None
        self._reply()
        self.leave = data[:4] == b"\0\0\0\0"

    def _digest(self, data: bytes, _checksum: int) -> None:
        offset, size = struct.unpack_from("<2I", data)
        digest = hashlib.md5(self._flash.read(offset, size))
        self._reply(data=digest.digest() if self._stub else digest.hexdigest().encode())

    def _read_slowly(self, data: bytes, _checksum: int) -> None:
        if self._stub:
            self._refuse()
            return
        offset, size = struct.unpack_from("<2I", data)
        self._reply(data=self._flash.read(offset, min(size, 64)).ljust(64, b"\xff"))

    # -- stub --------------------------------------------------------------------------------

    def _memory_end(self, data: bytes, _checksum: int) -> None:
        self._reply()
        if data[:4] == b"\0\0\0\0":
            self._stub = True
            self._send(slip.frame(b"OHAI"))

    def _security_info(self, _data: bytes, _checksum: int) -> None:
        if self._chip.chip_id is None:
            self._refuse()
            return
        self._reply(
            data=struct.pack("<I8BII", self._chip.security, *bytes(8), self._chip.chip_id, 1)
        )

    def _erase_all(self, _data: bytes, _checksum: int) -> None:
        self._flash.erase(0, self._flash.size)
        self._reply()

    def _erase_region(self, data: bytes, _checksum: int) -> None:
        offset, size = struct.unpack_from("<2I", data)
        self._flash.erase(offset, size)
        self._reply()

    def _read_fast(self, data: bytes, _checksum: int) -> None:
        offset, size, block_size, _in_flight = struct.unpack_from("<4I", data)
        self._reply()
        content = self._flash.read(offset, size)
        for start in range(0, len(content), max(block_size, 1)):
            self._send(slip.frame(content[start : start + block_size]))
            self._acknowledgements += 1
        self._send(slip.frame(hashlib.md5(content).digest()))

    def _run_user_code(self, _data: bytes, _checksum: int) -> None:
        self.leave = True
