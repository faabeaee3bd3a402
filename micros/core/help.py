"""Help for people: the word `help`, and the name that was probably meant."""

from core.errors import CommandError
from core.once import once


async def help(node, session, module):
    """Say the help of the shell, of one of its words, or of one module."""
    say = session.say  # loaded once for all lines
    path = node.slot + "/core/help.txt"
    if module:
        if not await once("topic").topic(path, say, module):
            await about(node.modules, say, module)
        return
    with open(path) as lines:
        for line in lines:
            if line == "[MORE]\n":
                break
            await say(line.rstrip())
    manual = once("manual")
    described = []
    for name, function, _, sentence in manual.described(node.modules):
        if not function:
            described.append(name)
            await say("  %-18s- %s" % (name, sentence))
    for name in manual.names(node.modules):
        if name not in described:
            await say("  " + name)


async def about(modules, say, module):
    """Say every function of a module, with its arguments and its sentence."""
    manual = once("manual")
    if not manual.is_name(module):
        raise CommandError("expected the name of a module, got '%s'" % module)
    described = [] if manual.shadowed(modules, module) else manual.described(modules, module)
    empty = True
    for name, function, parameters, sentence in described:
        empty = False
        text = manual.signature(name, function, parameters) if function else name
        await say("%s - %s" % (text, sentence) if sentence else text)
    if empty:
        for function in modules.functions(module):
            await say("%s %s" % (module, function))


def nearest(word, names):
    """A hint at the name that was probably meant, or at where the word is known."""
    if word in ("dump", "reset", "try"):
        return ", it belongs to config mode: type conf first"
    best = min(names, key=lambda name: distance(word, name)) if names else ""
    if best and distance(word, best) <= len(word) // 2:
        return ", did you mean '%s'?" % best
    return ", 'help' lists all"


def distance(one, other):
    """How many letters are in one of them alone: typing errors are few, or an exchange."""
    return sum([abs(one.count(letter) - other.count(letter)) for letter in set(one + other)])
