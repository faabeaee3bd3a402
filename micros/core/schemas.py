"""Settings of other schemas: kept equal for the release before, or removed. Loaded for that."""

import os

from core.once import once

DOWN = (None,)  # the way down, from schema 1 to 0; None: nobody goes there


def own(config):
    """Return the schema of the settings in use."""
    return int(config.path.split(".")[-2])


def others(config):
    """Return the files of other schemas: [path, schema]."""
    folder, _, name = config.path.rpartition("/")
    found = []
    for entry in os.listdir(folder or "/"):
        parts = entry.split(".")
        if parts[0] == name.split(".")[0] and len(parts) > 1:
            schema = int(parts[1]) if parts[1].isdigit() else 0
            if schema != own(config):
                found.append((folder + "/" + entry, schema))
    return found


def clear(config):
    """Remove them all: there is nothing any more that could be turned back to."""
    for path, _ in others(config):
        once("store").remove(path)


def tidy(node, steps=DOWN):
    """At a start outside a trial: those of higher schemas go, that of the way back is equal.

    That of schema 0 goes when this one's settings and secrets are on flash: it has passwords, and
    no release that lies in a slot reads it.
    """
    config, store = node.config, once("store")
    moved = store.load(config.path)[0] is not None
    moved = moved and "stapwd" in (store.load(config.secret_path)[0] or ())
    for path, schema in others(config):
        if schema > own(config) or (moved and not schema):
            store.remove(path)
    equal(node, steps)


def equal(node, steps=DOWN):
    """Keep the settings of the release that can be turned back to equal to those in use."""
    record = node and node.slots("newest")
    if not record or record["trial"] or not record["back"]:
        return
    config, store = node.config, once("store")
    slot = "/b" if node.slot == "/a" else "/a"
    try:
        schema = once("release").facts(slot)["schema"]
    except (OSError, ValueError):
        return
    kept = store.load(config.path)[0]
    if kept is None or schema >= own(config):
        return
    for step in reversed(steps[schema : own(config)]):
        if not step:
            return
        step(kept)
    path = config.path.rsplit(".", 2)[0] + ".%d.json" % schema
    if store.load(path) != (kept, None):
        try:
            store.save(path, kept)
        except OSError as error:
            config.log.error("settings: not kept for the release before: %r" % error)
