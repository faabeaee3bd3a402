"""A name that is no argument, as in `sm=1`. Loaded when one came: a slip, or part of a text?"""

import json

from core.errors import CommandError
from core.once import once


def check(modules, module, function, named, chosen):
    """Refuse names that are none of the function's, but where it asks for a text of that place."""
    takes = ()
    for fields in once("manual").described(modules, module, function):
        takes = json.loads(fields[2])
    names = [parameter[0] for parameter in takes if parameter[0][0] != "*"]
    star = len(names) < len(takes)
    for name in named:
        index = named[name][0]  # -1: a program says that it is a name
        place = index - len([it for it in chosen if named[it][0] < index])
        free = star or not names or (place < len(takes) and takes[place][1:] == ["str"])
        if name not in chosen and (index < 0 or not free):
            said = "%s %s: expected %s before =, got '%.40s'; a text with = stands in quotes"
            wanted = ", ".join(names) or "nothing"
            raise CommandError(said % (module, function, wanted, name))
