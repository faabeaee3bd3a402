"""Help for people: the word `help`. Loaded for one."""

from core.once import once


async def help(node, session, module):
    """Say the help of the shell, of one of its words, or of one module."""
    say = session.say  # loaded once for all lines
    path = node.slot + "/core/help.txt"
    if module:
        if not await once("topic").topic(path, say, module):
            await once("describe").about(node.modules, say, module)
        return
    with open(path) as lines:
        for line in lines:
            if line == "[MORE]\n":
                break
            await say(line.rstrip())
    manual = once("manual")
    others = once("nearby").others(node.modules)
    for line in manual.lines(node.modules, "", 2 * "\t"):
        name, _, _, sentence = line.rstrip().split("\t")
        others.discard(name)
        await say("  %-18s- %s" % (name, sentence))
    for name in sorted(others):
        await say("  " + name)
