"""Where things lie on the desk."""

import os
from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parent.parent.parent


def repository() -> Path:
    """The folder that holds `micros/`, `profiles/` and the rest of the product."""
    return _REPOSITORY


def user_data() -> Path:
    """The folder of what belongs to the user: secrets, caches, backups, virtual boards.

    `MICROS_USER_DATA` names another one.
    """
    override = os.environ.get("MICROS_USER_DATA")
    return Path(override).resolve() if override else _REPOSITORY / "user_data"


def virtual_home() -> Path:
    """The folder of the virtual boards."""
    return user_data() / "virtual"
