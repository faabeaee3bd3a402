"""`micropython.schedule` as a board has it: a queue of eight, run in order, full is an error."""

import micropython
import usys

_DEPTH = 8
_functions = [None] * _DEPTH
_arguments = [None] * _DEPTH
_first = 0
_count = 0
_queued = False


def schedule(function, argument):
    """Call `function(argument)` soon. Allocates nothing: it is called with the heap locked."""
    global _count, _queued
    if _count >= _DEPTH:
        raise RuntimeError("schedule queue full")
    place = (_first + _count) % _DEPTH
    _functions[place] = function
    _arguments[place] = argument
    _count += 1
    if not _queued:
        micropython.schedule(_run, None)
        _queued = True


def offer(function, argument):
    """Schedule an interrupt's handler; a full queue loses it, as on a board."""
    try:
        schedule(function, argument)
    except RuntimeError:
        pass


def _run(_):
    global _first, _count, _queued
    _queued = False
    while _count:
        function, argument = _functions[_first], _arguments[_first]
        _functions[_first] = _arguments[_first] = None
        _first = (_first + 1) % _DEPTH
        _count -= 1
        try:
            function(argument)
        except Exception as error:  # noqa: BLE001 - the program's own error, shown as a board does
            usys.print_exception(error)
