"""Disable what an answer must write by hand, while it is probed, and note every attempt to call it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import FunctionType
from typing import Any
from unittest import mock


class ForbiddenCall(RuntimeError):
    """The answer called something that it should write itself."""


@contextmanager
def forbidden(names: Sequence[str], called: list[str]) -> Iterator[None]:
    """Make every dotted name in `names` raise `ForbiddenCall`; the names called are added to `called`.

    A class is disabled through its methods and a Python function through its code, so that references made
    before (`from miniblocks.init import Xavier`) are disabled as well; anything else, a closure too, by its attribute alone.
    """
    with ExitStack() as stack:
        for name in names:
            stack.enter_context(_disabled(name, called))
        yield


@contextmanager
def _disabled(name: str, called: list[str]) -> Iterator[None]:
    owner, attribute = _find(name)
    target = getattr(owner, attribute)

    def refuse(*args: Any, **kwargs: Any) -> None:
        called.append(name)
        raise ForbiddenCall(f"{name} is disabled in this exercise: the point is to write it by hand")

    with ExitStack() as stack:
        if isinstance(target, type):
            for method in ("__init__", "__call__", "_init_weight", "forward"):
                if method in vars(target):
                    stack.enter_context(mock.patch.object(target, method, refuse))
        elif isinstance(target, FunctionType) and not target.__closure__:
            stack.enter_context(_code_replaced(target, refuse))
        else:
            stack.enter_context(mock.patch.object(owner, attribute, refuse))
        yield


@contextmanager
def _code_replaced(function: FunctionType, refuse: Callable[..., None]) -> Iterator[None]:
    original = function.__code__, function.__defaults__, function.__kwdefaults__
    key = "__refuse_of_this_exercise__"
    namespace: dict[str, Any] = {}
    exec(f"def stand_in(*args, **kwargs): return {key}[{id(function)}](*args, **kwargs)", namespace)
    function.__globals__.setdefault(key, {})[id(function)] = refuse
    function.__code__ = namespace["stand_in"].__code__
    try:
        yield
    finally:
        function.__code__, function.__defaults__, function.__kwdefaults__ = original
        del function.__globals__[key][id(function)]


def _find(dotted: str) -> tuple[Any, str]:
    path, _, attribute = dotted.rpartition(".")
    try:
        return importlib.import_module(path), attribute
    except ModuleNotFoundError:
        owner, name = _find(path)
        return getattr(owner, name), attribute
