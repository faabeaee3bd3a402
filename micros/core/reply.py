"""How a value is written in an answer: as text for people, as JSON for programs."""

import json

_DEEPEST = 8


def render(value, as_json):
    """A dictionary as `key: value` lines, anything else as its text; or all of it as JSON."""
    if as_json:
        return json.dumps(plain(value))
    if isinstance(value, dict):
        return "\n".join("%s: %s" % item for item in value.items())
    return str(value)


def plain(value, depth=0):
    """The same value in what JSON has; what JSON does not have becomes its text."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)  # nan and inf are no JSON
    if depth < _DEEPEST and isinstance(value, (list, tuple)):
        return [plain(part, depth + 1) for part in value]
    if depth < _DEEPEST and isinstance(value, dict):
        return {str(key): plain(part, depth + 1) for key, part in value.items()}
    return str(value)
