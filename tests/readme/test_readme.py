"""The README tells the truth: its transcripts are replayed, its commands exist."""

import re
import shlex
from pathlib import Path

import pytest
import transcripts

from tests.support.boards import engine  # noqa: F401 - a fixture
from toolkit.cli import options
from toolkit.model import paths
from toolkit.virtual.engine import Engine


def readme() -> str:
    return transcripts.page(transcripts.README)


@pytest.mark.parametrize("name", transcripts.SCRIPTS)
def test_the_transcripts_are_what_really_happens(name: str, tmp_path: Path, engine: Engine) -> None:
    at_hand = {"MICROS_MICROPYTHON": shlex.join(engine.command)}  # a download needs a network
    text = transcripts.page(name)
    for part, commands in transcripts.SCRIPTS[name].items():
        now = transcripts.record(commands, tmp_path / "home", **at_hand)
        shown = transcripts.recorded(text, part)
        assert transcripts.alike(shown) == transcripts.alike(now), part


def test_the_table_of_settings_is_the_one_of_the_board() -> None:
    assert transcripts.settings_table() in readme()


def pages() -> list[Path]:
    """All pages that people read."""
    root = paths.repository()
    found = [*root.glob("*.md"), *root.glob("[a-z]*/**/*.md")]
    return [page for page in found if "user_data" not in page.parts]


@pytest.mark.parametrize("page", pages(), ids=lambda it: it.stem)
def test_every_command_of_a_page_is_understood(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"\./devToolKit\.py ([^`\n#|]+)", text)
    commands = [re.split(r" {2,}|;", command)[0].strip() for command in found]
    assert len(commands) > 10 or page != paths.repository() / transcripts.README
    for command in commands:
        if "--help" not in command and not command.startswith("--firmware …"):
            options.parse(shlex.split(command))


def test_the_first_lines_show_the_two_commands() -> None:
    top = "\n".join(readme().splitlines()[:6])
    assert "./devToolKit.py --make --virtual" in top
    assert "./devToolKit.py --test" in top


def test_the_module_of_the_readme_is_one(tmp_path: Path) -> None:
    from toolkit.model.manual import extract
    from toolkit.operations.build import compile_file

    source = re.search(r"```python\n(.*?)```", readme(), re.DOTALL)
    assert source
    path = tmp_path / "LM_blinds.py"
    path.write_text(source[1], encoding="utf-8")
    compile_file(path, tmp_path / "LM_blinds.mpy")
    (module,) = extract([path])
    assert [function.signature for function in module.functions] == ["tilt(percent:int=50)"]


def test_all_pages_show_the_same_release() -> None:
    """Whoever makes one page anew makes all: those of `transcripts.SCRIPTS`, and toolkit.md."""
    told = {r"precompile +done \((\d+) files\)": 0, r"\b\d\d files, \d+ B\b": 0}
    for form in told:
        found = [it for page in pages() for it in re.findall(form, page.read_text("utf-8"))]
        told[form] = len(found)
        assert len(set(found)) == 1, found
    assert min(told.values()) > 3


def test_no_row_of_a_table_is_cut_off_from_its_head() -> None:
    assert paths.repository() / "toolkit" / "virtual" / "README.md" in pages()
    for page in pages():
        text = re.sub(r"(?ms)^```.*?^```", "", page.read_text(encoding="utf-8"))
        for block in re.split(r"\n\s*\n", text):
            rows = [line for line in block.splitlines() if line.startswith("|")]
            if rows:
                assert re.match(r"\|[ :|-]+$", "".join(rows[1:2])), f"{page}: {rows[0]}"
