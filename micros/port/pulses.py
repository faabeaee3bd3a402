"""What speaks in pulses, on all families alike. Loaded for each device that is made.

Handed out are objects of the firmware alone: a function of this file would keep it in memory.
"""

import machine
from machine import time_pulse_us  # noqa: F401  (handed out by lm.pulse_us)


def dht(number):
    """Return the pin of a DHT11 or DHT22, and what reads its five bytes: readinto(pin, buffer)."""
    from dht import dht_readinto  # where it lies differs between the firmwares, this name does not

    return machine.Pin(number), dht_readinto


def onewire(number):
    """Return a 1-Wire bus: reset(), select_rom(rom), bits, bytes and crc8(data)."""
    from onewire import OneWire

    return OneWire(machine.Pin(number))
