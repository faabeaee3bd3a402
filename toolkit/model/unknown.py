"""Facts for programs: what is not known is null there, and never a text of no letters."""

from collections.abc import Mapping
from typing import Any


def as_null(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The same facts, each that is an empty text as None; what is inside of them stays."""
    return {name: None if value == "" else value for name, value in facts.items()}
