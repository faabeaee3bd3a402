# ruff: noqa: UP031 - the dialect of MicroPython
"""Save settings without end. `saves.py slot folder`: says what was found, then each save done."""

import sys

slot, folder = sys.argv[1:]
sys.path[:] = [slot, ".frozen"]

from core.config import Config  # noqa: E402 - its folder is on the path only now
from core.once import pane  # noqa: E402

pane.pack = slot + "/pack"


class _Log:
    """What the settings complain to; `problem` holds the same."""

    def error(self, text):
        pass

    debug = info = warn = error


_LONG = 200  # the two settings of a save say the same, one of them at length

secrets = {"appwd": "for-benchmarks-only"}
table = slot + "/core/settings.jsonl"
config = Config(folder + "/settings.json", table, secrets, folder + "/secret.json", _Log())
number, text = config.get("soctout"), config.get("boothook")
whole = text == ("%d;" % number) * _LONG or (number, text) == (100, "n/a")
print("found", number, "whole" if whole else "torn", config.problem or "no problem")
while True:
    number += 1  # soctout takes up to 86400
    config.set_many({"soctout": str(number), "boothook": ("%d;" % number) * _LONG})
    print("saved", number)
