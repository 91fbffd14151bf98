"""S4: the two residual blocks, main path plus shortcut, one out of convolutions and one out of dense layers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, Seen
from autograder.judges.evidence import (
    Leaves,
    all_same,
    count,
    double,
    inputs,
    leaves,
    listed,
    numbers,
    same,
    shapes,
    stopped,
)
from autograder.judges.lesson_08.evidence import layer, run

SECTION = "A block with a shortcut"
HINTS = (
    "`__init__` makes the layers in a loop and keeps them where the block knows of them: in an `nn.Sequential`, for one.",
    "`forward` has two paths. Keep the input under a name of its own, send another name through the layers, and add at the end.",
    "A sum needs equal shapes. Which shape does a layer give, and what has to be said so that it keeps height and width?",
)

cnn = Exercise(
    "08-cnn-residual",
    "A residual block of convolutions",
    section=SECTION,
    source="S4, CNNResidual",
    minutes=15,
    hints=HINTS,
)
dnn = Exercise(
    "08-dnn-residual",
    "A residual block of dense layers",
    section=SECTION,
    source="S4, DNNResidual",
    minutes=6,
    hints=HINTS[:2],
)


def _draw(rng: np.random.Generator, name: str, layers: int, width: int, *size: int) -> Case:
    x, again = inputs(rng, 3, width, *size), inputs(rng, 5, width, *(n + i + 1 for i, n in enumerate(size)))
    weights = [layer(rng, width, width, *(3 for _ in size)) for _ in range(layers)]
    return {
        "name": name,
        "layers": layers,
        "width": width,
        "x": x,
        "again": again,
        "weights": weights,
        "weigh": inputs(rng, *x.shape),
        "marker": float(rng.uniform(2, 3)),
    }


@cnn.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [_draw(rng, "CNNResidual", n, width, 11, 12) for n, width in ((4, 3), (3, 5), (5, 2))]


@dnn.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [_draw(rng, "DNNResidual", n, width) for n, width in ((4, 6), (3, 9), (5, 7))]


def _call(case: Case) -> str:
    return f"{case['name']}({case['layers']}, {case['width']})"


def _planted(case: Case) -> str:
    return f"net = {_call(case)}; weights written into its layers; net(x) for x of shape {case['x'].shape}"


def layers_mistake(case: Case, seen: Seen) -> Mistake | None:
    """Whether there are as many layers as asked for, each of the width asked for, with weight and bias."""
    tried = _call(case)
    failed = stopped(seen, "build the block", "cannot-be-built", tried, "Building it stops with an error.")
    if failed:
        return failed
    if count(seen, "handles") == 0:
        cause = "No layer with parameters was found after it was built. Are the layers made in `forward`, or kept in a local variable?"
        return Mistake("no-layers", f"{case['layers']} layers", "none", cause, tried)
    failed = _call_mistake(case, seen)
    if failed:
        return failed
    weight = case["weights"][0]["weight"].shape
    found = [shape for shape in shapes(seen, "shapes") if len(shape) > 1]
    biases = [shape for shape in shapes(seen, "shapes") if len(shape) == 1]
    if any(shape != weight for shape in found):
        wrong = next(shape for shape in found if shape != weight)
        return _wrong_shape(case, weight, wrong)
    if len(found) != case["layers"]:
        return _wrong_number(case, len(found))
    if len(biases) != len(found):
        cause = "A layer here has a weight and a bias. Was `use_bias=False` given, or is something else in the block?"
        return Mistake("biases-wrong", f"{len(found)} biases", f"{len(biases)}", cause, tried)
    return None


def _wrong_shape(case: Case, weight: tuple[int, ...], wrong: tuple[int, ...]) -> Mistake:
    if len(wrong) != len(weight):
        id, cause = "other-layers", "Layers of another kind: `nn.Conv2D` for images, `nn.Dense` for rows of numbers."
    elif wrong[2:] != weight[2:]:
        id, cause = "kernel-size", "Each convolution has 3×3 filters: `nn.Conv2D(filters, 3, padding=1, …)`."
    else:
        id, cause = (
            "width-ignored",
            "The number of filters or neurons is the caller's second argument, for every layer.",
        )
    return Mistake(id, f"weights of shape {weight}", f"a weight of shape {wrong}", cause, _call(case))


def _wrong_number(case: Case, found: int) -> Mistake:
    asked = case["layers"]
    if found == 1:
        id, cause = (
            "one-layer-repeated",
            (
                "One layer is made, and at most called again and again; `[layer] * n` holds one layer n times. A loop has to make a new one each time."
            ),
        )
    elif found == asked - 1:
        id, cause = "one-layer-too-few", "One layer is missing. `range(1, n)` runs n - 1 times, and `range(n)` n times."
    elif found == asked + 1:
        id, cause = (
            "one-layer-too-many",
            "There is one layer more than asked for. Is there one before or after the loop?",
        )
    else:
        id, cause = "number-ignored", "The number of layers is the caller's first argument."
    return Mistake(id, f"{asked} layers", f"{found} of them", cause, _call(case))


def _call_mistake(case: Case, seen: Seen) -> Mistake | None:
    """The call may stop: for images nearly always because the two paths have different shapes."""
    error = seen.error("call it")
    if error is None:
        return None
    tried = f"{_call(case)}, then net(x) for x of shape {case['x'].shape}"
    if error.type == "ShapeError" and case["x"].ndim == 4:
        cause = "A 3×3 convolution takes a pixel off each side, and then the two paths do not fit. `padding=1` keeps height and width."
        return Mistake("padding-missing", "two paths of one shape", str(error), cause, tried, error.line)
    return Mistake("cannot-be-called", "an output", str(error), "The call stops with an error.", tried, error.line)


# -- what it computes ------------------------------------------------------------------------------------------------


def _chain(x: torch.Tensor, layers: Sequence[Leaves], linear: Sequence[int] = ()) -> torch.Tensor:
    for i, one in enumerate(layers):
        x = run(one, x) if i in linear else torch.relu(run(one, x))
    return x


def _right(x: torch.Tensor, layers: Sequence[Leaves]) -> torch.Tensor:
    return x + _chain(x, layers)


def _present(case: Case, seen: Seen) -> list[Leaves]:
    """The planted layers that the block has: another number of them costs its own points, and no others."""
    found = sum(len(shape) > 1 for shape in shapes(seen, "shapes"))
    return [leaves(one) for one in case["weights"][:found]]


def output_mistake(case: Case, seen: Seen, name: str = "x") -> Mistake | None:
    """Whether the block gives input + main path for the case's `name` ("x" or "again")."""
    unfit = layers_mistake(case, seen)
    if unfit and unfit.id not in ("one-layer-too-few", "one-layer-too-many", "number-ignored"):
        return unfit
    layers, x = _present(case, seen), double(case[name])
    if len(layers) < sum(len(shape) > 1 for shape in shapes(seen, "shapes")):
        return unfit  # more layers than there are weights for
    wanted, got = _right(x, layers).detach().numpy(), seen.array(f"output {name}")
    if same(got, wanted):
        return None
    id, cause = _why(x, layers, got)
    return Mistake(id, numbers(wanted), numbers(got), cause, _planted(case), "forward")


