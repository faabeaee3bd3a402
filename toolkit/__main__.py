"""`python -m toolkit`, and the command `devtoolkit` of the package: what devToolKit.py leads to."""

import sys

from toolkit.cli.main import main


def run() -> int:
    """Run the toolkit with the words of the command line; its exit code."""
    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
