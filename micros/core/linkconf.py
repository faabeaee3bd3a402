"""Settings over the link. Loaded for one request."""

import json

from core.once import once


async def conf(link, request):
    """Tell all settings, or change some: all of them or none."""
    given, config = request.given, link.node.config
    if "set" in given:
        texts, key = once("given").short(link, request)
        if "try" in given:
            speaker = once("linkwords").Speaker(link, request)
            return await once("attempt").chosen(link.node, speaker, given["try"], texts)
        return await once("given").saved(link, texts, key)
    if given.get("reset"):
        config.reset()
        return True
    if "key" in given:
        texts = await once("longvalue").received(link, request)
        return await once("given").saved(link, texts, None)
    kept = once("settings").content(config)
    return await once("longer").told(link, request, _pieces(once("dumped"), config, kept))


def _pieces(work, config, kept):
    """Yield all settings as pieces of JSON text, secrets masked."""
    before = "{"
    for name, value in work.shown(config, "", kept, json.dumps):
        yield before + json.dumps(name) + ":" + value
        before = ","
    yield "}"
