"""Tasks are started here, and counted. Loaded when one is."""

from core.errors import CommandError
from core.once import once


def start(tasks, tag, work, delay=0, interval=None):
    """Run a coroutine, or a function every `interval` ms, after `delay` ms."""
    return launched(tasks, admit(tasks, tag, work, tasks.places), work, delay, interval)


def supervise(tasks, name, function, interval=1000, delay=0):
    """Run a service of the node for good; when it ends, start it again.

    It takes nobody's place, and nobody can kill it.
    """
    job = admit(tasks, name, function, None)
    job.service = True
    return launched(tasks, job, function, delay, interval)


def launched(tasks, job, work, delay, interval):
    """Start what has been admitted; the job."""
    try:
        job.handle = tasks.spawn(job.run(tasks, work, delay, interval))
    except MemoryError:
        tasks.jobs.remove(job)  # it would hold its place for good
        raise
    return job


def admit(tasks, tag, work, places):
    """A new job, where there is room for it; what was told of its tag before is forgotten."""
    known = tag in [job.tag for job in tasks.jobs]
    if known or (places and len([job for job in tasks.jobs if not job.service]) >= places):
        if hasattr(work, "close"):
            work.close()  # a coroutine that is not started after all
        if known:
            raise CommandError("%s is running already, 'task kill %s' ends it" % (tag, tag))
        raise CommandError("expected at most %d tasks, end one of them first" % places)
    tasks.kind = tasks.kind or once("job").Job  # in memory while one runs
    tasks.ended = [told for told in tasks.ended if told[0] != tag]
    job = tasks.kind(tag)
    tasks.jobs.append(job)
    return job


def listing(tasks):
    """{"active": tags, "inactive": tags}"""
    active = [job.tag for job in tasks.jobs]
    return {"active": active, "inactive": [told[0] for told in tasks.ended]}
