"""What can be typed on a node, read from its own help; pure.

`[EXEC]` and the sections before it list words and load modules, the help of a module its
functions. The form of older nodes, functions below their module, is read too.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

_SECTION = re.compile(r"\[(\w+)\]")
_ROW = re.compile(r"(?P<indent>\s*)(?P<usage>\S.*?)(?:\s+-\s+(?P<summary>.*))?")
_NAME = re.compile(r"\w{1,40}")
_PARAMETER = re.compile(r"(?<![=,]) [<\[](?P<name>\w+)(?=[:>\] ])")
_CHOICES = re.compile(r": (?:(?P<bool>bool)\b|Literal\[(?P<literal>[^\]]*)\])")
_SETTING = re.compile(r"^\s*(\w{1,40})\s*:", re.MULTILINE)
_MOST = 400  # rows of a help that are looked at


@dataclass(frozen=True)
class Usage:
    """How something is typed, in the node's own words."""

    text: str
    summary: str = ""
    parameters: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    @property
    def line(self) -> str:
        """All of it in one line."""
        return f"{self.text} - {self.summary}" if self.summary else self.text


@dataclass(frozen=True)
class Vocabulary:
    """Words, config words, modules with their functions, settings."""

    words: Mapping[str, Usage] = field(default_factory=dict[str, Usage])
    config_words: Mapping[str, Usage] = field(default_factory=dict[str, Usage])
    modules: Mapping[str, Mapping[str, Usage]] = field(
        default_factory=dict[str, Mapping[str, Usage]]
    )
    about: Mapping[str, str] = field(default_factory=dict[str, str])
    settings: tuple[str, ...] = ()

    def with_module(self, name: str, text: str) -> "Vocabulary":
        """With the functions that the answer to `help <module>` tells."""
        return replace(self, modules={**self.modules, name: functions(name, text)})

    def with_settings(self, text: str) -> "Vocabulary":
        """With the settings that the answer to `dump` tells."""
        return replace(self, settings=tuple(dict.fromkeys(_SETTING.findall(text))))


@dataclass(frozen=True)
class Candidate:
    """What may stand instead of the last `length` characters."""

    text: str
    length: int
    summary: str = ""


def read(text: str) -> Vocabulary:
    """The vocabulary in the answer to `help`."""
    words: dict[str, Usage] = {}
    config_words: dict[str, Usage] = {}
    modules: dict[str, dict[str, Usage]] = {}
    about: dict[str, str] = {}
    section, base, module = "", None, ""
    for line in text.splitlines()[:_MOST]:
        title = _SECTION.match(line.strip())
        if title:
            section, base = title[1].upper(), None
            continue
        row = _ROW.fullmatch(line)
        if not row:
            continue
        base = len(row["indent"]) if base is None else base
        inner = len(row["indent"]) > base
        usage = Usage(row["usage"], row["summary"] or "")
        if section != "EXEC":
            target = config_words if inner and section == "CONF" else words
            target.update((name, usage) for name in _typed(usage.text))
        elif _NAME.fullmatch(usage.text) and inner and module:
            modules[module][usage.text] = replace(usage, text=f"{module} {usage.text}")
        elif _NAME.fullmatch(usage.text):
            module = usage.text
            modules[module], about[module] = {}, usage.summary
    return Vocabulary(words, config_words, modules, about)


def functions(module: str, text: str) -> Mapping[str, Usage]:
    """The functions in the answer to `help <module>`."""
    found: dict[str, Usage] = {}
    for line in text.splitlines()[:_MOST]:
        row = _ROW.fullmatch(line)
        words = row["usage"].split() if row else []
        if row and len(words) > 1 and words[0] == module and _NAME.fullmatch(words[1]):
            names = tuple(one["name"] for one in _PARAMETER.finditer(row["usage"]))
            found[words[1]] = Usage(
                row["usage"], row["summary"] or "", names, dict(_choices(row["usage"]))
            )
    return found


