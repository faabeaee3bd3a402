"""docs/toolkit.md: made from the table of options, with what each example prints.

`python tests/readme/toolkit_page.py` writes it anew, with `words` behind only its words, which
takes no time; the tests beside compare it.
"""

import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY), str(Path(__file__).parent)]

import meanwhile  # noqa: E402 - beside this file, as is the next one
import transcripts  # noqa: E402

from toolkit.cli import commands, contradictions  # noqa: E402
from toolkit.cli.main import main  # noqa: E402
from toolkit.cli.table import GROUPS, OPTIONS  # noqa: E402
from toolkit.cli.table.option import Group, Option  # noqa: E402
from toolkit.model.exit_codes import EXIT_CODES  # noqa: E402

PAGE = REPOSITORY / "docs" / "toolkit.md"
LAST = "--virtual --stop"  # the board serves all examples, wherever this one stands
SHOWN = 12  # lines of an output; of a longer one its beginning and its end
_BEGINNING, _END = 8, 3
_LABELS = {"derive": "--profile new", **{option.name: option.label for option in OPTIONS}}
_CABLE = re.compile(r"^/dev/.*\n", re.MULTILINE)  # boards that somebody has plugged in
_HEADING = re.compile(r"^### (.*)", re.MULTILINE)
_BLOCK = re.compile(r"```console\n(.*?)```\n", re.DOTALL)
_HEAD = """# The toolkit, option by option

This page is made from the table of options (`toolkit/cli/table/`). Its examples are one story with
one virtual board; a test tells it anew and compares what comes, but for addresses, sizes and times.
`./devToolKit.py --help` says the same in short, [the README](../README.md) where to begin.

## What goes together

* Several actions of one call run in this order, and the first that fails ends it: {order}.
* An option that would change nothing about any of the actions is refused in one sentence, with exit
  code 2; so is what contradicts itself (below).
* `--dummy` goes with every action: it touches nothing and prints the steps.
* `--json` goes with every action that has facts to tell, one action a call. Standard output is then
  one JSON document (`--every`: one a line), and nobody is asked anything; progress, warnings and
  errors go to standard error. Where it fails before there are facts, standard output is empty.
* `--yes` goes with every action: nobody is asked, the defaults are taken.

What makes no sense together:

{rules}

## Exit codes

| code | meaning |
|---|---|
{codes}
"""


def text(shown: Mapping[str, str]) -> str:
    """The page; `shown` is what the example of an option printed, by its name."""
    head = _HEAD.format(
        order=", ".join(f"`{_LABELS[name]}`" for name, _ in commands.COMMANDS),
        rules="\n".join(f"* {_plain(sentence)}" for sentence in contradictions.sentences()),
        codes="\n".join(f"| {code} | {_plain(what)} |" for code, what in EXIT_CODES.items()),
    )
    return head + "".join(_group(group, shown) for group in GROUPS)


def _group(group: Group, shown: Mapping[str, str]) -> str:
    parts = [f"\n## {group.title[0].upper()}{group.title[1:]}\n"]
    return "".join(
        [*parts, *(_option(option, shown.get(option.name, "")) for option in group.options)]
    )


def _option(option: Option, shown: str) -> str:
    flags = ", ".join(f"`{flag}{option.value}`" for flag in option.flags)
    said = _plain(f"{option.help[0].upper()}{option.help[1:]}.")
    company = " or ".join(f"`{label}`" for label in contradictions.company(option))
    taken = ", ".join(f"`{_LABELS[name]}`" for name in option.takes)
    notes = (
        f"Goes with {company}." if company else "",
        f"Takes {taken}." if taken else "",
        f"Not with `--json`: {option.no_json}." if option.no_json else "",
    )
    about = " ".join(filter(None, (said, *notes)))
    return f"\n### {flags}\n\n{about}\n\n```console\n{shown}```\n"


def _plain(text: str) -> str:
    """Text that Markdown shows as it is."""
    return re.sub(r"([<*|])", r"\\\1", text)


def record(home: Path, **more: str) -> dict[str, str]:
    """Run the examples in the order of the page, the last one last; what each shows, in short."""
    ordered = sorted(OPTIONS, key=lambda option: option.example == LAST)
    return {option.name: _ran(option, home, more) for option in ordered}


def _ran(option: Option, home: Path, more: Mapping[str, str]) -> str:
    real = [line.replace("user_data/", f"{home}/") for line in option.example.splitlines()]
    shown = [_line(option, f"./devToolKit.py {line}", home, more) for line in real]
    return "\n".join(_short(_CABLE.sub("", it.replace(f"{REPOSITORY}/", ""))) for it in shown)


def _line(option: Option, line: str, home: Path, more: Mapping[str, str]) -> str:
    words = shlex.split(line)[1:]
    done = meanwhile.DONE.get(option.name)
    if "--dummy" in words or "--help" in words:
        return _said(line, home)
    if done and set(words) & set(option.flags):
        shown = done.shown(words, transcripts.environment(home, more))
        return f"$ {line}\n{shown}".replace(str(home), "user_data")
    return transcripts.record([line], home, **more)


def _said(line: str, home: Path) -> str:
    """What a call prints that touches nothing: it needs no process of its own."""
    out = io.StringIO()
    before = dict(os.environ)
    os.environ["MICROS_USER_DATA"] = str(home)
    try:
        with chdir(REPOSITORY), redirect_stdout(out), redirect_stderr(out):
            main(shlex.split(line)[1:])
    finally:
        os.environ.clear()
        os.environ.update(before)
    return f"$ {line}\n{out.getvalue()}".replace(str(home), "user_data")


def _short(shown: str) -> str:
    lines = shown.splitlines()
    if len(lines) > SHOWN:
        lines[_BEGINNING:-_END] = ["…"]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def frame(page: str) -> str:
    """The page without what its examples print."""
    return _BLOCK.sub("```console\n```\n", page)


def blocks(page: str) -> dict[str, str]:
    """What the page shows of each option, by its name."""
    names = [re.findall(r"--([\w-]+)", flags)[0] for flags in _HEADING.findall(page)]
    shown = zip(names, _BLOCK.findall(page), strict=True)
    return {name.replace("-", "_"): block for name, block in shown}


def write(*, words_alone: bool) -> None:
    """Run everything and write the page; what is still alike stays as it is.

    Or leave all that was printed as it stands there.
    """
    shown = blocks(PAGE.read_text(encoding="utf-8"))
    if not words_alone:
        with tempfile.TemporaryDirectory() as folder:
            now = record(Path(folder) / "home")
        alike = transcripts.alike
        kept = {it: old for it, old in shown.items() if alike(old) == alike(now.get(it, ""))}
        shown = {**now, **kept}
    PAGE.write_text(text(shown), encoding="utf-8")


if __name__ == "__main__":
    write(words_alone="words" in sys.argv)
