"""Values of settings are written, then used. Loaded when they have been read."""

from core.errors import CommandError
from core.once import once
from micropython import const

_FIRST = const(".1.json")  # nothing that has slots has settings before these


def free(config):
    """Refuse while a release is on trial: what it wrote would be there when it has gone."""
    if config.node and config.node.trial:
        raise CommandError("a release is on trial: settings are read-only until it is confirmed")


def change(config, values, defaults=None):
    """Write what differs from the defaults, and what the table does not know; then use it.

    Return "w" where it waits for the next start, because there was no memory to use it.
    """
    kept, problem = once("store").load(config.path)
    before = kept or {}
    kept = dict(before)
    kept.update(values)
    defaults = defaults or {row[0]: row[1] for row in once("table").rows(config)}
    for name in values:
        if values[name] == defaults[name]:
            del kept[name]
    if kept != before or (problem and not problem.endswith("is missing")):
        save(config.path, kept, "value")
        if not config.path.endswith(_FIRST):
            once("schemas").equal(config.node)
    config.problem = kept = before = None  # what was read is let go for what follows
    for name in values:
        if name in config.values:
            config.values[name] = values[name]
    try:
        if config.node:
            once("timing").changed(config.node, values)
    except MemoryError:
        return "w"
    return ""


def save(path, kept, what, how="save"):
    """Write a file; CommandError when that fails."""
    try:
        getattr(once("store"), how)(path, kept)
    except OSError as error:
        raise CommandError("not saved, the old %s stays: %r" % (what, error))


def keep_secrets(config, changed):
    """Save secrets; a new password claims the node, the old key goes."""
    kept = dict(config.secrets)
    if "appwd" in changed:
        kept.update(claimed=True, k=None, i=None)
    kept.update(changed)
    if kept != config.secrets:
        save(config.secret_path, kept, "secret")
    config.secrets.update(kept)
    config.log.secrets = once("settings").hidden(kept)
