"""The word `task`: which tasks there are, what came of them, their end. Loaded for one answer."""

import asyncio

from core.errors import CommandError
from core.executor import text
from core.once import once
from micropython import const

_PATIENCE = const(100)  # looks at a cancelled task, whose finally blocks may take their time
_GLANCE = const(20)  # ms between two of them


def matching(jobs, pattern):
    """The jobs of a tag or of `module.*`, or a refusal."""
    stem = pattern[:-1] if pattern.endswith("*") else None
    found = [
        job for job in jobs if job.tag == pattern or (stem is not None and job.tag.startswith(stem))
    ]
    if not found:
        raise CommandError("no task '%s', 'task list' shows them" % pattern)
    return found


async def kill(tasks, pattern):
    """Cancel and wait for the finally blocks; {tag: has it ended?}"""
    ended = {}
    for job in matching(tasks.jobs, pattern):
        if job.state == "running":
            ended[job.tag] = await _end(tasks, job)
    return ended


async def _end(tasks, job):
    if job.handle is asyncio.current_task():
        return False  # nobody can wait for himself
    job.handle.cancel()
    for _ in range(_PATIENCE):
        await tasks.sleep_ms(_GLANCE)
        if job.handle.done():
            job.state = "cancelled"  # it may not even have begun
            return True
    tasks.log.warn("task %s goes on %d ms after its cancel" % (job.tag, _PATIENCE * _GLANCE))
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
        return "\n".join("%-9s %s" % (job.state, job.tag) for job in tasks.jobs) or "no tasks"
    if word == "show" and tag:
        found = {job.tag: _described(job) for job in matching(tasks.jobs, tag)}
        return text(found, as_json)
    if word == "kill" and tag:
        ended = await kill(tasks, tag)
        if as_json:
            return text(ended, True)
        lines = ["Kill: %s|%s" % item for item in ended.items()]
        return "\n".join(lines) or "%s has ended already" % tag
    if word == "free" and tag:
        return once("core.crash").free(tag)
    raise CommandError(
        "expected task list, show <tag>, kill <tag> or free <module>, got '%s'" % rest
    )


def _described(job):
    text = "%s, %d runs" % (job.state, job.runs)
    if job.failures:
        text += ", the last %d failed" % job.failures
    return text if job.last is None else "%s, last: %s" % (text, job.last)
