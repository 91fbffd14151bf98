"""The trace that lied: for which inputs a traced function is wrong, and a graph that is right for all."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from autograder.exercise import Case, Error, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.lesson_07.evidence import came_back, close, few, has_branch, numbers, stopped
from autograder.judges.lesson_07.lies_cases import draw
from autograder.judges.lesson_07.programs import function
from miniblocks import graph, nd

lies = Exercise(
    "07-trace-that-lied",
    "The trace that lied",
    section="Tracing, and what it forgets",
    source="S3, part 9",
    minutes=20,
    difficulty="basic",
    hints=(
        "Trace once, on `example`. The graph that you get is what is on trial; each of `inputs` is a witness.",
        "A witness convicts when `traced(x)` and `function(x)` differ anywhere. `np.allclose` says whether two arrays are equal up to rounding; look up its `equal_nan`.",
        "The graph that is right for all cannot come from watching one run. It has to be made from the source: `graph.script`.",
    ),
)

lies.cases(draw)

WORDS = {
    "if": "an `if` on the sum",
    "while": "a `while` on the norm",
    "agreeing": "an `if` whose two sides agree on some inputs",
    "nan": "a logarithm in an `if`, which gives nan for some inputs",
    "one_element": "an `if` that changes the last element only",
    "honest": "no decision on a value at all",
}
STEP = "expose the trace"


def _tried(case: Case) -> str:
    return f"expose(f, example, inputs), where f has {WORDS[case['situation']]}; {len(case['inputs'])} inputs"


def _truth(case: Case, name: str) -> list[np.ndarray]:
    f = function(case["source"], **case["numbers"])
    return [f(nd.array(x)).asnumpy() for x in case[name]]


def guilty(case: Case) -> list[int]:
    """The positions of the inputs for which the trace is wrong: found by trying."""
    f = function(case["source"], **case["numbers"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        traced = graph.trace(f, nd.array(case["example"]))
    told = [traced(nd.array(x)).asnumpy() for x in case["inputs"]]
    return [i for i, (a, b) in enumerate(zip(told, _truth(case, "inputs"))) if not close(a, b, 1e-5)]


def _meaning(error: Error) -> tuple[str, str] | None:
    if error.type == "CaptureError":
        return (
            "captured-wrongly",
            "A capture takes one example of the function's one input: `graph.script(function, example)`.",
        )
    if error.type in ("TypeError", "ValueError") and "unpack" in error.message:
        return "not-a-pair", "Two things are wanted, as a pair: `return positions, g`."
    return None


def _positions(case: Case, seen: Seen) -> list[int]:
    """The positions that came back; raises what keeps them from being read."""
    tried = _tried(case)
    stopped(seen, STEP, tried, _meaning)
    value: Any = seen["positions"]
    expected = "a list of positions, such as [0, 3]"
    if isinstance(value, list) and value and all(isinstance(v, bool) for v in value):
        cause = "A truth value for each input came back. The positions of the lies are wanted: `enumerate` gives them."
        raise NoEvidence(Mistake("truth-values", expected, describe(value), cause, tried))
    if isinstance(value, list) and any(isinstance(v, np.ndarray) for v in value):
        cause = "The inputs themselves came back; their positions in the list are wanted."
        raise NoEvidence(Mistake("inputs-not-positions", expected, "a list of arrays", cause, tried))
    if not isinstance(value, list) or not all(type(v) is int for v in value):
        cause = "The first of the two is a list of positions in `inputs`. With a single lie it is a list, too; with none, an empty one."
        raise NoEvidence(Mistake("not-a-list", expected, describe(value), cause, tried))
    return value


def _wrong_positions(case: Case, got: list[int]) -> Mistake | None:
    wanted = guilty(case)
    if sorted(set(got)) == wanted and len(set(got)) == len(got):
        return None
    extra, missing = sorted(set(got) - set(wanted)), sorted(set(wanted) - set(got))
    tried, expected, observed = _tried(case), f"lies at {wanted}", f"lies at {sorted(got)}"
    situation = case["situation"]
    if [i + 1 for i in wanted] == sorted(got):
        return Mistake("counted-from-one", expected, observed, "Positions count from 0.", tried)
    if situation == "nan" and extra:
        cause = "Where both give nan, they give the same. (nan == nan is False; `np.allclose(a, b, equal_nan=True)` knows better.)"
        return Mistake("nan-taken-for-a-lie", expected, observed, cause, tried)
    if situation == "agreeing" and extra:
        cause = "These inputs take the other branch, and both branches give them the same numbers. The trace took a wrong way to a right result: compare results."
        return Mistake("branch-not-result", expected, observed, cause, tried)
    if situation == "one_element" and missing and not extra:
        cause = "These results differ in one element. One is enough: the results are equal only when all elements are."
        return Mistake("differing-somewhere", expected, observed, cause, tried)
    if wanted and sorted(got) == [i for i in range(len(case["inputs"])) if i not in wanted]:
        return Mistake(
            "the-other-ones", expected, observed, "These are the inputs for which the trace is right.", tried
        )
    if not got:
        cause = "No lie was found. Is the trace made on the example, once, and compared with what the *function* gives? A new trace for each input never lies about that input."
        return Mistake("no-lie-found", expected, observed, cause, tried)
    if missing and not extra and got == wanted[: len(got)]:
        return Mistake("only-the-first", expected, observed, "There are more. Is a `return` inside the loop?", tried)
    cause = "Compare, for each input, what the graph traced on `example` gives with what the function gives."
    return Mistake("wrong-positions", expected, observed, cause, tried)


def _graph(case: Case, seen: Seen) -> graph.Graph:
    tried = _tried(case)
    stopped(seen, STEP, tried, _meaning)
    g = came_back(seen, "graph", tried)
    if isinstance(g, str):
        raise NoEvidence(
            Mistake(
                "not-a-graph", "a graph", g[:160], "What came back is no graph that can be written to a file.", tried
            )
        )
    return g


def _runs(case: Case, seen: Seen) -> Mistake | None:
    """Whether the graph gives what the function gives, for all inputs and for some never shown."""
    tried = _tried(case)
    g = _graph(case, seen)
    for name in ("inputs", "others"):
        truth = _truth(case, name)
        stopped(seen, "run your graph", tried)
        got = numbers(seen, f"on {name}", len(truth), tried)
        for x, a, b in zip(case[name], got, truth):
            if not close(a, b, 1e-4):
                cause = "The graph that came back is a trace as well: it kept what Python decided for the example."
                if has_branch(g):
                    cause = "There is a branch in this graph, and it does not do what the function does."
                return Mistake("graph-lies", few(b), few(a), cause, f"{tried}; then g({few(x)})", "graph.script")
    return None


@lies.criterion("lies", points=3, says="the inputs for which the trace is wrong are found, all and only these")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["situation"] not in ("if", "while", "one_element", "honest"):
        return None
    return _wrong_positions(case, _positions(case, seen))


@lies.criterion("results", points=2, says="what counts is the result: other ways to the same numbers are no lies")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["situation"] not in ("if", "agreeing", "nan"):
        return None
    return _wrong_positions(case, _positions(case, seen))


@lies.criterion("graph", points=3, says="the graph is right for every input")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _runs(case, seen)


@lies.criterion("kept", points=2, says="the decision is in the graph")
def _(case: Case, seen: Seen) -> Mistake | None:
    g = _graph(case, seen)
    if case["situation"] == "honest" or has_branch(g):
        return None
    cause = "Neither an `if` nor a loop is in this graph. Print it: what it holds is one run."
    return Mistake("no-decision-inside", "an `if` or a loop in the graph", "none", cause, _tried(case), "print(g)")