def _choices(usage: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The parameters whose type tells each value they may have."""
    for one in _PARAMETER.finditer(usage):
        found = _CHOICES.match(usage, one.end())
        if found and found["bool"]:
            yield one["name"], ("True", "False")
        elif found:
            yield one["name"], tuple(it.strip(" '\"") for it in found["literal"].split(","))


def candidates(line: str, known: Vocabulary, configuring: bool = False) -> list[Candidate]:
    """What the last word of this line may become."""
    *before, last = re.split(r"\s+", line.lstrip())
    offered = sorted(dict(_offered(before, known, configuring)).items())
    found = [Candidate(text, len(last), told) for text, told in offered if text.startswith(last)]
    return found if [it.text for it in found] != [last] else []  # it may be meant, among others


def hint(line: str, known: Vocabulary, configuring: bool = False) -> str:
    """The usage of what stands in this line, for the bottom of the screen."""
    words = line.split()
    if not words:
        return ""
    if not configuring and words[0] in known.modules:
        usage = known.modules[words[0]].get(words[1]) if len(words) > 1 else None
        about = known.about.get(words[0], "")
        return usage.line if usage else f"{words[0]} - {about}" if about else words[0]
    table = {**known.words, **known.config_words} if configuring else known.words
    return next(
        (table[key].line for key in (" ".join(words[:2]), words[0]) if key in table),
        "",
    )


def marked(line: str, known: Vocabulary, configuring: bool = False) -> tuple[str, str, str]:
    """The hint, in three: before the argument that is being typed, that argument, the rest."""
    text, words = hint(line, known, configuring), line.split()
    usage = None
    if len(words) > 1 and not configuring and words[0] in known.modules:
        usage = known.modules[words[0]].get(words[1])
    name = _at_hand(words[2:], line.endswith(" "), usage.parameters) if usage else None
    found = next((it for it in _PARAMETER.finditer(text) if it["name"] == name), None)
    if found is None:
        return text, "", ""
    return text[: found.start("name")], text[found.start("name") : found.end()], text[found.end() :]


def _at_hand(words: Sequence[str], ended: bool, parameters: Sequence[str]) -> str | None:
    """The parameter that the last word is for, or the next one when that word has ended."""
    last = "" if ended or not words else words[-1]
    if "=" in last:
        return last.partition("=")[0]
    before = words if ended else words[:-1]
    if not words and not ended:
        return None
    return next(iter(_left(before, parameters)), None)


def _left(words: Sequence[str], parameters: Sequence[str]) -> list[str]:
    """The parameters that these arguments, by place or by name, have not given yet."""
    named = {word.partition("=")[0] for word in words if "=" in word}
    placed = sum("=" not in word for word in words)
    return [name for name in parameters[placed:] if name not in named]


def _offered(before: list[str], known: Vocabulary, configuring: bool) -> Iterable[tuple[str, str]]:
    words = {**known.words, **known.config_words} if configuring else known.words
    if not before:
        yield from _next_words(words, "")
        yield from ((name, "") for name in known.settings if configuring)
        if not configuring:
            yield from known.about.items()
    elif before == ["help"]:
        yield from known.about.items()
    elif configuring and before == ["dump"]:
        yield from ((name, "") for name in known.settings)
    elif not configuring and before[0] in known.modules:
        yield from _in_module(before, known.modules[before[0]])
    else:
        yield from _next_words(words, " ".join(before) + " ")


def _in_module(before: list[str], inside: Mapping[str, Usage]) -> Iterator[tuple[str, str]]:
    if len(before) == 1:
        yield from ((name, usage.summary) for name, usage in inside.items())
    elif before[1] in inside:
        usage = inside[before[1]]
        for name in _left(before[2:], usage.parameters):
            for value in usage.choices.get(name, ("",)):
                yield f"{name}={value}", ""


def _next_words(table: Mapping[str, Usage], start: str) -> Iterator[tuple[str, str]]:
    """`task` for the start of a line, `list`, `show`, `kill` behind `task `."""
    for name, usage in table.items():
        if name.startswith(start):
            word, _, more = name[len(start) :].partition(" ")
            yield word, "" if more else usage.summary


def _typed(usage: str) -> Iterator[str]:
    """The words of a usage that are typed as they stand: `task show <tag>` gives `task show`."""
    fixed = re.split(r"\s*[<\[&]", usage, maxsplit=1)[0]
    for alternative in fixed.split("|"):
        words = alternative.split()
        if words and all(_NAME.fullmatch(word) for word in words) and len(words) <= 2:
            yield " ".join(words)
