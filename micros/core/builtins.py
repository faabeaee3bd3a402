"""The shell's own words: a table from the word to the file that answers it."""

from core.once import once

# word: the file whose function of that name answers it; it is loaded for the answer and dropped
TABLE = {
    "help": "core.help",
    "version": "core.words",
    "modules": "core.words",
    "status": "core.words",
    "log": "core.words",
    "task": "core.jobs",
    "conf": "core.words",
    "configure": "core.words",
    "config": "core.words",
    "noconf": "core.words",
    "noconfigure": "core.words",
    "reboot": "core.words",
    "webrepl": "core.words",
    "exit": "core.words",
}


class Words:
    """Answers the words with the parts of the node it is handed, gives the rest to executor."""

    def __init__(self, node):
        self.node = node
        self.name = node.config.get("devfid")  # the prompt keeps it until the next start
        self.guesses = once("core.login").guesses()
        self._run = node.executor.run

    def mode(self):
        """Who must log in: on, link (programs only, text is told nothing) or off."""
        return self.node.config.get("auth")

    def answer(self, session, line):
        """The answer as text, None, or a coroutine of one of them."""
        if line == "hello":  # open to everyone; its form never grows
            node = self.node
            return "hello:%s:%s:%s" % (node.config.get("devfid"), node.uid, node.kind)
        word, _, rest = line.partition(" ")
        if session.half_open and session.mode != "off" and line != "exit":
            return once("core.login").stranger(self, session, line)
        if word in TABLE:
            return self._load(TABLE[word], word, session, rest.strip())
        if session.configuring:
            return self._load("core.words", "setting", session, line)
        return self._run(line)

    def rest(self):
        """Let go what was only held to answer the next line sooner."""
        self.node.executor.held.clear()

    async def _load(self, file, word, session, rest):
        kind, reply = await self.node.executor.guard(
            word, getattr(once(file), word), self, session, rest
        )
        return "%s: %s" % (kind, reply) if kind else reply
