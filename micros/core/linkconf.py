"""Settings over the link. Loaded for one request."""

import json

from core.once import once


async def conf(link, request):
    """Tell all settings, or change some: all of them or none."""
    given, config = request.given, link.node.config
    if "set" in given:
        file = "given"
        request.step = link.later, file, "short", request
        return None
    if given.get("reset"):
        config.reset()
        return True
    if "key" in given:
        file = "longvalue"
        request.step = link.later, file, "received", request
        return None
    kept = once("settings").content(config)
    return await once("longer").told(link, request, _pieces(once("dumped"), config, kept))


def _pieces(work, config, kept):
    """Yield all settings as pieces of JSON text, secrets masked."""
    before = "{"
    for name, value in work.shown(config, "", kept, json.dumps):
        yield before + json.dumps(name) + ":" + value
        before = ","
    yield "}"
