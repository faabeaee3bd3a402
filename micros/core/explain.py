"""What an entry of `crontasks` says, in words. Loaded for `cron check`."""


def words(entry):
    """Return a sentence: when it runs, and what."""
    days = ["MonTueWedThuFriSatSun"[(day + 3) % 7 * 3 :][:3] for day in entry.fields[0]]
    said = "every day" if len(days) == 7 else "on " + " ".join(days)
    if entry.sun and not entry.offset:
        said += " at " + entry.sun
    elif entry.sun:
        side = "before" if entry.offset < 0 else "after"
        said += " %d minutes %s %s" % (abs(entry.offset) // 60, side, entry.sun)
    for name, size, values in zip(("hour", "minute", "second"), (24, 60, 60), entry.fields[1:]):
        if len(values) == size:
            said += ", every " + name
        else:
            said += ", %s %s" % (name, " ".join([str(value) for value in values]))
    if entry.catchup:
        said += "; missed while off: up to %d minutes late" % entry.catchup
    return said + ": " + "; ".join(entry.commands)
