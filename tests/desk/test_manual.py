"""The manual: read from the sources of load modules, without running them."""

from pathlib import Path

import pytest

from toolkit.model import paths
from toolkit.model.errors import InputError
from toolkit.model.manual import compact, extract

SOURCE = '''
"""Lamp: two colours.

More, which is not for the manual.
"""
import lm
_hidden = 1

def tone(warm: int, cold: int = 0, *, fade: float = 0.5) -> dict:
    """Mix the colours."""

async def watch(*pins, **names):
    """Watch pins."""

def _helper(): yield

def inside():
    """Use what yields."""
    def steps():
        yield 1
    return list(steps()) + list(n for n in _helper()) + [lambda: (yield)]

class Thing:
    def method(self): pass
'''


def test_signatures_and_first_lines_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "LM_lamp.py"
    path.write_text(SOURCE, encoding="utf-8")
    (module,) = extract([path])
    assert (module.name, module.summary) == ("lamp", "Lamp: two colours.")
    assert [function.signature for function in module.functions] == [
        "inside()",
        "tone(warm:int, cold:int=0, *, fade:float=0.5)",
        "watch(*pins, **names)",
    ]
    assert compact([module]).splitlines() == [
        "lamp\t\t\tLamp: two colours.",
        "lamp\tinside\t[]\tUse what yields.",
        'lamp\ttone\t[["warm","int"],["cold","int","0"],["*",""],["fade","float","0.5"]]'
        "\tMix the colours.",
        'lamp\twatch\t[["*pins",""],["**names",""]]\tWatch pins.',
    ]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("lamp.py", "", "expected a load module named LM_<name>.py"),
        ("LM_a-b.py", "", "expected a load module named LM_<name>.py"),
        ("LM_lamp.py", "def (:", "is not valid Python"),
        (
            "LM_lamp.py",
            "\ndef walk():\n    for step in range(3):\n        yield step",
            r"LM_lamp.py: expected .*'async def', got walk\(\) with 'yield' \(line 2\)",
        ),
        ("LM_lamp.py", "async def walk(): print([(yield)])", r"got walk\(\) with 'yield'"),
        ("LM_lamp.py", "def walk(): yield from (1, 2)", r"got walk\(\) with 'yield'"),
    ],
)
def test_what_is_no_load_module_is_refused(
    tmp_path: Path, name: str, text: str, sentence: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=sentence):
        extract([path])


def test_every_function_of_our_own_modules_says_what_it_does() -> None:
    for module in extract((paths.repository() / "micros" / "modules").glob("LM_*.py")):
        assert module.summary, module.name
        for function in module.functions:
            assert function.summary, f"{module.name} {function.name}"
