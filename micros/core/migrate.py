"""Settings of an earlier schema, brought over by steps. Loaded while there are none of this one.

The older file stays, for a release that is turned back to, see core/schemas.py, which has the steps
down, and removes that of v0.4 once all is safe. A step that was released never changes.
"""

from core.once import once


def v04(kept, secrets):
    """From the one file of v0.4: with passwords, what the node shows, and a lease as devip."""
    secrets["stapwd"] = str(kept.pop("stapwd", ""))
    for name in ("appwd", "version", "nwmd", "hwuid", "devip"):
        kept.pop(name, None)
    if kept.get("staessid") == "your_wifi_name":
        kept["staessid"] = secrets["stapwd"] = ""


STEPS = (v04,)  # the first from schema 0 to 1; a step changes the two dictionaries it is given


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
