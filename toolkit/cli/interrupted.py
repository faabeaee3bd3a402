"""What is said to whoever ends the toolkit early: what may have been done, and how to go on."""

from collections.abc import Sequence

_SAFE = "interrupted; repeating the command is safe"
# The first row wins: of which words, what is said.
_SAID = (
    (
        ("-c", "--connect", "-u", "--connect_via_usb"),
        "interrupted; whether the node has acted, or still does, is not known",
    ),
    (
        ("--back",),
        "interrupted; whether a node has gone back is not known: look at its release (-stat) before"
        " you repeat it, which may take it forward again",
    ),
    (
        ("-o", "--OTA", "--push"),
        f"{_SAFE}, and what is on trial goes back by itself unless it is repeated",
    ),
    (
        ("-e", "--erase", "-d", "--deploy", "-r", "--update", "-m", "--make"),
        f"{_SAFE}; where the flash is erased, --make makes the board what it was",
    ),
)


def sentence(arguments: Sequence[str]) -> str:
    """What is said when these words of a command line were not done to their end."""
    words = set(arguments)
    return next((said for names, said in _SAID if words & set(names)), _SAFE)
