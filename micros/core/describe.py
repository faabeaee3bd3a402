"""Help about one load module. Loaded for it."""

from core.errors import CommandError
from core.once import once


async def about(modules, say, module):
    """Say every function of a module, with its arguments and its sentence."""
    manual = once("manual")
    if not manual.is_name(module):
        raise CommandError("expected the name of a module, got '%s'" % module)
    empty = True
    for name, function, parameters, sentence in manual.described(modules, module):
        empty = False
        text = manual.signature(name, function, parameters) if function else name
        await say("%s - %s" % (text, sentence) if sentence else text)
    if empty:
        for function in modules.functions(module):
            await say("%s %s" % (module, function))
