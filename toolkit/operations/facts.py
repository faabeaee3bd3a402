"""What a node tells of itself over the link before anything is done to it."""

from dataclasses import dataclass

from toolkit.model.boards import FAMILIES
from toolkit.model.errors import RefusedError
from toolkit.model.state import read_settings
from toolkit.model.text import sentence
from toolkit.operations.air import ANSWER, Link, within
from toolkit.operations.status import parse


@dataclass(frozen=True)
class Facts:
    """By these it is told what is made for it, and whether it is meant."""

    board: str
    version: str = ""
    app: str = ""


async def facts(link: Link, *, app: bool = False) -> Facts:
    """Ask a node; `app` is a setting, and asked for only where it is needed."""
    told = parse(await within(ANSWER, "status", link.run("status >json"))) or {}
    board = told.get("board")
    if not isinstance(board, str) or board not in FAMILIES:
        raise RefusedError(
            f"its board is {sentence(board, 40)!r}, and releases are made for {', '.join(FAMILIES)}"
        )
    return Facts(board, sentence(told.get("version") or "")[:32], await _app(link) if app else "")


async def _app(link: Link) -> str:
    settings = read_settings(await within(ANSWER, "conf", link.request("conf")))
    return sentence(settings.get("app", ""))[:48]
