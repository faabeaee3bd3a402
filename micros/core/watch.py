"""What somebody watches over the link. Loaded for the beginning."""

from core.errors import CommandError
from core.once import once


async def watch(link, request):
    """Tell what comes, event by event, until the request is cancelled."""
    topic, name = request.given.get("topic"), request.given.get("name")
    if name is None or isinstance(name, str):
        if topic == "log":
            return await once("watchlog").follow(link, request, name)
        if topic == "tasks":
            return await once("watchtasks").follow(link, request, name)
        if topic == "values" and name:
            return await once("watchvalues").follow(link, request, name)
    raise CommandError(
        "watch: expected topic log with the name of a level, tasks with that of a task, "
        "or values with the name '<module> <function>'"
    )
