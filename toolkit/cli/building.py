"""The options that make files of what is in micros/: compiled, and as a manual."""

import argparse
from pathlib import Path

from toolkit.cli import ui
from toolkit.cli.command import Command
from toolkit.model import paths, release
from toolkit.model.boards import FAMILIES


def _boards(options: argparse.Namespace) -> list[str]:
    return [options.board] if options.board else list(FAMILIES)


def _compile_steps(options: argparse.Namespace) -> list[str]:
    return [
        f"compile micros/ for {board} into {paths.made() / board}" for board in _boards(options)
    ]


def _compile(options: argparse.Namespace) -> int:
    from toolkit.operations.build import build

    facts: list[dict[str, object]] = []
    for board in _boards(options):
        made = ui.follow(build(board))
        files, folder = len(made.files), str(made.folder)
        facts.append({"board": board, "folder": folder, "files": files, "bytes": made.size})
        if not options.json:
            ui.say(f"{folder}: {files} files, {made.size} B")
    if options.json:
        ui.as_json(facts)
    return 0


def _folder(options: argparse.Namespace) -> Path:
    from toolkit.operations import manual

    return Path(options.manual) if options.manual else manual.default_folder()


def _manual_steps(options: argparse.Namespace) -> list[str]:
    from toolkit.operations import manual

    return [f"write {_folder(options) / name}" for name in manual.NAMES]


def _manual(options: argparse.Namespace) -> int:
    from toolkit.model.manual_page import as_json
    from toolkit.operations import manual

    if options.json:
        ui.say(as_json(manual.modules(), release.identity()).rstrip())
        return 0
    for path in manual.write(_folder(options)):
        ui.say(f"{path}: {path.stat().st_size} B")
    return 0


COMPILE = Command(_compile_steps, _compile)
MANUAL = Command(_manual_steps, _manual)
