"""The shell's own words: a table from the word to what answers it."""

from core.once import once

# Words that are needed rarely lie in core/words.py, are loaded for one answer, and dropped.
RARE = ("help", "modules", "status", "log", "task", "reboot", "webrepl")
ANYWHERE = ("help", "reboot", "webrepl")  # the rare ones that are words in config mode too
CONFIGURE = ("conf", "configure", "config")
LEAVE = ("noconf", "noconfigure")


class Words:
    """Answers the words with the parts of the node it is handed, gives the rest to executor."""

    def __init__(self, node):
        self.node = node
        self.name = node.config.get("devfid")  # the prompt keeps it until the next start
        self.guesses = once("core.login").guesses()
        self._run = node.executor.run
        self._table = {"hello": self.hello, "version": self._version, "exit": self._exit}
        for word in CONFIGURE:
            self._table[word] = self._configure
        for word in LEAVE:
            self._table[word] = self._leave

    def mode(self):
        """Who must log in: on, link (programs only, text is told nothing) or off."""
        return self.node.config.get("auth")

    def answer(self, session, line):
        """The answer as text, None, or a coroutine of one of them."""
        if session.owed or session.mode == "link":
            return self._stranger(session, line)
        word, _, rest = line.partition(" ")
        known = self._table.get(word)
        if known:
            return known(session)
        if word in RARE and (not session.configuring or word in ANYWHERE):
            return self._rare(session, word, rest.strip())
        if session.configuring:
            return self._rare(session, "setting", line)
        return self._run(line)

    def hello(self, _=None):
        """Open to everyone; its form never grows."""
        return "hello:%s:%s:%s" % (
            self.node.config.get("devfid"),
            self.node.uid,
            self.node.kind,
        )

    def _version(self, _):
        return self.node.version

    def _exit(self, session):
        session.open = False
        return "Bye!"

    def _configure(self, session):
        session.configuring = True

    def _leave(self, session):
        session.configuring = False

    def _stranger(self, session, line):
        if line == "hello" or line == "exit":
            return self._table[line](session)
        if not session.owed:
            return "refused: this node answers text only with hello and exit, see 'auth'"
        return once("core.login").enter(self, session, line)

    async def _rare(self, session, word, rest):
        kind, reply = await self.node.executor.guard(
            word, getattr(once("core.words"), word), self, session, rest
        )
        return "%s: %s" % (kind, reply) if kind else reply
