"""Help about one word of the shell. Loaded for it; a module of that name could not be called."""


async def topic(path, say, word):
    """Say the section of that name and the lines that begin with the word; are there any?"""
    found, section = False, ""
    with open(path) as lines:
        for line in lines:
            first = line.split()[0].rstrip(":")
            section = first if first[0] == "[" else section
            if first == word or section == "[%s]" % word.upper():
                await say(line.rstrip())
                found = True
    return found
