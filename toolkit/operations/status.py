"""How the known nodes are: all are asked at once, and a dead one delays nobody."""

import json
import re
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import cast

from toolkit.model.errors import LoginError, NodeError
from toolkit.model.node import Node
from toolkit.model.progress import Progress
from toolkit.model.vault import Vault
from toolkit.operations.connect import verdict
from toolkit.transport.textshell import TextShell

AT_ONCE = 64
TIMEOUT = 3.0  # seconds of silence
LIFETIME = 8.0  # seconds for a node in all


@dataclass(frozen=True)
class Row:
    """What is known of a node now; `note` says what a person should look at."""

    node: Node
    online: bool
    version: str | None = None
    mem_free: int | None = None
    note: str = ""
    facts: Mapping[str, object] = field(default_factory=dict[str, object])


def status(nodes: Sequence[Node], vault: Vault) -> Generator[Progress, None, list[Row]]:
    """Ask all nodes; the rows come in the order of the nodes."""
    rows: dict[Node, Row] = {}
    if nodes:
        with ThreadPoolExecutor(min(AT_ONCE, len(nodes))) as pool:
            asked = [pool.submit(_ask, node, _password(node, vault)) for node in nodes]
            for done, answer in enumerate(as_completed(asked), 1):
                row = answer.result()
                rows[row.node] = row
                online = sum(row.online for row in rows.values())
                yield Progress("status", done, len(nodes), "nodes", f"{online} online")
    return [rows[node] for node in nodes]


def _password(node: Node, vault: Vault) -> str | None:
    secret = vault.get(node.uid)
    return secret.appwd if secret else None


def _ask(node: Node, password: str | None) -> Row:
    shell = TextShell(
        node.address,
        node.port,
        uid=node.uid,
        password=password,
        timeout=TIMEOUT,
        lifetime=LIFETIME,
    )
    try:
        with shell:
            if shell.locked:
                return Row(node, online=True, note="wants a password, and none is kept for it")
            return _row(node, shell)
    except LoginError as error:
        return Row(node, online=True, note=str(error))
    except NodeError as error:
        return Row(node, online=False, note=str(error))


def _row(node: Node, shell: TextShell) -> Row:
    answer = shell.command("status >json")
    facts = parse(answer)
    if verdict(answer):
        return Row(node, online=True, note=answer)
    if facts is None:  # an older node has no such word
        free = re.search(r"\d+", shell.command("system memfree").rpartition(":")[2])
        return Row(
            node,
            online=True,
            version=_version(shell.command("version")),
            mem_free=int(free[0]) if free else None,
        )
    version, free, problems = facts.get("version"), facts.get("mem_free"), facts.get("problems")
    sentences = cast(list[object], problems) if isinstance(problems, list) else []
    return Row(
        node,
        online=True,
        version=_version(version) if isinstance(version, str) else None,
        mem_free=free if isinstance(free, int) else None,
        note="; ".join(map(str, sentences)),
        facts=facts,
    )


def parse(text: str) -> Mapping[str, object] | None:
    """The facts in the answer to `status >json`; None when it is no JSON object."""
    try:
        facts: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return cast(dict[str, object], facts) if isinstance(facts, dict) else None


def _version(text: str) -> str:
    return text.splitlines()[0][:32] if text else ""
