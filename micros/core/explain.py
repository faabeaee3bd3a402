"""What an entry of `crontasks` says, in words. Loaded for `cron check`."""


def words(entry):
    """Return a sentence: when it runs, and what."""
    names, days = "Mon Tue Wed Thu Fri Sat Sun", entry.fields[0]
    days = [name for day, name in enumerate(names.split()) if (day + 4) % 7 in days]
    said = "every day" if len(days) == 7 else "on " + " ".join(days)
    if entry.sun and not entry.offset:
        said += " at " + entry.sun
    elif entry.sun:
        side = "before" if entry.offset < 0 else "after"
        said += " %d min %s %s" % (abs(entry.offset) // 60, side, entry.sun)
    for name, size, values in zip(("hour", "minute", "second"), (24, 60, 60), entry.fields[1:]):
        if len(values) == size:
            said += ", every " + name
        else:
            said += ", %s %s" % (name, " ".join([str(value) for value in values]))
    if entry.catchup:
        said += "; missed while off: up to %d min late" % entry.catchup
    return said + ": " + "; ".join(entry.commands)
