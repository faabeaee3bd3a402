"""What a board's prompt is asked, and how it is known that the answer came whole.

A serial line loses bytes and changes them. So the board says behind its answer the SHA-256 of the
question as it came and of the answer as it was said. Whoever hears something else asks again.
"""

import hashlib

SLOWEST = 10_000  # bytes a second that the slowest board hashes at least

_QUESTION = """import hashlib
_s=hashlib.sha256()
def say(t):
    _s.update(t.encode())
    print(t,end='')
_c=%r
_s.update(_c)
exec(_c)
print('\\n='+''.join(['%%02x'%%b for b in _s.digest()]))
"""
_SUM = "\n="

# For the board: `none(e)` tells whether an OSError says that nothing lies there (ENOENT, ENODEV,
# ENOTDIR), which is an answer. All else is a flash that cannot be read, which is none.
NONE = """
def none(e): return e.args[0] in (2,19,20)
"""

HASH = """
import hashlib
def _hash(n):
    h = hashlib.sha256(); b = bytearray(512); m = memoryview(b)
    with open(n, 'rb') as f:
        while True:
            k = f.readinto(b)
            if not k: break
            h.update(m[:k])
    return ''.join('%02x' % x for x in h.digest())
"""  # for the board: the SHA-256 of a file in hex, OSError where there is none

WALK = (
    NONE
    + """
import os
def walk(d, see):
    try: found = os.ilistdir(d)
    except OSError as e:
        if not none(e): raise
        found = ()
    for e in found:
        n = d.rstrip('/') + '/' + e[0]
        see(n, -1 if e[1] == 0x4000 else e[3] if len(e) > 3 else 0)
        if e[1] == 0x4000: walk(n, see)
"""
)  # for the board: all names below a folder with their sizes in bytes, folders with -1

_OF_FILE = (
    HASH
    + NONE
    + """
try: say(_hash({name!r}))
except OSError as e:
    if not none(e): raise
"""
)

_GET = (
    NONE
    + """
try: f=open({name!r},'rb')
except OSError as e:
    if not none(e): raise
    f=None
if f:
    say('x')
    with f:
        while True:
            b=f.read(256)
            if not b: break
            say(''.join(['%02x'%x for x in b]))
"""
)


def question(code: str) -> str:
    """The code that asks; in `code` the function `say` says a text."""
    return _QUESTION % code.encode()


def answer(code: str, heard: str) -> str | None:
    """What was said to that code; None where question or answer did not come as they were."""
    said, mark, digest = heard.rpartition(_SUM)
    whole = hashlib.sha256(code.encode() + said.encode()).hexdigest()
    return said if mark and digest.strip() == whole else None


def content_of(name: str) -> str:
    """What says a file's bytes: `x` and their hex digits, nothing where there is none."""
    return _GET.format(name=name)


def sum_of(name: str) -> str:
    """What says the SHA-256 of a file, nothing where there is none."""
    return _OF_FILE.format(name=name)


def seconds(size: int) -> float:
    """How long a board may hash so many bytes without a word."""
    return 10 + size / SLOWEST
