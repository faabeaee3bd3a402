"""Settings on trial: in use for some seconds, written only on `keep`. Loaded when asked for.

config.trial is (uptime of its end, values, secrets, by a start?, values before, secrets before).
The file has what waits for a start, and goes before its one use; or with 0 seconds what is on its
way into two files, and goes when it is in both.
"""

from core.errors import CommandError
from core.once import once


def note(config, seconds, values, secrets):
    """Write the file, which lies where the secrets do."""
    content = {"seconds": seconds, "values": values, "secrets": secrets}
    once("written").save(config.secret_path + ".try", content, "value", "write")


def resume(node):
    """At a start: use what waits for it, or go on where the power was cut."""
    store, path = once("store"), node.config.secret_path + ".try"
    found = store.load(path)[0] or {"seconds": 1}
    seconds, values, secrets = [found.get(name) for name in ("seconds", "values", "secrets")]
    if not seconds:
        once("written").keep_secrets(node.config, secrets)
        once("written").change(node.config, values)
    if store.remove(path) and seconds and secrets is not None and node.boot_reason != "power-on":
        use(node, seconds, values, secrets, True)


def use(node, seconds, values, secrets, started=False):
    """Take settings into use for so long."""
    config, until = node.config, node.clock.uptime() + seconds
    before = {name: config.get(name) for name in values}
    hidden = {name: config.get(name) for name in secrets}
    put(config, (until, values, secrets, started, before, hidden), values, secrets)


def put(config, trial, values, secrets):
    """Take settings into use, in memory alone: those of a trial, or without one those before."""
    hidden = once("settings").hidden
    config.trial, old = trial, hidden(config.secrets)
    config.values.update(values)
    config.secrets.update(secrets)
    config.log.secrets = old + hidden(config.secrets)
    if config.node:
        once("timing").changed(config.node, values)


def end(node):
    """Nobody has come back in time: the old settings do."""
    trial = node.config.trial
    if trial[3]:
        node.restart(False)
    put(node.config, None, *trial[4:])
    node.log.warn("settings: nobody said keep, the old ones are back")


async def keep(node, session, rest):
    """Write what is on trial: who comes by a connection opened since has shown that it works."""
    once("words").bare("keep", rest)
    config, trial = node.config, node.config.trial
    if not trial or session.early:
        came = "this one is older" if trial else "nothing is on trial"
        raise CommandError("expected keep on a connection opened after try, but " + came)
    once("written").free(config)
    put(config, None, *trial[4:])
    try:
        write(config, *trial[1:3])
    except CommandError:
        put(config, trial, *trial[1:3])
        raise
    if "appwd" in trial[2]:
        await once("key").rekey(node, session, trial[2]["appwd"])
    return "Saved"


def write(config, values, secrets):
    """Write both files or none of them, whenever the power goes; return what `change` returns."""
    work, before = once("written"), dict(config.secrets)
    if values and secrets:
        note(config, 0, values, secrets)
    try:
        work.keep_secrets(config, secrets)
        flag = work.change(config, values)
        once("store").remove(config.secret_path + ".try")
    except CommandError:
        once("store").remove(config.secret_path + ".try")
        new = [name for name, now in config.secrets.items() if now != before.get(name)]
        work.keep_secrets(config, {name: before.get(name) for name in new})
        raise
    return flag
