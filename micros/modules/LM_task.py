"""Task: what runs in the background, as the shell's word `task`, for hooks, chains and programs."""

import json

import lm


async def list() -> dict:
    """Tell the tags of what is active, and of what has ended."""
    return json.loads(await lm.shell("task list >json"))


async def show(name: str) -> dict:
    """Tell what is known of a tag, or of `module.*`."""
    return json.loads(await lm.shell("task show %s >json" % name))


async def kill(name: str) -> dict:
    """End a tag, or `module.*`, and tell of each whether it has ended."""
    return json.loads(await lm.shell("task kill %s >json" % name))


def load() -> dict:
    """Prepare nothing."""
    return {}


async def status() -> dict:
    """Tell what `list` tells."""
    return await list()


def pinmap() -> dict:
    """Tell that there are no pins."""
    return {}
