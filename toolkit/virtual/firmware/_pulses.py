"""Devices that speak in pulses, each on a pin. Loaded when one is plugged in, or listened to.

A device has `kind` and `set(state)`. What reads pulses asks it for `pulse(level, limit)`, the
microseconds that `machine.time_pulse_us` would count; what the program does to its pin comes as
`edge(level)`.
"""

import time

from _late import bring

_FILES = {  # what it is made of, and the module that a program will want
    "dht11": ("_dht", "dht"),
    "dht22": ("_dht", "dht"),
    "ds18b20": ("_ds18b20", "onewire"),
    "hcsr04": ("_hcsr04", "time"),
    "button": ("_button", "time"),
    "stepper": ("_stepper", "time"),
    "a4988": ("_stepper", "time"),
    "pir": ("_pir", "time"),
    "rotary": ("_rotary", "time"),
    "touch": ("_touch", "time"),
    "analog": ("_analog", "time"),
    "uart": ("_uart", "time"),
}
wired = {}  # number of a pin: the device there


def plug(number, state):
    """The world hangs a device on a pin, changes its state, or takes it away (None)."""
    device = wired.get(number)
    if device and (state is None or device.kind != state["kind"]):
        if hasattr(device, "unplug"):
            device.unplug()
        device = wired.pop(number) and None
    if state is not None:
        if device is None:
            file, driver = _FILES[state["kind"]]
            bring(driver)  # before the start it finds room that the program would have
            device = wired[number] = bring(file).Device(number, state["kind"])
        device.set(state)


def pulse(pin, level, limit):
    """`machine.time_pulse_us`: -2 when the pulse never began, -1 when it never ended."""
    device = wired.get(pin._number)
    if device and hasattr(device, "pulse"):
        return device.pulse(level, limit)
    time.sleep_us(limit)
    return -1 if pin.value() == level else -2
