"""Which package mirrors this machine is configured to use, read from apt's own source files."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

# Releases in the order they came out; what stands after the installed one is newer.
_RELEASES = {
    "debian": ("bullseye", "bookworm", "trixie", "forky", "duke", "testing", "unstable"),
    "ubuntu": ("jammy", "noble", "plucky", "questing", "resolute", "devel"),
}


@dataclass(frozen=True)
class Source:
    """One mirror of the system's own archive, and how its index is signed."""

    uri: str
    suite: str
    components: tuple[str, ...]
    signed_by: str = ""

    def for_suite(self, suite: str) -> "Source":
        """The same mirror, asked for another release."""
        return replace(self, suite=suite)

    def as_deb822(self, architecture: str) -> str:
        """The stanza that makes apt read this source alone."""
        lines = [
            "Types: deb",
            f"URIs: {self.uri}",
            f"Suites: {self.suite}",
            f"Components: {' '.join(self.components)}",
            f"Architectures: {architecture}",
        ]
        if self.signed_by:
            lines.append(f"Signed-By: {self.signed_by}")
        return "\n".join(lines) + "\n"


def one_line_sources(text: str) -> Iterator[Source]:
    """Read the classic form: `deb [signed-by=…] URI suite component…`."""
    for line in text.splitlines():
        kind, _, rest = line.split("#", 1)[0].strip().replace("\t", " ").partition(" ")
        if kind != "deb":
            continue
        signed_by, rest = "", rest.strip()
        if rest.startswith("["):
            options, _, rest = rest[1:].partition("]")
            for option in options.split():
                key, _, value = option.partition("=")
                signed_by = value.replace(",", " ") if key == "signed-by" else signed_by
        words = rest.split()
        if len(words) > 2:
            yield Source(words[0], words[1], tuple(words[2:]), signed_by)


def deb822_sources(text: str) -> Iterator[Source]:
    """Read the newer form: stanzas of `Key: value`, continued by indented lines."""
    for stanza in _stanzas(text):
        types = stanza.get("types", "").split()
        if "deb" not in types or stanza.get("enabled", "yes").lower() in ("no", "false", "0"):
            continue
        components = tuple(stanza.get("components", "").split())
        for uri in stanza.get("uris", "").split():
            for suite in stanza.get("suites", "").split():
                yield Source(uri, suite, components, stanza.get("signed-by", ""))


def _stanzas(text: str) -> Iterator[dict[str, str]]:
    fields: dict[str, str] = {}
    key = ""
    for line in [*text.splitlines(), ""]:
        if line.startswith("#"):
            continue
        if not line.strip():
            if fields:
                yield fields
            fields, key = {}, ""
        elif line[0] in " \t":
            # An embedded key spans lines; it has to be handed on exactly as it stands.
            fields[key] = f"{fields.get(key, '')}\n{line}"
        else:
            key, _, value = line.partition(":")
            key = key.strip().lower()
            fields[key] = value.strip()


def configured(folder: Path) -> list[Source]:
    """Every package source that apt on this machine is told to use."""
    found: list[Source] = []
    parts = folder / "sources.list.d"
    one_line = [folder / "sources.list", *sorted(parts.glob("*.list"))]
    for path in one_line:
        if path.is_file():
            found += one_line_sources(path.read_text(errors="replace"))
    for path in sorted(parts.glob("*.sources")):
        found += deb822_sources(path.read_text(errors="replace"))
    return found


def release(os_release: Path) -> tuple[str, str]:
    """The family ("debian", "ubuntu") and codename this system is built on; "" where unknown."""
    if not os_release.is_file():
        return "", ""
    fields: dict[str, str] = {}
    for line in os_release.read_text(errors="replace").splitlines():
        key, _, value = line.partition("=")
        fields[key] = value.strip().strip('"')
    for family in ("ubuntu", "debian"):
        codename = fields.get(f"{family.upper()}_CODENAME") or fields.get("VERSION_CODENAME", "")
        if codename in _RELEASES[family]:
            return family, codename
    like = f"{fields.get('ID', '')} {fields.get('ID_LIKE', '')}".split()
    family = next((name for name in ("ubuntu", "debian") if name in like), "")
    return family, fields.get("VERSION_CODENAME", "")


def candidates(sources: list[Source], family: str, codename: str) -> list[Source]:
    """The system's own archive at the installed release, then at each release after it."""
    own = next((s for s in sources if s.suite == codename), None)
    own = own or next((s for s in sources if "main" in s.components and s.uri), None)
    if own is None or not codename:
        return []
    known = _RELEASES.get(family, ())
    later = known[known.index(codename) + 1 :] if codename in known else ()
    components = tuple(sorted({*own.components, "universe"} if family == "ubuntu" else {"main"}))
    own = replace(own, components=components)
    return [own.for_suite(suite) for suite in (codename, *later)]
