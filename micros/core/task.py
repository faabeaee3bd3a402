"""The word `task`: which tasks there are, what came of them, their end. Loaded for one answer."""

import asyncio

from core.errors import CommandError
from core.executor import text
from core.once import once


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
        if job.service and job.tag == pattern:
            raise CommandError("%s serves the node, its setting switches it off" % job.tag)
        if job.state == "running" and not job.service:
            ended[job.tag] = await _end(tasks, job)
    return ended


async def _end(tasks, job):
    if job.handle is asyncio.current_task():
        return False  # nobody can wait for himself
    job.stopping = True
    job.handle.cancel()
    if await once("only").ended(tasks, job.handle):
        job.state = "cancelled"  # it may not even have begun
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
        return once("held").free(tag)
    raise CommandError(
        "expected task list, show <tag>, kill <tag> or free <module>, got '%s'" % rest
    )


def _described(job):
    text = "%s, %d runs" % (job.state, job.runs)
    if job.failures:
        text += ", the last %d failed" % job.failures
    if job.last is not None:
        text += ", last: %s" % job.last
    if job.error not in (None, job.last):
        text += ", last error: %s" % job.error
    return text
