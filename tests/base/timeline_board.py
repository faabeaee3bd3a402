"""Live timelines on MicroPython: `timeline_board.py scenarios.json folders`; prints their calls."""

import json
import sys

with open(sys.argv[1]) as _file:
    _scenarios = json.load(_file)
sys.path[:0] = sys.argv[2].split(":")

from timeline import lived  # noqa: E402  (its folder is on the path only now)


class _Told:
    """Takes calls as a list would, and prints each at once."""

    def __init__(self, number):
        self.number = number

    def append(self, call):
        print("@call", self.number, call[0], call[1])


for _number, _scenario in enumerate(_scenarios):
    lived(_scenario, _Told(_number))
