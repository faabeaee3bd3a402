"""Power-on: start the slot that the boot record names, and never leave a dead board."""

import gc
import hashlib
import io
import json
import os
import sys
import time
from binascii import crc32, hexlify

from machine import WDT, Timer, reset
from micropython import const

RECORDS = ("/boot.0", "/boot.1")
_NO_CONFIRM = const(1)  # why a release failed: stands behind its numbers in the record
_NO_START = const(2)
DAMAGED = "micros: no slot holds a whole release; install again over USB"
timer = Timer(-1 if sys.platform == "esp8266" else 0)


def content(path):
    """Return a small file's bytes, none when it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(512)
    except OSError:
        return b""


def read(path):
    """Return the record in a file, or None when its checksum is not right."""
    text = content(path)
    try:
        return json.loads(text[8:]) if int(text[:8], 16) == crc32(text[8:]) else None
    except ValueError:
        return None


def write(record, both=True):
    """Write the record, the invalid or older file first; OSError unless it reads back."""
    ages = [found["seq"] if found else 0 for found in map(read, RECORDS)]
    record["seq"] = max(ages) + 1
    text = json.dumps(record, separators=(",", ":")).encode()
    older = ages[0] > ages[1]
    for path in (RECORDS[older], RECORDS[not older])[: 1 + both]:
        with open(path, "wb") as file:
            file.write(b"%08x" % crc32(text) + text)
        if read(path) != record:
            raise OSError("%s does not keep what is written" % path)
    if not record["trial"]:
        timer.deinit()


def entries(folder):
    """Count the files in a folder and below."""
    return sum(entries(folder + "/" + e[0]) if e[1] & 0x4000 else 1 for e in os.ilistdir(folder))


def verified(slot):
    """Return the release of a slot that holds exactly its manifest's files, else nothing."""
    try:
        with open("/%s/manifest.json" % slot) as file:
            manifest = json.load(file)
        for name, _, digest in manifest["files"]:
            total = hashlib.sha256()
            with open("/%s/%s" % (slot, name), "rb") as file:
                while part := file.read(512):
                    total.update(part)
            if hexlify(total.digest()).decode() != digest:
                return []
        return manifest["release"] if entries("/" + slot) == len(manifest["files"]) + 1 else []
    except (OSError, ValueError, KeyError):
        return []


def decide(record, broken=False):
    """Return the slot to start, and the record to be written before it, if any."""
    run, trial, tries, back = record["run"], record["trial"], record["tries"], record["back"]
    other = "b" if run == "a" else "a"
    if broken and back and verified(other) == back:
        failed = verified(run) + [_NO_START]
        return other, dict(record, run=other, trial=None, tries=0, back=[], failed=failed)
    if broken or not trial:
        return run, None
    if tries < 3:
        return trial, dict(record, tries=tries + 1)
    return run, dict(record, trial=None, tries=0, failed=verified(trial) + [_NO_CONFIRM])


def choose():
    """Return the record, mended where it must be, or None when no slot is whole."""
    found = [record for record in map(read, RECORDS) if record]
    if found:
        record = max(found, key=lambda record: record["seq"])
    else:
        release, slot = max((verified(slot), slot) for slot in "ab")
        first = {"trial": None, "tries": 0, "failed": None, "back": [], "auto": 0, "wdt": 0}
        record = dict(first, run=slot) if release else None
    if record and not record["trial"] and found != [record, record]:
        attempt(record)
    return record


def attempt(record):
    """Write the record into both files, or in a trial into the older; tell whether it is there."""
    try:
        return write(record, not record["trial"]) is None
    except OSError:
        return False


def guard(record):
    """Arm the watchdog; in a trial also a timer, which only the end of the trial stops."""
    if record["trial"]:
        timer.init(mode=Timer.ONE_SHOT, period=660000, callback=lambda _: reset())
    if record["trial"] or record["wdt"]:
        return WDT() if sys.platform == "esp8266" else WDT(timeout=8000)
    return None


def crashed(error):
    """Keep the end of the traceback; one that repeats is not written again."""
    sys.print_exception(error)
    text = io.StringIO()
    sys.print_exception(error, text)
    text = text.getvalue().encode()[-512:]
    if content("/crash") != text:
        with open("/crash", "wb") as file:
            file.write(text)


def run(record, slot, watchdog):
    """Start a slot; come back only when no slot is whole."""
    sys.path[:] = ["/" + slot, "/modules", "/" + slot + "/modules"] + [p for p in sys.path if p]
    gc.threshold(2048)  # what stays lies close together, as long as the node is being built
    try:
        import node
    except Exception:
        turn = decide(record, True)[1] if slot == record["run"] else None
        if turn:
            attempt(turn)
        elif not record["trial"] and not verified(slot):
            return print(DAMAGED)
        raise
    node.run(record, watchdog, write, decide, verified)
    raise SystemExit("node.run came back")


def main():
    """Do what the record says; come back only to leave the board to its serial line."""
    global choose, guard
    record = choose()
    if not record:
        return print(DAMAGED)
    slot, change = decide(record)
    watchdog = guard(record)
    if slot == record["trial"]:
        time.sleep(2)  # a wall switch flicked on and off is not a start
    if change and attempt(change):
        record = change
    elif change:
        slot = record["run"]
    choose = guard = None  # their memory goes to the node
    try:
        run(record, slot, watchdog)
    except KeyboardInterrupt:
        pass
    except BaseException as error:  # noqa: BLE001 - the one place for what nobody caught
        try:
            crashed(error)
        finally:  # no memory, no flash: whatever is in the way of the record, the board resets
            time.sleep(1)
            reset()
    if watchdog:  # it cannot be stopped: half an hour for whoever is at the serial line
        feeds = (watchdog.feed for _ in range(1800))
        timer.init(mode=Timer.PERIODIC, period=1000, callback=lambda _: next(feeds, reset)())
    return None


main()
