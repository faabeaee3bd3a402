"""UART: lines of text to and from a device on a serial port.

What nobody takes is kept by the firmware, 512 bytes of it at most; then bytes are lost.

Examples:
    uart speed 9600
    uart send "status"
    uart talk "status" 500    # sends, and tells the line that comes back
"""

import asyncio

import lm

PINS = ("uart_tx", "uart_rx")
PARITIES = {"none": None, "even": 0, "odd": 1}
LONGEST = 256  # bytes of a line
EVERY = 10  # ms
PATIENCE = 2000  # ms for a port that takes nothing

_port = None
_held = b""  # of a line that has no end yet
_skips = False  # to the end of a line that was too long
_busy = [False, False]  # reading, writing


def load() -> dict:
    """Open the port with the settings that were kept."""
    global _port
    if _port is None:
        baud, bits, parity, stop = _kept()
        _port = lm.uart(*PINS, __name__, baud, bits, PARITIES[parity], stop)
    return status()


def speed(baud: int = 9600, bits: int = 8, parity: str = "none", stop: int = 1) -> dict:
    """Say how fast (baud), and of what bits, parity (none, even, odd) and stop bits; is kept."""
    if not isinstance(baud, int) or not 300 <= baud <= 921600:
        raise lm.CommandError("baud: expected 300 to 921600, got %.40r" % (baud,))
    if bits not in (7, 8) or stop not in (1, 2):
        raise lm.CommandError("expected 7 or 8 bits, 1 or 2 stop bits, got %r, %r" % (bits, stop))
    if parity not in PARITIES:
        raise lm.CommandError("parity: expected none, even or odd, got %.40r" % (parity,))
    deinit()
    lm.keep(__name__, {"port": [baud, bits, parity, stop]})
    return load()


async def send(text: str, end: str = "\r\n") -> str:
    """Send a line; other ends than CR LF as `end`."""
    data = (str(text) + str(end)).encode()
    if len(data) > LONGEST:
        raise lm.CommandError("text: expected at most %d bytes, got %d" % (LONGEST, len(data)))
    load()
    await _turn(1, PATIENCE)
    try:
        await _write(data, _kept()[0])
    finally:
        _busy[1] = False
    return "sent %d bytes" % len(data)


async def _write(data, baud):
    """Write no faster than the wire takes it, by pieces of 5 ms: else a write would wait."""
    few, pause, waited = max(baud // 2000, 1), max(EVERY, 10000 // baud + 1), 0
    while data:
        done = _port.write(data[:few]) or 0
        data = data[done:]
        waited = 0 if done else waited + EVERY
        if waited > PATIENCE:
            raise lm.CommandError("uart: %d bytes are not taken" % len(data))
        await asyncio.sleep_ms(pause)


async def receive(timeout: int = 1000) -> str:
    """Tell the next line, also one that has waited; refuses after so many ms."""
    _check_time(timeout)
    load()
    await _turn(0, timeout)
    try:
        return await _line(timeout)
    finally:
        _busy[0] = False


async def talk(text: str, timeout: int = 1000) -> str:
    """Send a line, and tell the next that comes; what came before is dropped."""
    global _held, _skips
    _check_time(timeout)
    load()
    await _turn(0, timeout)
    try:
        _held, _skips = b"", False
        for _ in range(_port.any() // LONGEST + 1):
            _port.read(LONGEST)
        await send(text)
        return await _line(timeout)
    finally:
        _busy[0] = False


async def _turn(which, timeout):
    """Have the one or the other direction for oneself."""
    while _busy[which]:
        if timeout <= 0:
            raise lm.CommandError("uart: another call has the port")
        timeout -= EVERY
        await asyncio.sleep_ms(EVERY)
    _busy[which] = True


async def _line(timeout):
    global _held, _skips
    while True:
        at = _held.find(b"\n")
        if at >= 0:
            data, _held = _held[:at], _held[at + 1 :]
            if not _skips:
                return _shown(data)
            _skips = False
            continue
        if _skips:
            _held = b""
        elif len(_held) >= LONGEST:
            _held, _skips = b"", True
            raise lm.CommandError("uart: more than %d bytes without an end" % LONGEST)
        data = _port.read(LONGEST - len(_held))
        if data:
            _held += data
            if not _skips:  # else a device that never ends a line would hold everybody up
                continue
        if timeout <= 0:
            raise _late()
        timeout -= EVERY
        await asyncio.sleep_ms(EVERY)


def _late():
    said = "no line on pin %s (%d)" % (PINS[1], pinmap()[PINS[1]])
    if _held:
        said += ", %d bytes without an end" % len(_held)
    return lm.CommandError("uart: " + said)


def _shown(data):
    """The text of a line; bytes that are none as \\xff."""
    return "".join([chr(byte) if 32 <= byte < 127 else "\\x%02x" % byte for byte in data.rstrip()])


def _check_time(timeout):
    if not isinstance(timeout, int) or not 0 <= timeout <= 60000:
        raise lm.CommandError("timeout: expected 0 to 60000 ms, got %.40r" % (timeout,))


def _kept():
    return lm.keep(__name__).get("port") or [9600, 8, "none", 1]


def deinit() -> str:
    """Let go of the port and its pins."""
    global _port, _held, _skips
    if _port is not None:
        _port.deinit()
        _port = None
        _held, _skips = b"", False
        lm.release(__name__)
    return "uart: released"


def status() -> dict:
    """Tell the settings of the port, and how many bytes have come and wait."""
    baud, bits, parity, stop = _kept()
    waits = len(_held) + (_port.any() if _port else 0)
    return {"baud": baud, "bits": bits, "parity": parity, "stop": stop, "waiting": waits}


def pinmap() -> dict:
    """Tell both pins."""
    return lm.pinmap(*PINS)
