"""The first lines of a link: who is there, and the login, before requests run beside each other."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from toolkit.model.errors import NodeError
from toolkit.model.node import Hello, parse_hello
from toolkit.model.text import clean
from toolkit.model.vault import Secret
from toolkit.transport.login import Admitted, Handshake, refusals
from toolkit.transport.wire import Wire

# A key, or what finds that of a uid, or several: the newest first.
Keys = Secret | Callable[[str], Secret | Sequence[Secret] | None] | None


class Door:
    """A wire that nobody has logged in on yet; `uid` is who must be there, None: whoever it is."""

    def __init__(self, wire: Wire, uid: str | None, who: str, timeout: float) -> None:
        self.hello = Hello("", "", "")
        self._wire = wire
        self._uid = uid
        self._who = who
        self._timeout = timeout

    async def keys(self, keys: Keys) -> Sequence[Secret]:
        """The keys for who is there; a stranger is asked first who it is."""
        if self._uid is None:
            await self._greet()
        found = keys(self._uid or self.hello.uid) if callable(keys) else keys
        secrets = [found] if isinstance(found, Secret) else found or ()
        if not secrets and self._uid is not None:
            await self._greet()
        return secrets

    async def login(self, secret: Secret) -> Admitted:
        """Log in; from now on every line has a tag."""
        uid = self._uid or self.hello.uid
        handshake = Handshake(uid, secret, self._wire.where, self._who)
        second = await self._said(handshake.first)
        proof = handshake.prove(self._wire.raw, second)
        admitted = handshake.verify(await self._said(proof))
        self._wire.seal(admitted.out, admitted.back)
        return admitted

    def meet(self, answer: object) -> Hello:
        """Read the answer to a hello; NodeError when it is of another node."""
        found = parse_hello(clean(answer)) if isinstance(answer, str) else None
        if found is None:
            raise NodeError(f"{self._wire.where} is no node of ours: it says no hello")
        if self._uid is not None and found.uid != self._uid:
            raise NodeError(
                f"at {self._wire.where} answers {found.name} ({found.uid}), not {self._uid}; "
                f"search the network (-s) to find where that one is now"
            )
        self.hello = found
        return found

    async def _greet(self) -> None:
        answer = await self._said(b'{"id":1,"op":"hello"}')
        refusals(self._wire.where, answer)
        self.meet(answer.get("ok"))

    async def _said(self, line: bytes) -> Mapping[str, object]:
        """The answer to a line."""
        self._wire.write(line)
        try:
            async with asyncio.timeout(self._timeout):
                return (await self._wire.read())[0]
        except TimeoutError:
            raise self._wire.silence(self._timeout) from None
