"""Slots and the boot record: which release starts. Loaded by /main.py for a moment.

A release lies whole in /a or /b. The record is kept in two files, written in turns.
"""

import gc
import hashlib
import io
import json
import os
import sys
import time
from binascii import crc32, hexlify

from machine import PWRON_RESET, RTC, WDT, Timer, reset, reset_cause
from micropython import const, kbd_intr

RECORDS = ("/boot.0", "/boot.1")
_DAMAGED = const("micros: no slot holds a whole release; install again over USB")
_NO_CONFIRM = const(1)  # why a release failed: stands behind its numbers in the record
_NO_START = const(2)
_CRASHED = const(3)
_TRIES = const(3)
_TRIAL = const(660000)  # ms a trial may last; its node has decided before
_WATCHDOG = const(8000)  # ms
_SURVIVOR = const(0x4D53)  # what its check begins with
_PROVED = const(2)  # its third byte, in a trial that nobody has ended
_AT_THE_LINE = const(1800)  # s for whoever is at the serial line of a board with a watchdog

holding = None  # the watchdog and the timer that feeds it until main.py does


def content(path, size=512):
    """Return a small file's bytes, none when it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(size)
    except OSError:
        return b""


def read(path):
    """Return the record in a file, or None when its checksum is not right."""
    text = content(path)
    try:
        return json.loads(text[8:]) if int(text[:8], 16) == crc32(text[8:]) else None
    except ValueError:
        return None


def write(record, both=True, timer=None):
    """Write the record, the invalid or older file first; OSError unless it reads back.

    The timer is that of the trial, which ends with this record.
    """
    ages = [found["seq"] if found else 0 for found in map(read, RECORDS)]
    record["seq"] = max(ages) + 1
    text = json.dumps(record, separators=(",", ":")).encode()
    older = ages[0] > ages[1]
    for path in (RECORDS[older], RECORDS[not older])[: 1 + both]:
        with open(path, "wb") as file:
            file.write(b"%08x" % crc32(text) + text)
        if read(path) != record:
            raise OSError("%s does not keep what is written" % path)
    if timer:
        timer.deinit()


def attempt(record):
    """Write the record into both files, or in a trial into the older; tell whether it is there."""
    try:
        return write(record, not record["trial"]) is None
    except OSError:
        return False


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
    if trial and len(trial) > 1:
        return run, None  # firmware, which its boot loader takes back
    if broken and back and verified(other) == back:
        failed = verified(run) + [_NO_START]
        return other, dict(record, run=other, trial=None, tries=0, back=[], failed=failed)
    if broken or not trial:
        return run, None
    if tries < _TRIES:
        return trial, dict(record, tries=tries + 1)
    return run, dict(record, trial=None, tries=0, failed=verified(trial) + [why()])


def why():
    """Return what a trial has failed of: it left a crash record, or a reset that nobody planned.

    Power, or the reset button, is no fault of the release; some chips keep the survivor over both.
    """
    head = content("/crash", 80).split(b"\n")[0]
    if b"on trial" in head:
        return _NO_START if b"at its start" in head else _CRASHED
    kept = survivor()
    crashed = kept and kept[2] == _PROVED and reset_cause() != PWRON_RESET
    return _CRASHED if crashed else _NO_CONFIRM


def newest():
    """Return the record that counts, None when none is valid."""
    valid = [record for record in map(read, RECORDS) if record]
    return max(valid, key=lambda record: record["seq"]) if valid else None


def found():
    """Return the record, mended where it must be, or None when no slot is whole."""
    record = newest()
    whole = record and [record, record] == [read(path) for path in RECORDS]
    if not record:
        release, slot = max((verified(slot), slot) for slot in "ab")
        first = {"trial": None, "tries": 0, "failed": None, "back": [], "auto": 0, "wdt": 0}
        record = dict(first, run=slot) if release else None
    if record and not record["trial"] and not whole:
        attempt(record)
    return record


def hardware_timer():
    return Timer(0 if sys.platform == "esp32" else -1)


def watched(record):
    """Tell whether main.py arms the watchdog. An ESP8266's is a timer, which the node sets."""
    return record and (record["trial"] or record["wdt"]) and sys.platform != "esp8266"


def hold():
    """Feed the watchdog until main.py arms it: for /boot.py, which runs after Ctrl-D, too.

    That stops all timers, but no watchdog: a serial tool that says it would be cut off.
    """
    global holding
    if watched(newest()):
        holding = WDT(timeout=_WATCHDOG), hardware_timer()
        feed(*holding)


