"""Load modules as Python objects: `node.light.rgb(255, 0, 0)`, with completion from the manual."""

import ast
import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from toolkit.model import manual, paths

Call = Callable[..., Any]  # (module, function, *args, **named)
_KINDS = {
    "": inspect.Parameter.POSITIONAL_OR_KEYWORD,
    "*": inspect.Parameter.VAR_POSITIONAL,
    "**": inspect.Parameter.VAR_KEYWORD,
}


class Modules:
    """What has load modules as attributes; a module that the manual does not know may be there."""

    def _call(self, module: str, function: str, /, *args: object, **named: object) -> Any:
        raise NotImplementedError

    def module(self, name: str) -> "Module":
        """A load module, also one whose name is a word of this class."""
        return Module(name, self._call, known().get(name))

    def __getattr__(self, name: str) -> "Module":
        if name.startswith("_"):
            raise AttributeError(name)
        return self.module(name)

    def __dir__(self) -> list[str]:
        return [*(name for name in object.__dir__(self) if not name.startswith("_")), *known()]


class Module:
    """A load module of a node; its functions are attributes."""

    def __init__(self, name: str, call: Call, about: manual.Module | None) -> None:
        self._name = name
        self._call = call
        self._functions = {one.name: one for one in about.functions} if about else {}
        self.__doc__ = about.summary if about else f"{name}: not in this toolkit's manual"

    def __getattr__(self, name: str) -> "Function":
        if name.startswith("_"):
            raise AttributeError(name)
        return Function(self._name, name, self._call, self._functions.get(name))

    def __dir__(self) -> list[str]:
        return list(self._functions)

    def __repr__(self) -> str:
        return f"<load module {self._name}>"


class Function:
    """A function of a load module; the node checks what it is given."""

    def __init__(
        self, module: str, name: str, call: Call, about: manual.Function | None = None
    ) -> None:
        self._module = module
        self._call = call
        self.__name__ = name
        self.__qualname__ = f"{module}.{name}"
        if about:
            self.__doc__ = f"{about.signature}\n\n{about.summary}"
            self.__signature__ = signature(about)

    def __call__(self, *args: object, **named: object) -> Any:
        """Call it on the node; its value, or RefusedError, FaultError."""
        return self._call(self._module, self.__name__, *args, **named)

    def __repr__(self) -> str:
        return f"<function {self.__qualname__} of a node>"


@cache
def known() -> Mapping[str, manual.Module]:
    """The load modules of this release."""
    sources = (paths.repository() / "micros" / "modules").glob(f"{manual.PREFIX}*.py")
    return {module.name: module for module in manual.extract(sources)}


def signature(about: manual.Function) -> inspect.Signature:
    """A function's signature as Python shows it."""
    parameters: list[inspect.Parameter] = []
    kind = _KINDS[""]
    for one in about.parameters:
        name = one.name.lstrip("*")
        stars = one.name[: len(one.name) - len(name)]
        if not name:  # what follows a bare star has a name
            kind = inspect.Parameter.KEYWORD_ONLY
            continue
        parameters.append(
            inspect.Parameter(
                name,
                _KINDS[stars] if stars else kind,
                default=inspect.Parameter.empty if one.default is None else _value(one.default),
                annotation=one.annotation or inspect.Parameter.empty,
            )
        )
        if stars == "*":
            kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Signature(parameters)


def _value(source: str) -> object:
    try:
        return ast.literal_eval(source)
    except ValueError:
        return source
