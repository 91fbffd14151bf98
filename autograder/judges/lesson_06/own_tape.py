"""A tape of one's own: gradients of expressions, told by forward differentiation, which is not what is to be written."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.exercise import Case, Error, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.lesson_06.evidence import close, stopped
from autograder.judges.lesson_06.own_tape_cases import DEEP, LEVELS, cases, derivatives

own_tape = Exercise(
    "06-own-tape",
    "Your own tape",
    section="Your own tape",
    source="S3, part 3",
    minutes=40,
    difficulty="challenging",
    hints=(
        "`__mul__` is made like `__add__`. The derivative of a·b by a is b, and by b it is a: numbers, known at once.",
        "A value may pass its gradient on when every value made from it has done so. List the values with each one *after* those it was computed from; then walk the list from its end.",
        "Such a list without recursion: keep a stack of your own. Push a value twice: first to visit its parents, then, when it comes up again, to append it to the list. A set of those seen keeps every value to one visit.",
        "Another way: number the values as they are made. A value always has a higher number than its parents; so sort those that can be reached from the output by their number.",
        "`grad` of an inner value is left from the previous `backward`. Set it to 0 before a new walk, but that of leaves (no parents) never.",
    ),
)

own_tape.cases(cases)


def _meaning(error: Error) -> tuple[str, str] | None:
    if error.type == "RecursionError":
        return (
            "recursion",
            "A function that calls itself for each parent goes as deep as the graph, and Python stops at a thousand calls or so. Keep a stack of your own, in a list.",
        )
    if "NoneType" in error.message:
        return "nothing-returned", "An operation gave None: is a `return` missing?"
    return None


def _floats(seen: Seen, name: str, n: int, tried: str) -> list[float]:
    value = seen[name]
    if isinstance(value, list) and len(value) == n and all(type(v) is float for v in value):
        return value
    raise NoEvidence(
        Mistake("not-observed", f"{n} numbers", describe(value), "The check could not observe this.", tried)
    )


def _tried(case: Case) -> str:
    return f"{case['says']}, then `backward()`" if "backward" not in case["says"] else str(case["says"])


def _gradients(case: Case, seen: Seen) -> tuple[list[float], list[float], list[list[float]]]:
    """The leaves' gradients as they are and as they should be, and the share of each call of `backward`."""
    tried = _tried(case)
    stopped(seen, "compute forwards", tried, _meaning)
    wanted, shares = derivatives(case)
    outputs = _floats(seen, "outputs", len(wanted), tried)
    if not all(map(close, outputs, wanted)):
        cause = "The result itself is wrong: `data` of a product is the product of both `data`, and neither may change."
        raise NoEvidence(Mistake("wrong-value", _shown(wanted), _shown(outputs), cause, tried))
    stopped(seen, "send the gradient back", tried, _meaning)
    got = _floats(seen, "gradients", len(case["leaves"]), tried)
    return got, [sum(share[i] for share in shares) for i in range(len(got))], shares


def _shown(values: Sequence[float]) -> str:
    return ", ".join(f"{v:.5g}" for v in values)


def _mistake(case: Case, id: str, got: Sequence[float], wanted: Sequence[float], cause: str) -> Mistake:
    return Mistake(id, f"gradients {_shown(wanted)}", _shown(got), cause, _tried(case))


def _equal(a: Sequence[float], b: Sequence[float]) -> bool:
    return len(a) == len(b) and all(map(close, a, b))


@own_tape.criterion("rules", points=2, says="plus and times are recorded, and the gradient reaches the leaves")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["kind"] not in ("product", "expression"):
        return None
    got, wanted, _ = _gradients(case, seen)
    if _equal(got, wanted):
        return None
    x = [step[1] for step in case["steps"] if step[0] == "leaf"]
    if case["kind"] == "product" and not any(got):
        cause = "Nothing arrived. Does the product keep its parents and slopes, and does the walk begin with a gradient of 1 at the output?"
        return _mistake(case, "nothing-arrives", got, wanted, cause)
    if case["kind"] == "product" and _equal(got, x):
        cause = "The slopes are exchanged: the derivative of a·b by a is b."
        return _mistake(case, "slopes-exchanged", got, wanted, cause)
    if case["kind"] == "product" and _equal(got, [1.0, 1.0]):
        return _mistake(case, "slopes-of-a-sum", got, wanted, "1 and 1 are the slopes of a sum, not of a product.")
    if case["kind"] == "expression" and _equal(got, [0.0, 0.0, 1.0]):
        cause = "Only the output's own parents got a gradient, or the walk went from the leaves to the output: each value has to get its gradient before it passes it on."
        return _mistake(case, "stops-at-once", got, wanted, cause)
    cause = "To each parent goes the value's own gradient times the slope: `parent.grad += slope * value.grad`."
    return _mistake(case, "wrong-gradient", got, wanted, cause)


