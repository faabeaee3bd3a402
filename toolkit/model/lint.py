"""What a load module should be and is not, read from its source without running it."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from toolkit.model.commands import Refusal, is_word, read
from toolkit.model.manual import PREFIX, Module

_FREE = """
array asyncio binascii collections errno framebuf gc json lm math micropython random re struct sys
time
"""  # of what the firmware has: no hardware, nothing that waits
_HARDWARE = " machine network neopixel onewire dht ds18x20 esp esp32 rp2 bluetooth socket "
_OLD = " LogicalPins ConfigHandler Debug "  # names of micrOS v0.4, see docs/load_modules.md
_BUILTIN = {"int", "float", "str", "bool", "dict", "list", "tuple", "bytes", "None", "object"}
_INSTEAD = {
    "eval": "commands are read, never evaluated",
    "exec": "commands are read, never evaluated",
    "compile": "commands are read, never evaluated",
    "input": "a node has nobody at its prompt: take an argument",
    "print": "nobody sees it: return the value, or write it to lm.log",
    "open": "values are kept with lm.keep",
    "asyncio.run": "the node's loop runs already: make the function an 'async def'",
    "asyncio.create_task": "the node ends what it has started: lm.task(tag, function)",
}
_GRAVE = ("asyncio.run", "input")  # whoever calls these waits for good
_LONGEST = 20_000  # microseconds that a function may hold the node
_HOLDS = "it holds the node for longer than 20 ms: await asyncio.sleep_ms(…) in an 'async def'"
_WIDTH = 100  # of a sentence in the manual

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
_ENDS = (ast.Break, ast.Return, ast.Raise)
_WAITS = (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Yield, ast.YieldFrom)


@dataclass(frozen=True, order=True)
class Finding:
    """What is wrong, and in which line; `grave` is what no node should be given."""

    line: int
    text: str
    grave: bool = False


def findings(text: str, module: Module) -> list[Finding]:
    """What there is to say of a module's source, from the first line to the last."""
    tree = ast.parse(text)
    checks: tuple[Callable[[ast.Module], Iterator[Finding]], ...] = (
        _imports,
        _calls,
        _loops,
        _at_import,
        _functions,
        lambda it: _about(it, module),
    )
    return sorted({finding for check in checks for finding in check(tree)})


def is_import(name: str) -> bool:
    """Whether modules import something of this name."""
    return name in _FREE.split()


def _imports(tree: ast.Module) -> Iterator[Finding]:
    for line, name in _imported(tree):
        top = name.split(".")[0]
        if f" {top} " in _HARDWARE:
            said = f"it imports {top}: pins and buses come from lm (lm.pin, lm.pwm, lm.i2c, …)"
            yield Finding(line, said)
        elif f" {top} " in _OLD:
            yield Finding(line, f"it imports {top}, as for micrOS v0.4: that works; lm has more")
        elif top not in _FREE.split() and not top.startswith(PREFIX):
            expected = ", ".join(_FREE.split())
            yield Finding(line, f"it imports {top or 'a file beside it'}: expected {expected}")


def of_a_board(text: str) -> bool:
    """Whether a module imports what only a board has: it cannot be tried on the desk."""
    tops = (name.split(".")[0] for _, name in _imported(ast.parse(text)))
    return any(f" {top} " in _HARDWARE + _OLD for top in tops)


def _imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, it.name) for it in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""


def _calls(tree: ast.Module) -> Iterator[Finding]:
    homes = _origins(tree)
    awaited = {id(it.value) for it in ast.walk(tree) if isinstance(it, ast.Await)}
    handed = {id(it) for call in _every_call(tree) for it in call.args}
    for call in _every_call(tree):
        name = ast.unparse(call.func)
        name = homes.get(name, name)
        if name in _INSTEAD:
            yield Finding(call.lineno, f"it calls {name}: {_INSTEAD[name]}", name in _GRAVE)
        elif name in ("time.sleep", "time.sleep_ms", "time.sleep_us") and _long(name, call):
            yield Finding(call.lineno, f"it calls {name}: {_HOLDS}")
        elif name.startswith("asyncio.sleep") and not {id(call)} & (awaited | handed):
            yield Finding(call.lineno, f"it calls {name} without 'await': nothing waits")


