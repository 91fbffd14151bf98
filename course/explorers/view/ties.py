"""The live view of tied parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import traitlets

from explorers.state.ties import Ties, contributions, unread
from explorers.view.ties_still import TiesStill, ties_picture, verdict
from explorers.view.widget import Explorer, bundle
from miniblocks.nn import Block


def read(net: Block, inputs: Sequence[Any], loss: Callable[..., Any] | None) -> tuple[Ties, str]:
    """The ties, and why there are no gradients if there are none."""
    if not inputs:
        return unread(net), ""
    try:
        return contributions(net, inputs, loss), ""
    except Exception as error:  # the learner's network or loss
        return unread(net), f"{type(error).__name__}: {error}"


class TiesExplorer(Explorer):
    """Choose a shared parameter, and which of its uses to count in."""

    _esm = bundle("common.js", "controls.js", "ties.js")
    _css = bundle("common.css", "controls.css", "ties.css")
    commands: ClassVar[tuple[str, ...]] = ("select", "count", "refresh")

    names: traitlets.List[Any] = traitlets.List().tag(sync=True)
    selected = traitlets.Unicode("").tag(sync=True)
    uses: traitlets.List[Any] = traitlets.List().tag(sync=True)  # labels of the chosen parameter's uses
    counted: traitlets.List[Any] = traitlets.List().tag(sync=True)  # positions of those that are counted in
    picture = traitlets.Unicode("").tag(sync=True)

    def __init__(self, net: Block, inputs: Sequence[Any], loss: Callable[..., Any] | None = None) -> None:
        self.net, self.inputs, self.loss = net, inputs, loss
        super().__init__()
        self.refresh()

    def still(self) -> TiesStill:
        return TiesStill(self._ties, self.selected, self._problem)

    def select(self, name: str) -> None:
        """Choose the shared parameter of that name."""
        if name not in self.names:
            raise ValueError(f"{name!r} is not shared; shared are {', '.join(self.names) or 'none'}")
        self._draw(name)

    def count(self, uses: Sequence[int]) -> None:
        """Count in these uses of the chosen parameter, by position."""
        self._draw(self.selected, [i for i in range(len(self.uses)) if i in uses])

    def refresh(self) -> None:
        """Send the inputs through and back anew: a cell may have changed the network."""
        self._ties, self._problem = read(self.net, self.inputs, self.loss)
        self.names = [shared.name for shared in self._ties.shared]
        keep = self.selected if self.selected in self.names else ""
        self._draw(keep or (self.names[0] if self.names else ""))

    def _draw(self, name: str, counted: list[int] | None = None) -> None:
        chosen = next((s for s in self._ties.shared if s.name == name), None)
        uses = chosen.uses if chosen is not None else ()
        counted = list(range(len(uses))) if counted is None else counted
        with self.hold_sync():
            self.selected, self.uses, self.counted = name, [use.label for use in uses], counted
            self.picture = str(ties_picture(self._ties, name, counted, live=True))
            self.status = self._problem or (
                verdict(chosen, counted) if chosen is not None and uses else self._ties.note
            )
