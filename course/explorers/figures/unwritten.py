"""Cells that show something of a learner's own answer, while there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Result = TypeVar("Result")


@contextmanager
def once_written() -> Iterator[None]:
    """What stands under this needs a right answer; until there is one, a line says so and the notebook goes on.

    Run All stops at the first error: without this, one wrong answer would keep all later checks from running.
    """
    try:
        yield
    except NotImplementedError:
        print("This cell shows something once the exercise above is written; run it again then.")
    except Exception as error:
        print(f"Your answer stops here with {type(error).__name__}: {error}\nThe exercise's check says more.")


def if_written(function: Callable[..., Result], *args: object) -> Result | None:
    """What `function(*args)` gives; None where it needs an answer that is not right yet."""
    with once_written():
        return function(*args)
    return None
