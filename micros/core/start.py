"""The start of a node: its parts are built and wired. Loaded for that.

No function of this file may be handed on: it would keep the whole file in memory.
"""

import os

from core.errors import CommandError
from core.once import Rare, once
from micropython import const

_SETTINGS = const("/node_config.1.json")
_SECRETS = const("/secret.json")
_USUAL = const(
    "places login reply words status about utc loader bring settings table ntp wifi settle health"
)
_OFTEN = const(
    "jobs manual help topic grammar conf change store timing task job linkrun linkout linktext"
)
_LINKED = const(
    "linkstart linkopen linkwait linkwho linkkey linklogin linkproof linkin linkjson linkbegin"
)
_CHAINS = const(" chain1 chain2 chain3 chain4 ")  # a short text would stay in memory for good
_ALPHABET = const(
    "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)  # Crockford base 32: nothing looks like another


def know(node, chosen):
    """Tell the node what it must know of itself: trial, chip, release, secrets, settings, time."""
    from core.log import Clock, Log

    record = chosen[2]
    trial = record["trial"]
    if trial == node.slot[1:]:
        node.trial = [chosen[1], record["auto"]]
    elif trial and len(trial) > 1:  # firmware: the name of its partition
        node.trial = [chosen[1], 0, trial]
    facts = once("release").facts(node.slot)
    node.port = Rare("port." + facts["family"])
    port = once(node.port.file)
    node.uid = port.uid()
    node.board = facts["board"]
    node.release = facts["release"]
    node.version = "%d.%d.%d-%d" % tuple(node.release)
    node.boot_reason = port.reset_cause()
    node.memory = port.memory()
    survivor = once("survivor").record_of(node)
    node.ended = survivor.started(node.boot_reason, node.trial)
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

    if node.port.LEAF:
        meet()
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
    node.events += [it for it in values if it in _CHAINS and values[it] not in ("", "n/a")]
    node.led = light(node) if node.config.get("pled") else None
    node.config.node = node
    node.config.thin()


def meet():
    """Load what every node uses: the names in it, which stay for good, then lie close together."""
    for file in " ".join((_USUAL, _OFTEN, _LINKED)).split():
        once(file)


def light(node):
    """Return the number and the pin of the light that shows life, None where there is none."""
    try:
        number = once("pins").number(node, "builtin")
        return number, node.port.pin(number, "out")
    except (CommandError, ValueError) as error:
        node.log.warn("pled: %s" % error)
    return None
