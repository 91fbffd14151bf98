"""Static graphs: operations of the table in a row, captured from one run of a Python function.

    g = graph.trace(net, x)
    print(g)                  # one line an operation
    g(x)                      # the same numbers, without running the Python code again

    step = graph.joint(net, loss, optimizer, x, y)     # a whole training step: forward, backward, update
    print(graph.report(step.graph))                    # what each pass takes out of it
    print(step.code)                                   # the Python that runs

    print(graph.explain(net, x))                       # what a capture holds, and what it is tied to

Read in this order: `ir` (what a graph is), `verify` (the rules it keeps), `trace` (how one comes to be), `joint` (a training
step as a graph), `passes` (a graph made better), `backends` (how one runs), `blame` (what an error in one says), `explain` (what a capture is tied to).
"""

from miniblocks.errors import CaptureError, InvalidGraphError
from miniblocks.graph.backends import compile
from miniblocks.graph.compare import same
from miniblocks.graph.drawing import draw
from miniblocks.graph.explain import explain
from miniblocks.graph.explanation import Explanation
from miniblocks.graph.format import load, save
from miniblocks.graph.ir import Cond, Graph, Loop, Ref, Step
from miniblocks.graph.joint import TrainingStep, joint, joint_graph
from miniblocks.graph.onnx import to_onnx
from miniblocks.graph.passes import PASSES, Change, Report, optimize, report
from miniblocks.graph.script import script
from miniblocks.graph.statistics import Statistics, statistics
from miniblocks.graph.trace import CaptureWarning, capture, trace
from miniblocks.graph.verify import verify

__all__ = [
    "PASSES",
    "CaptureError",
    "CaptureWarning",
    "Change",
    "Cond",
    "Explanation",
    "Graph",
    "InvalidGraphError",
    "Loop",
    "Ref",
    "Report",
    "Statistics",
    "Step",
    "TrainingStep",
    "capture",
    "compile",
    "draw",
    "explain",
    "joint",
    "joint_graph",
    "load",
    "optimize",
    "report",
    "same",
    "save",
    "script",
    "statistics",
    "to_onnx",
    "trace",
    "verify",
]
