"""What the parts of firmware over the air share: which image, where it goes, may it. For a step."""

from binascii import unhexlify

from core.errors import CommandError
from core.once import once


def port(node):
    """Return what the chip has for this; refuse where it has nothing."""
    try:
        if not node.port.LEAF:
            return once(node.port.file + "_ota")
    except (OSError, ImportError):
        pass
    raise CommandError("this board takes firmware over the cable only")


def other(node):
    """Return the partition that does not run; refuse where there is none."""
    there = port(node).places()[1]
    if not there:
        said = "the flash has no second partition for firmware: MicroPython's OTA image brings two"
        raise CommandError(said)
    return there


def digest(given):
    """Return the SHA-256 of the image that a request names."""
    try:
        found = unhexlify(given.get("digest"))
    except (TypeError, ValueError):
        found = b""
    if len(found) != 32:
        raise CommandError("expected the SHA-256 of the image, got %r" % given.get("digest"))
    return found


def staged(node, given):
    """Return what is known of the image that is coming; refuse any other."""
    if not node.staged or node.staged[0] != digest(given):
        raise CommandError("this firmware is not expected: begin again", "refused token")
    return node.staged


def check(node, head):
    """Refuse an image that this chip cannot start, by its first bytes."""
    ota = port(node)
    running = bytearray(24)
    ota.places()[0].readblocks(0, running)
    found, wanted = ota.chip(head), ota.chip(running)
    if found is None:
        raise CommandError("expected firmware for an ESP32, which begins with e9: got another file")
    if wanted is not None and found != wanted:
        said = "expected firmware for the chip of number %d, which runs here, got one for %d"
        raise CommandError(said % (wanted, found))
