"""The trace that lied: the learner looks for lies among inputs; the graph that comes back is run, on others as well."""

from __future__ import annotations

import warnings
from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_07.carry import function, sent
from miniblocks import nd

EXERCISES = ("07-trace-that-lied",)


@probe("07-trace-that-lied")
def _(answer: Any, case: Case, see: Observer) -> None:
    f = function(case["source"], **case["numbers"])
    with see.step("expose the trace"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        positions, g = answer(f, nd.array(case["example"]), [nd.array(x) for x in case["inputs"]])
    see["positions"] = list(positions) if isinstance(positions, (list, tuple, set, range)) else positions
    see["graph"] = sent(g)
    with see.attempt("run your graph"):
        for name in ("inputs", "others"):
            see[f"on {name}"] = [g(nd.array(x)) for x in case[name]]
