"""New values of settings that came over the link are written, or tried. Loaded for that."""

from core.once import once
from micropython import const

_UNUSED = const("Saved for the next start, there was no memory to use it now")
_UNREAD = const("Saved, but there was no memory to look for mistakes in it")


async def saved(link, request):
    """Write them and use them; with a new password or key all other sessions end."""
    node, texts, key = link.node, request.texts, request.key
    if "appwd" in texts and not key:
        once("checked").checked(node.config, {"appwd": texts["appwd"]})
        key = await once("key").made(node, texts["appwd"])
    flags = node.config.set_many(texts, key)
    if key:
        node.server.close_others(link.session)
    return _UNUSED if "w" in flags else _UNREAD if "u" in flags else True


async def tried(link, request):
    """Use them for some seconds, until somebody says keep."""
    trial, speaker = once("attempt"), once("linkwords").speaker(link, request)
    seconds = trial.bounded(request.given["try"])
    return await trial.chosen(link.node, speaker, seconds, request.texts)