def guard(record, expired):
    """Arm the watchdog; in a trial also a timer, which only the end of the trial stops."""
    if holding:
        holding[1].deinit()
    timer = hardware_timer() if record["trial"] or record["wdt"] else None
    if record["trial"]:
        timer.init(mode=Timer.ONE_SHOT, period=_TRIAL, callback=expired)
    return WDT(timeout=_WATCHDOG) if watched(record) else None, timer


def survivor():
    """Return what core/survivor keeps over a reset; nothing where there is no such record."""
    kept = RTC().memory() if hasattr(RTC, "memory") else b""
    whole = len(kept) > 11 and crc32(kept[:8], _SURVIVOR).to_bytes(4, "little") == kept[8:12]
    return kept if whole else b""


def plan():
    """Mark the coming reset as planned, as core/survivor does."""
    kept = survivor()
    if kept:
        fields = kept[:2] + b"\1" + kept[3:8]
        RTC().memory(fields + crc32(fields, _SURVIVOR).to_bytes(4, "little") + kept[12:])


def outputs(safe=None):
    """Drive the outputs that have a level at power-on; put all settings back where that is asked.

    The file holds [number, level, level in safe mode] of each, and the pin to be held for 10 s.
    """
    wanted = read("/poweron") or {}
    if not wanted:
        return
    from machine import Pin

    pins = wanted.get("pins", ())
    kept = survivor()  # failures, and whether this start is a planned one
    careful = kept and kept[0] + (not kept[2]) > 2 if safe is None else safe
    for number, *levels in pins:
        try:
            Pin(number, Pin.OUT, value=levels[bool(careful)])
        except ValueError:
            continue  # the node tells it, and starts
    if safe is None and "reset" in wanted and pressed(wanted["reset"]):
        for name in os.listdir("/"):
            if name.split(".")[0] in ("node_config", "secret", "poweron", "kept"):
                os.remove("/" + name)
        print("micros: the reset pin was held: all settings and secrets are put back")


def pressed(number):
    """Tell whether a pin stays low for ten seconds; one that has no pull-up is never asked."""
    from machine import Pin

    try:
        pin = Pin(number, Pin.IN, Pin.PULL_UP)
    except ValueError:
        return False
    for _ in range(100):
        if pin.value():
            return False
        time.sleep_ms(100)
    return True


def chosen(expired):
    """Return [watchdog, timer, record, slot] of this start, or None when no slot is whole.

    `expired` is called when a trial has lasted too long.
    """
    record = found()
    if not record:
        return print(_DAMAGED)
    slot, change = decide(record)
    outputs()
    watchdog, timer = guard(record, expired)
    if slot == record["trial"]:
        time.sleep(2)  # a wall switch flicked on and off is not a start
    if change and attempt(change):
        record = change
    elif change:
        slot = record["run"]
    return [watchdog, timer, record, slot]


def given_up(record, slot):
    """Turn to the release before, when this one cannot be imported; is there none to start?"""
    turn = decide(record, True)[1] if slot == record["run"] else None
    if turn:
        attempt(turn)
    if turn or record["trial"] or verified(slot):
        return False
    print(_DAMAGED)
    return True


def crashed(error, chosen=None):
    """Keep the end of the traceback and what memory there is; the same is not written again.

    Where `chosen` still has the record, the node has not begun to run.
    """
    free, largest = gc.mem_free(), 1 << 16
    gc.collect()
    while largest > 16:
        try:
            bytearray(largest)
            break
        except MemoryError:
            largest //= 2
    record, where = newest(), ""
    if record and record["trial"]:
        where = ", on trial" + (", at its start" if len(chosen or "") > 2 else "")
    text = io.StringIO()
    sys.print_exception(error, text)
    text = text.getvalue().encode()[-470:]
    if content("/crash", 513).partition(b"\n")[2] != text:
        with open("/crash", "wb") as file:
            file.write(b"free %d, largest block over %d%s\n" % (free, largest, where) + text)


def line(chosen):
    """Leave the board to whoever is at the serial line: a reset is planned, the watchdog is fed."""
    kbd_intr(-1)
    plan()
    watchdog, timer = chosen[:2] if chosen else (None, None)
    if not watchdog and watched(newest()):
        watchdog = WDT(timeout=_WATCHDOG)
    if watchdog:
        feed(watchdog, timer or hardware_timer())
    kbd_intr(3)


def feed(watchdog, timer):
    """Feed the watchdog, which cannot be stopped, for half an hour; then the board resets."""
    feeds = (watchdog.feed for _ in range(_AT_THE_LINE))
    timer.init(mode=Timer.PERIODIC, period=1000, callback=lambda _: next(feeds, reset)())
