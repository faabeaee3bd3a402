"""The shell's word `update`: how it stands, and the way back by hand. Loaded for one answer."""

from core.errors import CommandError
from core.executor import text
from core.once import once


async def update(node, _, rest):
    """Tell how updates stand; `update back` goes to the release before."""
    once("words").bare("update [back|>json]", rest)
    if rest == "back":
        try:
            return await once("steps").alone(node, "back", once("deciding").turn, node)
        except CommandError as error:  # what a program is told besides is not for people
            raise CommandError(error.args[0])
    return text(once("verdict").status(node), rest == ">json")
