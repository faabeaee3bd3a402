"""The word `task`: which tasks there are, what came of them, their end. Loaded for one answer."""

import asyncio

from core.errors import CommandError
from core.executor import text
from core.once import once
from micropython import const

_BEGUN = const(3)  # turns after which what has been started is under way


def matching(jobs, pattern):
    """The running jobs of a tag or of `module.*`."""
    return [job for job in jobs if _fits(job.tag, pattern)]


def _fits(tag, pattern):
    return tag == pattern or (pattern[-1:] == "*" and tag.startswith(pattern[:-1]))


def told(tasks, pattern=None):
    """What is known of all tasks, or of those of a tag or of `module.*`, else a refusal."""
    known = [job.told() for job in tasks.jobs] + tasks.ended
    found = [each for each in known if pattern is None or _fits(each[0], pattern)]
    if not found and pattern is not None:
        raise CommandError("no task '%s', 'task list' shows them" % pattern)
    return found


async def kill(tasks, pattern):
    """Cancel and wait for the finally blocks; {tag: has it ended?}"""
    told(tasks, pattern)
    found, ended = matching(tasks.jobs, pattern), {}
    for job in found:
        if not job.service:
            ended[job.tag] = await _end(tasks, job)
    if found and not ended:
        raise CommandError("%s serves the node, its setting switches it off" % found[0].tag)
    return ended


async def _end(tasks, job):
    if job.handle is asyncio.current_task():
        return False  # nobody can wait for himself
    for _ in range(0 if job.rounds else _BEGUN):
        await tasks.sleep_ms(0)  # what has not had its first turn would have no finally blocks
    job.stopping = True
    job.handle.cancel()
    if await once("only").ended(tasks, job.handle):
        job.over(tasks, "cancelled")  # it may not even have begun
        return True
    tasks.log.warn("task %s goes on, 2 s after its cancel" % job.tag)
    return False


async def task(node, _, rest):
    """task list | show <tag> | kill <tag>, each with >json too; task free <module>"""
    as_json = rest.endswith(">json")
    if as_json:
        rest = rest[:-5].strip()
    word, tag = (rest.split(None, 1) + ["", ""])[:2]
    tasks = node.tasks
    if word == "list" and not tag:
        if as_json:
            return text(tasks.listing(), True)
        return "\n".join("%-9s %s" % (each[1], each[0]) for each in told(tasks)) or "no tasks"
    if word == "show" and tag:
        found = {each[0]: _described(*each) for each in told(tasks, tag)}
        return text(found, as_json)
    if word == "kill" and tag:
        ended = await kill(tasks, tag)
        if as_json:
            return text(ended, True)
        lines = ["Kill: %s|%s" % item for item in ended.items()]
        return "\n".join(lines) or "%s has ended already" % tag
    if word == "free" and tag:
        return once("held").free(tag)
    raise CommandError(
        "expected task list, show <tag>, kill <tag> or free <module>, got '%s'" % rest
    )


def _described(_, state, rounds, failures, last, error):
    text = "%s, %d runs" % (state, rounds)
    if failures:
        text += ", the last %d failed" % failures
    if last is not None:
        text += ", last: %s" % last
    if error not in (None, last):
        text += ", last error: %s" % error
    return text
