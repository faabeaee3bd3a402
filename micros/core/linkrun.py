"""Commands over the link: a line of the shell, or a call with values. Loaded to begin one.

What they run is handed on: this file is not in memory meanwhile.
"""

from core.errors import CommandError
from core.executor import Command
from core.session import TABLE
from micropython import const

_PEOPLE = const(" conf configure config noconf noconfigure exit webrepl ")


def hello(link, _):
    """The op: who this is, open to everyone."""
    return link.session.answer("hello")


def run(link, request):
    """The op: any line of the text shell but what changes the conversation itself."""
    line = request.given.get("line")
    if not isinstance(line, str):
        raise CommandError("expected a line of text")
    if "rid" in request.given and link.load("linkrid").known(link, request):
        return None
    line = line.strip()
    word = line.partition(" ")[0]
    if " %s " % word in _PEOPLE:
        raise CommandError("'%s' is for people at the text shell" % word)
    if word in TABLE:
        request.given["line"] = line
        file = "linkwords"
        request.step = link.later, file, "speak", request
        return None
    if line == "hello":
        return hello(link, request)
    if line:
        request.step = link.node.executor.answer, line
    return ""


def call(link, request):
    """The op: call a function with values; its value as it is."""
    given = request.given
    module, function = given.get("module"), given.get("function")
    args, named = given.get("args") or [], given.get("named") or {}
    texts = isinstance(module, str) and isinstance(function, str)
    if not (texts and isinstance(args, list) and isinstance(named, dict)):
        raise CommandError("expected module, function, a list of args, an object of named ones")
    if "rid" in given and link.load("linkrid").known(link, request):
        return
    command = Command((module, function), args)
    for name in named:
        command.named[name] = (-1, named[name])  # a name, and never part of a text
    request.step = link.node.executor.perform, command
