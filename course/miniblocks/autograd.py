"""Differentiation by name: `from miniblocks import autograd`."""

from miniblocks.function import Function, gradcheck
from miniblocks.recorded import RecordedNode, detect_anomaly, recorded
from miniblocks.tape import backward, grad, is_recording, no_grad, record

__all__ = [
    "Function",
    "RecordedNode",
    "backward",
    "detect_anomaly",
    "grad",
    "gradcheck",
    "is_recording",
    "no_grad",
    "record",
    "recorded",
]
