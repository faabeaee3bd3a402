"""The manual of all load modules as people read it (Markdown), and as programs do (JSON)."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from toolkit.model import release
from toolkit.model.manual import Module
from toolkit.model.release import Identity
from toolkit.model.unknown import as_null

_INTRODUCTION = """\
Release {release}. A function of a module is a command of the shell: the module's name, its own
name, its arguments; `help <module>` on a node tells the same. An argument with `=` may be left out,
and any may be given by its name: `servo angle 90 servo=2`.
"""


def markdown(modules: Sequence[Module], identity: Identity) -> str:
    """One page: a list of the modules, then each with its functions and its examples."""
    about = _INTRODUCTION.format(release=release.shown(identity.release))
    rows = [f"| [{it.name}](#{_anchor(it)}) | {_cell(it.summary)} |" for it in modules]
    table = "\n".join(["| module | what it is |", "|---|---|", *rows])
    sections = ["\n".join(_section(module)) for module in modules]
    return "\n\n".join(["# Load modules", about.rstrip(), table, *sections]) + "\n"


def as_json(modules: Sequence[Module], identity: Identity) -> str:
    """The same facts for programs."""
    facts: dict[str, Any] = {
        "release": release.shown(identity.release),
        "api": identity.api,
        "modules": [_facts(module) for module in modules],
    }
    return json.dumps(facts, indent=1, ensure_ascii=False) + "\n"


def _section(module: Module) -> Iterator[str]:
    yield f"## {module.name}\n"
    yield f"{_escaped(module.summary)}\n"
    yield "| command | does |"
    yield "|---|---|"
    for function in module.functions:
        command = f"{module.name} {function.signature}".replace("|", "\\|")
        yield f"| `{command}` | {_cell(function.summary)} |"
    if module.examples:
        yield "\n".join(["", "```", *module.examples, "```"])


def _cell(text: str) -> str:
    return _escaped(text).replace("|", "\\|")


def _escaped(text: str) -> str:
    """`<` begins no tag, but between backquotes, where a page shows it as it is."""
    pieces = text.split("`")
    pieces[::2] = [piece.replace("<", "&lt;").replace("*", "\\*") for piece in pieces[::2]]
    return "`".join(pieces)


def _anchor(module: Module) -> str:
    return re.sub(r"[^\w-]", "", module.name.lower())


def _facts(module: Module) -> dict[str, Any]:
    return {
        "name": module.name,
        "summary": module.summary,
        "examples": list(module.examples),
        "functions": [
            {
                "name": function.name,
                "summary": function.summary,
                "signature": function.signature,
                "parameters": [
                    as_null({"name": it.name, "type": it.annotation, "default": it.default})
                    for it in function.parameters
                ],
            }
            for function in module.functions
        ],
    }
