"""Small programs that cases are made of: source text, so that a script can read it wherever this package lies."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from miniblocks import nd, nn


def function(source: str, **around: Any) -> Callable[..., Any]:
    """The function `f` that the source defines; `around` are the names it may use."""
    name = f"<program {hash(source)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {"nd": nd, "nn": nn, **around}
    exec(compile(source, name, "exec"), namespace)
    made: Callable[..., Any] = namespace["f"]
    return made


@contextmanager
def undrawn() -> Iterator[None]:
    """The framework's random numbers go on afterwards as if none had been drawn."""
    generator = nd.random.generator()
    before = generator.get_state()
    try:
        with nn.fresh_names():
            yield
    finally:
        generator.set_state(before)
