"""Give a light random commands, and tell how many of them succeeded and how fast.

    ./devToolKit.py -a light_test -p '--dev node01'
    ./devToolKit.py -a lighttest -p '--dev node01 200 neopixel 7'

64 commands for the module `light` if nothing else is said; also for `neopixel` and `dimmer`. The
last word chooses the commands: the same number, the same commands. In the end the light is off.
"""

from collections.abc import Callable
from random import Random
from statistics import median
from time import perf_counter

from toolkit.model.errors import InputError, ToolkitError
from toolkit.node import Node
from toolkit.script import run

Command = tuple[str, tuple[int, ...]]
Choice = Callable[[Random], Command]
SWITCHES: tuple[Choice, ...] = tuple(
    lambda _, name=name: (name, ()) for name in ("on", "off", "toggle", "status")
)
COMMANDS: dict[str, tuple[Choice, ...]] = {
    "light": (
        lambda dice: ("rgb", tuple(dice.randint(0, 1000) for _ in range(3))),
        lambda dice: ("brightness", (dice.randint(1, 100),)),
        *SWITCHES,
    ),
    "neopixel": (
        lambda dice: ("rgb", tuple(dice.randint(0, 255) for _ in range(3))),
        lambda dice: ("brightness", (dice.randint(1, 100),)),
        *SWITCHES,
    ),
    "dimmer": (lambda dice: ("set_value", (dice.randint(0, 1000),)), *SWITCHES),
}
GIVEN_UP = 3  # failures one after the other: the node is gone


def main(wanted: str, commands: int = 64, module: str = "light", seed: int | None = None) -> int:
    if module not in COMMANDS or not 1 <= commands <= 100_000:
        there = ", ".join(COMMANDS)
        raise InputError(
            f"expected 1 to 100000 commands for one of {there}, got {commands} for {module}"
        )
    with Node(wanted) as node:
        node.call(module, "load")
        seconds, failed = give(node, module, commands, Random(seed))
        node.call(module, "off")
    print(f"{node.name}: {commands - failed} of {commands} commands succeeded,", end=" ")
    print(f"{100 * (commands - failed) / commands:.1f} %;", end=" ")
    print(f"{1000 * median(seconds):.0f} ms in the middle, {1000 * max(seconds):.0f} ms at most")
    return 1 if failed else 0


def give(node: Node, module: str, count: int, dice: Random) -> tuple[list[float], int]:
    """How many seconds each command took, and how many failed."""
    seconds: list[float] = []
    failed = running = 0
    for _ in range(count):
        function, words = dice.choice(COMMANDS[module])(dice)
        begun = perf_counter()
        try:
            node.call(module, function, *words)
            running = 0
        except ToolkitError as error:
            failed, running = failed + 1, running + 1
            print(f"{module} {function} {' '.join(map(str, words))}: {error}")
            if running == GIVEN_UP:
                raise
        seconds.append(perf_counter() - begun)
    return seconds, failed


if __name__ == "__main__":
    run(main)
