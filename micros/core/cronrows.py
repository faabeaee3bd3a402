"""The entries of the schedule and what is known of each. Loaded for one answer."""

from core.once import once


def entries(crontasks):
    """Return the entries, one by one."""
    return () if crontasks == "n/a" else once("cron").each(crontasks)


def rows(node, crontasks, why):
    """Yield what there is to tell of each entry; `why` its next run cannot be told, if so."""
    s = node.scheduler
    known = {item[1]: [item[0]] for item in s.waiting} if s else {}
    for index, entry in enumerate(entries(crontasks)):
        dues = known.get(index, [])
        if s and not dues and index < len(s.dues) and s.dues[index] is not None:
            dues = [s.dues[index] + s.base]
        due = "never, " + entry.error if entry.error else why or shown(node, entry, dues)
        row = {"index": index, "entry": entry.text, "next": due}
        row["runs"], row["drops"], row["error"], _ = (s and s.counts.get(index)) or (0, 0, None, 0)
        yield row


def shown(node, entry, dues):
    """Return the next times of an entry as text, or what it waits for."""
    if not dues and not node.clock.source:
        return "waits for the clock"
    waits = "waits for geo" if entry.sun and node.config.get("geo") == "n/a" else "never"
    return ", ".join([node.clock.stamp(due) for due in dues]) or waits
