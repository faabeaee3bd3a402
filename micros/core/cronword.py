"""The word `cron`, which in config mode is a setting too. Loaded for one answer."""

from core.errors import CommandError
from core.once import once
from micropython import const

_FORM = const("expected cron list [>json] or cron check \"<text>\", got '%s'")


def cron(node, session, rest):
    """Return the answer of the one or the other."""
    word, _, text = rest.partition(" ")
    if session.configuring and word not in ("list", "check"):
        return once("conf").setting(node, session, ("cron " + rest).strip())
    if word == "list" and text in ("", ">json"):
        return once("crontab").told(node, session, text)
    found = list(once("cronrows").entries(unquoted(text))) if word == "check" else ()
    if not found:
        raise CommandError(_FORM % ("cron " + rest).strip())
    return once("croncheck").check(node, session, found)


def unquoted(text):
    """Return a text without the quotes it may have come in."""
    return once("grammar").value(text) if text[:1] in ("'", '"') and text[-1] == text[0] else text
