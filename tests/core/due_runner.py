"""Due times on the board's interpreter: `due_runner.py folders cases`, a line of them for each.

A case is a line: rule, hours of gmttime, latitude, longitude (or -), after, how many, entry.
"""

import sys


def main(folders, cases):
    sys.path[:0] = folders.split(":")
    import core.sun  # noqa: F401  (kept, else it would be imported anew for each question)
    from core.cron import entry
    from core.due import next_due
    from core.zone import zone

    with open(cases) as file:
        for line in file:
            rule, hours, latitude, longitude, after, count, text = line.rstrip("\n").split("\t")
            place = None if latitude == "-" else (float(latitude), float(longitude))
            made, where, found = entry(text), zone(rule, int(hours)), []
            assert not made.error, made.error
            due = int(after)
            while len(found) < int(count) and due is not None:
                due = next_due(made, due, where, place)
                found.append(str(due))
            print(",".join(found))


main(*sys.argv[1:])
