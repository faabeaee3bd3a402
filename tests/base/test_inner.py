"""The temperature of each chip, by what its firmware offers."""

import sys

from core import pulsing
from core.errors import CommandError
from fakes import Settings


class Firmware:
    """A module of a firmware."""


def made(machine, work, esp32=None, platform="esp32"):
    """What port/inner makes of such a firmware."""
    before = {name: sys.modules.pop(name, None) for name in ("machine", "esp32", "port.inner")}
    sys.modules["machine"] = machine
    if esp32:
        sys.modules["esp32"] = esp32
    try:
        import port.inner

        Firmware.platform = platform
        port.inner.sys = Firmware
        return work(port.inner)
    finally:
        for name, found in before.items():
            sys.modules.pop(name, None)
            if found:
                sys.modules[name] = found


def celsius(machine, esp32=None):
    return made(machine, lambda inner: inner.celsius(), esp32)


class Pico(Firmware):
    class ADC:
        CORE_TEMP = 4

        def __init__(self, channel):
            assert channel == 4

        def read_u16(self):
            return 891 << 4 | 891 >> 8


class Leaf(Firmware):
    class ADC:
        def read(self):
            return 0


class Old(Firmware):
    @staticmethod
    def raw_temperature():
        return 128


class New(Firmware):
    @staticmethod
    def mcu_temperature():
        return 41


def test_an_esp32_tells_fahrenheit_its_relatives_celsius():
    assert abs(celsius(Leaf, Old) - 53.33) < 0.01
    assert celsius(Leaf, New) == 41


def test_a_pico_tells_what_its_data_sheet_works_out():
    assert abs(celsius(Pico) - 20.1) < 0.1


def test_an_esp8266_has_no_sensor():
    said = None
    try:
        celsius(Leaf)
    except CommandError as error:
        said = str(error)
    assert said == "this chip has no temperature sensor"


class Port(Firmware):
    @staticmethod
    def Pin(number):
        return number

    @staticmethod
    def UART(*settings, **more):
        return settings, more["tx"], more["rx"], more["rxbuf"]


def opened(platform, tx, rx):
    """Which port a firmware is asked for."""

    def work(inner):
        inner.missing()
        return inner.uart(tx, rx, 9600, 8, None, 1)

    return made(Port, work, platform=platform)


def test_a_serial_port_is_the_one_that_the_pins_belong_to():
    assert opened("rp2", 0, 1) == ((0, 9600, 8, None, 1), 0, 1, 512)
    assert opened("rp2", 4, 5) == ((1, 9600, 8, None, 1), 4, 5, 512)
    assert opened("esp32", 17, 16) == ((1, 9600, 8, None, 1), 17, 16, 512)


def test_an_esp8266_has_no_serial_port_to_spare():
    said = None
    try:
        opened("esp8266", 1, 3)
    except CommandError as error:
        said = str(error)
    assert said == "this chip has no serial port but the console"


class Choosy(Port):
    @staticmethod
    def UART(*_, **__):
        raise ValueError("invalid baudrate")


class Node:
    """As much of a node as pins need."""

    board = "esp32"
    config = Settings(cstmpmap="n/a")

    def __init__(self, **taken):
        self.taken = {int(number[1:]): owner for number, owner in taken.items()}


def refused(machine, node):
    try:
        made(machine, lambda _: pulsing.uart(node, "uart_tx", "uart_rx", "LM_uart", 9600))
    except CommandError as error:
        return str(error)
    raise AssertionError("not refused")


def test_a_serial_port_that_is_refused_takes_no_pins():
    node, other = Node(), Node(_16="switch")
    said = "pins uart_tx, uart_rx cannot do this: invalid baudrate"
    assert refused(Choosy, node) == said
    assert node.taken == {}
    assert refused(Port, other) == "pin uart_rx (16) is taken by switch"
    assert other.taken == {16: "switch"}
