"""On the board as boot.py: a rising edge on a pin collects and prints the state of the heap."""

import gc

import machine
import micropython

_PIN = 3  # another one on some chips, see nodes.py

gc.collect()
_before = gc.mem_alloc()


def _probe(_):
    gc.collect()
    micropython.qstr_info()
    micropython.mem_info()


machine.Pin(_PIN, machine.Pin.IN).irq(_probe, machine.Pin.IRQ_RISING)
gc.collect()
print("probe:", gc.mem_alloc() - _before)
