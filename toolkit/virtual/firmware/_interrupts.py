"""`micropython.schedule` as a board has it: a queue of eight, run in order, full is an error."""

import usys
from _signals import interrupt, strike, watch, within

_DEPTH = 8
_functions = [None] * _DEPTH
_arguments = [None] * _DEPTH
_first = 0
_count = 0
_queued = False  # somebody will run what is in the queue


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
        _queued = True
        interrupt()


def offer(function, argument):
    """Queue an interrupt's handler, which `run` is about to take; a full queue loses it."""
    global _queued
    _queued = True
    try:
        schedule(function, argument)
    except RuntimeError:
        pass


def run():
    """Run what is in the queue.

    Where it was filled, not later: a signal cuts short the waiting of a program once, and the
    interpreter runs one scheduled function then. A second one would wait for the next signal.
    """
    global _first, _count, _queued
    try:
        while True:
            # No jump until it is taken: a look there, in the program's own run, takes some, too.
            function, argument = _functions[_first], _arguments[_first]
            _functions[_first] = _arguments[_first] = None
            taken = function is not None
            _first = (_first + taken) % _DEPTH
            _count -= taken
            if not taken:
                return
            try:
                _call(function, argument)
            except Exception as error:  # noqa: BLE001 - the program's own, shown as a board does
                usys.print_exception(error)
            except KeyboardInterrupt:  # whoever wants the program to end strikes twice
                strike()
    finally:
        _queued = False


def _call(function, argument):
    try:
        within(True)
        function(argument)
    finally:
        within(False)


watch(run)
