"""A report on any network: each part with its calls, its output, its parameters and its multiply-adds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.evidence import inputs, stopped

report = Exercise(
    "10-layer-report",
    "A report, layer by layer",
    section="What it costs",
    source="the capstone; S1, exercise 3",
    minutes=25,
    difficulty="challenging",
    hints=(
        "Two passes. First a hook on every block with parameters, `block.register_forward_hook(…)`, which notes the output's shape; then one call of the network; then the rows.",
        "`register_forward_hook` returns a function that takes the hook away. Call all of them in a `finally`, whatever happens.",
        "A dense layer multiplies its whole matrix with each row: `weight.size` multiply-adds. A convolution does that at each position of its output: times height and width.",
        "Keep the parameters that were counted, in a set or by `id`, and count only the new ones. The number of calls is the number of shapes that were noted.",
    ),
)

COLUMNS = ("path", "calls", "output", "parameters", "multiply-adds")
Plan = list[dict[str, Any]]
Row = tuple[str, int, tuple[int, ...], int, int]


@report.cases
def _(rng: np.random.Generator) -> list[Case]:
    n, a, b, c = (int(v) for v in rng.choice(np.arange(3, 9), 4, replace=False))
    side, k = int(rng.integers(6, 8)), 3
    dense = [_dense(a, n), _dense(b, a), _dense(c, b)]
    conv = [
        _conv(a, 2, k, side),
        {"kind": "norm"},
        _conv(b, a, k, side - 2),
        {"kind": "flatten"},
        _dense(c, b * (side - 4) ** 2),
    ]
    tied = [_dense(n, n), {"kind": "again", "of": 0}, {"kind": "tied", "of": 0}, _dense(c, n)]
    return [
        _case("dense", dense, inputs(rng, 5, n)),
        _case("convolutions", conv, inputs(rng, 3, 2, side, side)),
        _case("shared", tied, inputs(rng, 4, n)),
        _case("nested", [{"kind": "nest", "of": dense[:2]}, dense[2]], inputs(rng, 2, n)),
    ]


def _case(what: str, plan: Plan, x: np.ndarray) -> Case:
    return {"what": what, "plan": plan, "x": x}


def _dense(units: int, n: int) -> dict[str, Any]:
    return {"kind": "dense", "units": units, "inputs": n}


def _conv(channels: int, inside: int, k: int, side: int) -> dict[str, Any]:
    return {"kind": "conv", "channels": channels, "inside": inside, "k": k, "side": side - k + 1}


def expected(case: Case) -> list[Row]:
    """The rows, worked out from the plan."""
    rows: dict[int, Row] = {}
    plan: Plan = case["plan"]
    for place, one in enumerate(plan):
        if one["kind"] == "again":
            path, calls, shape, numbers, work = rows[one["of"]]
            rows[one["of"]] = (path, calls + 1, shape, numbers, 2 * work)
        elif one["kind"] == "tied":
            _, _, shape, _, work = _row("", plan[one["of"]])
            rows[place] = (str(place), 1, shape, 0, work)
        elif one["kind"] == "nest":
            for i, inner in enumerate(one["of"]):
                rows[1000 * (place + 1) + i] = _row(f"{place}.{i}", inner)
        elif one["kind"] == "norm":
            channels = plan[place - 1]["channels"]
            side = plan[place - 1]["side"]
            rows[place] = (str(place), 1, (channels, side, side), 4 * channels, 0)
        elif one["kind"] != "flatten":
            rows[place] = _row(str(place), one)
    nested = sorted(k for k in rows if k >= 1000)
    return [rows[k] for k in (*nested, *(k for k in rows if k < 1000))]


def _row(path: str, one: dict[str, Any]) -> Row:
    if one["kind"] == "dense":
        units, n = one["units"], one["inputs"]
        return path, 1, (units,), units * n + units, units * n
    weights = one["channels"] * one["inside"] * one["k"] ** 2
    shape = (one["channels"], one["side"], one["side"])
    return path, 1, shape, weights + one["channels"], weights * one["side"] ** 2


# -- reading what came -----------------------------------------------------------------------------------------------


def _tried(case: Case) -> str:
    words = {
        "dense": "three dense layers in a row",
        "convolutions": "convolutions, a normalization and a dense layer, in training",
        "shared": "one dense layer called twice, a second one tied to it, and a third",
        "nested": "a chain inside of a chain",
    }
    return f"layer_report(net, x), net: {words[case['what']]}; x of shape {case['x'].shape}"


def _rows(case: Case, seen: Seen) -> list[list[Any]]:
    """The rows that came back, five values each."""
    tried = _tried(case)
    failed = stopped(seen, "ask for the report", "cannot-be-reported", tried, "The report stops with an error.")
    if failed:
        raise NoEvidence(failed)
    value = seen["rows"]
    if not isinstance(value, list) or not all(isinstance(row, list) and len(row) == 5 for row in value):
        cause = f"A report is a list of rows, and a row has five values: {', '.join(COLUMNS)}. Is a `return` missing?"
        raise NoEvidence(Mistake("not-rows", "a list of rows of five values", describe(value), cause, tried, "return"))
    return value


def _matched(case: Case, seen: Seen) -> list[tuple[Row, list[Any]]]:
    """Expected rows and those that came, path by path."""
    found, wanted = _rows(case, seen), expected(case)
    paths = [row[0] if isinstance(row[0], str) else describe(row[0]) for row in found]
    if paths == [row[0] for row in wanted]:
        return list(zip(wanted, found))
    tried, names = _tried(case), ", ".join(row[0] for row in wanted)
    shown = ", ".join(path or "(the network itself)" for path in paths) or "no rows"
    known = {row[0] for row in wanted}
    if known < set(paths):
        cause = (
            "There are rows for blocks that have no parameters of their own: chains, activations, the network itself."
        )
        mistake = Mistake("rows-for-containers", names, shown, cause, tried, "which blocks get a row")
    elif len(paths) == len(wanted) and set(paths) == known:
        mistake = Mistake(
            "other-order", names, shown, "The rows stand in another order than `named_blocks()` gives.", tried
        )
    elif set(paths) < known:
        cause = "Rows are missing. Every block with parameters of its own gets one, wherever it stands: `net.named_blocks()` goes through all of them."
        mistake = Mistake("rows-missing", names, shown, cause, tried, "which blocks are looked at")
    else:
        cause = "The paths are those that `net.named_blocks()` gives with the blocks."
        mistake = Mistake("other-paths", names, shown, cause, tried)
    raise NoEvidence(mistake)


def _number(value: Any) -> int | None:
    return value if type(value) is int else None


# -- criteria --------------------------------------------------------------------------------------------------------


@report.criterion("rows", points=2, says="there is a row for each block with parameters of its own, in order")
def _(case: Case, seen: Seen) -> Mistake | None:
    _matched(case, seen)
    return None


@report.criterion("outputs", points=1, says="with the shape of its output, for one example")
def _(case: Case, seen: Seen) -> Mistake | None:
    for wanted, row in _matched(case, seen):
        shape = tuple(row[2]) if isinstance(row[2], list) and all(type(n) is int for n in row[2]) else row[2]
        if isinstance(shape, tuple) and shape == wanted[2]:
            continue
        id, cause = "other-shape", "The shape is that of what the block gave back."
        if isinstance(shape, tuple) and shape[1:] == wanted[2]:
            id, cause = (
                "batch-included",
                "The first axis is the batch: how many examples there are is no property of the network.",
            )
        return Mistake(id, f"{wanted[0]}: {wanted[2]}", f"{shape}", cause, _tried(case), "the output column")
    return None


@report.criterion("parameters", points=2, says="with its parameters, weights and biases and statistics")
def _(case: Case, seen: Seen) -> Mistake | None:
    return None if case["what"] == "shared" else _wrong_parameters(case, seen)


def _wrong_parameters(case: Case, seen: Seen) -> Mistake | None:
    for wanted, row in _matched(case, seen):
        if _number(row[3]) == wanted[3]:
            continue
        id, cause = "other-count", "Each number in a parameter counts: the product of its shape."
        if _number(row[3]) == wanted[3] - wanted[2][0]:
            id, cause = "biases-left-out", "One number for each unit is missing: the biases."
        elif wanted[4] == 0 and _number(row[3]) == wanted[3] // 2:
            id, cause = (
                "statistics-left-out",
                "A normalization has four parameters; two of them no gradient trains, and a file holds them all the same.",
            )
        elif wanted[3] == 0:
            id, cause = (
                "shared-counted-twice",
                "This parameter was counted in an earlier row: it is one, and two blocks use it.",
            )
        return Mistake(id, f"{wanted[0]}: {wanted[3]}", describe(row[3]), cause, _tried(case), "the parameters column")
    return None


@report.criterion("shared", points=2, says="a shared parameter counts once, in the first row that has it")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _wrong_parameters(case, seen) if case["what"] == "shared" else None


def _wrong_work(case: Case, seen: Seen) -> Mistake | None:
    batch = len(case["x"])
    for wanted, row in _matched(case, seen):
        work, found = wanted[4], _number(row[4])
        if found == work:
            continue
        area = math.prod(wanted[2][1:])
        id, cause = "other-work", "A multiply-add is one weight times one number, added to the rest."
        if found == batch * work and work:
            id, cause = "work-of-the-batch", "This is the work for the whole batch; the report is about one example."
        elif found and found * area == work and area > 1:
            id, cause = (
                "positions-left-out",
                "A convolution applies its kernels at every position of its output: times height and width.",
            )
        elif found and work and wanted[1] > 1 and found * wanted[1] == work:
            id, cause = "work-of-one-call", "The block is called more than once, and works each time."
        elif found == work + wanted[1] * wanted[2][0] * area:
            id, cause = "biases-are-no-products", "A bias is added and multiplies nothing: it is no multiply-add."
        elif found == 2 * work and work:
            id, cause = "counted-by-two", "A multiplication and the addition after it count as one multiply-add here."
        elif not work:
            cause = "Only dense layers and convolutions count here; for the others put 0."
        elif found == 0:
            id, cause = (
                "work-left-out",
                "A tied layer works as much as any other: what is shared is the matrix, not the product.",
            )
        return Mistake(id, f"{wanted[0]}: {work}", describe(row[4]), cause, _tried(case), "the multiply-adds column")
    return None


def _work(name: str, whats: tuple[str, ...], points: int, says: str) -> None:
    @report.criterion(name, points=points, says=says)
    def _(case: Case, seen: Seen) -> Mistake | None:
        return _wrong_work(case, seen) if case["what"] in whats else None


_work("work", ("dense", "nested"), 1, "with its multiply-adds for one example, of dense layers")
_work("positions", ("convolutions",), 2, "and of convolutions, at every position")


@report.criterion("calls", points=2, says="a block that is called twice works twice")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "shared":
        return None
    for wanted, row in _matched(case, seen):
        if _number(row[1]) == wanted[1]:
            continue
        cause = "Count how often the hook was called. A block that is declared once may be called several times."
        return Mistake("calls-miscounted", f"{wanted[0]}: {wanted[1]}", describe(row[1]), cause, _tried(case))
    return _wrong_work(case, seen)


@report.criterion(
    "untouched", points=2, says="the network is afterwards as it was: no hooks left, its mode and statistics unchanged"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    _rows(case, seen)
    tried = _tried(case)
    hooks = seen["hooks left"]
    if type(hooks) is not int:
        raise NoEvidence(Mistake("not-observed", "a number", describe(hooks), "It could not be observed.", tried))
    if hooks:
        cause = "Each call of the network goes on calling them, and a second report notes everything twice. `register_forward_hook` returns a function that takes the hook away."
        return Mistake("hooks-left", "none", f"{hooks} of them", cause, tried, "after the call")
    training = seen["training after"]
    if not isinstance(training, list) or not training or not all(one is True for one in training):
        cause = "The network was in training and is in use now. Put the mode back: `net.train(was)`."
        return Mistake("left-in-use", "in training, as before", "in use", cause, tried, "after the call")
    before, after = seen["statistics before"], seen["statistics after"]
    if not isinstance(before, list) or not isinstance(after, list) or len(before) != len(after):
        raise NoEvidence(Mistake("not-observed", "statistics", describe(after), "It could not be observed.", tried))
    if case["what"] == "convolutions" and not before:
        raise NoEvidence(Mistake("not-observed", "statistics", "none", "It could not be observed.", tried))
    if all(
        isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and np.array_equal(a, b) for a, b in zip(before, after)
    ):
        return None
    cause = "The network was called in training, so that the normalization took the example for data. `eval()` for the call, and back."
    return Mistake("statistics-changed", "running statistics as before", "others", cause, tried, "the call")
