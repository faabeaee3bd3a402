"""The pins of a load module that goes come to rest. Loaded for that."""

from core.once import once


def rest(node, module):
    """Give back its pins, and those of the bus if nobody else uses it; nothing drives them then."""
    taken, release = node.taken, once("pulsing").release
    before = [key for key in taken if key != "i2c" and key >= 0]
    release(node, module)
    users = taken.get("i2c", ())
    if module in users:
        users.remove(module)
        if not users:
            del taken["i2c"]
            release(node, "i2c")
    release = None  # it would hold its file
    for number in before:
        if number not in taken:
            try:
                node.port.pin(number, "in")
            except ValueError:
                pass  # the analog input of an ESP8266 is nothing else
