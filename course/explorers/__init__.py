"""Explorers: widgets that show a learner's own network, and stay as a still picture where no kernel runs.

`state` turns framework objects into plain data to draw, `view` draws it; `view` imports `state`, never the reverse.

A further explorer is: functions in `state`; a still picture (an object with `_repr_mimebundle_`); a subclass of
`view.widget.Explorer` whose `_esm` is `bundle("common.js", "its_own.js")`; and a public function that returns the widget,
or the still picture where `inert()` says so.
"""

from explorers.graphs import view_graph
from explorers.inert import inert
from explorers.lab import initializer_lab
from explorers.net import explore
from explorers.outside import run_outside
from explorers.stepper import step_through
from explorers.ties import ties
from explorers.training import playground, training_board

__all__ = [
    "explore",
    "inert",
    "initializer_lab",
    "playground",
    "run_outside",
    "step_through",
    "ties",
    "training_board",
    "view_graph",
]
