"""Explorers: widgets that show a learner's own network, and stay as a still picture where no kernel runs.

`state` turns framework objects into plain data to draw, `view` draws it; `view` imports `state`, never the reverse.
"""

from explorers.inert import inert
from explorers.net import explore

__all__ = ["explore", "inert"]