def _why(x: torch.Tensor, layers: list[Leaves], got: np.ndarray) -> tuple[str, str]:
    def each(h: torch.Tensor) -> torch.Tensor:
        for one in layers:
            h = h + torch.relu(run(one, h))
        return h

    n, main = len(layers), _chain(x, layers)
    explanations = {
        "shortcut-missing": (main, "This is the main path alone; the input has to be added to it."),
        "shortcut-is-the-main-path": (
            main + main,
            "The main path is added to itself: the name of the input was used for the layers' results, so the input is lost.",
        ),
        "shortcut-around-each-layer": (
            each(x),
            "The sum is formed after each layer. One shortcut leads around all of them: add once, after the loop.",
        ),
        "input-added-again": (each(x) + x, "The input is added after each layer and once more at the end."),
        "relu-after-the-sum": (
            torch.relu(x + main),
            "A relu follows the sum and cuts off what is negative in the input. (He's residual networks have it there; this block does not.)",
        ),
        "activation-missing": (x + _chain(x, layers, range(n)), "The layers have no activation: relu after each."),
        "last-layer-linear": (x + _chain(x, layers, [n - 1]), "The last layer of the main path has no relu."),
        "each-layer-gets-the-input": (
            x + _chain(x, layers[-1:]),
            "Only the last layer shows: each was given the input, and not what the layer before it gave.",
        ),
        "side-by-side": (
            x + sum((_chain(x, [one]) for one in layers), torch.zeros_like(x)),
            "The layers stand side by side: each gets the input, and the results are added.",
        ),
        "multiplied": (x * main, "The two paths are multiplied; they are to be added."),
        "subtracted": (main - x, "The input is subtracted; it is to be added."),
        "only-the-shortcut": (x, "This is the input: the main path does not arrive."),
        "joined-not-added": (torch.cat([x, main], 1), "The two paths are joined along axis 1; they are to be added."),
        "joined-main-first": (torch.cat([main, x], 1), "The two paths are joined along axis 1; they are to be added."),
    }
    for id, (values, cause) in explanations.items():
        if same(got, values.detach().numpy()):
            return "joined-not-added" if id == "joined-main-first" else id, cause
    return "wrong-output", "The output is not input + main path, with relu after each layer of the main path."


