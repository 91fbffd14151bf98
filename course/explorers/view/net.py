"""The live explorer of a network's blocks and parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import traitlets

from explorers.state import tree
from explorers.state.changes import Changes
from explorers.state.recipes import RECIPES, recipe_of
from explorers.view.pictures import parameter_picture
from explorers.view.still import Still
from explorers.view.widget import Explorer, bundle
from miniblocks.nn import Block

NAMED = 3  # so many parameters are named in a message, the others counted


class NetExplorer(Explorer):
    """A tree of blocks with a filter, the chosen parameter's pictures, and a chooser of initializers."""

    _esm = bundle("common.js", "net.js")
    _css = bundle("common.css", "net.css")
    commands: ClassVar[tuple[str, ...]] = ("filter", "select", "initialize", "undo", "restore", "refresh")

    rows: traitlets.List[Any] = traitlets.List().tag(sync=True)
    visible: traitlets.List[Any] = traitlets.List().tag(sync=True)  # indexes of the rows that the filter lets through
    pattern = traitlets.Unicode("").tag(sync=True)
    filtered = traitlets.Dict().tag(sync=True)  # what the filter did: text, valid, matched
    selected = traitlets.Unicode(None, allow_none=True).tag(sync=True)  # path of the chosen parameter
    picture = traitlets.Unicode("").tag(sync=True)
    recipes: traitlets.List[Any] = traitlets.List().tag(sync=True)
    changes = traitlets.Int(0).tag(sync=True)  # steps that can be taken back

    def __init__(self, net: Block) -> None:
        self.net = net
        self._rows: list[tree.Row] = []
        self._changes = Changes()
        super().__init__(recipes=[recipe.as_data() for recipe in RECIPES])
        self.refresh()

    def still(self) -> Still:
        """The network as it is now, as a table and a picture."""
        return Still(self.net, self.selected, self.pattern)

    def refresh(self) -> None:
        """Read the network anew: a cell may have trained it, or built it differently."""
        self._changes.settle()
        self._read()

    def filter(self, pattern: str) -> None:
        """Show the parameters that `net.collect_params(pattern)` gives."""
        self.pattern = pattern
        self._read()

    def select(self, path: str) -> None:
        """Choose the parameter at this path."""
        if all(row.path != path for row in self._parameter_rows()):
            raise ValueError(f"there is no parameter at {path!r}")
        self._changes.settle()
        self.selected = path
        self._read()

    def initialize(self, recipe: str, knobs: Mapping[str, Any], target: str = "selected", draw: int = 0) -> None:
        """Initialize the chosen parameter, or with target "matched" all that the filter lets through."""
        chosen = [row.parameter for row in self._parameter_rows() if row.path == self.selected]
        parameters = tree.filtered(self.net, self._rows, self.pattern).parameters if target == "matched" else chosen
        done = self._changes.initialize([p for p in parameters if p is not None], recipe_of(recipe), knobs, draw)
        settings = ", ".join(f"{key} {value}" for key, value in knobs.items())
        said = [f"Initialized with {recipe} ({settings}): {_named(done.changed)}."] if done.changed else []
        said += [f"Left as they are: {_named(done.skipped)}."] if done.skipped else []
        self.status = " ".join(said) or "Nothing to initialize: no parameter is chosen."
        self._read()

    def undo(self) -> None:
        """Take the last change back."""
        self._say_restored(self._changes.undo())

    def restore(self) -> None:
        """Take all changes back."""
        self._say_restored(self._changes.restore())

    def _say_restored(self, names: tuple[str, ...]) -> None:
        self.status = f"As before: {_named(names)}." if names else "Nothing to undo."
        self._read()

    def _parameter_rows(self) -> list[tree.Row]:
        return [row for row in self._rows if row.parameter is not None]

    def _read(self) -> None:
        self._rows = tree.rows(self.net)
        found = tree.filtered(self.net, self._rows, self.pattern)
        there = {row.path: row for row in self._parameter_rows()}
        if self.selected not in there:
            self.selected = next(iter(there), None)
        with self.hold_sync():
            self.rows = [_as_data(row) for row in self._rows]
            self.visible = list(found.visible)
            self.filtered = {"text": found.text, "valid": found.valid, "matched": len(found.parameters)}
            self.picture = parameter_picture(there[self.selected]) if self.selected is not None else ""
            self.changes = len(self._changes)


def _as_data(row: tree.Row) -> dict[str, Any]:
    """A row as JSON, without the parameter itself."""
    return {key: value for key, value in vars(row).items() if key != "parameter"}


def _named(names: tuple[str, ...]) -> str:
    rest = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + rest
