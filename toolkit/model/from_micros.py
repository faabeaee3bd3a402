"""The settings of an existing micrOS node, as a node of ours would have them; pure.

Read are those of v0.4 and of its current release (`node_config.json`, and the archives of its
toolkit). What cannot be taken, or means something else here, is said in a sentence each.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from toolkit.model import crontab, paths, settings
from toolkit.model.errors import InputError

_SIGNS = {"devfid", "hwuid", "socport"}  # a file with these is one
_STATES = {"version", "hwuid", "nwmd"}  # what a node tells of itself
_PLACEHOLDERS = {"staessid": "your_wifi_name", "stapwd": "your_wifi_passwd"}
_COMMANDS = re.compile(r"boothook|crontasks|(timirq|extirq|irq\d_)cbf")
_WORD = re.compile(r"\s*([A-Za-z_]\w*)\s+\S")
_SHELL = ("task", "log", "cron")  # words that settings may say, too
_PRELL = "irq_prell_ms"


@dataclass(frozen=True)
class Taken:
    """What a node of ours can be given (None: ask the person), and what to know of the rest."""

    config: Mapping[str, settings.Value | None] = field(repr=False)  # passwords are among it
    notes: tuple[str, ...] = ()


def is_one(plain: object) -> bool:
    """Whether that is the settings file of a micrOS node."""
    return isinstance(plain, dict) and plain.keys() >= _SIGNS  # pyright: ignore[reportUnknownMemberType]


def lacks(plain: Mapping[str, Any]) -> str:
    """By which names it would be one, and has not; for people."""
    return " and ".join(sorted(_SIGNS - plain.keys()))


def take(plain: Mapping[str, Any]) -> Taken:
    """Translate it; never fails, whatever stands there."""
    taken = _Taking(plain)
    for key in plain:
        if key not in _STATES:
            taken.one(key)
    taken.rest()
    return Taken(taken.config, (*taken.notes, *_unknown_modules(taken.config)))


class _Taking:
    """One file, key by key."""

    def __init__(self, plain: Mapping[str, Any]) -> None:
        self.config: dict[str, settings.Value | None] = {}
        self.notes: list[str] = []
        self._plain = plain
        self._strange: list[str] = []
        self._special: Mapping[str, Callable[[Any], None]] = {
            "devip": self._devip,
            "appwd": self._appwd,
            "auth": self._auth,
            "utc": self._utc,
            "cstmpmap": self._cstmpmap,
            _PRELL: self._prell,
        }

    def one(self, key: str) -> None:
        """Take a setting, or say why not."""
        value = self._plain[key]
        if key in settings.table() and value in (None, _PLACEHOLDERS.get(key)):
            self.config[key] = None  # null is what its own profiles ask for
        elif key in self._special:
            self._special[key](value)
        elif key not in settings.table():
            self._strange.append(key[:40])
        elif value != "n/a" or settings.setting(key).default == "n/a":
            self._try(key, value)

    def _try(self, key: str, value: Any) -> None:
        try:
            settings.check(settings.setting(key), value)
        except InputError as refusal:
            self.notes.append(f"{refusal}: it was left out")
        else:
            self.config[key] = value

    def _devip(self, value: Any) -> None:
        if value != "n/a":
            said = str(value)[:15]
            self.notes.append(
                f"devip: {said} was written there by the node itself, so DHCP gives an address "
                f"here; --set devip={said} keeps it"
            )

    def _appwd(self, value: Any) -> None:
        if settings.setting("appwd").allows(value):
            self.config["appwd"] = value
        else:
            self.notes.append("appwd: it has 12 characters or more here, so a new one is made")

    def _auth(self, value: Any) -> None:
        if value is True:
            self.config["auth"] = "on"
        elif value is False:
            self.notes.append("auth: a password is owed here; --set auth=off is as it was")

    def _utc(self, value: Any) -> None:
        """Minutes before UTC."""
        if not isinstance(value, int) or isinstance(value, bool) or not -720 <= value <= 840:
            self.notes.append("utc: expected minutes from -720 to 840; it was left out")
        elif value % 60 == 0:
            self.config["gmttime"] = value // 60
        else:
            hours, minutes = divmod(abs(value), 60)
            here, posix = ("+", "-") if value > 0 else ("-", "+")  # POSIX counts the other way
            time = f"{hours:02}:{minutes:02}"
            self.config["tz"] = f"<{here}{time.replace(':', '')}>{posix}{time}"
        if "gmttime" in self.config or "tz" in self.config:
            self.notes.append("utc: summer time does not change by itself, unless tz says when")

    def _cstmpmap(self, value: Any) -> None:
        """A name of a map may stand before the pins, which has no place here."""
        pins = [it.strip() for it in str(value).split(";") if ":" in it]
        if pins:
            self._try("cstmpmap", "; ".join(pins))

    def _prell(self, value: Any) -> None:
        for pin in ("irq1", "irq2", "irq3", "irq4"):
            if self._plain.get(pin) is True:
                self._try(f"{pin}_debounce", value)

    def rest(self) -> None:
        """What is only seen once all of it is there."""
        if "timirq" in self.config and "auth" not in self._plain:
            self._one_timer()
        if self._strange:
            self.notes.append(f"no such settings here: {', '.join(self._strange)}")

    def _one_timer(self) -> None:
        """Of v0.4: one timer ran either the commands at times or those again and again."""
        cron, timer = self.config.get("cron"), self.config.get("timirq")
        if cron and not timer:
            self.config["cron"] = False
            self.notes.append("cron: it did not run there, for timirq was off; it stays off")
        elif cron and timer:
            self.config["timirq"] = False
            self.notes.append("timirq: it ran nothing but cron there, which needs no timer here")


def _unknown_modules(config: Mapping[str, settings.Value | None]) -> Iterator[str]:
    """Of commands, the load modules that this release has not."""
    folder = paths.repository() / "micros" / "modules"
    for key, value in config.items():
        if _COMMANDS.fullmatch(key) and isinstance(value, str) and value != "n/a":
            lines = [piece.rpartition("!")[2] for piece, _ in crontab.pieces(value)]
            words = dict.fromkeys(it[1] for it in map(_WORD.match, lines) if it)
            for word in words:
                if word not in _SHELL and not (folder / f"LM_{word}.py").exists():
                    yield f"{key}: the load module {word} is not in this release; -o sends yours"
