"""Files of the core are named with words of the firmware, and are still found."""

import ast
import re
from pathlib import Path

import pytest

from toolkit.model import paths
from toolkit.operations.filenames import renamed, renames
from toolkit.operations.rom import shared_words
from toolkit.operations.sources import sources_below

MICROS = paths.repository() / "micros"
SOURCES = sources_below(MICROS)
NAMES = renames(SOURCES)
RENAMED = renamed(SOURCES, NAMES)


def core(sources: dict[str, str]) -> set[str]:
    return {Path(name).stem for name in sources if name.startswith("core/")}


def test_no_file_is_lost_and_no_line_moves() -> None:
    assert len(NAMES) > 30
    assert len(set(NAMES.values())) == len(NAMES)
    assert set(NAMES.values()) <= set(shared_words()) - core(SOURCES)
    assert len(RENAMED) == len(SOURCES)
    for name, text in SOURCES.items():
        file, stem = Path(name), Path(name).stem
        new = file.with_name(f"{NAMES.get(stem, stem)}.py") if file.parent.name == "core" else file
        assert RENAMED[new.as_posix()].count("\n") == text.count("\n")


@pytest.mark.parametrize("name", RENAMED)
def test_what_is_asked_for_is_there(name: str) -> None:
    files = core(RENAMED) | {"pins"}
    for node in ast.walk(ast.parse(RENAMED[name])):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "once":
            if isinstance(node.args[0], ast.Constant):
                asked = str(node.args[0].value)  # of core, or of another folder that it names
                assert asked in files or f"{asked.replace('.', '/')}.py" in RENAMED
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TABLE":
            assert isinstance(node.value, ast.Dict)
            asked = {ast.literal_eval(it) for it in node.value.values}
            assert len(asked) > 4
            assert asked <= files
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_USUAL":
            asked = set(re.findall(r"\w+", ast.unparse(node.value))) - {"const"}
            assert len(asked) > 10
            assert asked <= files
    for module in re.findall(r"^ *(?:from|import) core\.(\w+)", RENAMED[name], re.M):
        assert module in files


def test_a_text_that_only_looks_like_a_file_is_left_alone() -> None:
    sources = {
        "core/zone_of.py": 'text = "zone_of"\n',
        "core/asks.py": 'def go():\n    return once("zone_of").zone_of("zone_of")\n',
        "core/stays.py": "",
        "lm.py": "from core.stays import thing\n",
    }
    names = renames(sources)
    assert set(names) == {"zone_of", "asks"}
    word = names["zone_of"]
    assert renamed(sources, names) == {
        f"core/{word}.py": 'text = "zone_of"\n',
        f"core/{names['asks']}.py": f'def go():\n    return once("{word}").zone_of("zone_of")\n',
        "core/stays.py": "",
        "lm.py": "from core.stays import thing\n",
    }
