"""Reading a graph: how many operations of each kind there are, before and after each pass. The library's count is the oracle."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from autograder.exercise import Case, Error, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.lesson_07.evidence import given, sent, stopped
from autograder.judges.lesson_07.programs import function, undrawn
from miniblocks import graph, nd, nn
from miniblocks.graph import passes

read_graph = Exercise(
    "07-read-the-graph",
    "Read the graph",
    section="Passes: a graph made better",
    source="S3, part 9",
    minutes=20,
    difficulty="medium",
    hints=(
        "A `Counter` of `step.operation` for one graph is one line. What is missing are the graphs inside: `ir.subgraphs(step)` gives them, and is empty for a plain step.",
        "A function that counts one graph can call itself for each graph inside, and add up: `counter += count(inside)`.",
        "A pass takes a graph and gives another. The next pass works on what the last one gave.",
        "The list begins with the graph as it came, so it is one longer than the number of passes. Every entry is a dictionary of its own.",
    ),
)

PROGRAMS = {
    "plain": """
def f(x):
    a = (x * 2).exp()
    b = (x * 2).exp()
    unused = x.abs()
    return a + b + nd.array(CONSTANT) * nd.array(CONSTANT)
""",
    "layers": """
def f(x):
    h = nd.relu(first(x))
    unused = h.sum()
    return nd.relu(second(h)) + nd.relu(second(h))
""",
    "nested": """
def f(x):
    total = x.sum()
    again = x.sum()
    if total > 0:
        if again > 1:
            y = x.exp() + x.exp()
        else:
            y = x * 1
    else:
        y = x + x.abs() + x.abs()
    while y.norm() > 1:
        y = y / 2 + x * 0
    return y
""",
    "no_pass": """
def f(x):
    return (x * 2 + x * 2).tanh()
