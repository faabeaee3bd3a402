"""Commands apart from the shell: lines of hooks, background tasks, what came of them, their end.

Loaded for a hook's line, when a task is started, and for the word `task`.
"""

import asyncio

from core.command import parse
from core.errors import CommandError
from core.executor import text
from core.tasks import Job
from micropython import const

_PATIENCE = const(100)  # looks at a cancelled task, whose finally blocks may take their time
_GLANCE = const(20)  # ms between two of them
_REMEMBERED = const(6)  # ended tasks whose last word can still be asked for


def start(tasks, tag, work, delay=0, interval=None):
    """Run a coroutine, or a function every `interval` ms, after `delay` ms."""
    job = admit(tasks, tag, work)
    tasks.jobs.append(job)
    return tasks.launch(job, work, delay, interval)


def background(executor, command, call):
    """Start a command whose answer nobody waits for."""
    tag = command.module + "." + command.function
    wait, interval = (0, command.delay) if command.repeat else (command.delay, None)
    executor.tasks.start(tag, call, wait, interval)
    return tag + ": started"


def admit(tasks, tag, work):
    """A new job, where there is room for it; the eldest of the ended ones are forgotten."""
    running = [job.tag for job in tasks.jobs if job.state == "running"]
    if tag in running or len(running) >= tasks.limit:
        if hasattr(work, "close"):
            work.close()  # a coroutine that is not started after all
        if tag in running:
            raise CommandError("%s is running already, 'task kill %s' ends it" % (tag, tag))
        raise CommandError("expected at most %d tasks, end one of them first" % tasks.limit)
    ended = [job for job in tasks.jobs if job.state != "running"]
    for job in ended:
        if job in ended[:-_REMEMBERED] or job.tag == tag:
            tasks.jobs.remove(job)
    return Job(tag)


async def call_line(executor, text, origin):
    """Run the commands of a line one after the other; what goes wrong is logged."""
    kind, commands = await executor.guard(origin, parse, text)
    if kind:
        executor.log.error("%s: %s" % (origin, commands))
        return
    for command in commands:
        kind, value = await executor.guard(origin, executor.perform, command)
        if kind == "refused":
            executor.log.error("%s: %s" % (origin, value))


def listing(tasks):
    """{"active": tags, "inactive": tags}"""
    found = {"active": [], "inactive": []}
    for job in tasks.jobs:
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


async def task(words, _, rest):
    """task list | show <tag> | kill <tag>, each with >json too"""
    as_json = rest.endswith(">json")
    if as_json:
        rest = rest[:-5].strip()
    word, tag = (rest.split(None, 1) + ["", ""])[:2]
    tasks = words.node.tasks
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
    raise CommandError("expected task list, show <tag> or kill <tag>, got '%s'" % rest)


def _described(job):
    text = "%s, %d runs" % (job.state, job.runs)
    if job.failures:
        text += ", the last %d failed" % job.failures
    return text if job.last is None else "%s, last: %s" % (text, job.last)
