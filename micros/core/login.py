"""Who may in: places, the text password, the waiting after wrong ones, the key of the link.

Loaded for one connection or login. What has to be remembered between two is made by
`guesses` and kept by the node. Times are whole seconds since the start.
"""

import asyncio
from hashlib import sha256

from micropython import const

_ADDRESSES = const(8)  # whose failures are remembered
_FORGOTTEN = const(600)  # s after a failure
_LONGEST = const(60)  # s to wait after many failures
_STORM = const(20)  # failures a minute, of all addresses
_STORM_WAIT = const(5)  # s between two tries of strangers in a storm
_FRIENDS = const(4)  # addresses that logged in last, exempt from the storm's wait
_STRANGERS = const(2)  # sessions of one address that have not logged in
_ROUNDS = const(400)  # for a password that is changed on the node


def guesses():
    """What has to be remembered: failures by address, times of the last ones, friends."""
    return [], [], []  # [address, count, last, not before], seconds, addresses


def stranger(node, session, given):
    """Let the session in, or end it; the answer to what should be its password."""
    if not session.owed:
        return "refused: this node answers text only with hello and exit, see 'auth'"
    now, password = node.clock.uptime(), node.secrets.get("appwd")
    node.guesses = node.guesses or guesses()
    verdict = answer(node.guesses, session.address, now, given, password)
    session.open = verdict == "AuthOk"
    session.owed = session.half_open = not session.open
    if session.owed:
        node.log.warn("a login from %s failed" % session.address)
    session.ask()
    return verdict


def answer(kept, address, now, given, password):
    """`AuthOk`, `AuthFailed`, or `AuthWait: <seconds>` when the word is not even looked at."""
    wait = owed_wait(kept, address, now)
    if wait:
        return "AuthWait: %d" % wait
    if password and _digest(given) == _digest(password):
        succeeded(kept, address)
        return "AuthOk"
    failed(kept, address, now)
    return "AuthFailed\nBye!"


def owed_wait(kept, address, now):
    """The seconds this address must wait before its next try."""
    rows, recent, friends = kept
    rows[:] = [row for row in rows if now - row[2] < _FORGOTTEN]
    recent[:] = [when for when in recent if now - when < 60]
    until = max([row[3] for row in rows if row[0] == address] + [0])
    if len(recent) > _STORM and address not in friends:
        until = max(until, recent[-1] + _STORM_WAIT)
    return max(until - now, 0)


def failed(kept, address, now):
    """Remember a wrong password."""
    rows, recent, _ = kept
    recent.append(now)
    del recent[: -_STORM - 1]
    row = next((row for row in rows if row[0] == address), None)
    if row is None:
        if len(rows) >= _ADDRESSES:
            rows.remove(min(rows, key=lambda row: (row[1], row[2])))
        row = [address, 0, now, now]
        rows.append(row)
    row[1] += 1
    row[2] = now
    row[3] = now + min(1 << min(row[1] - 1, 6), _LONGEST)


def succeeded(kept, address):
    """Forget the failures of an address that knows the password."""
    rows, _, friends = kept
    rows[:] = [row for row in rows if row[0] != address]
    if address in friends:
        friends.remove(address)
    friends.append(address)
    del friends[:-_FRIENDS]


def room_for(server, address):
    """Is there a place for one more, when need be that of somebody who does not use it?"""
    strangers = [session for session in server.sessions if session.half_open]
    if len([session for session in strangers if session.address == address]) >= _STRANGERS:
        return False
    if len(server.sessions) < server.node.config.get("sessions"):
        return True
    if strangers:
        server.end(strangers[0], "had to make room")
        return True
    longest = max(server.sessions, key=lambda session: session.idle)
    if longest.idle < server.node.config.get("soctout"):
        return False
    server.end(longest, "had to make room")
    return True


def close_others(server, kept):
    """End every session but this one, as after a change of the password."""
    for session in list(server.sessions):
        if session is not kept:
            server.end(session, "was ended")


async def close(server):
    """End every session and listen no longer."""
    server.listening.close()
    close_others(server, None)
    await server.listening.wait_closed()
    server.listening = None


async def rekey(node, session, password):
    """The link's key follows the password, and whoever knew the old one must come again."""
    key = await derive(password, node.uid)
    node.config.keep_secrets({"k": "".join("%02x" % byte for byte in key), "i": _ROUNDS})
    node.server.close_others(session)


async def derive(password, uid, rounds=_ROUNDS):
    """The key of the link: PBKDF2 with HMAC-SHA256, the loop is let in between."""
    inner = bytes(byte ^ 0x36 for byte in _padded(password))
    outer = bytes(byte ^ 0x5C for byte in _padded(password))
    block = b"micros-link-1:" + uid.encode() + b"\0\0\0\1"
    key = bytearray(32)
    for turn in range(rounds):
        block = sha256(outer + sha256(inner + block).digest()).digest()
        for index in range(32):
            key[index] ^= block[index]
        if turn % 20 == 19:
            await asyncio.sleep_ms(0)
    return bytes(key)


def _padded(password):
    return password.encode() + bytes(64 - len(password))  # at most 63 ASCII characters


def _digest(text):
    return sha256(text.encode()).digest()
