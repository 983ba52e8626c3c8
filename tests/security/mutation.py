"""A function with one change at a time: another operator, a guard or a filter left out."""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType

_WITHIN = "_Within"


def altered(function: Callable, operators) -> Iterator[tuple[str, CodeType]]:
    """The code of the function with one change at a time, and what the change is."""
    inner = inspect.unwrap(function)
    tree = ast.parse(textwrap.dedent(inspect.getsource(inner)))
    definition = tree.body[0]
    definition.decorator_list, definition.returns = [], None
    for argument in ast.walk(definition.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    count = len(list(ast.walk(tree)))
    seen: dict[str, int] = {}
    for index in range(count):
        for operator in operators:
            for turn in range(4):
                changed = copy.deepcopy(tree)
                node = list(ast.walk(changed))[index]
                said = operator(node, turn)
                if said is None:
                    break
                seen[said] = seen.get(said, 0) + 1
                name = said if seen[said] == 1 else f"{said} ({seen[said]})"
                yield name, _compiled(ast.fix_missing_locations(changed), inner)


def _compiled(tree: ast.Module, function: FunctionType) -> CodeType:
    space = dict(function.__globals__)
    flags = function.__code__.co_flags & 0x1000000  # from __future__ import annotations
    if "__class__" in function.__code__.co_freevars:
        # super() knows the class by a cell, which only a body inside of one has.
        within = ast.parse(f"class {_WITHIN}: pass")
        within.body[0].body = tree.body
        tree = ast.fix_missing_locations(within)
    exec(compile(tree, function.__code__.co_filename, "exec", flags=flags), space)  # noqa: S102
    made = getattr(space[_WITHIN], function.__name__) if _WITHIN in space else None
    return (made or space[function.__name__]).__code__


def with_code(function: Callable, code: CodeType) -> Callable[[], Callable[[], None]]:
    """Gives the function another body, wherever it was imported to."""
    inner = inspect.unwrap(function)

    def alter() -> Callable[[], None]:
        before, inner.__code__ = inner.__code__, code
        return lambda: setattr(inner, "__code__", before)

    return alter


_OTHER = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


def _other_operator(node: ast.AST, turn: int) -> str | None:
    before = ast.unparse(node) if isinstance(node, ast.expr) else ""
    if turn:
        return None
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _OTHER:
        node.ops[0] = _OTHER[type(node.ops[0])]()
    elif isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in _OTHER:
        node.op = _OTHER[type(node.op)]()
    else:
        return None
    return f"{before} -> {ast.unparse(node)}"


def _without_not(node: ast.AST, turn: int) -> str | None:
    """``not x`` and ``~x`` become ``x``, wherever an expression holds them."""
    holders = [
        (field, position, value)
        for field, held in ast.iter_fields(node)
        for position, value in enumerate(held if isinstance(held, list) else [held])
        if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not | ast.Invert)
    ]
    if turn >= len(holders):
        return None
    field, position, value = holders[turn]
    held = getattr(node, field)
    if isinstance(held, list):
        held[position] = value.operand
    else:
        setattr(node, field, value.operand)
    return f"{ast.unparse(value)} -> {ast.unparse(value.operand)}"


def _without_filter(node: ast.AST, turn: int) -> str | None:
    """One condition of a query is left out."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return None
    parts = [*node.args, *node.keywords]
    if node.func.attr not in ("filter", "exclude", "visible_to") or turn >= len(parts):
        return None
    if node.func.attr == "visible_to":
        node.func.attr, node.args = "all", []
        return "visible_to() left out"
    said = ast.unparse(parts[turn])
    if turn < len(node.args):
        del node.args[turn]
    else:
        del node.keywords[turn - len(node.args)]
    return f"{node.func.attr}() without {said}"


def _other_return(node: ast.AST, turn: int) -> str | None:
    """What is returned as True or False is the other."""
    if turn or not (isinstance(node, ast.Return) and isinstance(node.value, ast.Constant)):
        return None
    if not isinstance(node.value.value, bool):
        return None
    node.value.value = not node.value.value
    return f"returns {node.value.value}"


def _always(node: ast.AST, turn: int) -> str | None:
    """Whatever the table of rights says is yes."""
    if turn or not (isinstance(node, ast.Return) and isinstance(node.value, ast.Call)):
        return None
    if not (isinstance(node.value.func, ast.Name) and node.value.func.id == "allowed"):
        return None
    node.value = ast.Constant(True)
    return "asks nobody"


def without_guard(node: ast.AST, turn: int) -> str | None:
    """A refusal is left out: ``if …: raise`` or ``return``, or a call that asks."""
    body = getattr(node, "body", None)
    if not isinstance(body, list):
        return None
    guards = [number for number, statement in enumerate(body) if _is_guard(statement)]
    if turn >= len(guards):
        return None
    statement = body[guards[turn]]
    said = ast.unparse(statement).splitlines()[0]
    body[guards[turn]] = ast.Pass()
    return f"without {said}"


def _is_guard(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.If):
        last = statement.body[-1]
        if isinstance(last, ast.Raise):
            text = ast.unparse(last)
            return any(word in text for word in ("PermissionDenied", "Http404", "problems."))
        return isinstance(last, ast.Return) and ast.unparse(last) in (
            "return False", "return None", "return self.none()",
        )  # fmt: skip
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        function = statement.value.func
        return isinstance(function, ast.Name) and function.id in (
            "ask", "_may_write", "ask_right", "may_manage",
        )  # fmt: skip
    return False


def _without_right(node: ast.AST, turn: int) -> str | None:
    """A card, or an application, is looked up without the right that the view needs."""
    if turn or not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return None
    if node.func.id not in ("card_for", "application_for") or len(node.args) < 3:
        return None
    return f"{node.func.id}() without {ast.unparse(node.args.pop())}"


#: For functions that decide who may.
OPERATORS = (
    _other_operator, _without_not, _without_filter, _other_return, _always, without_guard,
    _without_right,
)  # fmt: skip
#: For views, which only ask them.
GUARDS = (without_guard, _without_right)
