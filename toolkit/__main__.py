"""`python -m toolkit`, and the command `devtoolkit` of the package: what devToolKit.py leads to."""

import sys

# As in devToolKit.py: Ctrl-C may come while the rest is imported.
sys.excepthook = lambda kind, error, trace: (
    kind is KeyboardInterrupt or sys.__excepthook__(kind, error, trace)
)


def run() -> int:
    """Run the toolkit with the words of the command line; its exit code."""
    from toolkit.cli.main import main

    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
