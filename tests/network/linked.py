"""A node with a link that answers lines from a table, and keeps its settings in another."""

from typing import Any

from tests.support.reference import PASSWORD, UID, ReferenceNode, Request, Visit, refuse


def linked(
    answers: dict[str, str] | None = None,
    *,
    uid: str = UID,
    name: str = "node01",
    password: str = PASSWORD,
    rounds: int = 20_000,
    settings: dict[str, Any] | None = None,
) -> "Linked":
    """Such a node; `node.heard` has the lines of its shell, `node.kept` its settings."""
    return Linked(answers or {}, settings or {}, uid, name, password, rounds)


class Linked(ReferenceNode):
    def __init__(
        self,
        table: dict[str, str],
        settings: dict[str, Any],
        uid: str,
        name: str,
        password: str,
        rounds: int,
    ) -> None:
        super().__init__(uid, password, rounds=rounds)
        self.name = name
        self.heard: list[str] = []
        self.kept = {"devfid": name, "soctout": 100, "stapwd": "***", **settings}
        self.secrets: dict[str, str] = {}
        self._table = {"version": "0.1.0-0", **table}
        self.answers |= {"hello": self._hello, "run": self._run, "conf": self._conf}

    def _hello(self, visit: Visit, request: Request) -> str:
        return f"hello:{self.name}:{self.uid}:dev"

    def _run(self, visit: Visit, request: Request) -> str:
        line = request.given["line"]
        self.heard.append(line)
        if line == "hello":
            return self._hello(visit, request)
        if line not in self._table:
            refuse("refused", f"unknown command {line!r}")
        return self._table[line]

    def _conf(self, visit: Visit, request: Request) -> Any:
        if "set" not in request.given:
            return self.kept
        for name, value in request.given["set"].items():
            if isinstance(value, dict):
                self.secrets[name] = visit.opened(request, name)
            elif name != "i" and name not in self.kept:
                refuse("refused", f"Invalid key: {name}")
            else:
                self.kept[name] = value
        if "k" in self.secrets:
            self.key, self.told_rounds = bytes.fromhex(self.secrets["k"]), self.kept["i"]
        self.name = self.kept["devfid"]
        return True
