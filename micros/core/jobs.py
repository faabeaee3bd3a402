"""Commands that nobody waits for: lines of hooks, background tasks. Loaded when one is started."""

from core.errors import CommandError
from core.executor import parse
from micropython import const

_REMEMBERED = const(6)  # ended tasks whose last word can still be asked for


def start(tasks, tag, work, delay=0, interval=None):
    """Run a coroutine, or a function every `interval` ms, after `delay` ms."""
    job = admit(tasks, tag, work)
    tasks.jobs.append(job)
    return launched(tasks, job, work, delay, interval)


def supervise(tasks, name, function):
    """Run a service of the node for good; when it ends, start it again."""
    return launched(tasks, new(name), function, 0, 1000)


def launched(tasks, job, work, delay, interval):
    """Start what has been admitted; the job."""
    job.handle = tasks.spawn(job.run(tasks, work, delay, interval))
    return job


def new(tag):
    """A job that is not started yet."""
    from core.job import Job  # from here on in memory, not before

    return Job(tag)


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
    return new(tag)


async def call_line(executor, line, origin):
    """Run the commands of a line one after the other; what goes wrong is logged."""
    kind, commands = await executor.guard(origin, parse, line)
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
