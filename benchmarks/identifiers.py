"""`python -m benchmarks.identifiers [word …]`: what the words in a board's traceback stand for."""

import sys

from toolkit.model import paths
from toolkit.operations.identifiers import swaps


def main() -> None:
    """Print the words asked for, else all of them."""
    asked = sys.argv[1:]
    for name, word in sorted(swaps(paths.repository() / "micros").items(), key=lambda it: it[1]):
        if word in asked or not asked:
            print(f"{word:24} {name}")


if __name__ == "__main__":
    main()
