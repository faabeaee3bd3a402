"""The nodes seen so far: `device_conn_cache.json`, `{uid: [address, port, name]}`.

The older form, `{uid: [address, mac, name]}`, is read too.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TypeGuard, cast

from toolkit.model import files
from toolkit.model.errors import InputError
from toolkit.model.node import PORT, Node

FILE = "device_conn_cache.json"
_UID = re.compile(r"\w{1,64}")  # names files, too
_PLACEHOLDER = "__"  # older toolkits kept two addresses that are no nodes under such names


class _Unreadable(Exception):
    """The file is not a cache."""


class Cache:
    """The file of known nodes; read anew each time, because several toolkits may write it."""

    def __init__(self, path: Path, report: files.Report = files.silent) -> None:
        self._path = path
        self._report = report

    def nodes(self) -> list[Node]:
        """All known nodes, the one seen last at the end."""
        try:
            return self._read()
        except _Unreadable:
            with files.only_writer(self._path):
                return self._read_or_move_aside()

    def remember(self, *seen: Node) -> None:
        """Keep where these nodes are; what is known of others stays."""
        if not seen:
            return
        with files.only_writer(self._path):
            known = {node.uid: node for node in self._read_or_move_aside()}
            for node in seen:
                known.pop(node.uid, None)  # so that it moves to the end
                known[node.uid] = node
            self._write(known.values())

    def forget(self, uid: str) -> None:
        """Forget a node: another board has taken its place."""
        with files.only_writer(self._path):
            known = [node for node in self._read_or_move_aside() if node.uid != uid]
            self._write(known)

    def _write(self, known: Iterable[Node]) -> None:
        plain = {node.uid: [node.address, node.port, node.name] for node in known}
        files.replace(self._path, json.dumps(plain, indent=1) + "\n")

    def _read(self) -> list[Node]:
        try:
            plain: object = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise InputError(f"{self._path} cannot be read: {error.strerror}") from error
        except (ValueError, RecursionError) as error:
            raise _Unreadable from error
        if not isinstance(plain, dict):
            raise _Unreadable
        return list(self._parsed(cast(dict[str, object], plain)))

    def _read_or_move_aside(self) -> list[Node]:
        """Only for the one who may write: what is moved aside must be what was read."""
        try:
            return self._read()
        except _Unreadable:
            aside = files.move_aside(self._path)
            self._report(
                f"{self._path} was not readable and is now {aside.name}; "
                f"search the network (-s) to fill it again"
            )
            return []

    def _parsed(self, plain: dict[str, object]) -> Iterable[Node]:
        for uid, entry in plain.items():
            node = _node(uid, entry)
            if node:
                yield node
            elif not uid.startswith(_PLACEHOLDER):
                self._report(
                    f"{self._path.name}: expected [address, port, name] for {uid!r}, got "
                    f"{json.dumps(entry)[:60]}; this entry is ignored"
                )


def _node(uid: str, entry: object) -> Node | None:
    if uid.startswith(_PLACEHOLDER) or not isinstance(entry, list):
        return None
    values = cast(list[object], entry)
    if len(values) != 3:
        return None
    address, port, name = values
    if not _is_shown(address) or not _is_shown(name) or not _UID.fullmatch(uid):
        return None
    if isinstance(port, str):  # the older form has the MAC here
        return Node(uid, name, address, PORT)
    return Node(uid, name, address, port) if _is_port(port) and isinstance(port, int) else None


def _is_shown(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value != "" and value.isprintable()


def _is_port(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 65536
