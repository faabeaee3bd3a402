"""Tasks that begin, run again or end, for one who watches them. In memory as long."""

from micropython import const

_PAUSE = const(250)  # ms between two looks
_TOLD = const(80)  # characters of a result


async def follow(link, request, name):
    """Tell what is known of each task, of those of a tag or of `module.*`; then what changes."""
    tasks, seen = link.node.tasks, {}
    while True:
        now = {}
        for told in [job.told() for job in tasks.jobs] + tasks.ended:
            if fits(told[0], name):
                now[told[0]] = told
        for tag, told in now.items():
            before = seen.get(tag)
            # What has ended is told once for each end, however alike two of them are.
            if told != before or (told[1] != "running" and told is not before):
                await link.event(request, described(told))
        seen = now
        await link.session.sleep_ms(_PAUSE)


def fits(tag, name):
    """Is it a task of this name?"""
    return name in (None, tag) or (name[-1:] == "*" and tag.startswith(name[:-1]))


def described(told):
    """Return an event."""
    tag, state, runs, failures, last, error = told
    last, error = [text and text[:_TOLD] for text in (last, error)]
    found = {"task": tag, "state": state, "runs": runs, "failures": failures, "last": last}
    if error:
        found["error"] = error
    return found
