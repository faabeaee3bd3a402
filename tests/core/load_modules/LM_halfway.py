"""Imports what is not there."""

import a_driver_that_is_missing  # noqa: F401


def run():
    return 1
