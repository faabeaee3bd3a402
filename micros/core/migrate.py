"""Settings of other schemas: brought over by steps, kept equal, removed. Loaded for that.

The older file stays, for the release that can be turned back to, and is kept equal by the steps
down. A step that was released never changes.
"""

import os

from core.once import once


def v04(kept, secrets):
    """From the one file of v0.4: with passwords, what the node shows, and a lease as devip."""
    secrets["stapwd"] = str(kept.pop("stapwd", ""))
    for name in ("appwd", "version", "nwmd", "hwuid", "devip"):
        kept.pop(name, None)
    if kept.get("staessid") == "your_wifi_name":
        kept["staessid"] = secrets["stapwd"] = ""


STEPS = (v04,)  # the first from schema 0 to 1; a step changes the two dictionaries it is given
DOWN = (None,)  # the way down, from schema 1 to 0; None: nobody goes there


def bring(config, steps=STEPS):
    """Make the settings of the newest schema from those of the highest one below that there is."""
    secrets, schema, kept = {}, len(steps), None
    while schema and kept is None:
        schema -= 1
        number = ".%d" % schema if schema else ""
        old = config.path.rsplit(".", 2)[0] + number + ".json"
        kept = once("store").load(old)[0]
    if kept is None:
        return
    for step in steps[schema:]:
        step(kept, secrets)
    once("written").keep_secrets(config, secrets)
    once("written").save(config.path, kept, "value")
    config.log.info("settings: brought over from " + old)
    config.fill()


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
    """At a start outside a trial: those of higher schemas go, that of the way back is equal."""
    for path, schema in others(node.config):
        if schema > own(node.config):
            once("store").remove(path)
    equal(node, steps)


def equal(node, steps=DOWN):
    """Keep the settings of the release that can be turned back to equal to those in use."""
    record = node and node.slots("newest")
    if not record or record["trial"] or not record["back"]:
        return
    config, store = node.config, once("store")
    slot = "/b" if node.slot == "/a" else "/a"
    try:
        schema = once("start").manifest(slot)["schema"]
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
