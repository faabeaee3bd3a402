"""The chips a virtual board can be: what esptool, the boot ROM and MicroPython see of each."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Chip:
    """One row of facts; addresses are those of the silicon, as esptool reads them."""

    name: str
    # Boot ROM.
    magic: int
    spi_base: int
    spi_user2: int
    spi_data0: int
    status_bytes: int
    chip_id: int | None
    clock_divider: int
    crystal_hz: int
    efuse_mac: tuple[int, int]
    efuses: tuple[tuple[int, int], ...]
    entry_point: int
    load_address: int
    firmware_offset: int
    native_usb: bool
    boot_banner: str
    download_banner: str
    # MicroPython.
    flash_size: int
    filesystem_offset: int
    filesystem_size: int
    heap: str
    sockets: int
    # Full table, bad address, not reachable, not connected: numbers of its C library.
    socket_errors: tuple[int, int, int]
    platform: str
    machine: str
    pins: tuple[int, ...]
    adc_pins: tuple[int, ...]
    pwm_channels: int
    rtc_size: int
    # machine.PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET
    causes: tuple[int, int, int, int, int]
    oui: str
    # What machine.reset() is afterwards said to have been.
    reset_is: str
    # Whether its firmware answers to `<hostname>.local`.
    mdns: bool = True
    # Where memory is scarce: what the stand-in of mean mode takes of the heap comes on top.
    mean_heap: str = ""
    # In the header of its images, where its boot ROM tells none.
    image_id: int = 0
    # What its boot ROM tells of its security: 1 secure boot, 4 secure download mode.
    security: int = 0
    # Pins without an output driver.
    input_only: tuple[int, ...] = ()


_MIB = 1 << 20

ESP32 = Chip(
    name="esp32",
    magic=0x00F01D83,
    spi_base=0x3FF42000,
    spi_user2=0x24,
    spi_data0=0x80,
    status_bytes=4,
    chip_id=None,
    clock_divider=0x3FF40014,
    crystal_hz=40_000_000,
    efuse_mac=(0x3FF5A004, 0x3FF5A008),
    # Package, revision 3.0: these bits make esptool name an ESP32-D0WD-V3.
    efuses=((0x3FF5A00C, 1 << 15 | 1 << 9), (0x3FF5A014, 1 << 20), (0x3FF6607C, 1 << 31)),
    entry_point=0x40080000,
    load_address=0x3FFB0000,
    firmware_offset=0x1000,
    native_usb=False,
    boot_banner="ets Jul 29 2019 12:21:46\r\n\r\n"
    "rst:0x{cause:x} ({reason}),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n",
    download_banner="ets Jul 29 2019 12:21:46\r\n\r\n"
    "rst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))\r\n"
    "waiting for download\r\n",
    flash_size=4 * _MIB,
    filesystem_offset=2 * _MIB,
    filesystem_size=2 * _MIB,
    heap="193wk",
    sockets=16,
    socket_errors=(23, 113, 107),
    platform="esp32",
    machine="Generic ESP32 module with ESP32",
    pins=(*range(20), 21, 22, 23, 25, 26, 27, *range(32, 40)),
    adc_pins=(0, 2, 4, 12, 13, 14, 15, 25, 26, 27, 32, 33, 34, 35, 36, 37, 38, 39),
    pwm_channels=16,
    input_only=tuple(range(34, 40)),
    rtc_size=2048,
    causes=(1, 2, 3, 4, 5),
    oui="240ac4",
    reset_is="hard",
)

ESP8266 = Chip(
    name="esp8266",
    magic=0xFFF0C101,
    spi_base=0x60000200,
    spi_user2=0x24,
    spi_data0=0x40,
    status_bytes=2,
    chip_id=None,
    clock_divider=0x60000014,
    crystal_hz=52_000_000,
    efuse_mac=(0x3FF00050, 0x3FF00054),
    efuses=(),
    entry_point=0x40100000,
    load_address=0x3FFE8000,
    firmware_offset=0x0,
    native_usb=False,
    boot_banner="\r\n ets Jan  8 2013,rst cause:{cause}, boot mode:(3,6)\r\n\r\n",
    download_banner="\r\n ets Jan  8 2013,rst cause:2, boot mode:(1,6)\r\n\r\n",
    flash_size=4 * _MIB,
    filesystem_offset=_MIB,
    # The last 20 KB belong to the chip maker's software.
    filesystem_size=3 * _MIB - 0x5000,
    heap="106832w",  # 38 KB of it are free at the prompt
    mean_heap="108976w",
    sockets=5,
    socket_errors=(12, 113, 107),
    platform="esp8266",
    machine="ESP module with ESP8266",
    pins=(*range(6), *range(9, 11), *range(12, 17)),
    adc_pins=(0,),
    pwm_channels=8,
    rtc_size=492,
    causes=(0, 6, 1, 5, 4),
    oui="5ccf7f",
    reset_is="soft",
    mdns=False,
)

ESP32C3 = Chip(
    name="esp32c3",
    magic=0x1B31506F,
    spi_base=0x60002000,
    spi_user2=0x20,
    spi_data0=0x58,
    status_bytes=4,
    chip_id=5,
    clock_divider=0x60000014,
    crystal_hz=40_000_000,
    efuse_mac=(0x60008844, 0x60008848),
    efuses=((0x60008850, 4 << 18),),  # revision 0.4: what is made for it wants 0.3 at least
    entry_point=0x40380000,
    load_address=0x3FC80000,
    firmware_offset=0x0,
    native_usb=True,
    boot_banner="ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\n"
    "rst:0x{cause:x} ({reason}),boot:0xc (SPI_FAST_FLASH_BOOT)\r\n",
    download_banner="ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\n"
    "rst:0x1 (POWERON),boot:0x4 (DOWNLOAD(USB/UART0/1))\r\nwaiting for download\r\n",
    flash_size=4 * _MIB,
    filesystem_offset=2 * _MIB,
    filesystem_size=2 * _MIB,
    heap="193wk",
    sockets=16,
    socket_errors=(23, 113, 107),
    platform="esp32",
    machine="ESP32C3 module with ESP32C3",
    pins=tuple(range(22)),
    adc_pins=(0, 1, 2, 3, 4),
    pwm_channels=6,
    rtc_size=2048,
    causes=(1, 2, 3, 4, 5),
    oui="7cdfa1",
    reset_is="hard",
)

# What follows differs from the ESP32-C3 by addresses and pins. Where a row says nothing of its
# program's place in memory it is that of the ESP32-C3: nothing of it runs.
ESP32C6 = replace(
    ESP32C3,
    name="esp32c6",
    spi_base=0x60003000,
    chip_id=13,
    efuse_mac=(0x600B0844, 0x600B0848),
    efuses=(),
    boot_banner=ESP32C3.boot_banner.replace("c3-api1-20210207", "c6-20220919"),
    download_banner=ESP32C3.download_banner.replace("c3-api1-20210207", "c6-20220919"),
    machine="ESP32C6 module with ESP32C6",
    pins=(*range(14), *range(15, 24)),
    adc_pins=(0, 1, 2, 3, 4, 5, 6),
    oui="404cca",
)
ESP32S2 = replace(
    ESP32C3,
    name="esp32s2",
    magic=0x000007C6,
    spi_base=0x3F402000,
    chip_id=None,  # its boot ROM does not tell it
    image_id=2,
    clock_divider=0x3F400014,
    efuse_mac=(0x3F41A044, 0x3F41A048),
    efuses=(),
    load_address=0x3FFB8000,
    firmware_offset=0x1000,
    boot_banner=ESP32C3.boot_banner.replace("c3-api1-20210207", "s2-rc4-20191025"),
    download_banner=ESP32C3.download_banner.replace("c3-api1-20210207", "s2-rc4-20191025"),
    machine="Generic ESP32S2 module with ESP32S2",
    pins=(*range(22), *range(33, 47)),
    input_only=(46,),
    adc_pins=tuple(range(1, 21)),
    pwm_channels=8,
)
ESP32S3 = replace(
    ESP32C3,
    name="esp32s3",
    chip_id=9,
    efuse_mac=(0x60007044, 0x60007048),
    efuses=(),
    boot_banner=ESP32C3.boot_banner.replace("c3-api1-20210207", "s3-20210327"),
    download_banner=ESP32C3.download_banner.replace("c3-api1-20210207", "s3-20210327"),
    machine="Generic ESP32S3 module with ESP32S3",
    pins=(*range(22), *range(33, 49)),
    adc_pins=tuple(range(1, 21)),
    pwm_channels=8,
    oui="348518",
)

CHIPS = {chip.name: chip for chip in (ESP32, ESP8266, ESP32C3, ESP32C6, ESP32S2, ESP32S3)}
SECTOR = 4096
