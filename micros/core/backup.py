"""What outlives a reset, where the firmware has machine.mem_backup: called as RTC().memory is."""

from micropython import const

_MOST = const(1024)


def region(view):
    """Return a function that tells the bytes of a memoryview, or takes those it is given."""

    def memory(data=None):
        if data is None:
            return bytes(view[:_MOST])
        data = data[: min(_MOST, len(view))]
        view[: len(data)] = data
        return None

    return memory