@own_tape.criterion("used twice", points=2, says="what comes back along several paths is added up")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["kind"] != "twice":
        return None
    got, wanted, _ = _gradients(case, seen)
    if _equal(got, wanted):
        return None
    x = case["steps"][0][1]
    if close(got[0], x):
        cause = "Only the last contribution is left: `grad = …` overwrites the others, `grad += …` adds to them."
        return _mistake(case, "overwritten", got, wanted, cause)
    if close(got[0], x + 1):
        cause = "x * x has two parents, and both are x. In a set, or in a dictionary, they become one."
        return _mistake(case, "same-parent-once", got, wanted, cause)
    cause = "Each use of a value contributes once: its slope times the gradient of what was made from it."
    return _mistake(case, "wrong-gradient", got, wanted, cause)


@own_tape.criterion("order", points=3, says="a value passes its gradient on once, when all of it has arrived")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["kind"] != "order":
        return None
    got, wanted, _ = _gradients(case, seen)
    if _equal(got, wanted):
        return None
    a, b, c = (step[1] for step in case["steps"][:3])
    through = c * c  # what comes back to s along the long path; along the short one it is 1
    if any(close(got[0], b * arrived) for arrived in (1, through)):
        cause = "s passed on what had come along one path and not what came along the other: it was visited too early, or the second contribution replaced the first. The order has to be topological: everything made from s comes before s."
        return _mistake(case, "too-early", got, wanted, cause)
    if any(close(got[0], b * (arrived + 1 + through)) for arrived in (1, through)):
        cause = "s passed on twice: the first contribution, and later both together. Visit each value once, and in topological order."
        return _mistake(case, "passed-on-twice", got, wanted, cause)
    cause = "List the values so that each stands after its parents, and walk the list from its end."
    return _mistake(case, "wrong-gradient", got, wanted, cause)


@own_tape.criterion(
    "several walks", points=2, says="leaves add up over several calls of backward; inner values begin anew"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["kind"] not in ("again", "two outputs"):
        return None
    got, wanted, shares = _gradients(case, seen)
    if _equal(got, wanted):
        return None
    first = seen["after_first"]
    if not isinstance(first, list) or not all(type(v) is float for v in first) or not _equal(first, shares[0]):
        cause = "Already after the first call other gradients came out than should."
        return _mistake(case, "wrong-gradient", got, wanted, cause)
    if _equal(got, shares[-1]):
        cause = "Only the last call of `backward` shows. Gradients of leaves add up from call to call, until somebody zeroes them."
        return _mistake(case, "leaves-cleared", got, wanted, cause)
    cause = "The first walk left gradients in inner values (or in the output), and the second one passed them on again. Leaves keep what they have, inner values begin at 0."
    return _mistake(case, "inner-gradients-left", got, wanted, cause)


@own_tape.criterion("deep", points=2, says=f"{DEEP:,} values in a row are no problem")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["kind"] != "deep":
        return None
    got, wanted, _ = _gradients(case, seen)
    if _equal(got, wanted):
        return None
    return _mistake(
        case,
        "wrong-gradient",
        got,
        wanted,
        "In a chain this long other gradients come out than should. Mend the short expressions first.",
    )


@own_tape.criterion("work", points=1, says="the work grows with the number of values, not with the number of paths")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["kind"] != "diamonds":
        return None
    got, wanted, _ = _gradients(case, seen)
    if not _equal(got, wanted):
        return _mistake(
            case,
            "wrong-gradient",
            got,
            wanted,
            "Over this many paths other gradients come out than should. Mend the short expressions first.",
        )
    count, values = seen["multiplications"], len(case["steps"])
    if type(count) is not int or count > 20 * values:
        cause = f"Every path was walked by itself, and {LEVELS} diamonds have {2**LEVELS:,} of them; with 60 you would wait for years. Let each value pass on its whole gradient, once."
        return Mistake(
            "every-path",
            f"at most {20 * values} multiplications for {values} values",
            describe(count),
            cause,
            _tried(case),
        )
    return None
