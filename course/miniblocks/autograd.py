"""Differentiation by name: `from miniblocks import autograd`."""

from miniblocks.function import Function, gradcheck
from miniblocks.recorded import RecordedNode, detect_anomaly, recorded
from miniblocks.replay import BackwardStep, backward_steps
from miniblocks.tape import backward, grad, is_recording, no_grad, record
from miniblocks.watching import Ran, watch

__all__ = [
    "BackwardStep",
    "Function",
    "Ran",
    "RecordedNode",
    "backward",
    "backward_steps",
    "detect_anomaly",
    "grad",
    "gradcheck",
    "is_recording",
    "no_grad",
    "record",
    "recorded",
    "watch",
]
