"""The start of a node: its parts are built and wired, its boot hook is run. Loaded for that."""

import asyncio
import json
import sys

from core.builtins import Words
from core.clock import Clock
from core.config import Config
from core.executor import Executor
from core.log import Log
from core.modules import Modules
from core.network import Network
from core.once import once
from core.pins import Pins
from core.secrets import Secrets
from core.server import Server
from core.tasks import Tasks

SETTINGS = "/node_config.1.json"
SECRETS = "/secret.json"
HOOK = 5  # seconds the boot hook is waited for
STUCK = 20000  # milliseconds after which a hook that holds the loop makes a failed start
SAFE = (300, 900, 3600)  # seconds of safe mode, the first time, the second, from then on
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base 32: nothing looks like another


def manifest(slot):
    """Return what the manifest says of the release; its files, which come last, are not read."""
    with open(slot + "/manifest.json") as file:
        head = file.read(256)
    return json.loads(head[: head.index('"files"')].rstrip(", ") + "}")


def build(node, facts):
    """Build the parts of the node, each handed what it needs."""
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
    node.pins = Pins(node.board, config, log)
    node.modules = Modules(node.slot + "/manual.tsv", log)
    node.tasks = Tasks(log)
    node.executor = Executor(node.modules, node.tasks, log)
    node.network = Network(port, log, node.announce, node.keep_time)
    node.words = Words(node)
    # no function of this file may be handed on: it would keep the whole file in memory
    node.server = Server(config, node.session, node.tasks, log)
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


def check(node, record, write, decide):
    """Look at how the starts before went: safe mode, or the other release when that fails too."""
    if record["failed"]:
        node.problems.append("release %s failed and was left" % record["failed"])
    if not record["trial"] and record["wdt"] != int(node.config.get("wdt")):
        try:
            write(dict(record, wdt=int(node.config.get("wdt"))))  # from the next start on
        except OSError as error:
            node.problems.append("the boot record cannot be written: %r" % error)
    if node.survivor().failures:
        tell_crash(node.log)
    if not node.safe:
        return
    sys.path[1:3] = []  # the load modules: the user's and the release's
    node.problems.append("safe mode after three failed starts: no load modules, no boot hook")
    survivor = node.survivor()
    if survivor.safe_failures >= 3:
        change = decide(record, True)[1]
        if change:
            write(change)
            node.restart()


def tell_crash(log):
    """Log how the start before this one ended, where main.py has kept it."""
    try:
        with open("/crash") as file:
            log.error("the start before ended: " + file.read(512))
    except OSError:
        log.error("the start before ended without a word: watchdog, reset or a stuck boot hook")


def leave_safe_mode(node, second):
    """After a while try a normal start again, at first soon, then more rarely."""
    survivor = node.survivor()
    if second == SAFE[min(survivor.turns, len(SAFE) - 1)]:
        survivor.turns = min(survivor.turns + 1, 255)
        survivor.failures = 2
        survivor.keep()
        node.restart(False)


async def hook(node):
    """Run the commands of the boot hook; one that hangs or raises does not keep the node."""
    text = node.config.get("boothook")
    if node.safe or text in ("", "n/a"):
        return
    alarm = node.port.alarm(STUCK)
    job = node.tasks.start("boothook", node.executor.call_line(text, "boothook"))
    for _ in range(HOOK * 50):
        await asyncio.sleep_ms(20)
        if job.state != "running":
            break
    else:
        node.log.warn("boothook: still running after %d s, the start goes on" % HOOK)
    alarm.deinit()
