"""The start of a node: its parts are built and wired, its boot hook is run. Loaded for that.

No function of this file may be handed on: it would keep the whole file in memory.
"""

import asyncio
import gc
import json
import os
import sys

from core.errors import CommandError
from core.once import Rare, forget, once
from micropython import const

_SETTINGS = const("/node_config.1.json")
_SECRETS = const("/secret.json")
_HOOK = const(5)  # seconds the boot hook is waited for
_STUCK = const(20000)  # milliseconds after which a hook that holds the loop makes a failed start
_ALPHABET = const(
    "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)  # Crockford base 32: nothing looks like another


def manifest(slot):
    """Return what the manifest says of the release; its files, which come last, are not read."""
    with open(slot + "/manifest.json") as file:
        head = file.read(256)
    return json.loads(head[: head.index('"files"')].rstrip(", ") + "}")


def know(node):
    """Tell the node what it must know of itself: chip, release, secrets, settings, time."""
    from core.log import Clock, Log

    facts = manifest(node.slot)
    node.port = Rare("port." + facts["family"])
    port = once(node.port.file)
    node.uid = port.uid()
    node.board = facts["board"]
    node.release = facts["release"]
    node.version = "%d.%d.%d-%d" % tuple(node.release)
    node.boot_reason = port.reset_cause()
    node.memory = port.memory()
    survivor = once("survivor").of(node)
    node.ended = survivor.started(node.boot_reason)
    node.clock = Clock()
    node.clock.look(port)
    if survivor.valid:  # else what the firmware's clock tells is not from before this start
        node.clock.set(port.utc() or 0, "rtc")
    node.log = Log(node.clock, port.LOG)
    node.secrets = secrets(_SECRETS, port.entropy, node.log)
    settings(node, port)


def settings(node, port):
    """Read the settings and do what they say of the chip."""
    from core.config import Config

    table = node.slot + "/core/settings.jsonl"
    node.config = config = Config(_SETTINGS, table, node.secrets, _SECRETS, node.log)
    names = os.listdir("/")
    try:
        if _SETTINGS[1:] not in names and _SETTINGS[1:] + ".prev" not in names:
            once("migrate").bring(config)
        if _SECRETS[1:] + ".try" in names:
            once("trial").resume(node)
    except CommandError as error:  # the flash is full: the next start tries it again
        config.problem = str(error)
    config.values.update(version=node.version, hwuid=node.uid)
    config.values["sessions"] = min(config.values["sessions"], port.SESSIONS)
    node.log.echo = config.get("dbg")
    node.clock.zone = (config.get("tz"), config.get("gmttime"))
    port.interrupt_memory(config.get("irqmembuf"))
    port.set_frequency(config.get("boostmd"))


def secrets(path, entropy, log, console=print):
    """Return the secrets; a node that has no password makes itself one and tells its console."""
    kept, problem = once("store").load(path)
    if problem and not problem.endswith("is missing"):
        log.error("secrets: " + problem)
    if kept and kept.get("appwd"):
        return kept
    password = "".join([_ALPHABET[byte & 31] for byte in entropy(16)])
    kept = dict(kept or {}, appwd=password, claimed=False)
    console("micros: unclaimed, the password of this node is now " + password)
    try:
        once("store").save(path, kept)
    except OSError as error:
        log.error("secrets: not saved: %r" % error)
    return kept


def connect(node):
    """Build the parts that commands go through, each handed what it needs."""
    from core.executor import Executor, Modules
    from core.network import Network
    from core.server import Server
    from core.tasks import Tasks

    if node.port.COLLECT > 0:
        meet(node.slot + "/core")
    log = node.log
    node.modules = Modules(node.slot + "/manual.tsv", log)
    node.tasks = Tasks(log)
    node.executor = Executor(node.modules, node.tasks, log, node.memory)
    node.network = Network(Rare(node.port.file + "_wifi"), log, node)
    node.mark = node.config.get("devfid") + " $"
    node.server = Server(node)
    node.hook = node.config.get("boothook")
    values = node.config.values
    node.events = sorted([name for name in values if "irq" in name and values[name] is True])
    node.led = light(node) if node.config.get("pled") else None
    node.config.changed = node.changed
    node.config.thin()


def meet(folder):
    """Load every file once: the names in them, which stay for good, then lie close together."""
    before = list(sys.modules)
    for file in os.listdir(folder):
        name, _, kind = file.partition(".")
        if kind in ("mpy", "py"):
            once(name)
    for path in [path for path in sys.modules if path not in before]:
        forget(path)  # another one has imported it


def light(node):
    """Return the number and the pin of the light that shows life, None where there is none."""
    try:
        number = once("pins").number(node, "builtin")
        return number, node.port.pin(number, "out")
    except (CommandError, ValueError) as error:
        node.log.warn("pled: %s" % error)
    return None


async def begin(node):
    """Run the boot hook, listen, and let the services start, while the node is looked after."""
    if node.setup:
        node.config.values["staessid"] = ""  # in memory alone: its own network is to be there
    if not (node.safe or node.hook in ("", "n/a")):
        once("survivor").of(node).reached(1)
        await run_hook(node)
    once("survivor").of(node).reached(2)
    await node.server.watch()  # it listens before the network is there
    node.watched.append(node.tasks.spawn(node.network.run(node.config, node.executor.guard)))
    if not node.safe:
        services(node)
    gc.threshold(node.port.COLLECT)


async def run_hook(node, patience=_HOOK):
    """Run the commands of the boot hook; one that hangs or raises does not keep the node."""
    alarm = node.port.alarm(_STUCK)
    job = node.tasks.start("boothook", node.executor.call_line(node.hook, "boothook"))
    node.hook = None
    for _ in range(patience * 50):
        await asyncio.sleep_ms(20)
        if job.state != "running":
            break
    else:
        node.log.warn("boothook: still running after %d s, the start goes on" % patience)
    alarm.deinit()


def services(node):
    """Start what the settings switch on: what comes from time and pins. Not in safe mode."""
    if node.config.get("cron"):
        once("agenda").begin(node)
    if node.events:
        once("triggers").begin(node)
