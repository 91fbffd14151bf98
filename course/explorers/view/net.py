"""The live explorer of a network's blocks and parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import traitlets

from explorers.state import tree
from explorers.state.changes import Changes
from explorers.state.depth import Depth, moved
from explorers.state.parameters import element, index_at
from explorers.state.recipes import RECIPES, recipe_of
from explorers.view.depth import Sounding, depth_picture
from explorers.view.pictures import parameter_picture
from explorers.view.still import Still
from explorers.view.widget import Explorer, bundle
from miniblocks.nn import Block, Parameter

NAMED = 3  # so many parameters are named in a message, the others counted


class NetExplorer(Explorer):
    """A tree of blocks with a filter, the chosen parameter's pictures, and the means to change it."""

    _esm = bundle("common.js", "controls.js", "net.js")
    _css = bundle("common.css", "charts.css", "controls.css", "net.css")
    commands: ClassVar[tuple[str, ...]] = (
        "filter", "select", "initialize", "pick", "edit", "undo", "restore", "refresh",
    )  # fmt: skip

    rows: traitlets.List[Any] = traitlets.List().tag(sync=True)
    visible: traitlets.List[Any] = traitlets.List().tag(sync=True)  # indexes of the rows that the filter lets through
    pattern = traitlets.Unicode("").tag(sync=True)
    filtered = traitlets.Dict().tag(sync=True)  # what the filter did: text, valid, matched
    selected = traitlets.Unicode(None, allow_none=True).tag(sync=True)  # path of the chosen parameter
    picture = traitlets.Unicode("").tag(sync=True)
    depth = traitlets.Unicode("").tag(sync=True)  # signal and gradient through the layers, as a picture
    recipes: traitlets.List[Any] = traitlets.List().tag(sync=True)
    changes = traitlets.Int(0).tag(sync=True)  # steps that can be taken back
    picked = traitlets.Dict().tag(sync=True)  # the element that can be edited: index, value
    flash = traitlets.Dict().tag(sync=True)  # paths that have just been written, and how often that happened

    def __init__(self, net: Block, inputs: Sequence[Any] = ()) -> None:
        self.net = net
        self._rows: list[tree.Row] = []
        self._changes = Changes()
        self._sounding = Sounding(net, inputs)
        self._before: Depth | None = None  # as the layers were before the change that is going on
        super().__init__(recipes=[recipe.as_data() for recipe in RECIPES])
        self.refresh()

    def still(self) -> Still:
        """The network as it is now, as a table and pictures."""
        return Still(self.net, self.selected, self.pattern, self._sounding.now)

    def refresh(self) -> None:
        """Read the network anew: a cell may have trained it, or built it differently."""
        self._settle()
        self._read()
        self._sound()

    def filter(self, pattern: str) -> None:
        """Show the parameters that `net.collect_params(pattern)` gives."""
        self.pattern = pattern
        self._read()

    def select(self, path: str) -> None:
        """Choose the parameter at this path."""
        if all(row.path != path for row in self._parameter_rows()):
            raise ValueError(f"there is no parameter at {path!r}")
        self._settle()
        self.selected = path
        self.picked = {}
        self._read()

    def initialize(self, recipe: str, knobs: Mapping[str, Any], target: str = "selected", draw: int = 0) -> None:
        """Initialize the chosen parameter, or with target "matched" all that the filter lets through."""
        parameters = (
            list(tree.filtered(self.net, self._rows, self.pattern).parameters)
            if target == "matched"
            else [p for p in [self._chosen()] if p is not None]
        )
        steps, self.picked = len(self._changes), {}
        done = self._changes.initialize(parameters, recipe_of(recipe), knobs, draw)
        settings = ", ".join(f"{key} {value}" for key, value in knobs.items())
        said = [f"Initialized with {recipe} ({settings}): {_named(done.changed)}."] if done.changed else []
        said += [f"Left as they are: {_named(done.skipped)}."] if done.skipped else []
        self.status = " ".join(said) or "Nothing to initialize: no parameter is chosen."
        self._after_change([p for p in parameters if p.name in done.changed], anew=len(self._changes) > steps)

    def pick(self, index: Sequence[int] = (), row: int | None = None, column: int | None = None) -> None:
        """Choose one element, by its index, or by the cell of the heatmap that shows it."""
        parameter = self._needed()
        if row is not None and column is not None:
            index = index_at(parameter, int(row), int(column))
        where = [int(i) for i in index]
        self.picked = {"index": where, "value": element(parameter, where)}

    def edit(self, index: Sequence[int], value: float) -> None:
        """Write one element of the chosen parameter, and tell what moves."""
        parameter, where, steps = self._needed(), [int(i) for i in index], len(self._changes)
        before = self._sounding.now
        was = self._changes.edit(parameter, where, float(value))
        self._after_change([parameter], anew=len(self._changes) > steps)
        now = element(parameter, where)
        self.picked = {"index": where, "value": now}
        paths = self.flash["paths"]
        said = [f"{parameter.name}[{', '.join(map(str, where))}]: {was:.4g} → {now:.4g}."]
        if len(paths) > 1:
            said.append(f"One parameter at {len(paths)} places, so all of them moved: {_named(tuple(paths))}.")
        if isinstance(before, Depth) and isinstance(self._sounding.now, Depth):
            said.append(moved(before, self._sounding.now))
        self.status = " ".join(said)

    def undo(self) -> None:
        """Take the last change back."""
        self._say_restored(self._changes.undo())

    def restore(self) -> None:
        """Take all changes back."""
        self._say_restored(self._changes.restore())

    def _say_restored(self, names: tuple[str, ...]) -> None:
        self.status = f"As before: {_named(names)}." if names else "Nothing to undo."
        self.picked = {}
        self._before = None
        self._after_change([row.parameter for row in self._rows if row.name in names], anew=False)

    def _settle(self) -> None:
        """What comes next is a change of its own."""
        self._changes.settle()
        if self._before is not None:
            self._before = None
            self.depth = str(depth_picture(self._sounding, None))

    def _after_change(self, parameters: Iterable[Parameter | None], anew: bool) -> None:
        """Draw what was written; `anew` where this began a change, whose former state stays in the picture."""
        written = {id(p) for p in parameters if p is not None}
        if anew:
            self._before = self._sounding.now if isinstance(self._sounding.now, Depth) else None
        self._read()
        self._sound()
        paths = [row.path for row in self._rows if row.parameter is not None and id(row.parameter) in written]
        self.flash = {"paths": paths, "times": self.flash.get("times", 0) + 1}

    def _sound(self) -> None:
        """Send a sample through the network again."""
        self._sounding.read()
        self.depth = str(depth_picture(self._sounding, self._before))

    def _chosen(self) -> Parameter | None:
        return next((row.parameter for row in self._parameter_rows() if row.path == self.selected), None)

    def _needed(self) -> Parameter:
        parameter = self._chosen()
        if parameter is None:
            raise ValueError("no parameter is chosen")
        return parameter

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
