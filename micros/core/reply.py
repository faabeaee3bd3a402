"""Answers beyond a short line, in pieces, and the prompt after them. Loaded for one."""

from micropython import const

_PIECE = const(128)  # bytes of an answer that leave in one write
NO_LINE = (
    "refused: expected a line of UTF-8 text, at most %d bytes; "
    "longer values come with devToolKit.py -i --set key=@file"
)


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
        piece = text[at : at + _PIECE].encode()
        if len(session.out) + len(piece) >= _PIECE:
            await session.write(session.out)
            session.out = b""
        session.out += piece
    session.out += b"\n"
