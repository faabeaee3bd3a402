"""What settings make of pins: one thing of each. Loaded when one of these settings is set."""

from core.errors import CommandError
from core.once import once


def check(node, names):
    """Refuse a pin with two uses, one of them set now; a name of its own may change any of them."""
    known, found = once("pins").pins(node), {}
    uses = [name for name, shown in node.config.dump("irq") if shown == "True"]
    for name in ("cstmpmap", "resetpin", "poweron"):
        uses += [name + " " + piece.strip() for piece in node.config.get(name).split(";")]
    for use in uses:
        name, _, piece = use.partition(" ")
        pin, _, digits = [part.strip() for part in (piece or name).partition(":")]
        number = int(pin) if pin.isdigit() else known.get(pin)
        if name == "cstmpmap":  # a text: a name of its own is no second use of its pin
            number = str(int(digits)) if digits.isdigit() else None
        if number is None:
            continue
        other = found.setdefault(number, use)
        changed = [it for it in names if it in (name, other.split(" ")[0], "cstmpmap")]
        if other != use and changed:
            said = "expected each pin for one use, got %s for '%s' and '%s'"
            raise CommandError(said % (number, other, use))
