"""Help for people: the word `help`, signatures, and the name that was probably meant."""

import json

from core.command import is_name
from core.errors import CommandError
from core.once import once

_TEXT = """[MICROS]
  hello             - name, hardware id and kind of this node
  version           - release of its software
  help [module]     - this text, or all about one load module
  modules           - load modules in memory
  status            - state of the node, >json for programs
  log [level]       - kept log lines: debug, info, warn or error
  reboot [-h]       - start the node anew
  webrepl           - start the firmware's WebREPL
  exit              - end this session
[CONF]
  conf              - enter config mode
    dump [part]     - settings whose name holds the part
    <key>           - value of one setting
    <key> <value>   - change it
    reset settings  - back to the defaults, secrets stay
  noconf            - leave config mode
[TASK]
  task list         - background tasks, >json for programs
  task show <tag>   - state and last result of module.function or module.*
  task kill <tag>   - end it
  <command> & [ms]  - once in the background, after a wait
  <command> && [ms] - again and again, at least 20 ms apart
[EXEC]
  <module> <function> [arguments] [>json]"""


async def help(words, session, module):
    """Say the help of the shell, or of one module."""
    modules = words.node.modules
    if module:
        await about(modules, session, module)
        return
    await session.say(_TEXT)
    manual = once("core.manual")
    described = []
    for name, function, _, sentence in manual.described(modules):
        if not function:
            described.append(name)
            await session.say("  %-18s- %s" % (name, sentence))
    for name in modules.names():
        if name not in described:
            await session.say("  " + name)


async def about(modules, session, module):
    """Say every function of a module, with its arguments and its sentence."""
    manual = once("core.manual")
    if not is_name(module):
        raise CommandError("expected the name of a module, got '%s'" % module)
    if manual.shadowed(modules, module) or not next(manual.described(modules, module), None):
        for function in manual.functions(modules, module):
            await session.say("%s %s" % (module, function))
        return
    for name, function, parameters, sentence in manual.described(modules, module):
        text = signature(name, function, parameters) if function else name
        await session.say("%s - %s" % (text, sentence) if sentence else text)


def usage(modules, module, function):
    """The signature of a function, from the manual."""
    for fields in once("core.manual").described(modules, module):
        if fields[1] == function:
            return signature(*fields[:3])
    return module + " " + function


def signature(module, function, parameters):
    """servo angle <degrees: float> [pin: str = 'pwm_0']"""
    text = module + " " + function
    for parameter in json.loads(parameters):
        name = parameter[0] + (": " + parameter[1] if parameter[1] else "")
        if len(parameter) > 2:
            text += " [%s = %s]" % (name, parameter[2])
        else:
            text += (" [%s]" if name[0] == "*" else " <%s>") % name
    return text


def nearest(word, names):
    """A hint at the name that was probably meant."""
    best = min(names, key=lambda name: distance(word, name)) if names else ""
    if best and distance(word, best) <= len(word) // 2:
        return ", did you mean '%s'?" % best
    return ", 'help' lists all"


def distance(one, other):
    """How many letters must be changed, added or left out."""
    row = list(range(len(other) + 1))
    for above, letter in enumerate(one, 1):
        left, row[0] = row[0], above
        for index, wanted in enumerate(other, 1):
            change = left + (letter != wanted)
            left = row[index]
            row[index] = min(change, left + 1, row[index - 1] + 1)
    return row[-1]
