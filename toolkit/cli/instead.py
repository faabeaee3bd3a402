"""What --restore says a board is to be, instead of what it was."""

import argparse

from toolkit.cli import ui
from toolkit.operations import archive, restore


def wanted(options: argparse.Namespace) -> restore.Wanted | None:
    """The backup that --restore names, read before any board is touched; None without it."""
    if not options.restore:
        return None
    name, *words = options.restore
    parts = restore.parts(words)
    found = restore.Wanted(archive.find(name, ui.warn), parts)
    restore.check_parts(found)
    return found
