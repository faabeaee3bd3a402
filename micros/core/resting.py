"""Pins are given back, those of a load module that goes come to rest. Loaded for that."""


def release(node, owner):
    """Give back all pins of an owner; its PWM outputs end."""
    taken = node.taken
    for found in [found for found, holder in taken.items() if holder == owner]:
        del taken[found]
        output = taken.pop(~found, None)
        if output:
            output.deinit()


def rest(node, module):
    """Give back its pins, and those of the bus if nobody else uses it; nothing drives them then."""
    taken = node.taken
    before = [key for key in taken if key != "i2c" and key >= 0]
    if module != "i2c":  # so is the bus named, and others may use it
        release(node, module)
    users = taken.get("i2c", ())
    if module in users:
        users.remove(module)
        if not users:
            del taken["i2c"]
            release(node, "i2c")
    for number in before:
        if number not in taken:
            try:
                node.port.pin(number, "in")
            except ValueError:
                pass  # the analog input of an ESP8266 is nothing else
