"""Answers beyond a short line: in pieces, as JSON, and the prompt after them. Loaded for one."""

import json

from micropython import const

_DEEPEST = const(8)
_PIECE = const(256)  # bytes of an answer that leave in one write


def ask(session):
    """Make the prompt: [password] [configure] node01 $"""
    prompt = session.node.mark + " "
    if session.configuring:
        prompt = "[configure] " + prompt
    session.prompt = "[password] " + prompt if session.owed else prompt


async def say(session, text):
    """Add lines to the answer; they leave in pieces, the last together with the prompt."""
    mark = session.node.mark
    if mark in text:  # to the other side that would be the prompt
        text = text.replace(mark, mark[:-1] + "\\$")
    for at in range(0, len(text), _PIECE):  # the whole of a long text is not copied at once
        session.out += text[at : at + _PIECE].encode()
        while len(session.out) >= _PIECE:
            await session.write(session.out[:_PIECE])
            session.out = session.out[_PIECE:]
    session.out += b"\n"


def json_text(value):
    """The value as JSON; what JSON does not have becomes its text."""
    return json.dumps(plain(value))


def plain(value, depth=0):
    """The same value in nothing but what JSON has."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)  # nan and inf are no JSON
    if depth < _DEEPEST and isinstance(value, (list, tuple)):
        return [plain(part, depth + 1) for part in value]
    if depth < _DEEPEST and isinstance(value, dict):
        return {str(key): plain(part, depth + 1) for key, part in value.items()}
    return str(value)