def gradient_mistake(case: Case, seen: Seen) -> Mistake | None:
    """Whether the gradients of (output * weigh).sum() arrive at the input and at each parameter."""
    wrong = output_mistake(case, seen)
    if wrong:
        return wrong
    tried = f"{_planted(case)}, and a gradient sent back"
    cause = "Sending a gradient back stops with an error."
    failed = stopped(seen, "send a gradient back", "no-gradient", tried, cause)
    if failed:
        return failed
    x, layers = double(case["x"]).requires_grad_(), _present(case, seen)
    (_right(x, layers) * double(case["weigh"])).sum().backward()
    assert x.grad is not None
    wanted, got = x.grad.numpy(), seen["gradient of x"]
    if not same(got, wanted):
        cause = "The gradient at the input is not that of both paths. Was one of them cut out of the record, by `detach`, `asnumpy` or `no_grad`?"
        return Mistake("gradient-cut", numbers(wanted), numbers(got), cause, tried, "the shortcut")
    parameters = [p.grad.numpy() for one in layers for p in one.values() if p.grad is not None]
    if not all_same(sorted_by_shape(seen["gradients"]), sorted_by_shape(parameters)):
        cause = "The gradients at the layers' parameters are not those of the output. Was the main path cut out of the record?"
        return Mistake("gradient-cut", numbers(parameters[0]), _first_of(seen["gradients"]), cause, tried)
    return None


def sorted_by_shape(arrays: object) -> list[np.ndarray]:
    """Weights before biases, each in their order, whether a block collects weight, bias, weight, … or otherwise."""
    found = [a for a in arrays if isinstance(a, np.ndarray)] if isinstance(arrays, list) else []
    return sorted(found, key=lambda a: -a.ndim)


def _first_of(arrays: object) -> str:
    return numbers(arrays[0]) if isinstance(arrays, list) and arrays else "none"


def collected_mistake(case: Case, seen: Seen) -> Mistake | None:
    """Numbers are written through collect_params() and read through the layers themselves."""
    failed = stopped(seen, "build the block", "cannot-be-built", _call(case), "Building it stops with an error.")
    if failed:
        return failed
    handles = count(seen, "handles")
    failed = _call_mistake(case, seen)
    if failed:
        return failed
    tried = f"net = {_call(case)}; numbers written through net.collect_params() and read through its layers"
    if not handles:
        return layers_mistake(case, seen)
    collected, read = count(seen, "collected"), listed(seen, "read back", float)
    if collected == 0:
        cause = "The layers are kept where the block does not look: a plain list registers nothing. Use an `nn.Sequential`, or `register_child`."
        return Mistake("not-registered", f"{handles} parameters", "no parameter", cause, tried)
    if collected < handles or not np.allclose(read, case["marker"] + np.arange(len(read))):
        cause = "Not every layer is registered. Do several of them share one attribute's name?"
        return Mistake("some-not-registered", f"{handles} parameters", f"{collected}", cause, tried)
    return None


def _size_mistake(case: Case, seen: Seen) -> Mistake | None:
    """Another batch, and other images."""
    wrong = output_mistake(case, seen)
    if wrong:
        return wrong
    tried = f"{_planted(case)}, then for another x of shape {case['again'].shape}"
    cause = "The first x is taken, and one of another size is not: a size is built in."
    failed = stopped(seen, "call it again", "size-built-in", tried, cause)
    again = failed or output_mistake(case, seen, "again")
    return again and Mistake("size-built-in", again.expected, again.observed, cause, tried)


def _unseen(seen: Seen) -> Mistake:
    cause = "The check could not observe this."
    return stopped(seen, "call it with known weights", "cannot-be-called", "net(x)", cause) or Mistake(
        "not-observed", "an output", "nothing", cause
    )


def _input_mistake(case: Case, seen: Seen) -> Mistake | None:
    tried = f"net = {_call(case)}; net(x), and x looked at afterwards"
    if "x after" not in seen:
        return layers_mistake(case, seen) or output_mistake(case, seen) or _unseen(seen)
    if same(seen.array("x after"), case["x"]):
        return None if "output x" in seen else layers_mistake(case, seen) or _unseen(seen)
    cause = "`+=` writes into the array behind the name, and `x = inputs` makes a second name for one array. `x = x + …` makes a new one."
    return Mistake("input-changed", numbers(case["x"]), numbers(seen["x after"]), cause, tried)


for exercise, points in ((cnn, (2, 3, 2, 1, 1, 1)), (dnn, (1, 2, 1, 1, 1, 1))):
    parts = (
        ("layers", "as many layers as asked for, of the width asked for", layers_mistake),
        ("two paths", "input + main path, with relu after each layer", output_mistake),
        ("collected", "initialize() and collect_params() reach every layer", collected_mistake),
        ("any size", "batches (and images) of any size", _size_mistake),
        ("gradients", "gradients flow back through both paths", gradient_mistake),
        ("input kept", "the caller's x is left as it was", _input_mistake),
    )
    for (name, says, judge), worth in zip(parts, points, strict=True):
        exercise.criterion(name, points=worth, says=says)(judge)
