"""The option that shows how the known nodes are: once, or again and again."""

import argparse
import json
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime

from toolkit.cli import target, ui
from toolkit.cli.command import Command
from toolkit.cli.network import cache, vault
from toolkit.model import pipes
from toolkit.model.node_status import HEADERS, LESS, ONCE, Row, Watched, page
from toolkit.model.whereabouts import noted


def _steps(options: argparse.Namespace) -> list[str]:
    again = f", every {options.every} s until Ctrl-C" if options.every else ""
    return [f"ask {len(cache().nodes())} known nodes for their status{again}"]


def _status(options: argparse.Namespace) -> int:
    """Show the known nodes and how they are."""
    from toolkit.operations.status import status

    nodes = cache().nodes()
    if not nodes:
        ui.note("no node is known yet: a search (-s) finds them")
    if options.every:
        return _again(options)
    rows = _located(ui.follow(status(nodes, vault())))
    if options.json:
        ui.as_json([row.as_json for row in rows])
    else:
        ui.say("\n".join(_table(rows, ONCE) if ui.redraws() else _table(rows, ())))
    return 0


def _again(options: argparse.Namespace) -> int:
    """The same until Ctrl-C, which is how it is meant to end."""
    from toolkit.operations.status import rounds

    screen = None if options.json or not ui.redraws() else ui.Redrawn()
    watched = Watched()
    answers = rounds(cache().nodes, vault(), options.every, time.sleep)
    try:
        with closing(answers), pipes.ended_when_unread(), ui.unechoed():
            for rows in map(_located, answers):
                news = watched.news(rows)
                if screen:
                    screen.show(_page(rows, options.every))
                else:
                    _tell(news, as_json=options.json)
    except KeyboardInterrupt:
        pass
    return 0


def _located(rows: list[Row]) -> list[Row]:
    """With how to start the virtual boards that are off; these are looked for where need be."""
    return noted(rows, [] if all(row.online for row in rows) else target.virtual_at_hand())


def _page(rows: list[Row], every: int) -> str:
    online = sum(row.online for row in rows)
    head = f"{_now():%H:%M:%S}  {len(rows)} known, {online} online; every {every} s, Ctrl-C ends"
    return "\n".join((head, *_table(rows, LESS)))


def _table(rows: list[Row], less: Sequence[str]) -> list[str]:
    """The table, without what does not fit of `less`, and below it the notes, if they do not."""
    shown, notes = page(rows, ui.columns() - 1, less)
    cells = [[row.cells[at] for at in shown] for row in rows]
    table = ui.tabulated(cells, [HEADERS[at] for at in shown])
    return [table, *([""] if notes else []), *notes]


def _tell(news: list[tuple[Row, bool]], *, as_json: bool) -> None:
    """Each answer for programs, and for people what has changed."""
    now = _now()
    for row, changed in news:
        if as_json:
            told = {"time": now.isoformat(timespec="seconds"), **row.as_json, "changed": changed}
            ui.say(json.dumps(told, ensure_ascii=False))
        elif changed:
            ui.say(f"{now:%H:%M:%S}  {row.line}")


def _now() -> datetime:
    return datetime.now().astimezone()


STATUS = Command(_steps, _status)
