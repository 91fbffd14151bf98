"""Names of blocks: `dense0_`, `dense1_`, … counted per class name, and nested names inside a `name_scope`.

The counters run per thread, as in Gluon. `fresh_names()` starts them anew for a while, so that a notebook, a test
or an exercise gives the same names whatever ran before.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class _Names(threading.local):
    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.scope: Any = None  # the block whose name_scope is open


_names = _Names()


def next_name(hint: str, counts: Counter[str] | None = None) -> str:
    """The next free name for a hint: dense0, dense1, …"""
    counts = _names.counts if counts is None else counts
    counts[hint] += 1
    return f"{hint}{counts[hint] - 1}"


def restart_names() -> None:
    """Count from 0 again: the next Dense is dense0."""
    _names.counts.clear()


@contextmanager
def fresh_names() -> Iterator[None]:
    """Count from 0 inside the `with`, and go on afterwards as if nothing had been made.

    >>> from miniblocks import nn
    >>> with fresh_names():
    ...     nn.Dense(1).name, nn.Dense(1).name
    ('dense0', 'dense1')
    """
    before = _names.counts, _names.scope
    _names.counts, _names.scope = Counter(), None
    try:
        yield
    finally:
        _names.counts, _names.scope = before


def open_scope() -> Any:
    """The block inside whose `name_scope` we are, or None."""
    return _names.scope


@contextmanager
def scope_of(block: Any) -> Iterator[None]:
    """Name what is made inside after `block`."""
    before, _names.scope = _names.scope, block
    try:
        yield
    finally:
        _names.scope = before
