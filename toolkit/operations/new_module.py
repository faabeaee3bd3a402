"""Begin a load module: a file that works, and its tests. Nothing that is there is overwritten."""

import keyword
import re
from pathlib import Path

from toolkit.model import paths
from toolkit.model.commands import is_word
from toolkit.model.errors import InputError
from toolkit.model.lint import is_import
from toolkit.model.manual import PREFIX

_NAME = re.compile(r"[a-z][a-z0-9_]{0,19}")

_MODULE = '''\
"""{title}: one output that is on or off.

Examples:
    {name} on
    {name} switch 0
    {name} toggle && 1000    # every second; task kill {name}.toggle ends it
"""

import lm

PIN = "simple_0"  # a name of the board's map: `system pinmap` tells them, cstmpmap changes them

_output = None


def load() -> dict:
    """Prepare the output."""
    global _output
    if _output is None:
        _output = lm.pin(PIN, __name__)
    return status()


def switch(state: int) -> dict:
    """Switch on (1) or off (0)."""
    if state not in (0, 1):
        raise lm.CommandError("state: expected 0 or 1, got %r" % (state,))
    load()
    _output.value(state)
    return status()


def on() -> dict:
    """Switch on."""
    return switch(1)


def off() -> dict:
    """Switch off."""
    return switch(0)


def toggle() -> dict:
    """Switch over."""
    load()
    return switch(1 - _output.value())


def status() -> dict:
    """Tell whether it is on."""
    return {{"on": bool(_output and _output.value())}}


def pinmap() -> dict:
    """Tell the pin."""
    return lm.pinmap(PIN)
'''

_TESTS = '''\
"""Tests of {module}: {command} --test-module {module}.py"""

from bench import made, module, refusal


def test_it_switches():
    own = module("{name}")
    assert own.on() == {{"on": True}}
    assert made("simple_0").level == 1
    assert own.toggle() == {{"on": False}}
    assert made("simple_0").history == [1, 0]


def test_nothing_happens_to_the_pin_before_the_first_command():
    own = module("{name}")
    assert own.status() == {{"on": False}}
    assert made("simple_0") is None


def test_what_is_neither_on_nor_off_is_refused():
    own = module("{name}")
    assert refusal(own.switch, 2) == "state: expected 0 or 1, got 2"
'''


def begin(wanted: str) -> list[Path]:
    """Write `[folder/]LM_<name>.py` and `test_<name>.py`; InputError where nothing is written."""
    texts = planned(wanted)
    for path, text in texts.items():
        _write(path, text)
    return list(texts)


def planned(wanted: str) -> dict[Path, str]:
    """What would be written, by its file; InputError for what is no name of a new module."""
    folder, name = Path(wanted).parent, Path(wanted).name
    module = f"{PREFIX}{name}"
    if not _NAME.fullmatch(name):
        raise InputError(
            f"--new-module: expected a name of up to 20 small letters, digits and _ such as "
            f"blinds, got {name!r}"
        )
    if is_word(name):
        raise InputError(f"--new-module: {name} is a word of the shell: nobody could call it")
    if is_import(name):
        raise InputError(f"--new-module: {name} is what modules import: choose another name")
    if keyword.iskeyword(name):
        raise InputError(f"--new-module: {name} is a word of Python: choose another name")
    if (paths.repository() / "micros" / "modules" / f"{module}.py").exists():
        raise InputError(f"--new-module: the release has a module {name}: choose another name")
    title = name.replace("_", " ").capitalize()
    texts = {
        folder / f"{module}.py": _MODULE.format(name=name, title=title),
        folder / f"test_{name}.py": _TESTS.format(
            name=name, module=module, command=paths.command()
        ),
    }
    there = [str(path) for path in texts if path.exists()]
    if there:
        raise InputError(f"--new-module: {there[0]} is there already, and stays as it is")
    if not folder.is_dir():
        raise InputError(f"--new-module: expected a folder that is there, got {folder}")
    return texts


def _write(path: Path, text: str) -> None:
    try:
        with open(path, "x", encoding="utf-8") as file:  # never over what came meanwhile
            file.write(text)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error
