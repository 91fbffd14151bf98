"""S3, part 7: the block that multiplies two dense layers, stacked in a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.evidence import Leaves, count, double, inputs, leaves, listed, numbers, same, shapes, stopped
from autograder.judges.lesson_08.evidence import layer, run

parallel_model = Exercise(
    "08-parallel-in-a-model",
    "Parallel blocks, stacked in a model",
    section="Blocks of blocks, in a model",
    source="S3, part 7 (and S0, exercise 4)",
    minutes=12,
    hints=(
        "`ParallelBlock.forward`: both layers see the same x. Multiply their outputs number by number, then `clamp(min=0)`.",
        "One `ParallelBlock(width)` for each width in the list, in order, kept where the model knows of them: in an `nn.Sequential`.",
        "The output layer is a plain `nn.Dense(units)`: no product, and nothing clamped.",
    ),
)

Branches = list[Leaves]


@parallel_model.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [_draw(rng, 6, (8, 7, 5), 3), _draw(rng, 5, (9,), 2), _draw(rng, 4, (6, 8), 4)]


def _draw(rng: np.random.Generator, n: int, widths: tuple[int, ...], units: int) -> Case:
    sizes = (n, *widths)
    case: Case = {
        "x": inputs(rng, 4, n),
        "again": inputs(rng, 6, n),
        "widths": list(widths),
        "units": units,
        "weights": [layer(rng, b, a) for a, b in zip(sizes, sizes[1:]) for _ in "12"] + [layer(rng, units, sizes[-1])],
        "weigh": inputs(rng, 4, units),
        "marker": float(rng.uniform(2, 3)),
    }
    output = _output(case)  # scores of both signs, so that a clamp at the end shows
    case["weights"][-1]["bias"] -= np.float32((output.min() + output.max()) / 2)
    return case


# -- the model, as torch computes it, with or without a slip ---------------------------------------------------------

Merge = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def _right(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return torch.clamp(a * b, min=0)


def _model(case: Case, x: np.ndarray, merge: Merge = _right) -> tuple[torch.Tensor, Branches]:
    layers = [leaves(one) for one in case["weights"]]
    h = double(x)
    for first, second in zip(layers[:-1:2], layers[1:-1:2]):
        h = merge(run(first, h), run(second, h))
    return run(layers[-1], h), layers


def _output(case: Case, merge: Merge = _right, x: str = "x") -> np.ndarray:
    return _model(case, case[x], merge)[0].detach().numpy()


SLIPS: dict[str, tuple[Merge, str]] = {
    "clamp-missing": (lambda a, b: a * b, "Nothing is clamped: negative products pass."),
    "summed": (lambda a, b: torch.relu(a + b), "The two outputs are added; they are to be multiplied."),
    "clamped-before": (
        lambda a, b: torch.relu(a) * torch.relu(b),
        "Each output is clamped before the product. Then two negative numbers give 0; their product is positive and should pass.",
    ),
    "clamped-above": (
        lambda a, b: torch.clamp(a * b, max=0),
        "`clamp(max=0)` keeps what is negative; `min=0` was wanted.",
    ),
    "absolute-value": (lambda a, b: torch.abs(a * b), "Negative products lose their sign; they should become 0."),
}


# -- criteria --------------------------------------------------------------------------------------------------------


def _call(case: Case) -> str:
    return f"ParallelModel({case['widths']}, {case['units']})"


def _called(case: Case, seen: Seen) -> Mistake | None:
    failed = stopped(seen, "build the model", "cannot-be-built", _call(case), "Building it stops with an error.")
    if failed:
        return failed
    tried = f"net = {_call(case)}; net(x) for x of shape {case['x'].shape}"
    cause = "The call stops with an error. Does each block get what the one before it gave?"
    return stopped(seen, "call it", "cannot-be-called", tried, cause, "an output", "forward")


@parallel_model.criterion("parts", points=2, says="two layers for each width, and an output layer, all of their own")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _parts_mistake(case, seen)


def _parts_mistake(case: Case, seen: Seen) -> Mistake | None:
    failed = _called(case, seen)
    if failed:
        return failed
    if any(0 in shape for shape in shapes(seen, "shapes")):
        cause = "A layer was never called, so that it does not know its input size yet. Both layers of a block see x, and both count."
        return Mistake("branch-not-used", "all layers called", "a layer that was not", cause, _call(case))
    found = Counter(shape for shape in shapes(seen, "shapes") if len(shape) > 1)
    wanted = Counter(one["weight"].shape for one in case["weights"])
    if found == wanted:
        return None
    expected = f"weights of shapes {', '.join(map(str, sorted(wanted.elements())))}"
    observed = f"weights of shapes {', '.join(map(str, sorted(found.elements()))) or 'none'}"
    id, cause = _which_parts(case, wanted, found)
    return Mistake(id, expected, observed, cause, _call(case))


def _which_parts(case: Case, wanted: Counter[tuple[int, ...]], found: Counter[tuple[int, ...]]) -> tuple[str, str]:
    widths, out = case["widths"], case["weights"][-1]["weight"].shape
    rows = {shape[0] for shape in found}
    if not found:
        return "no-layers", "No layers were found. Are they made in `forward`?"
    if found == Counter(set(wanted)):
        return "one-layer-a-block", "Each block has one layer only; it takes two, with parameters of their own."
    if case["units"] not in rows:
        return "output-layer-missing", "The last layer, a plain `nn.Dense(units)`, is missing."
    if found[out] == 2:
        return "output-layer-parallel", "The output layer is a parallel block too; it is a plain `nn.Dense(units)`."
    missing = [width for width in widths if width not in rows]
    if missing:
        return "widths-ignored", "There should be a block for each width in the list, whatever their number."
    return "parts-wrong", "The layers are not those of the model described."


@parallel_model.criterion(
    "computes", points=3, says="each block gives the product of its layers, clamped at 0, to the next"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    return _output_mistake(case, seen)


def _output_mistake(case: Case, seen: Seen) -> Mistake | None:
    failed = _parts_mistake(case, seen)
    if failed:
        return failed
    got, wanted = seen.array("output"), _output(case)
    if same(got, wanted):
        return None
    tried = f"net = {_call(case)}; known weights; net(x) for x of shape {case['x'].shape}"
    for id, (merge, cause) in SLIPS.items():
        if same(got, _output(case, merge)):
            return Mistake(id, numbers(wanted), numbers(got), cause, tried, "ParallelBlock.forward")
    if same(got, np.maximum(wanted, 0)):
        cause = "The model's output is clamped. Only the blocks clamp; the output layer may give negative numbers."
        return Mistake("output-clamped", numbers(wanted), numbers(got), cause, tried, "ParallelModel.forward")
    cause = "The output is not what the blocks make of x in their order."
    return Mistake("wrong-output", numbers(wanted), numbers(got), cause, tried)


@parallel_model.criterion("any batch", points=1, says="the next batch may have another size")
def _(case: Case, seen: Seen) -> Mistake | None:
    wrong = _output_mistake(case, seen)
    if wrong:
        return wrong
    tried = f"net(x) for a batch of {len(case['again'])}, after one of {len(case['x'])}"
    cause = "The second call is not right, though the first is: something of the first batch was kept."
    failed = stopped(seen, "call it again", "works-once", tried, cause)
    wanted = _output(case, x="again")
    if failed or same(seen.array("again"), wanted):
        return failed
    return Mistake("works-once", numbers(wanted), numbers(seen["again"]), cause, tried)


@parallel_model.criterion("collected", points=2, says="initialize() and collect_params() reach every layer")
def _(case: Case, seen: Seen) -> Mistake | None:
    failed = _called(case, seen)
    if failed:
        return failed
    handles = len(shapes(seen, "shapes"))
    if not handles:
        return _parts_mistake(case, seen)
    collected, read = count(seen, "collected"), listed(seen, "read back", float)
    written = case["marker"] + np.arange(len(read))  # a layer that was never called has no values to read
    if (
        collected >= handles
        and not np.isnan(read).all()
        and np.allclose(np.where(np.isnan(read), written, read), written)
    ):
        return None
    tried = f"net = {_call(case)}; numbers written through net.collect_params() and read through the layers"
    cause = "A plain list registers nothing: the model does not know of the blocks in it, and never trains them."
    return Mistake("not-registered", f"{handles} parameters", f"{collected} of them", cause, tried)


@parallel_model.criterion("trains", points=2, says="it is a Model: fit() moves every parameter along its gradient")
def _(case: Case, seen: Seen) -> Mistake | None:
    wrong = _output_mistake(case, seen)
    if wrong:
        return wrong
    tried = 'net.compile("sgd", "mse", lr=…); net.fit(x, y), one step'
    cause = "`compile` and `fit` come from `train.Model`: is that the class it inherits from?"
    failed = stopped(seen, "train it", "not-a-model", tried, cause, "a step of training")
    if failed:
        return failed
    output, layers = _model(case, case["x"])
    (0.5 * (output - double(case["weigh"])) ** 2).mean().backward()
    wanted = [p.grad.numpy() for one in layers for p in one.values() if p.grad is not None]
    moved = listed(seen, "moved", np.ndarray)
    if len(moved) == len(wanted) and all(map(same, moved, wanted)):
        return None
    if not moved:
        raise NoEvidence(Mistake("not-observed", "what each parameter moved by", "nothing", cause, tried))
    still = sum(not np.any(change) for change in moved)
    if still:
        cause = "Training changes what `collect_params()` finds, by the gradient that reaches it. Is everything registered, and nothing cut out of the record?"
        return Mistake("not-trained", "every parameter moved", f"{still} of {len(moved)} stayed", cause, tried)
    cause = "The parameters moved otherwise than by their gradients."
    return Mistake("wrong-gradient", numbers(wanted[0]), numbers(moved[0]), cause, tried)
