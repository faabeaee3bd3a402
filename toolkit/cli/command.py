"""What stands behind an action of the table: what it would do, and doing it."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """One action.

    `steps` are for `--dummy`, where nothing else runs: it may read and may refuse what is given,
    and touches nothing. `run` does it and returns the exit code.
    """

    steps: Callable[[argparse.Namespace], Sequence[str]]
    run: Callable[[argparse.Namespace], int]
