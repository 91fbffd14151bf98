"""From a function to its rewritten self: read the source, rewrite it, compile it with the same lines and closure."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

from miniblocks.errors import CaptureError
from miniblocks.graph.script.jumps import RUNTIME, Jumps
from miniblocks.graph.script.rewrite import Rewrite
from miniblocks.places import is_own

_factories: dict[CodeType, Callable[..., Any]] = {}


def is_learners(function: Any) -> bool:
    """Whether a function is somebody's own code: neither the framework's nor a library's, and written in Python."""
    code = getattr(function, "__code__", None)
    return code is not None and is_own(code.co_filename)


def rewritten(function: FunctionType, runtime: Any) -> Callable[..., Any]:
    """The function with its control flow as calls of `runtime`; itself where there is none to rewrite."""
    code = function.__code__
    if code not in _factories:
        _factories[code] = _factory(function)
    cells = dict(zip(code.co_freevars, function.__closure__ or ()))
    made = _factories[code](runtime, function.__globals__, cells)
    made.__defaults__, made.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
    return made


def _factory(function: FunctionType) -> Callable[..., Any]:
    """(runtime, globals, cells) → the rewritten function."""
    code = function.__code__
    if code.co_name == "<lambda>":
        return _unchanged(code)
    definition = _definition(function)
    outer, free = _outer(definition, code), [RUNTIME, *code.co_freevars]
    module = ast.Module([ast.FunctionDef("make", _parameters(free), [outer, ast.Return(_load(outer.name))], [])], [])
    compiled = compile(ast.fix_missing_locations(module), code.co_filename, "exec")
    inner = _code_named(_code_named(compiled, "make"), outer.name)

    def make(runtime: Any, around: dict[str, Any], cells: dict[str, Any]) -> Callable[..., Any]:
        cells = {**cells, RUNTIME: _cell(runtime)}
        return FunctionType(inner, around, code.co_name, None, tuple(cells[name] for name in inner.co_freevars))

    return make


def _unchanged(code: CodeType) -> Callable[..., Any]:
    """A lambda has no statements. (A condition in it that looks at a tensor is refused when it runs.)"""
    return lambda runtime, around, cells: FunctionType(
        code, around, code.co_name, None, tuple(cells[name] for name in code.co_freevars)
    )


def _definition(function: FunctionType) -> ast.FunctionDef:
    """The function's source as a tree, with the line numbers of its file."""
    try:
        lines, first = inspect.getsourcelines(function)
    except (OSError, TypeError) as error:
        raise CaptureError(
            f"the source of {function.__qualname__} cannot be read ({error}), and scripting reads it; define it in a file or a notebook cell"
        ) from None
    tree = ast.parse(textwrap.dedent("".join(lines)))
    ast.increment_lineno(tree, first - 1)
    [definition] = tree.body
    if not isinstance(definition, ast.FunctionDef):
        raise CaptureError(f"{function.__qualname__} is no plain function; scripting takes `def`, not `async def`")
    return definition


def _outer(definition: ast.FunctionDef, code: CodeType) -> ast.FunctionDef:
    own = set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    first = code.co_varnames[0] if code.co_argcount else None
    definition.body = Rewrite(code, own, first).function(Jumps().function(definition.body))
    definition.decorator_list, definition.returns = [], None
    for argument in (*definition.args.posonlyargs, *definition.args.args, *definition.args.kwonlyargs):
        argument.annotation = None
    # Defaults were computed when the function was defined; the rewritten one is given the same.
    definition.args.defaults = [ast.Constant(None) for _ in definition.args.defaults]
    definition.args.kw_defaults = [d and ast.Constant(None) for d in definition.args.kw_defaults]
    return definition


def _parameters(names: list[str]) -> ast.arguments:
    return ast.arguments([], [ast.arg(name) for name in names], None, [], [], None, [])


def _load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _code_named(code: CodeType, name: str) -> CodeType:
    return next(c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == name)


def _cell(value: Any) -> Any:
    return (lambda: value).__closure__[0]  # type: ignore[index]
