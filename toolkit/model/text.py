"""A stranger's text, made safe to print."""

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
SENTENCE = 200  # characters of one


def clean(text: str) -> str:
    """A stranger's text, safe to print."""
    whole = text.encode(errors="replace").decode()  # JSON can tell half a character
    return _CONTROL.sub("\ufffd", whole.replace("\r\n", "\n"))


def sentence(value: object, longest: int = SENTENCE) -> str:
    """What a node says, on one line and no longer than one."""
    return " ".join(clean(str(value))[:longest].split())


def kilobytes(size: int) -> str:
    """A number of bytes as people read it: `79 KB`, of 1024 bytes each."""
    return f"{size // 1024} KB"
