"""The manual: what every load module can do, read from its source without running it.

The source of a load module is the only documentation its author writes. `extract` turns it into
facts; `compact` into the lines that the board streams for `help` and for its argument check. What
people and programs read is in manual_page.py.
"""

import ast
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from toolkit.model import files
from toolkit.model.errors import InputError

PREFIX = "LM_"
MOST = 262_144  # bytes of a load module's source
NESTED = "it is nested too deeply"  # of which the parser says nothing
EXAMPLES = "Examples:"  # in a module's docstring; below it indented lines, each a command


@dataclass(frozen=True)
class Parameter:
    """One parameter: its name (with a star if it collects), annotation and default as source."""

    name: str
    annotation: str = ""
    default: str | None = None


@dataclass(frozen=True)
class Function:
    """One public function of a load module."""

    name: str
    parameters: tuple[Parameter, ...]
    summary: str

    @property
    def signature(self) -> str:
        """As a person would read it: `angle(degrees:float, pin:str='pwm_0')`."""
        return f"{self.name}({', '.join(map(_shown, self.parameters))})"


@dataclass(frozen=True)
class Module:
    """One load module, named as in a command: `servo` for `LM_servo.py`."""

    name: str
    summary: str
    functions: tuple[Function, ...]
    examples: tuple[str, ...] = ()


def extract(sources: Iterable[Path], *, plain: bool = False) -> tuple[Module, ...]:
    """Read load modules; sorted by name. `plain`: no functions whose arguments a decorator changes.

    Raises InputError when a file is not a load module, or not Python.
    """
    found = [_module(source, plain) for source in sources]
    return tuple(sorted(found, key=lambda module: module.name))


def compact(modules: Sequence[Module]) -> str:
    """The manual as the board streams it: tab-separated lines, module line first, sorted."""
    lines: list[str] = []
    for module in modules:
        lines.append(f"{module.name}\t\t\t{module.summary}\n")
        for function in module.functions:
            parameters = [_packed(parameter) for parameter in function.parameters]
            packed = json.dumps(parameters, separators=(",", ":"), ensure_ascii=False)
            lines.append(f"{module.name}\t{function.name}\t{packed}\t{function.summary}\n")
    return "".join(lines)


def _shown(parameter: Parameter) -> str:
    annotation = f":{parameter.annotation}" if parameter.annotation else ""
    default = "" if parameter.default is None else f"={parameter.default}"
    return parameter.name + annotation + default


def _packed(parameter: Parameter) -> list[str]:
    packed = [parameter.name, parameter.annotation]
    return packed if parameter.default is None else [*packed, parameter.default]


def _module(source: Path, plain: bool) -> Module:
    if not source.stem.startswith(PREFIX) or not source.stem[len(PREFIX) :].isidentifier():
        raise InputError(f"expected a load module named LM_<name>.py, got {source.name}")
    try:
        tree = ast.parse(files.content(source, MOST).decode(), source.name)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:  # deeply nested, too
        raise InputError(f"{source.name} is not valid Python: {error or NESTED}") from error
    found = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not node.name.startswith("_")
        and not (plain and node.decorator_list)
    ]
    if generators := [node for node in found if _yields(node)]:
        raise InputError(
            f"{source.name}: expected a function that returns its value or is an 'async def', "
            f"got {generators[0].name}() with 'yield' (line {generators[0].lineno})"
        )
    known = _Values(tree)
    functions = [
        Function(node.name, tuple(_parameters(node, known)), _summary(node)) for node in found
    ]
    functions.sort(key=lambda function: function.name)
    examples = tuple(_examples(ast.get_docstring(tree) or ""))
    return Module(source.stem[len(PREFIX) :], _summary(tree), tuple(functions), examples)


def _examples(docstring: str) -> Iterable[str]:
    """The commands below `Examples:`, up to the next line that is not indented."""
    lines = iter(docstring.splitlines())
    if EXAMPLES in lines:  # it is read up to there
        for line in takewhile(lambda it: not it or it[0] == " ", lines):
            if line.strip():
                yield line.strip()


def _yields(node: ast.AST) -> bool:
    """Whether a call makes a generator: the board would take it for a coroutine, and wait for good.

    What is defined inside may yield.
    """
    if isinstance(node, ast.Yield | ast.YieldFrom):
        return True
    return any(map(_yields, [it for it in ast.iter_child_nodes(node) if not _is_scope(it)]))


def _is_scope(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef)


def _summary(node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    text = ast.get_docstring(node) or ""
    return text.splitlines()[0] if text else ""  # get_docstring has stripped it, and its tabs


class _Values(ast.NodeTransformer):
    """Puts values in place of a module's constants: who reads a default does not see those."""

    def __init__(self, tree: ast.Module) -> None:
        self._known: dict[str, ast.expr | None] = {}
        for node in tree.body:
            if isinstance(node, ast.Assign):
                for target in [it for it in node.targets if isinstance(it, ast.Name)]:
                    again = target.id in self._known
                    self._known[target.id] = None if again else _plain(node.value)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._known.get(node.id) or node

    def source(self, default: ast.expr) -> str:
        """A default as a person gives it."""
        found: ast.expr = self.visit(default)
        return ast.unparse(found)


def _plain(value: ast.expr) -> ast.expr | None:
    """A value that stands as it is in the source, or in MicroPython's const(…)."""
    if isinstance(value, ast.Call) and ast.unparse(value.func) in ("const", "micropython.const"):
        value = value.args[0] if value.args else value
    try:
        ast.literal_eval(value)
    except ValueError:
        return None
    return value


def _parameters(
    node: ast.FunctionDef | ast.AsyncFunctionDef, known: _Values
) -> Iterable[Parameter]:
    arguments = node.args
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
    defaults += arguments.defaults
    for argument, default in zip(plain, defaults, strict=True):
        yield _parameter(argument.arg, argument, default, known)
    if arguments.vararg:
        yield _parameter("*" + arguments.vararg.arg, arguments.vararg, None, known)
    elif arguments.kwonlyargs:
        yield Parameter("*")
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _parameter(argument.arg, argument, default, known)
    if arguments.kwarg:
        yield _parameter("**" + arguments.kwarg.arg, arguments.kwarg, None, known)


def _parameter(name: str, argument: ast.arg, default: ast.expr | None, known: _Values) -> Parameter:
    annotation = ast.unparse(argument.annotation) if argument.annotation else ""
    return Parameter(name, annotation, None if default is None else known.source(default))
