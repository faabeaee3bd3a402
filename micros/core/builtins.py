"""The shell's own words: which there are, and who may say them."""

from core.once import once

# Each is answered by the function of its name in core/words.py, or in the file that FILES tells.
# The file is loaded for the answer and dropped.
WORDS = (
    " help version modules status log task conf configure config noconf noconfigure reboot webrepl "
    "exit "
)
FILES = {"help": "core.help", "task": "core.jobs"}


class Words:
    """Answers the words with the parts of the node it is handed, gives the rest to executor."""

    def __init__(self, node):
        self.node = node
        self.name = node.config.get("devfid")  # the prompt keeps it until the next start
        self.guesses = once("core.login").guesses()
        self._run = node.executor.run

    def answer(self, session, line):
        """The answer as text, None, or a coroutine of one of them."""
        if line == "hello":  # open to everyone; its form never grows
            node = self.node
            return "hello:%s:%s:%s" % (node.config.get("devfid"), node.uid, node.kind)
        word, _, rest = line.partition(" ")
        if session.half_open and session.mode != "off" and line != "exit":
            return once("core.login").stranger(self, session, line)
        if " %s " % word in WORDS:
            return self._load(word, session, rest.strip())
        if session.configuring:
            return self._load("setting", session, line)
        return self._run(line)

    def rest(self):
        """Let go what was only held to answer the next line sooner."""
        self.node.executor.held.clear()

    async def _load(self, word, session, rest):
        answer = getattr(once(FILES.get(word, "core.words")), word)
        kind, reply = await self.node.executor.guard(word, answer, self, session, rest)
        return "%s: %s" % (kind, reply) if kind else reply
