"""What a chip has inside, on all families: a sensor, serial ports. Loaded for each question."""

import sys

import machine
from core.errors import CommandError


def celsius():
    """Return the temperature of the chip in Celsius, whole degrees only from an mcu_temperature().

    An ESP32 counts whole degrees Fahrenheit, a Pico W steps of its converter.
    """
    try:
        import esp32
    except ImportError:
        return _measured()
    if hasattr(esp32, "mcu_temperature"):  # ESP32-C3, S2, S3
        return esp32.mcu_temperature()
    return (esp32.raw_temperature() - 32) / 1.8


def _measured():
    """Ask the converter of an RP2040; "RP2040 Datasheet", 4.9.5: 891 of 4096 are 20.1 C."""
    if hasattr(machine.ADC, "read"):  # an ESP8266's
        raise CommandError("this chip has no temperature sensor")
    counts = machine.ADC(getattr(machine.ADC, "CORE_TEMP", 4)).read_u16()
    return 27 - (counts / 65536 * 3.3 - 0.706) / 0.001721


def missing():
    """Refuse where the only port that can read is the console."""
    if sys.platform == "esp8266":
        raise CommandError("this chip has no serial port but the console")


def untouchable():
    """Refuse where there are no touch pads: an ESP8266, an ESP32-C3 or C6, a Pico W."""
    if not hasattr(machine, "TouchPad"):
        raise CommandError("this chip has no touch pads")


def touch(number):
    """Return the touch pad at a pin, with read()."""
    return machine.TouchPad(machine.Pin(number))


def uart(begin, end, *settings):
    """Return a serial port between two pins, with any(), read(n), write(data) and deinit()."""
    first = sys.platform == "rp2" and begin in (0, 12, 16, 28)  # "RP2040 Datasheet", 1.4.3
    pins = {"tx": machine.Pin(begin), "rx": machine.Pin(end), "rxbuf": 512}
    return machine.UART(0 if first else 1, *settings, **pins)  # baud, bits, parity, stop bits
