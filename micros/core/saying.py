"""What a word of the shell says, as one text, for a load module. Loaded for one."""

from core.errors import CommandError
from core.once import once
from core.session import TABLE
from micropython import const

_MOST = const(4000)  # characters
_SAID = const(" task log cron ")


class Speaker:
    """What a word takes for its session."""

    configuring = False
    out = ""

    async def say(self, text):
        """Add lines; what is longer than a module can want is refused."""
        self.out += "\n" + text if self.out else text
        if len(self.out) > _MOST:
            raise CommandError("this is more than %d characters" % _MOST)


async def speak(node, line):
    """Return what a word says to the rest of its line; `crontasks <text>` is set."""
    session = Speaker()
    word, _, rest = line.partition(" ")
    if word == "crontasks":
        return await once("conf").setting(node, session, line)
    if " %s " % word not in _SAID:
        raise CommandError("'%s' is for people" % word)
    reply = getattr(once(TABLE[word]), word)(node, session, rest)
    reply = await reply if hasattr(reply, "send") else reply
    if reply is not None:
        await session.say(reply)
    return session.out
