"""`return`, `break` and `continue` written as conditions, so that only `if`, `while` and `for` are left.

    if a: return x          if a: result_ = x
    y = f(x)           →    else: y = f(x); result_ = y
    return y                return result_

A statement that always jumps takes what follows it into the other side. Where a side may jump or not (and in
loops), a flag says afterwards whether it did: `returned_`, and for each loop `left_N_` and `skipped_N_`.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from itertools import count

RUNTIME, RESULT, RETURNED = "rt_", "result_", "returned_"


@dataclass
class Lowered:
    """Statements without jumps; the flags that may have been set when they end; whether they always jump."""

    statements: list[ast.stmt] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    always: bool = False


@dataclass(frozen=True)
class LoopFlags:
    """The flags of one loop: whether it was left, and whether the rest of this round is skipped."""

    left: str
    skipped: str


class Jumps:
    """Lowers the body of one function."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.asked: set[str] = set()  # the flags that something depends on

    def function(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """The body of a function without jumps but for one `return` at its end."""
        end = ast.copy_location(ast.Return(None), body[-1])
        lowered = self.block([*body, end], ())
        head: list[ast.stmt] = [ast.Assign([store(RESULT)], pending())]
        head += [assign(RETURNED, False)] if RETURNED in self.asked else []
        made = [*head, *lowered.statements, ast.Return(name(RESULT))]
        return [kept for one in made if (kept := _WithoutFlags(self.asked).visit(one)) is not None]

    def block(self, body: list[ast.stmt], loops: tuple[LoopFlags, ...]) -> Lowered:
        """A row of statements, inside of these loops (the innermost last)."""
        out = Lowered()
        for index, statement in enumerate(body):
            rest = body[index + 1 :]
            if isinstance(statement, ast.If):
                one = self._if(statement, rest, loops)
                if one.absorbed:
                    return self._joined(out, one.lowered)
                lowered = one.lowered
            else:
                lowered = self._one(statement, loops)
            self._joined(out, lowered)
            if lowered.always:
                return out
            if lowered.flags:
                following = self.block(rest, loops)
                return self._joined(out, self._unless(lowered.flags, following))
        return out

    def _joined(self, out: Lowered, more: Lowered) -> Lowered:
        out.statements += more.statements
        out.flags |= more.flags
        out.always = out.always or more.always
        return out

    def _unless(self, flags: set[str], following: Lowered) -> Lowered:
        """What follows statements that may have jumped."""
        if not following.statements:
            return Lowered()
        self.asked |= flags
        test: ast.expr = negated([name(flag) for flag in sorted(flags)])
        guarded = ast.If(test, following.statements, [])
        return Lowered([ast.copy_location(guarded, following.statements[0])], following.flags, False)

    def _one(self, statement: ast.stmt, loops: tuple[LoopFlags, ...]) -> Lowered:
        """One statement that is no `if`."""
        if isinstance(statement, ast.Return):
            return self._return(statement, loops)
        if isinstance(statement, (ast.Break, ast.Continue)):
            flag = loops[-1].left if isinstance(statement, ast.Break) else loops[-1].skipped
            return Lowered([ast.copy_location(assign(flag, True), statement)], {flag}, True)
        if isinstance(statement, (ast.While, ast.For)):
            return self._loop(statement, loops)
        if isinstance(statement, ast.With):
            inside = self.block(statement.body, loops)
            statement.body = inside.statements
            return Lowered([statement], inside.flags, inside.always)
        return Lowered([statement])

    def _return(self, statement: ast.Return, loops: tuple[LoopFlags, ...]) -> Lowered:
        value = statement.value or ast.Constant(None)
        flags = {RETURNED, *(loop.left for loop in loops)}
        made: list[ast.stmt] = [ast.Assign([store(RESULT)], value), *(assign(flag, True) for flag in sorted(flags))]
        return Lowered([ast.copy_location(one, statement) for one in made], flags, True)

    @dataclass
    class _If:
        lowered: Lowered
        absorbed: bool = False  # whether what follows the statement is in it

    def _if(self, statement: ast.If, rest: list[ast.stmt], loops: tuple[LoopFlags, ...]) -> _If:
        then, orelse = (self.block(side, loops) for side in (statement.body, statement.orelse))
        jumps = then.always or orelse.always or then.flags or orelse.flags
        if jumps and (then.always != orelse.always) and not (orelse if then.always else then).flags:
            side = orelse if then.always else then  # the side that goes on
            self._joined(side, self.block(rest, loops))
            return self._If(self._made(statement, then, orelse), absorbed=True)
        return self._If(self._made(statement, then, orelse))

    def _made(self, statement: ast.If, then: Lowered, orelse: Lowered) -> Lowered:
        made = ast.copy_location(ast.If(statement.test, then.statements or [ast.Pass()], orelse.statements), statement)
        return Lowered([made], then.flags | orelse.flags, then.always and orelse.always)

    def _loop(self, statement: ast.While | ast.For, loops: tuple[LoopFlags, ...]) -> Lowered:
        number = next(self._numbers)
        own = LoopFlags(f"left_{number}_", f"skipped_{number}_")
        inside = self.block(statement.body, (*loops, own))
        leaves = any(isinstance(n, ast.Name) and n.id == own.left for s in inside.statements for n in ast.walk(s))
        self.asked |= {own.left} if leaves else set()
        body = [assign(own.skipped, False)] if own.skipped in self.asked else []
        statement.body = [*(ast.copy_location(one, statement) for one in body), *inside.statements]
        before = [ast.copy_location(assign(own.left, False), statement)] if leaves else []
        statement.left_flag = own.left if leaves else None  # type: ignore[union-attr]
        return Lowered([*before, statement], inside.flags - {own.left, own.skipped}, False)


class _WithoutFlags(ast.NodeTransformer):
    """Takes out the assignments of flags that nobody asks for."""

    def __init__(self, asked: set[str]) -> None:
        self.asked = asked

    def visit_Assign(self, node: ast.Assign) -> ast.Assign | None:
        [target, *_] = node.targets
        flag = isinstance(target, ast.Name) and re.fullmatch(r"returned_|(left|skipped)_\d+_", target.id)
        return None if flag and target.id not in self.asked else node  # type: ignore[attr-defined]

    def visit_If(self, node: ast.If) -> ast.If:
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node


def pending() -> ast.expr:
    """`rt_.pending`: the result of a function before it has one."""
    return ast.Attribute(name(RUNTIME), "pending", ast.Load())


def name(text: str) -> ast.Name:
    return ast.Name(text, ast.Load())


def store(text: str) -> ast.Name:
    return ast.Name(text, ast.Store())


def assign(target: str, value: bool | None) -> ast.Assign:
    return ast.Assign([store(target)], ast.Constant(value))


def negated(flags: list[ast.expr]) -> ast.expr:
    """`not a and not b …`"""
    parts: list[ast.expr] = [ast.UnaryOp(ast.Not(), flag) for flag in flags]
    return parts[0] if len(parts) == 1 else ast.BoolOp(ast.And(), parts)
