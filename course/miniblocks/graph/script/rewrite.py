"""Control flow as calls: `if`, `while`, `for`, `and`, `or`, `not`, conditional expressions, and calls themselves.

What a statement may assign becomes `nonlocal` in functions made of its parts, and a pair of functions reads and sets it:

    def get_1(): return (h, i)
    def set_1(values): nonlocal h, i; h, i = values
"""

from __future__ import annotations

import ast
from itertools import count
from types import CodeType

from miniblocks.errors import CaptureError
from miniblocks.graph.script.jumps import RUNTIME, name, store

_REFUSED = {
    ast.Yield: ("`yield`", "return a list or a stacked tensor"),
    ast.YieldFrom: ("`yield from`", "return a list or a stacked tensor"),
    ast.Await: ("`await`", "call a plain function"),
    ast.Global: ("`global`", "take the value as an argument and return the new one"),
    ast.Nonlocal: ("`nonlocal`", "take the value as an argument and return the new one"),
    ast.Delete: ("`del`", "leave the name as it is"),
    ast.Match: ("`match`", "write it as `if` and `elif`"),
    ast.AsyncFor: ("`async for`", "write a plain `for`"),
    ast.AsyncWith: ("`async with`", "write a plain `with`"),
}


class Rewrite(ast.NodeTransformer):
    """Rewrites the body of one function, whose jumps are gone already."""

    def __init__(self, code: CodeType, parameters: set[str], first: str | None) -> None:
        self.file, self.parameters, self.first = code.co_filename, parameters, first
        self.numbers = count(1)
        self.shared: set[str] = set()  # names that a statement assigns

    def function(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """The body, after a line for each name that may be read before it has a value."""
        made = self._all(body)
        unknown = sorted(self.shared - self.parameters - _assigned_first(body))
        return [*(self._set_undefined(n) for n in unknown), *made]

    def _set_undefined(self, variable: str) -> ast.stmt:
        return ast.Assign([store(variable)], _call("undefined", ast.Constant(variable)))

    def _all(self, body: list[ast.stmt]) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for statement in body:
            one = self.visit(statement)
            made += one if isinstance(one, list) else [one]
        return made

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for kind, (what, mend) in _REFUSED.items():
            if isinstance(node, kind):
                raise self.refused(node, f"{what} cannot be scripted; {mend}")
        return super().generic_visit(node)

    def refused(self, node: ast.AST, why: str) -> CaptureError:
        return CaptureError(f"{self.file}:{getattr(node, 'lineno', '?')}: {why}")

    # -- what is left alone: a function inside is rewritten when it is called ---------------------------------------
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        raise self.refused(node, "a class inside of a function cannot be scripted; define it outside")

    def visit_Try(self, node: ast.Try) -> ast.AST:
        if any(isinstance(inside, (ast.Return, ast.Break, ast.Continue)) for inside in ast.walk(node)):
            raise self.refused(node, "a jump out of `try` cannot be scripted; a graph has no exceptions")
        return super().generic_visit(node)

    # -- statements ---------------------------------------------------------------------------------------------------
    def visit_If(self, node: ast.If) -> list[ast.stmt]:
        names, number = self._names(node.body + node.orelse), next(self.numbers)
        then, orelse = self._def(f"then_{number}", names, node.body), self._def(f"else_{number}", names, node.orelse)
        call = _call("branch", self.visit(node.test), name(then.name), name(orelse.name), *self._state(names, number))
        return self._at(node, [then, orelse, *self._accessors(names, number), ast.Expr(call)])

    def visit_While(self, node: ast.While) -> list[ast.stmt]:
        left = self._left(node)
        names, number = self._names(node.body), next(self.numbers)
        if _assigned([ast.Expr(node.test)]):
            raise self.refused(node, "`:=` in the condition of a loop cannot be scripted; assign in a line of its own")
        test = node.test if left is None else ast.BoolOp(ast.And(), [ast.UnaryOp(ast.Not(), name(left)), node.test])
        again = self._def(f"again_{number}", [], [ast.Return(self._located(test, node.test))])
        body = self._def(f"body_{number}", names, node.body)
        call = _call("repeat", name(again.name), name(body.name), *self._state(names, number))
        return self._at(node, [again, body, *self._accessors(names, number), ast.Expr(call)])

    def visit_For(self, node: ast.For) -> list[ast.stmt]:
        left = self._left(node)
        targets = _assigned([ast.Assign([node.target], ast.Constant(None))])
        names, number = sorted({*self._names(node.body), *targets}), next(self.numbers)
        self.shared.update(targets)
        bind = self._def(f"bind_{number}", names, [ast.Assign([node.target], name("item_"))], ["item_"])
        body = self._def(f"body_{number}", names, node.body)
        stop = self._def(f"left_of_{number}", [], [ast.Return(name(left) if left else ast.Constant(False))])
        parts = (name(bind.name), name(body.name), name(stop.name), *self._state(names, number))
        call = _call("each", self.visit(node.iter), *parts)
        return self._at(node, [bind, body, stop, *self._accessors(names, number), ast.Expr(call)])

    def _left(self, node: ast.For | ast.While) -> str | None:
        if node.orelse:
            raise self.refused(
                node, "`else` after a loop cannot be scripted; set a variable in the loop and ask it afterwards"
            )
        return getattr(node, "left_flag", None)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        node.value = self.visit(node.value)
        [target, *others] = node.targets
        if isinstance(target, ast.Name) and not others:
            node.value = _call("named", ast.Constant(target.id), node.value)
        else:
            node.targets = [self.visit(t) for t in node.targets]
        return ast.fix_missing_locations(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """`x: float = 3` as `x = 3`: an annotated name cannot be `nonlocal`."""
        if node.value is None:
            return self._located(ast.Pass(), node)
        return self.visit(self._located(ast.Assign([node.target], node.value), node))

    # -- expressions ----------------------------------------------------------------------------------------------------
    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        sides = (_later(self.visit(side)) for side in (node.body, node.orelse))
        return self._located(_call("choose", self.visit(node.test), *sides), node)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        word = "both" if isinstance(node.op, ast.And) else "either"
        made = self.visit(node.values[-1])
        for value in reversed(node.values[:-1]):
            made = _call(word, self.visit(value), _later(made))
        return self._located(made, node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        operand = self.visit(node.operand)
        made = _call("negation", operand) if isinstance(node.op, ast.Not) else ast.UnaryOp(node.op, operand)
        return self._located(made, node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """`a < b < c` as `a < b and b < c`, where `b` calls nothing and so may stand twice."""
        between = (part for side in node.comparators[:-1] for part in ast.walk(side))
        if len(node.ops) == 1 or any(isinstance(part, (ast.Call, ast.NamedExpr)) for part in between):
            return super().generic_visit(node)
        sides = [node.left, *node.comparators]
        pairs: list[ast.expr] = [ast.Compare(a, [o], [b]) for a, o, b in zip(sides, node.ops, sides[1:])]
        return self.visit(self._located(ast.BoolOp(ast.And(), pairs), node))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args and self.first:
            return self._located(ast.Call(node.func, [name("__class__"), name(self.first)], []), node)
        super().generic_visit(node)
        return self._located(ast.Call(_call("call", node.func), node.args, node.keywords), node)

    # -- parts --------------------------------------------------------------------------------------------------------
    def _names(self, body: list[ast.stmt]) -> list[str]:
        names = _assigned(body)
        self.shared |= names
        return sorted(names)

    def _def(
        self, title: str, names: list[str], body: list[ast.stmt], parameters: list[str] | None = None
    ) -> ast.FunctionDef:
        shared: list[ast.stmt] = [ast.Nonlocal(list(names))] if names else []
        arguments = ast.arguments([], [ast.arg(p) for p in parameters or ()], None, [], [], None, [])
        return ast.FunctionDef(title, arguments, [*shared, *(self._all(body) or [ast.Pass()])], [])

    def _accessors(self, names: list[str], number: int) -> list[ast.stmt]:
        shared: list[ast.stmt] = [ast.Nonlocal(list(names))] if names else []
        values = ast.Tuple([name(n) for n in names], ast.Load())
        targets = ast.Tuple([store(n) for n in names], ast.Store())
        arguments = ast.arguments([], [ast.arg("values_")], None, [], [], None, [])
        nothing = ast.arguments([], [], None, [], [], None, [])
        setter: list[ast.stmt] = [*shared, ast.Assign([targets], name("values_"))] if names else [ast.Pass()]
        return [
            ast.FunctionDef(f"get_{number}", nothing, [ast.Return(values)], []),
            ast.FunctionDef(f"set_{number}", arguments, setter, []),
        ]

    def _state(self, names: list[str], number: int) -> list[ast.expr]:
        listed = ast.Tuple([ast.Constant(n) for n in names], ast.Load())
        return [name(f"get_{number}"), name(f"set_{number}"), listed]

    def _at(self, node: ast.AST, made: list[ast.stmt]) -> list[ast.stmt]:
        return [self._located(one, node) for one in made]

    def _located(self, made: ast.AST, node: ast.AST):  # type: ignore[no-untyped-def]
        return ast.fix_missing_locations(ast.copy_location(made, node))


def _call(method: str, *args: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(name(RUNTIME), method, ast.Load()), list(args), [])


def _later(value: ast.expr) -> ast.Lambda:
    return ast.Lambda(ast.arguments([], [], None, [], [], None, []), value)


def _assigned(body: list[ast.stmt]) -> set[str]:
    """The names that statements assign, not counting those inside of functions and comprehensions."""
    found: set[str] = set()
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef):
            found.add(node.name)
            continue
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            continue
        stack.extend(ast.iter_child_nodes(node))
    return found


def _assigned_first(body: list[ast.stmt]) -> set[str]:
    """Names that plain assignments at the head of the body give a value before anything else can happen."""
    found: set[str] = set()
    for statement in body:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.value, (ast.Constant, ast.Attribute)):
            break
        found |= _assigned([statement])
    return found
