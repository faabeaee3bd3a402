"""Dim a light from the keyboard: a number from 0 to 1000, + or -, Enter alone switches it.

    ./devToolKit.py -a dimmer -p '--dev node01'
    ./devToolKit.py -a dimmer -p '--dev node01 2000'

The number after the node is how many milliseconds a change takes. Ctrl-D and Ctrl-C end this; the
light stays as it is.
"""

from toolkit.model.errors import RefusedError
from toolkit.node import Node
from toolkit.script import run

FULL, STEP = 1000, 100


def dim(node: Node, said: str, ms: int) -> str:
    """What the light shows after these keys."""
    if not said:
        shown = node.dimmer.toggle(ms)
    elif said in ("+", "-"):
        before = node.dimmer.status()
        value = (before["value"] if before["on"] else 0) + (STEP if said == "+" else -STEP)
        shown = node.dimmer.set_value(min(max(value, 0), FULL), ms)
    elif said.isdecimal():
        shown = node.dimmer.set_value(int(said), ms)
    else:
        return f"expected 0 to {FULL}, +, - or Enter alone, got {said!r}"
    return f"{shown['value']} of {FULL}" if shown["on"] else "off"


def main(wanted: str, ms: int = 500) -> None:
    with Node(wanted) as node:
        shown = node.dimmer.load()
        print(f"{node.name}: {shown['value'] if shown['on'] else 'off'}; Ctrl-D ends")
        while True:
            try:
                print(dim(node, input(f"0 to {FULL}, +, -, Enter: ").strip(), ms), flush=True)
            except RefusedError as refusal:
                print(refusal)
            except EOFError:
                print()
                return


if __name__ == "__main__":
    run(main)