def _origins(tree: ast.Module) -> dict[str, str]:
    """What names stand for that come by `from … import …`, or `import … as …`: `sleep_ms`."""
    found = dict[str, str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= {it.asname or it.name: f"{node.module}.{it.name}" for it in node.names}
        elif isinstance(node, ast.Import):
            for it in node.names:
                if it.asname:
                    whole = f"{it.name}.sleep", f"{it.name}.sleep_ms", f"{it.name}.sleep_us"
                    found |= {name.replace(it.name, it.asname, 1): name for name in whole}
    return found


def _long(name: str, call: ast.Call) -> bool:
    """Whether it sleeps for longer than a function may; what cannot be told may."""
    unit = {"time.sleep": 1_000_000, "time.sleep_ms": 1000, "time.sleep_us": 1}[name]
    value = call.args[0] if call.args else None
    if isinstance(value, ast.Constant) and isinstance(value.value, int | float):
        return value.value * unit > _LONGEST
    return unit > 1


def _every_call(tree: ast.AST) -> Iterator[ast.Call]:
    return (it for it in ast.walk(tree) if isinstance(it, ast.Call))


def _loops(tree: ast.Module) -> Iterator[Finding]:
    """`while True` that neither ends nor lets others have their turn."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.While) or not isinstance(node.test, ast.Constant):
            continue
        inside = list(ast.walk(node))
        if node.test.value and not any(isinstance(it, _ENDS + _WAITS) for it in inside):
            said = "this loop never ends and never waits: the watchdog would reset the node"
            yield Finding(node.lineno, said, grave=True)


def _at_import(tree: ast.Module) -> Iterator[Finding]:
    for statement in tree.body:
        if not isinstance(statement, _FUNCTIONS | ast.ClassDef):
            for call in _every_call(statement):
                if ast.unparse(call.func).startswith("lm."):
                    said = (
                        f"it calls {ast.unparse(call.func)} when it is imported: do that in load()"
                    )
                    yield Finding(call.lineno, said)


def _functions(tree: ast.Module) -> Iterator[Finding]:
    for node in tree.body:
        if isinstance(node, _FUNCTIONS) and not node.name.startswith("_"):
            yield from _sentence(f"{node.name}()", ast.get_docstring(node), node.lineno)
            yield from _types(node)


def _types(node: _FUNCTIONS) -> Iterator[Finding]:
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [it for it in (arguments.vararg, arguments.kwarg) if it]
    hints = [(f"{node.name}(): {it.arg}", it.annotation) for it in every]
    for what, hint in [*hints, (f"{node.name}(): what it returns", node.returns)]:
        if hint is None:
            said = f"{what} has no type: expected int, float, str, bool, dict, …"
            yield Finding(node.lineno, said)
            continue
        names = {ast.unparse(it) for it in ast.walk(hint) if isinstance(it, ast.Name)}
        for name in sorted(names - _BUILTIN):
            yield Finding(
                node.lineno, f"{what} has the type {name}: boards know built-in ones only"
            )


def _sentence(what: str, docstring: str | None, line: int) -> Iterator[Finding]:
    first = (docstring or "").split("\n")[0]
    if not first:
        yield Finding(line, f"{what} has no docstring: its first line is the help and the manual")
    elif not first.endswith("."):
        yield Finding(line, f"{what}: expected a sentence that ends with '.', got {first[-30:]!r}")
    elif len(first) > _WIDTH:
        yield Finding(line, f"{what}: expected {_WIDTH} characters at most, got {len(first)}")


def _about(tree: ast.Module, module: Module) -> Iterator[Finding]:
    """The module's own docstring, name and examples."""
    yield from _sentence("the module", ast.get_docstring(tree), 1)
    if is_word(module.name):
        said = f"{module.name} is a word of the shell: nobody could call the module"
        yield Finding(1, said, grave=True)
    if is_import(module.name):
        said = f"{module.name} is what modules import: one of that name would be taken for it"
        yield Finding(1, said)
    if not module.functions:
        yield Finding(1, "it has no public function: nobody could call anything", grave=True)
    known = {function.name for function in module.functions}
    for example in module.examples:
        try:
            commands = read(example)
        except Refusal as refusal:
            yield Finding(1, f"example '{example}': {refusal}")
            continue
        for command in commands:
            if command.module != module.name or command.function not in known:
                came = f"{command.module} {command.function}"
                yield Finding(1, f"example '{example}': expected a function of its own, got {came}")
