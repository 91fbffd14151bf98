"""The live graph viewer: all stages go to the browser at once; only folding asks the kernel, for a new layout."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar

import traitlets

from explorers.state.boxes import folded_at_first
from explorers.state.graphs import Stage, Views
from explorers.view.graphs_still import GraphsStill
from explorers.view.graphs_svg import drawing
from explorers.view.widget import Explorer, bundle


class GraphViewer(Explorer):
    """Two graphs side by side, a chooser of what to compare, a search, and what is known of the chosen box, with its code.

    `comparison` is the number of what is shown; it follows the browser, and may be set.
    """

    _esm = bundle("common.js", "controls.js", "canvas.js", "graphs.js")
    _css = bundle("common.css", "controls.css", "drawing.css")
    commands: ClassVar[tuple[str, ...]] = ("fold",)

    title = traitlets.Unicode("").tag(sync=True)
    notes: traitlets.List[Any] = traitlets.List().tag(sync=True)
    stages: traitlets.List[Any] = traitlets.List().tag(sync=True)
    comparisons: traitlets.List[Any] = traitlets.List().tag(sync=True)
    redrawn = traitlets.Dict().tag(sync=True)  # the pictures that were folded anew, by the number of their stage
    comparison = traitlets.Int(0).tag(sync=True)

    def __init__(self, views: Views) -> None:
        self.views = views
        self._still = GraphsStill(views)
        self._closed = [folded_at_first(stage.boxes) for stage in views.stages]
        super().__init__(
            title=views.name,
            notes=list(views.notes),
            stages=[_as_data(stage, closed) for stage, closed in zip(views.stages, self._closed)],
            comparisons=[asdict(one) for one in views.comparisons],
        )

    @traitlets.validate("comparison")
    def _within(self, proposal: traitlets.Bunch) -> int:
        return max(0, min(proposal.value, len(self.comparisons) - 1))

    def fold(self, box: str, close: bool) -> None:
        """Fold a box, or open it and all around it, in every stage that has it."""
        redrawn = {}
        for number, stage in enumerate(self.views.stages):
            way = _way(stage, box)
            if not way:
                continue
            self._closed[number] = self._closed[number] | {box} if close else self._closed[number] - set(way)
            redrawn[str(number)] = drawing(stage.boxes, self._closed[number])
        if not redrawn:
            raise ValueError(f"there is no box {box!r}")
        self.redrawn = redrawn

    def still(self) -> GraphsStill:
        return self._still

    def refresh(self) -> None:
        """Nothing: everything was captured when the viewer was made."""

    def keep(self) -> None:
        """Nothing: the still picture does not change."""

    def _follow_cells(self) -> None:
        """Nothing: later cells change nothing here."""


def _way(stage: Stage, name: str) -> list[str]:
    """A box's name after those of the boxes that it lies in; nothing where there is no such box."""

    def find(boxes: Any) -> list[str]:
        for box in boxes:
            if box.name == name:
                return [name]
            for _, inside in box.sides:
                found = find(inside)
                if found:
                    return [box.name, *found]
        return []

    return find(stage.boxes)


def _as_data(stage: Stage, closed: frozenset[str]) -> dict[str, Any]:
    """A stage as JSON: its picture, and what is known of each box, also of those that are folded away."""
    known: dict[str, Any] = {}

    def note(boxes: Any, around: str | None) -> None:
        for box in boxes:
            foldable = bool(box.sides)
            known[box.name] = {
                "title": box.title,
                "second": box.second,
                "kind": box.kind,
                "details": box.details,
                "around": around,
                "foldable": foldable,
            }
            for _, inside in box.sides:
                note(inside, box.name)

    note(stage.boxes, None)
    return {
        "title": stage.title,
        "svg": drawing(stage.boxes, closed),
        "boxes": known,
        "code": stage.code,
        "compiled": stage.compiled,
    }
