"""Signals and gradients through the layers of a learner's network, as a picture or as the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from explorers.state.depth import Depth, depth_chart, made_up, rows_for, through_depth
from explorers.view.charts import chart_figure
from explorers.view.pictures import templates
from miniblocks.nn import Block

GIVE = "Give it inputs to see signals and gradients through the layers: explore(net, x)."
NOTE = Markup('<p class="xp-note">{}</p>')
MADE_UP = "Inputs are made up to fit the first layer; explore(net, x) takes yours."


class Sounding:
    """A sample that is sent through a network again and again. `now` is what came out last, or a sentence."""

    def __init__(self, net: Block, inputs: Sequence[Any]) -> None:
        self.net, self.inputs = net, inputs
        self.now: Depth | str = GIVE

    def read(self) -> None:
        """Send it through. Nothing is run where that would initialize parameters."""
        if any(not p.is_initialized for p in self.net.collect_params().values()):
            self.now = "Initialize the network and call it once to see signals and gradients through its layers."
            return
        inputs = self.inputs or made_up(self.net)
        if inputs is None:
            self.now = GIVE
            return
        try:
            self.now = through_depth(self.net, inputs, rows_for(self.net))
        except Exception as error:  # the learner's own network
            self.now = f"{type(error).__name__}: {error}" if self.inputs else GIVE

    @property
    def note(self) -> str:
        return "" if self.inputs or isinstance(self.now, str) else MADE_UP


def depth_picture(sounding: Sounding, before: Depth | None) -> Markup:
    """The chart, with the curves before a change beside those after it."""
    now = sounding.now
    if isinstance(now, str):
        return Markup(templates().get_template("figure.html").render(title="Variance through depth", reason=now))
    return chart_figure(depth_chart(now, before)) + (NOTE.format(sounding.note) if sounding.note else "")
