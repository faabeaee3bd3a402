"""What follows `try`: settings are put on trial, see core/trial.py. Loaded for that."""

import os

from core.errors import CommandError
from core.once import once


def asked(text):
    """Return the seconds and the texts of `<s> key=value key="two words"`."""
    seconds, _, text = (text + " ").partition(" ")
    texts, end = {}, ""
    while text.strip():
        name, _, text = text.lstrip().partition("=")
        quote = text[0] if text[:1] in ("'", '"') else ""
        texts[name], end, text = text[len(quote) :].partition(quote + " ")
        if not end:
            break
    return bounded(int(seconds) if end and seconds.isdigit() else 0), texts


def bounded(seconds):
    """Return how long a trial lasts; what came instead is not told: it may be a secret."""
    if type(seconds) is int and 5 <= seconds <= 3600:
        return seconds
    raise CommandError('expected try <5 to 3600 seconds> key=value key="two words"')


async def begin(node, session, text):
    """Put on trial what follows `try`."""
    return await chosen(node, session, *asked(text))


async def chosen(node, session, seconds, texts):
    """Put settings on trial, with a restart where they need one."""
    values, secrets, _, flags = once("checked").checked(node.config, texts)
    if "f" in flags:
        raise CommandError("wdt, poweron and resetpin are for the start after: not to be tried")
    answer = "On trial for %d s: log in anew and say keep" % seconds
    if "u" in flags:
        answer += "; there was no memory to look for mistakes in it"
    if "r" not in flags:
        for other in node.server.sessions:
            other.early = True
        once("trial").use(node, seconds, values, secrets)
        return answer
    try:
        os.stat(node.config.secret_path + ".try")
        raise CommandError("settings are on trial: the node is about to restart with them")
    except OSError:
        once("trial").note(node.config, seconds, values, secrets)
    try:
        await session.say(answer)
        await once("words").reboot(node, session, "")
    finally:  # whatever becomes of this connection: they do not wait for some later start
        node.restart()
