"""One transaction a submission, in a gradebook that is opened once.

nbgrader's steps each open the gradebook anew (nine times a submission: an engine, a look at every table), commit
on their own (some thirty times), ask for the same lesson, student and submission again and again, and look for each cell's row
by a query over seven tables. Within `Shared.transaction` they all get the same open gradebook, what was found stays found, a
notebook's rows are fetched together, and what they commit is kept back until the end: a submission's scores are there
all or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import jsonschema
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.nbgraderformat import common
from sqlalchemy import inspect
from sqlalchemy.orm import Session, scoped_session, sessionmaker

FINDS = ("find_assignment", "find_notebook", "find_student", "find_submission", "find_submission_notebook")


class _HeldBack(Session):
    """A session in which `commit` does not end the transaction; `end` does.

    A new row is written at once, which gives it its id; what changes in old ones is written together, before the next query.
    """

    def commit(self) -> None:
        if self.new or self.deleted:
            self.flush()

    def end(self) -> None:
        super().commit()


class Shared:
    """A gradebook kept open over many submissions, by its one writer; use it as a context manager."""

    def __init__(self, url: str) -> None:
        self.url = url
        with Gradebook(url) as book:  # makes the tables where there are none
            self._engine = book.engine
        self._session = scoped_session(sessionmaker(bind=self._engine, class_=_HeldBack))

    def __enter__(self) -> Shared:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.remove()
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Whoever opens this gradebook within gets it as it is; all is committed at the end, or nothing."""
        with ExitStack() as undo:
            undo.callback(self._session.remove)  # rolls back what was not committed
            replace(undo, Gradebook, "__init__", self._open)
            replace(undo, Gradebook, "close", lambda book: None)
            for name in FINDS:
                replace(undo, Gradebook, name, _remembered(getattr(Gradebook, name)))
            replace(undo, Gradebook, "find_grade", _finder("grades"))
            replace(undo, Gradebook, "find_comment", _finder("comments"))
            replace(undo, common, "jsonschema", SimpleNamespace(**vars(jsonschema) | {"validate": _validate}))
            yield
            self._session().end()

    @property
    def _open(self) -> Any:
        def opened(book: Any, db_url: str, course_id: str = "default_course", authenticator: Any = None) -> None:
            if db_url != self.url:
                raise ValueError(f"the gradebook {db_url} was opened while {self.url} is written to")
            book.engine, book.db = self._engine, self._session
            book.course_id, book.authenticator = course_id, authenticator

        return opened


def _validate(instance: Any, schema: dict[str, Any]) -> None:
    """`jsonschema.validate`, once for all cells that say the same: a lesson's metadata are the same in each submission."""
    _validated(json.dumps(instance), json.dumps(schema))


@lru_cache(maxsize=1024)  # what is invalid raises, and is not kept
def _validated(instance: str, schema: str) -> None:
    jsonschema.validate(json.loads(instance), json.loads(schema))


def _remembered(find: Any) -> Any:
    """A query for one row that asks the database once, for one transaction; rows removed since are asked for again."""
    known: dict[tuple[str, ...], Any] = {}

    def found(book: Any, *key: str) -> Any:
        if key not in known or not inspect(known[key]).persistent:
            known[key] = find(book, *key)
        return known[key]

    return found


def _finder(kind: str) -> Any:
    """`Gradebook.find_grade` or `find_comment`, for one transaction: all rows of a submitted notebook at its first cell."""
    known: dict[tuple[str, str, str], dict[str, Any]] = {}

    def find(book: Any, cell: str, notebook: str, assignment: str, student: str) -> Any:
        key = notebook, assignment, student
        if key not in known:
            submitted = book.find_submission_notebook(*key)
            released = submitted.notebook
            cells = (*released.grade_cells, *released.solution_cells, *released.task_cells)
            names = {cell.id: cell.name for cell in cells}
            known[key] = {names[row.cell_id]: row for row in getattr(submitted, kind)}
        if cell not in known[key]:
            raise MissingEntry(f"No such {kind[:-1]}: {assignment}/{notebook}/{cell} for {student}")
        return known[key][cell]

    return find


def replace(undo: ExitStack, owner: Any, name: str, value: Any) -> None:
    """Set an attribute until `undo` is closed."""
    undo.callback(setattr, owner, name, getattr(owner, name))
    setattr(owner, name, value)
