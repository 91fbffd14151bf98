"""Static graphs: operations of the table in a row, captured from one run of a Python function.

    g = graph.trace(net, x)
    print(g)                  # one line an operation
    g(x)                      # the same numbers, without running the Python code again

Read in this order: `ir` (what a graph is), `verify` (the rules it keeps), `trace` (how one comes to be),
`backends.taped` (how one runs).
"""

from miniblocks.errors import CaptureError, InvalidGraphError
from miniblocks.graph.compare import same
from miniblocks.graph.ir import Cond, Graph, Loop, Ref, Step
from miniblocks.graph.statistics import Statistics, statistics
from miniblocks.graph.trace import CaptureWarning, capture, trace
from miniblocks.graph.verify import verify

__all__ = [
    "CaptureError",
    "CaptureWarning",
    "Cond",
    "Graph",
    "InvalidGraphError",
    "Loop",
    "Ref",
    "Statistics",
    "Step",
    "capture",
    "same",
    "statistics",
    "trace",
    "verify",
]
