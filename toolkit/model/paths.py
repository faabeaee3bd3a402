"""Where things lie on the desk: in a clone of the repository, or in an installed package.

A package has no clone around it. What the product is made of lies inside it then, and what it
makes, or what belongs to the user, goes to the folder that the platform has for such data.
"""

import os
from pathlib import Path

_TOOLKIT = Path(__file__).resolve().parent.parent
_PACKED = _TOOLKIT / "product"  # only in a package: see [tool.hatch] in pyproject.toml
_NAME = "devtoolkit"


def packaged() -> bool:
    """Whether this toolkit was installed as a package, and there is no clone around it."""
    return _PACKED.is_dir()


def command() -> str:
    """What a person types to start the toolkit."""
    return _NAME if packaged() else "./devToolKit.py"


def repository() -> Path:
    """The folder that holds `micros/`, `profiles/`, `release_info/`; nothing is written there."""
    return _PACKED if packaged() else _TOOLKIT.parent


def code() -> Path:
    """The folder of the toolkit's own files."""
    return _TOOLKIT


def made() -> Path:
    """The folder of what the toolkit makes from the product: compiled files, the manual."""
    return (user_data() if packaged() else repository()) / "build"


def user_data() -> Path:
    """The folder of what belongs to the user: secrets, caches, backups, virtual boards.

    `MICROS_USER_DATA` names another one.
    """
    override = os.environ.get("MICROS_USER_DATA")
    if override:
        return Path(os.path.expanduser(override)).resolve()  # as a shell does where it is unquoted
    return _platform_data() if packaged() else _TOOLKIT.parent / "user_data"


def virtual_home() -> Path:
    """The folder of the virtual boards."""
    return user_data() / "virtual"


def _platform_data() -> Path:
    import platformdirs  # a clone does without it, and starts the sooner

    return platformdirs.user_data_path(_NAME, appauthor=False)
