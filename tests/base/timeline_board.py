"""Live a timeline on MicroPython: `timeline_board.py scenario.json folders`; prints its calls."""

import json
import sys

with open(sys.argv[1]) as _file:
    _scenario = json.load(_file)
sys.path[:0] = sys.argv[2].split(":")

from timeline import lived  # noqa: E402  (its folder is on the path only now)


class _Told:
    """Takes calls as a list would, and prints each at once."""

    def append(self, call):
        print("@call", call[0], call[1])


lived(_scenario, _Told())
