"""A file of the board's half as it computes where floats are narrow: each operation is rounded.

The source is rewritten: every float in it, every operation and every call of `math` goes through
`narrow`, with its operands narrowed before. Whole numbers stay whole, but for a division.
"""

import ast
import math
import operator
import struct
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

_OPERATORS = {
    "Add": "add",
    "Sub": "sub",
    "Mult": "mul",
    "Div": "truediv",
    "Mod": "mod",
    "FloorDiv": "floordiv",
    "Pow": "pow",
    "LShift": "lshift",
    "RShift": "rshift",
    "BitAnd": "and_",
    "BitOr": "or_",  # of types
}


class Board:
    """What the rewritten source calls. `lost` bits of 24 are cut off: 2 where objects hold them."""

    def __init__(self, lost: int = 0) -> None:
        self.mask = -1 << lost
        self.operations = 0

    def narrow(self, value: Any) -> Any:
        """Round a float to 32 bits, and leave anything else alone."""
        if not isinstance(value, float):
            return value
        self.operations += 1
        (bits,) = struct.unpack("<i", struct.pack("<f", value))
        return struct.unpack("<f", struct.pack("<i", bits & self.mask))[0]

    def operate(self, name: str, left: Any, right: Any) -> Any:
        """Two operands, as the board's arithmetic takes and gives them."""
        if name == "Div" or isinstance(left, float) or isinstance(right, float):
            left, right = self.narrow(float(left)), self.narrow(float(right))
        return self.narrow(getattr(operator, _OPERATORS[name])(left, right))

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """A function of `math`, or one of ours."""
        return self.narrow(function(*map(self.narrow, arguments)))


class _Rewriter(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return self._ask("narrow", node) if isinstance(node.value, float) else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        return self._operation(node.op, node.left, node.right)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        assert isinstance(node.target, ast.Name)
        value = self._operation(node.op, ast.Name(node.target.id, ast.Load()), node.value)
        return ast.copy_location(ast.Assign([node.target], value), node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        asked = isinstance(node.func, ast.Attribute) and ast.unparse(node.func).startswith("board.")
        return node if asked else self._ask("call", node.func, *node.args)

    def _operation(self, kind: ast.operator, left: ast.expr, right: ast.expr) -> ast.expr:
        return self._ask("operate", ast.Constant(type(kind).__name__), left, right)

    @staticmethod
    def _ask(name: str, *arguments: ast.expr) -> ast.expr:
        function = ast.Attribute(ast.Name("board", ast.Load()), name, ast.Load())
        return ast.Call(function, list(arguments), [])


def load(path: Path, board: Board) -> SimpleNamespace:
    """The names that a file defines, its arithmetic done by that board."""
    tree = _Rewriter().visit(ast.parse(path.read_text(encoding="utf-8")))
    names: dict[str, Any] = {"board": board, "math": math}
    exec(compile(ast.fix_missing_locations(tree), str(path), "exec"), names)
    return SimpleNamespace(**names)
