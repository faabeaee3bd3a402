"""What people ask about background tasks: which there are, what came of them, their end."""

import asyncio

from core.errors import CommandError

_PATIENCE = 100  # looks at a cancelled task, whose finally blocks may take their time
_GLANCE = 20  # ms between two of them


def listing(jobs):
    """{"active": tags, "inactive": tags}"""
    found = {"active": [], "inactive": []}
    for job in jobs:
        found["active" if job.state == "running" else "inactive"].append(job.tag)
    return found


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
