"""The temperature of each chip, by what its firmware offers."""

import sys

from core.errors import CommandError


class Firmware:
    """A module of a firmware."""


def celsius(machine, esp32=None):
    """What port/inner makes of such a firmware."""
    before = {name: sys.modules.pop(name, None) for name in ("machine", "esp32", "port.inner")}
    sys.modules["machine"] = machine
    if esp32:
        sys.modules["esp32"] = esp32
    try:
        import port.inner

        return port.inner.celsius()
    finally:
        for name, found in before.items():
            sys.modules.pop(name, None)
            if found:
                sys.modules[name] = found


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
