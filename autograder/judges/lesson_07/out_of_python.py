"""Out of Python: a network in a file that another runtime can run. The judge is one: it loads the file, and runs it."""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.lesson_07.evidence import (
    MOST_BYTES,
    close,
    everything,
    few,
    harmless,
    has_branch,
    in_training,
    stopped,
)
from autograder.judges.lesson_07.out_of_python_cases import draw, outputs
from miniblocks import autograd, nd
from miniblocks.errors import CheckpointError
from miniblocks.graph import Graph
from miniblocks.graph.format import loads
from miniblocks.graph.onnx import RULES

out_of_python = Exercise(
    "07-out-of-python",
    "Out of Python",
    section="Out of Python",
    source="S3, part 9",
    minutes=20,
    difficulty="medium",
    hints=(
        "Two lines are the heart of it: a graph of `net` that keeps its `if`, and `graph.save(g, file)`.",
        "A network in training drops numbers at random and writes statistics. Who runs the file wants it in use: `net.eval()`, before the capture.",
        "Whoever called `export` may be in the middle of training. Remember `net.training`, and put it back: `net.train(was)`.",
        "Optimized graphs hold operations of our own, such as `chain`, that other runtimes need not know. Save the graph as it was captured.",
    ),
)

out_of_python.cases(draw)

STEP = "export the network"


def _tried(case: Case, level: float | None = None) -> str:
    what = "with BatchNorm and Dropout, in training" if case["situation"] == "in_training" else "of dense layers"
    run = f"; then the file is run with level {level:g}" if level is not None else ""
    return f"export(net, file, x, level), net {what} and with an `if` on the level{run}"


def _graph(case: Case, seen: Seen) -> Graph:
    """The graph in the file; raises what keeps it from being one."""
    tried = _tried(case)
    stopped(seen, STEP, tried)
    value, expected = seen["file"], "a file with a graph"
    if not isinstance(value, np.ndarray) or value.dtype != np.uint8 or value.size > MOST_BYTES:
        cause = "There is no file where one was asked for. Is its name used as it was given?"
        raise NoEvidence(Mistake("no-file", expected, describe(value), cause, tried))
    try:
        return loads(value.tobytes(), "the file")
    except CheckpointError as error:
        if "holds arrays and no graph" in str(error):
            cause = "Parameters are numbers; what is done with them is not in such a file. Save a graph: `graph.save`."
            raise NoEvidence(Mistake("parameters-only", expected, str(error)[:120], cause, tried)) from None
        cause = "The file is of another kind. The one asked for is written by `graph.save`."
        raise NoEvidence(Mistake("other-format", expected, str(error)[:120], cause, tried)) from None
    except Exception as error:  # whatever a stranger's bytes lead to
        raise NoEvidence(
            Mistake("other-format", expected, type(error).__name__, "The file cannot be read.", tried)
        ) from None


def _run(case: Case, g: Graph, level: float, tried: str) -> np.ndarray:
    """What the file gives here."""
    if len(g.inputs) != 2:
        cause = "The graph should take what the network takes: x and level. What is no tensor when it is captured, is no input."
        raise NoEvidence(Mistake("other-inputs", "two inputs", f"{len(g.inputs)}", cause, tried))
    if not harmless(g):
        raise NoEvidence(
            Mistake("too-large", "a graph of a few steps", f"{len(g.steps)} steps", "This is another graph.", tried)
        )
    try:
        with autograd.no_grad():
            result = g(nd.array(case["x"]), nd.array(level))
    except Exception as error:  # a stranger's graph
        raise NoEvidence(
            Mistake("does-not-run", "numbers", f"{type(error).__name__}: {str(error)[:80]}", "The graph stops.", tried)
        ) from None
    return result.asnumpy() if isinstance(result, nd.Tensor) else np.asarray(np.nan)


def _right(case: Case, g: Graph) -> Mistake | None:
    got = {level: _run(case, g, level, _tried(case, level)) for level in case["levels"]}
    wrong = [level for level in case["levels"] if not close(got[level], outputs(case, level), 2e-3)]
    if not wrong:
        return None
    level = wrong[0]
    tried, expected, observed = _tried(case, level), few(outputs(case, level)), few(got[level])
    if not has_branch(g):
        cause = "There is no `if` in the file: the graph was traced, and remembers the example's side only. `graph.script` keeps both."
        return Mistake("one-branch-only", expected, observed, cause, tried)
    return Mistake("other-numbers", expected, observed, "The file gives other numbers than the network in use.", tried)


@out_of_python.criterion("file", points=2, says="the file holds a graph")
def _(case: Case, seen: Seen) -> Mistake | None:
    _graph(case, seen)
    return None


@out_of_python.criterion(
    "branches", points=3, says="run from the file, it gives the network's numbers on both sides of the `if`"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    return _right(case, _graph(case, seen)) if case["situation"] == "plain" else None


@out_of_python.criterion(
    "in-use", points=2, says="it is the network in use: nothing is dropped, no statistics are written"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    g = _graph(case, seen)
    if case["situation"] != "in_training":
        return None
    if signs := in_training(g):
        cause = "The network was captured in training. In a file it should be as it is used: `net.eval()` before the capture."
        return Mistake("exported-in-training", "neither random draws nor writes", signs, cause, _tried(case))
    return _right(case, g)


@out_of_python.criterion("elsewhere", points=1, says="other runtimes know every operation in it")
def _(case: Case, seen: Seen) -> Mistake | None:
    g = _graph(case, seen)
    used = {i.operation for i in everything(g)} - {"if", "loop"}
    if signs := in_training(g):
        cause = "What happens in training only, no other runtime knows."
        return Mistake("exported-in-training", "neither random draws nor writes", signs, cause, _tried(case))
    if unknown := sorted(used - set(RULES)):
        cause = (
            "This operation is one of ours, made by a pass for our own backends. Save the graph before it is optimized."
        )
        return Mistake("unknown-elsewhere", "operations of the format", ", ".join(unknown), cause, _tried(case))
    return None


def _same(a: object, b: np.ndarray) -> bool:
    return isinstance(a, np.ndarray) and np.array_equal(a, b)


@out_of_python.criterion(
    "untouched", points=2, says="the network is afterwards as it was: in training, with its values"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    _graph(case, seen)
    tried = _tried(case)
    training = seen["training"]
    if not isinstance(training, list) or not training or not all(one is True for one in training):
        cause = "`eval()` stays until somebody calls `train()`. Whoever goes on training now has neither dropout nor new statistics, and no message."
        return Mistake("left-in-use", "in training, as before", "in use", cause, tried, "net.training")
    after = seen["after"]
    if not isinstance(after, dict):
        raise NoEvidence(
            Mistake("not-observed", "the parameters", describe(after), "The check could not observe this.", tried)
        )
    changed = [name for name, value in case["values"].items() if not _same(after.get(name), value)]
    if changed:
        cause = "Running the network in training changes its running statistics. Exporting should change nothing."
        return Mistake("statistics-changed", "the values as before", f"{changed[0]} changed", cause, tried)
    return None
