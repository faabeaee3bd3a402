"""Commands of a chain that give what the test says, and remember what they got."""

values = []
done = []


def give():
    """The next value, or the next error."""
    value = values.pop(0)
    if isinstance(value, Exception):
        raise value
    return value


async def later():
    """The next value, after a while."""
    import asyncio

    await asyncio.sleep_ms(1)
    return give()


async def never():
    """Nothing, for good."""
    import asyncio

    try:
        await asyncio.Event().wait()
    finally:
        done.append("ended")


def plus(more, value):
    """Add."""
    return value + more


def sink(name, value):
    """Remember."""
    done.append((name, value))
    return "%s: %s" % (name, value)
