"""Who may in: the text password, the waiting after wrong ones. Loaded for one login.

What has to be remembered between two is made by `guesses` and kept by the node. Times are whole
seconds since the start.
"""

from hashlib import sha256

from micropython import const

_ADDRESSES = const(8)  # whose failures are remembered
_FORGOTTEN = const(600)  # s after a failure
_LONGEST = const(60)  # s to wait after many failures
_STORM = const(20)  # failures a minute, of all addresses
_STORM_WAIT = const(5)  # s between two tries of strangers in a storm
_FRIENDS = const(4)  # addresses that logged in last, exempt from the storm's wait


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


def _digest(text):
    return sha256(text.encode()).digest()
