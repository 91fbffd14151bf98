"""A container for parallel blocks: its four ways to merge, its names, what it registers and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Seen, describe
from autograder.judges.evidence import all_same, count, double, leaves, listed, numbers, same, stopped
from autograder.judges.lesson_08.evidence import run
from autograder.judges.lesson_10.container_cases import draw, gradients, merged, outputs, paths

container = Exercise(
    "10-parallel-container",
    "A container for parallel blocks",
    section="Side by side",
    source="the capstone; S0, exercise 4",
    minutes=20,
    difficulty="medium",
    hints=(
        "`register_child(block, name)` makes a block part of this one under any name. A dictionary gives the names; for a list they are the positions: `enumerate`.",
        "In `forward`, first collect all outputs, `[branch(x) for branch in self.children()]`, then merge them according to `self.merge`.",
        "`sum(outputs[1:], outputs[0])` adds without writing into anything. `outputs[0] += …` would write into an output, which may be x itself.",
        'Refuse in `__init__`: `raise ValueError(f"… {merge!r} …")`. Whoever reads the message should see what was asked for, and what is possible.',
    ),
)

ATTRIBUTE = "A branch's name has met an attribute of the block that has the same name. `register_child(block, name)` makes no attribute."

container.cases(draw)


# -- criteria --------------------------------------------------------------------------------------------------------


def _call(case: Case) -> str:
    names = case["names"] or []
    inside = [f'"{n}": net{i + 1}' for i, n in enumerate(names)] or [
        f"net{i + 1}" for i in range(len(case["branches"]))
    ]
    merge = f', merge="{case["merge"]}"' if case["merge"] else ""
    if case["what"] == "nested":
        return f'Parallel({{{inside[0]}, "inner": Parallel({{{", ".join(inside[1:])}}})}}{merge})'
    return f"Parallel({{{', '.join(inside)}}}{merge})" if names else f"Parallel([{', '.join(inside)}]{merge})"


def _unusable(case: Case, seen: Seen) -> Mistake | None:
    """Why there is no output to look at."""
    tried = _call(case)
    cause = "Building the container stops. `branches` may be a list, or a dictionary from names to blocks."
    failed = stopped(seen, "build the container", "cannot-be-built", tried, cause)
    tried, error = f"net = {tried}; net(x) for x of shape {case['x'].shape}", seen.error("call it")
    if failed is None and case["what"] == "awkward" and error and error.type != "ShapeError":
        return Mistake("name-became-attribute", "an output", str(error), ATTRIBUTE, tried, "__init__")
    cause = "The call stops with an error. Does every branch get x itself?"
    return failed or stopped(seen, "call it", "cannot-be-called", tried, cause)


def _wrong(case: Case, seen: Seen, name: str = "output", x: str = "x") -> Mistake | None:
    failed = _unusable(case, seen)
    if failed:
        return failed
    tried = f"net = {_call(case)}; net(x) for x of shape {case[x].shape}"
    wanted, got = merged(case, x), seen[name]
    if case["merge"] == "list":
        return None if all_same(got, wanted) else _wrong_list(got, wanted, tried)
    if isinstance(got, list):
        cause = "The outputs came back side by side, though one tensor was asked for."
        return Mistake("not-merged", numbers(wanted[0]), describe(got), cause, tried, "forward")
    if same(seen.array(name), wanted[0]):
        return None
    id, cause = next(
        ((id, cause) for guess, id, cause in _guesses(case, outputs(case, x), x) if same(got, guess)),
        ("wrong-output", "The output is not the branches' outputs, merged as asked."),
    )
    return Mistake(id, numbers(wanted[0]), numbers(got), cause, tried, "forward")


def _wrong_list(got: object, wanted: list[np.ndarray], tried: str) -> Mistake:
    expected = f"a list of {len(wanted)} tensors"
    if isinstance(got, np.ndarray):
        cause = '`merge="list"` leaves the outputs apart, for a block that takes several.'
        return Mistake("list-merged", expected, numbers(got), cause, tried, "forward")
    if isinstance(got, list) and len(got) == len(wanted):
        return Mistake(
            "wrong-output", numbers(wanted[0]), numbers(got[0]), "These are not the branches' outputs.", tried
        )
    return Mistake("list-incomplete", expected, describe(got), "There is one output for each branch.", tried)


def _guesses(case: Case, outs: list[np.ndarray], x: str) -> Iterator[tuple[np.ndarray, str, str]]:
    """What well-known slips would give."""
    merge, shapes = case["merge"] or "concat", {out.shape for out in outs}
    row = double(case[x])
    try:
        for one in map(leaves, case["branches"]):
            row = run(one, row) if one else row
        yield row.detach().numpy(), "chained", "The output of one branch was fed into the next. Each of them gets x."
    except RuntimeError:
        pass  # the sizes do not allow it
    if merge == "concat":
        yield np.concatenate(outs[::-1], 1), "order-swapped", "The outputs stand in another order than the branches."
    for out in outs:
        yield out, "branch-forgotten", "The output of one branch is all there is."
    if len(shapes) > 1:
        return
    stacked = np.stack(outs)
    if merge == "concat":
        cause = "The outputs are joined along another axis. Axis 1 has the units, or the channels of an image."
        for axis in {0, *range(2, outs[0].ndim)}:
            yield np.concatenate(outs, axis), "wrong-axis", cause
        for axis in range(outs[0].ndim + 1):
            yield np.stack(outs, axis), "stacked", "Stacking makes a new axis; joining makes an existing one longer."
    else:
        yield np.concatenate(outs, 1), "merge-ignored", f'The outputs are joined, though merge="{merge}" was asked for.'
        yield stacked[:2].sum(0), "only-two", "Only the first two branches count."
        yield stacked[:2].mean(0), "only-two", "Only the first two branches count."
    if merge == "mean":
        yield stacked.sum(0), "summed", "The outputs are added, and not divided by their number."
        yield stacked.sum(0) / 2, "divided-by-two", "The sum is divided by 2, whatever the number of branches."
        yield stacked.mean((0, -1)), "mean-over-units", "The mean is taken over the units as well."
    if merge == "sum":
        yield stacked.mean(0), "averaged", "The mean was taken; the sum was asked for."
        yield stacked.sum(0) + outs[0], "first-counted-twice", "The first output is in the sum twice."
        yield stacked.prod(0), "multiplied", "The outputs were multiplied."


def _judged(name: str, whats: tuple[str, ...], points: int, says: str) -> None:
    @container.criterion(name, points=points, says=says)
    def _(case: Case, seen: Seen) -> Mistake | None:
        if case["what"] not in whats:
            return None
        wrong = _wrong(case, seen)
        if wrong or name != "concat":
            return wrong
        wrong = _wrong(case, seen, "again", "again")
        return wrong and Mistake(
            "works-once", wrong.expected, wrong.observed, "The next batch has another size.", wrong.tried
        )


_judged(
    "concat", ("concat", "images"), 2, '"concat", unless told otherwise: joined along axis 1, for rows and for images'
)
_judged("sum", ("sum", "passing"), 1, '"sum": added')
_judged("mean", ("mean",), 1, '"mean": their average')
_judged("list", ("list",), 1, '"list": side by side, in a list')


@container.criterion("registered", points=2, says="initialize() and collect_params() reach every branch")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] in ("refused", "awkward"):
        return None
    failed = stopped(seen, "build the container", "cannot-be-built", _call(case), "Building the container stops.")
    if failed:
        return failed
    total = sum(len(branch) for branch in case["branches"])
    found, read = count(seen, "collected"), listed(seen, "read back", float)
    if found == total == len(read) and np.allclose(read, case["marker"] + np.arange(total)):
        return None
    tried = f"net = {_call(case)}; a number written into each parameter that net.collect_params() has"
    expected = f"the {total} parameters of the branches"
    if not found:
        cause = "The container knows of none of its branches: a list or a dictionary in an attribute hides the blocks in it."
        return Mistake("not-registered", expected, "none", cause, tried, "__init__")
    if found < total:
        cause = "Some branches are not registered. Has each a name of its own?"
        return Mistake("some-not-registered", expected, f"{found} of them", cause, tried, "__init__")
    cause = "What is collected is not what the branches own."
    return Mistake("others-registered", expected, f"{found} parameters", cause, tried, "__init__")


@container.criterion(
    "names", points=2, says="a branch is found under the name it was given; in a list, under its position"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    return None if case["what"] in ("refused", "awkward") else _wrong_names(case, seen)


def _wrong_names(case: Case, seen: Seen) -> Mistake | None:
    failed = stopped(seen, "build the container", "cannot-be-built", _call(case), "Building the container stops.")
    if failed:
        return failed
    wanted = list(paths(case))
    found = listed(seen, "paths", str)
    if sorted(found) == sorted(wanted):
        return None
    tried = f"net = {_call(case)}; the paths under which a file would hold its parameters"
    if not found:
        cause = "There are no paths, since no branch is registered."
        return Mistake("not-registered", ", ".join(wanted), "none", cause, tried, "__init__")
    ends = sorted(path.split(".")[-2:] for path in found) == sorted(path.split(".")[-2:] for path in wanted)
    if ends:
        cause = "There is a block in between, such as a Sequential in an attribute. Register the branches themselves."
        return Mistake("names-too-deep", ", ".join(wanted), ", ".join(found), cause, tried, "__init__")
    cause = (
        "The names given are lost. `register_child(block, name)` takes one; for a list it is the position as a string."
    )
    return Mistake("names-lost", ", ".join(wanted), ", ".join(found), cause, tried, "__init__")


@container.criterion("any name", points=1, says="the names are whatever the specification says, “merge” too")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "awkward":
        return None
    wrong = _wrong(case, seen) or _wrong_names(case, seen)
    if wrong and wrong.id in ("wrong-output", "branch-forgotten", "not-merged"):
        return Mistake("name-became-attribute", wrong.expected, wrong.observed, ATTRIBUTE, wrong.tried, "__init__")
    return wrong


@container.criterion("gradients", points=1, says="gradients flow into every branch")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] in ("refused", "awkward"):
        return None
    tried = f"net = {_call(case)}; (net(x) * w).sum().backward()"
    cause = "No gradient arrives: the numbers have left the framework on their way."
    failed = _unusable(case, seen)
    lost = stopped(seen, "send a gradient back", "gradient-lost", tried, cause, "gradients in every branch")
    if failed or lost:
        return failed or _wrong(case, seen) or lost
    wanted, got = gradients(case), listed(seen, "gradients", np.ndarray)
    if all_same(got, wanted):
        return None
    if not any(np.any(g) for g in got):
        return _wrong(case, seen) or Mistake(
            "gradient-lost", "gradients in every branch", "none", cause, tried, "forward"
        )
    wrong = _wrong(case, seen)
    return wrong or Mistake(
        "wrong-gradient", numbers(wanted[0]), numbers(got[0]), "The gradients are not those of the branches.", tried
    )


@container.criterion("untouched", points=1, says="the caller's x stays as it was")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "passing":
        return None
    failed = _unusable(case, seen)
    if failed or same(seen.array("x after"), case["x"]):
        return failed
    cause = "A branch may give back x itself. `total += out` then writes into the caller's x; `total = total + out` does not."
    return Mistake("changes-its-input", "x unchanged", numbers(seen["x after"]), cause, f"net = {_call(case)}; net(x)")


@container.criterion(
    "refused", points=2, says="an unknown merge, and no branches at all, are refused when the block is built"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "refused":
        return None
    for step, tried, id in (
        ("build with an unknown merge", f"Parallel([net1, net2], merge={case['unknown']!r})", "unknown-merge-accepted"),
        ("build without branches", "Parallel([])", "no-branches-accepted"),
    ):
        error = seen.error(step)
        if error is None:
            cause = "Somebody's typing mistake would be noticed at the first call at the earliest, far from where it was made."
            return Mistake(id, "a ValueError", "no error", cause, tried, "__init__")
        if error.type != "ValueError":
            cause = "A value that cannot be used is a `ValueError`: raise one that says what was wrong."
            return Mistake("refused-by-another-error", "a ValueError", str(error), cause, tried, "__init__")
        if "unknown" in step and case["unknown"] not in error.message:
            cause = "The message should say what was asked for: put the value into it."
            return Mistake("refusal-says-little", f"a message with {case['unknown']!r} in it", str(error), cause, tried)
    return None
