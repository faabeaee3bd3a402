"""The start of a node: its parts are built and wired, its boot hook is run. Loaded for that."""

import asyncio
import json

from core.clock import Clock
from core.config import Config
from core.log import Log
from core.once import once
from core.secrets import Secrets

SETTINGS = "/node_config.1.json"
SECRETS = "/secret.json"
HOOK = 5  # seconds the boot hook is waited for
STUCK = 20000  # milliseconds after which a hook that holds the loop makes a failed start
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base 32: nothing looks like another


def manifest(slot):
    """Return what the manifest says of the release; its files, which come last, are not read."""
    with open(slot + "/manifest.json") as file:
        head = file.read(256)
    return json.loads(head[: head.index('"files"')].rstrip(", ") + "}")


def build(node, facts):
    """Build the parts of the node, each handed what it needs.

    No function of this file may be handed on: it would keep the whole file in memory.
    """
    port = once(node.port.path)
    node.board = facts["board"]
    node.release = facts["release"]
    node.version = "%d.%d.%d-%d" % tuple(node.release)
    node.boot_reason = port.reset_cause()
    node.safe = node.survivor().started(node.boot_reason)
    node.clock = Clock(port.utc())
    node.log = log = Log(node.clock, port.LOG)
    node.secrets = Secrets(SECRETS, secrets(SECRETS, port.entropy, log))
    node.config = config = Config(SETTINGS, node.slot + "/core/settings.jsonl", node.secrets, log)
    config.values.update(version=node.version, hwuid=node.uid)
    config.values["sessions"] = min(config.values["sessions"], port.SESSIONS)
    log.secrets = node.secrets.texts
    log.echo = config.get("dbg")
    node.clock.offset = config.get("gmttime") * 3600
    port.interrupt_memory(config.get("irqmembuf"))
    port.set_frequency(config.get("boostmd"))


def secrets(path, entropy, log, console=print):
    """Return the secrets; a node that has no password makes itself one and tells its console."""
    kept, problem = once("core.store").load(path)
    if problem and not problem.endswith("is missing"):
        log.error("secrets: " + problem)
    if kept and kept.get("appwd"):
        return kept
    password = "".join([ALPHABET[byte & 31] for byte in entropy(16)])
    kept = dict(kept or {}, appwd=password, claimed=False)
    console("micros: unclaimed, the password of this node is now " + password)
    try:
        once("core.store").save(path, kept)
    except OSError as error:
        log.error("secrets: not saved: %r" % error)
    return kept


async def hook(node):
    """Run the commands of the boot hook; one that hangs or raises does not keep the node."""
    text = node.config.get("boothook")
    alarm = node.port.alarm(STUCK)
    job = node.tasks.start("boothook", node.executor.call_line(text, "boothook"))
    for _ in range(HOOK * 50):
        await asyncio.sleep_ms(20)
        if job.state != "running":
            break
    else:
        node.log.warn("boothook: still running after %d s, the start goes on" % HOOK)
    alarm.deinit()
