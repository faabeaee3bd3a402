"""What the toolkit ends with: one table, from which the help and docs/toolkit.md are made."""

from collections.abc import Mapping

EXIT_CODES: Mapping[int, str] = {
    0: "done",
    1: "a bug, or tests that failed",
    2: "options",
    3: "input (file, setting, profile)",
    4: "port or board",
    5: "flash",
    6: "node not reached, or not in its Wi-Fi",
    7: "login refused",
    8: "something missing on this computer",
    9: "refused by the node, or for a trial on it",
    10: "failed on the node (or rolled back)",
    11: "not known what became of it",
    12: "some of several nodes were not updated",
    13: "some steps of --selfcheck did not pass",
    129: "its terminal was closed",
    130: "interrupted",
    141: "nobody reads what is printed (as with: | head)",
    143: "ended by a signal",
}
