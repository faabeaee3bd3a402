"""On the board as boot.py: a rising edge on pin 3 collects and prints the state of the heap."""

import gc

import machine
import micropython

gc.collect()
_before = gc.mem_alloc()


def _probe(_):
    gc.collect()
    micropython.qstr_info()
    micropython.mem_info()


machine.Pin(3, machine.Pin.IN).irq(_probe, machine.Pin.IRQ_RISING)
gc.collect()
print("probe:", gc.mem_alloc() - _before)
