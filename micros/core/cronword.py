"""The word `cron`, which in config mode is a setting too. Loaded for one answer."""

from core.once import once


def cron(node, session, rest):
    """Return the answer of the one or the other."""
    if session.configuring and rest.partition(" ")[0] not in ("list", "check"):
        return once("conf").setting(node, session, ("cron " + rest).strip())
    return once("crontab").cron(node, session, rest)
