"""After S0's exercise 4 and S3's product block: any number of branches, put together in three ways."""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Seen
from autograder.judges.evidence import inputs
from autograder.judges.lesson_01.branches import (
    collected_mistake,
    gradients_mistake,
    intact_mistake,
    merged,
    output_mistake,
)
from autograder.judges.lesson_01.evidence import dense, scale

parallel = Exercise(
    "01-parallel-n-ways",
    "Parallel, n ways",
    section="Blocks side by side",
    source="S0, exercise 4; S3, defining modules",
    minutes=20,
    difficulty="medium",
    hints=(
        "`*branches` arrives as a tuple, and a tuple registers nothing: go through it and register each.",
        "Let x through every branch first, and keep the outputs in a list. Putting them together is a second step.",
        "For a sum or a product start from the first output and go on with the rest; make a new tensor each time.",
    ),
)


@parallel.cases
def _(rng: np.random.Generator) -> list[Case]:
    def flat(*sizes: int) -> list:
        return [dense(rng, a, b) for a, b in zip(sizes, sizes[1:])]

    def case(x: np.ndarray, branches: list, merge: str | None, axis: int | None = None) -> Case:
        made: Case = {"x": x, "branches": branches, "merge": merge, "axis": axis}
        made["weigh"] = inputs(rng, *merged(made).shape)
        made["markers"] = [float(v) for v in rng.uniform(2, 3, sum(len(layer) for b in branches for layer in b))]
        made["unknown"] = str(rng.choice(["average", "maximum", "difference"]))
        return made

    return [
        case(inputs(rng, 5, 3), [flat(3, 3), flat(3, 3), flat(3, 3)], None),
        case(inputs(rng, 4, 3), [flat(3, 2), flat(3, 4, 5), flat(3, 1), flat(3, 6)], "concat"),
        case(inputs(rng, 2, 3, 4), [[scale(rng)], [scale(rng)], [scale(rng)]], "concat", axis=2),
        case(inputs(rng, 4, 3), [flat(3, 3), flat(3, 3), flat(3, 5, 3), flat(3, 3)], "sum"),
        case(inputs(rng, 3, 4), [flat(4, 4), flat(4, 4), flat(4, 2, 4)], "product"),
        case(inputs(rng, 6, 4), [flat(4, 5), flat(4, 5)], "product"),
        case(inputs(rng, 3, 4), [flat(4, 6)], "product"),
        case(inputs(rng, 3, 4), [[], flat(4, 4)], "sum"),
        case(inputs(rng, 3, 4), [[], flat(4, 4), flat(4, 4)], "product"),
    ]


def _call(case: Case) -> str:
    count = len(case["branches"])
    names = ", ".join(f"net{i + 1}" if branch else "passes_x_on" for i, branch in enumerate(case["branches"]))
    options = "".join(f", {k}={case[k]!r}" for k in ("merge", "axis") if case[k] is not None)
    return f"Parallel({names if count < 5 else '…'}{options})"


def _output(merge: str, case: Case, seen: Seen) -> Mistake | None:
    return output_mistake(case, seen, _call(case)) if (case["merge"] or "concat") == merge else None


@parallel.criterion("concat", points=2, says="merge='concat', the default, joins any number of outputs along the axis")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _output("concat", case, seen)


@parallel.criterion("sum", points=1, says="merge='sum' adds them")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _output("sum", case, seen)


@parallel.criterion("product", points=1, says="merge='product' multiplies them")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _output("product", case, seen)


@parallel.criterion("collected", points=2, says="initialize() and collect_params() reach every branch")
def _(case: Case, seen: Seen) -> Mistake | None:
    return collected_mistake(case, seen, _call(case))


@parallel.criterion("gradients", points=2, says="gradients flow into every branch")
def _(case: Case, seen: Seen) -> Mistake | None:
    return gradients_mistake(case, seen, _call(case))


@parallel.criterion("unknown merge", points=1, says="an unknown merge is refused when the block is built")
def _(case: Case, seen: Seen) -> Mistake | None:
    tried = f"Parallel(…, merge={case['unknown']!r})"
    expected = "a ValueError that names what was asked for"
    error = seen.error("build with an unknown merge")
    if error is None:
        return Mistake(
            "unknown-merge-accepted",
            expected,
            "no error",
            "A typing mistake would go unnoticed until the first call, or for ever.",
            tried,
        )
    if error.type != "ValueError":
        return Mistake(
            "unknown-merge-other-error", expected, str(error), "A value that cannot be used is a `ValueError`.", tried
        )
    if case["unknown"] not in error.message:
        return Mistake(
            "unknown-merge-not-named",
            expected,
            str(error),
            "Whoever reads the message should see what was wrong: put the value into it.",
            tried,
        )
    return None


@parallel.criterion("input intact", points=1, says="the caller's x is left as it was")
def _(case: Case, seen: Seen) -> Mistake | None:
    return (None if "x_after" in seen else output_mistake(case, seen, _call(case))) or intact_mistake(
        case, seen, _call(case)
    )
