"""A value as JSON, for programs. Loaded for one answer."""

import json

from micropython import const

_DEEPEST = const(8)


def json_text(value):
    """The value as JSON; what JSON does not have becomes its text."""
    return json.dumps(plain(value))


def plain(value, depth=0):
    """The same value in nothing but what JSON has."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)  # nan and inf are no JSON
    if depth < _DEEPEST and isinstance(value, (list, tuple)):
        return [plain(part, depth + 1) for part in value]
    if depth < _DEEPEST and isinstance(value, dict):
        return {str(key): plain(part, depth + 1) for key, part in value.items()}
    return str(value)