""",
}
WITH = {
    "plain": ["fold_constants", "merge_common", "drop_dead"],
    "layers": ["merge_common", "fuse_layers", "drop_dead", "fuse_chains"],
    "nested": ["simplify", "merge_common", "drop_dead"],
    "no_pass": [],
}
KEYS = {"Step", "Cond", "Loop"}


@read_graph.cases
def _(rng: np.random.Generator) -> list[Case]:
    cases = []
    for situation, source in PROGRAMS.items():
        batch, units = int(rng.integers(2, 5)), int(rng.integers(2, 6))
        with undrawn():
            layers: dict[str, Any] = {name: nn.Dense(units, in_units=units) for name in ("first", "second")}
            for layer in layers.values():
                layer.initialize()
            f = function(source, CONSTANT=rng.normal(size=units), **layers)
            g = (graph.script if "if total" in source else graph.trace)(f, nd.ones((batch, units)))
        cases.append({"situation": situation, "graph": sent(g), "passes": WITH[situation]})
    return cases


def after_each(g: graph.Graph, names: list[str]) -> list[graph.Graph]:
    """The graph, and what each pass makes of what the last one gave."""
    graphs = [g]
    for name in names:
        graphs.append(getattr(passes, name)(graphs[-1]))
    return graphs


def counts(g: graph.Graph, nested: bool = True) -> dict[str, int]:
    if nested:
        return dict(graph.statistics(g).operations)
    return dict(Counter(step.operation for step in g.steps))


def _tried(case: Case) -> str:
    words = {
        "plain": "a graph of plain steps",
        "layers": "a graph of layers",
        "nested": "a graph with an `if` in an `if`, and a loop",
        "no_pass": "a small graph",
    }
    return f"count(g, ({', '.join(case['passes'])})) of {words[case['situation']]}"


def _meaning(error: Error) -> tuple[str, str] | None:
    if "'Cond' object" in error.message or "'Loop' object" in error.message:
        return (
            "if-taken-for-a-step",
            "An `if` has an `operation` too (it is called `if`), and graphs inside; it has no `op` and no single `result`.",
        )
    return None


def _observed(case: Case, seen: Seen) -> list[dict[str, int]]:
    tried = _tried(case)
    stopped(seen, "count the operations", tried, _meaning)
    value = seen["counts"]
    expected = "a list of dictionaries, from the name of an operation to a number"
    if isinstance(value, list) and value and all(type(v) is int for v in value):
        cause = "Totals came back. How many of each operation is asked: a `Counter` for each graph."
        raise NoEvidence(Mistake("totals-only", expected, describe(value), cause, tried))
    fits = isinstance(value, list) and all(
        isinstance(one, dict) and all(type(n) is int for n in one.values()) for one in value
    )
    if not fits:
        cause = "A list is wanted, with one dictionary for each graph: the one that came, and one for each pass."
        raise NoEvidence(Mistake("not-a-list-of-counts", expected, describe(value), cause, tried))
    return [{k: n for k, n in one.items() if n} for one in value]


def _wrong(case: Case, got: list[dict[str, int]]) -> Mistake | None:
    """The first entry that is wrong, and why."""
    g, names = given(case), case["passes"]
    graphs = after_each(g, names)
    wanted = [counts(one) for one in graphs]
    if got == wanted:
        return None
    tried = _tried(case)
    if len(got) != len(wanted):
        cause = "One entry for the graph as it came, and one after each pass."
        id = "start-missing" if got == wanted[1:] else "other-number"
        return Mistake(id, f"{len(wanted)} entries", f"{len(got)} entries", cause, tried)
    i = next(i for i, (a, b) in enumerate(zip(got, wanted)) if a != b)
    where = f"after {names[i - 1]}: " if i else "at first: "
    expected, observed = where + _shown(wanted[i]), where + _shown(got[i])
    if set(got[i]) & KEYS:
        cause = "What was counted are classes of Python. The operation's name is `step.operation`."
        return Mistake("classes-counted", expected, observed, cause, tried)
    if got[i] == counts(graphs[i], nested=False):
        cause = "The graphs inside of `if` and loop were not looked into. Each of their operations counts once, whatever happens when it runs."
        return Mistake("inside-left-out", expected, observed, cause, tried)
    if got[i] == {k: n for k, n in wanted[i].items() if k not in ("if", "loop")}:
        cause = "An `if` and a loop are operations of the graph as well."
        return Mistake("control-left-out", expected, observed, cause, tried)
    if i and got[i] == counts(getattr(passes, names[i - 1])(g)):
        cause = "This pass was given the graph as it came, and not what the pass before it had made."
        return Mistake("each-from-the-start", expected, observed, cause, tried)
    if i and got[i] == wanted[i - 1]:
        cause = (
            "Nothing seems to have changed. A pass leaves its graph as it is, and gives another one: `g = apply(g)`."
        )
        return Mistake("result-thrown-away", expected, observed, cause, tried)
    if len(got) > 1 and all(one == got[0] for one in got) or sum(got[0].values()) > sum(wanted[0].values()):
        cause = "Counts of several graphs were added up. Every entry is a new `Counter`."
        return Mistake("added-up", expected, observed, cause, tried)
    if case["situation"] == "nested":
        cause = "Graphs can lie in graphs that lie in graphs. Count each of them, once."
        return Mistake("not-deep-enough", expected, observed, cause, tried)
    return Mistake("wrong-counts", expected, observed, "Count `step.operation` of every step.", tried)


def _shown(count: dict[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in sorted(count.items())[:9]) or "nothing"


def _criterion(name: str, points: int, says: str, *situations: str) -> None:
    @read_graph.criterion(name, points=points, says=says)
    def _(case: Case, seen: Seen) -> Mistake | None:
        return _wrong(case, _observed(case, seen)) if case["situation"] in situations else None


_criterion("plain", 3, "plain steps are counted by name, before and after every pass", "plain", "layers")
_criterion("nested", 3, "what is in an `if` or a loop is counted, however deep", "nested")
_criterion("alone", 2, "without a pass there is one entry, and nothing is left from the call before", "no_pass")
