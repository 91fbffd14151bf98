"""`MLPScratch`: parameters by hand, forward by matrix products."""

from __future__ import annotations

import numpy as np
from scipy import stats

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.evidence import numbers, plain, same
from autograder.judges.lesson_05 import network
from autograder.judges.statistics import distribution_fits, normal_scale_fits

NAMES = ("W1", "b1", "W2", "b2")

mlp_scratch = Exercise(
    "05-mlp-scratch",
    "MLPScratch",
    section="A network by hand",
    source="S2, sections 5.2.1.1 and 5.2.1.2",
    minutes=20,
    difficulty="medium",
    hints=(
        "`nn.Parameter(values)`, assigned to an attribute of the model, is registered as a parameter of it. `nd.randn(rows, columns)` draws standard normal numbers.",
        "A layer computes X W + b. Write the shapes down: X is (batch, inputs), so what must the shape of W1 be for X W1 to be (batch, hiddens)?",
        "`X.reshape((-1, self.num_inputs))` makes a row of every image; the -1 stands for whatever is left over, which is the batch.",
        "One relu, between the two layers. The loss takes the scores as they are.",
    ),
)


@mlp_scratch.cases
def _(rng: np.random.Generator) -> list[Case]:
    starts: list[Case] = [
        {"part": "start", "sizes": [150, 120, 9], "sigma": float(rng.uniform(0.02, 0.04))},
        {"part": "start", "sizes": [150, 120, 9], "sigma": None},
    ]
    return starts + [_computing(rng, (4, 5), 7, 3), _computing(rng, (12,), 6, 5)]


def _computing(rng: np.random.Generator, image: tuple[int, ...], hiddens: int, classes: int) -> Case:
    inputs = int(np.prod(image))
    return {
        "part": "compute",
        "sizes": [inputs, hiddens, classes],
        "layers": network.layers(rng, inputs, hiddens, classes),
        "x": network.images(rng, 6, *image),
        "y": network.labels(rng, 6, classes),
        "lr": float(rng.uniform(0.2, 0.6)),
        "marks": [float(v) for v in rng.uniform(2, 3, 4)],
    }


def _tried(case: Case) -> str:
    inputs, hiddens, outputs = case["sizes"]
    sigma = f", sigma={case['sigma']:.4f}" if case.get("sigma") else ""
    return f"MLPScratch(num_inputs={inputs}, num_outputs={outputs}, num_hiddens={hiddens}, lr=…{sigma})"


def _shapes(case: Case) -> dict[str, tuple[int, ...]]:
    inputs, hiddens, outputs = case["sizes"]
    return dict(zip(NAMES, ((inputs, hiddens), (hiddens,), (hiddens, outputs), (outputs,))))


def _built(case: Case, seen: Seen) -> dict[str, np.ndarray]:
    """The four parameters' first values, once they have their names and shapes."""
    tried = _tried(case)
    if error := seen.error("build the model"):
        raise NoEvidence(
            Mistake("cannot-be-built", "a model", str(error), "`__init__` stopped with an error.", tried, error.line)
        )
    start = seen["start"]
    found = start if isinstance(start, dict) else {}
    missing = [name for name in NAMES if not isinstance(found.get(name), np.ndarray)]
    if missing:
        cause = f"There is no {' and no '.join(f'`self.{name}`' for name in missing)} with values. Each of the four arrays is kept under its own name."
        raise NoEvidence(
            Mistake("names-missing", "self.W1, self.b1, self.W2, self.b2", f"no {', '.join(missing)}", cause, tried)
        )
    for name, shape in _shapes(case).items():
        if found[name].shape != shape:
            raise NoEvidence(_wrong_shape(name, shape, found[name].shape, tried))
    return found


def _wrong_shape(name: str, shape: tuple[int, ...], got: tuple[int, ...], tried: str) -> Mistake:
    id, cause = (
        "wrong-shape",
        "X W + b: a weight has a row for each input and a column for each unit, a bias a number for each unit.",
    )
    if got == shape[::-1] and len(shape) == 2:
        id = "transposed"
        cause = "This is (units, inputs), the way `nn.Dense` keeps it. Here X is multiplied from the left: X W1 needs (inputs, units)."
    return Mistake(id, f"{name} of shape {shape}", f"{name} of shape {got}", cause, tried)


@mlp_scratch.criterion("start", points=2, says="weights start as N(0, sigma²), biases as 0, in the right shapes")
def _(case: Case, seen: Seen) -> Mistake | None:
    start, tried = _built(case, seen), _tried(case)
    if case["part"] != "start":
        return None
    sigma = 0.01 if case["sigma"] is None else case["sigma"]
    for name in ("b1", "b2"):
        if start[name].any():
            cause = "Biases start at 0: the random weights have made the units different already."
            return Mistake("biases-not-zero", f"{name} of zeros", numbers(start[name]), cause, tried)
    for name in ("W1", "W2"):
        if mistake := _draws(name, start[name].astype(np.float64), sigma, tried):
            return mistake
    return None


def _draws(name: str, values: np.ndarray, sigma: float, tried: str) -> Mistake | None:
    deviation = float(values.std())
    expected, observed = f"{name} with deviation {sigma:.4g}", f"deviation {deviation:.4g}"
    if not values.any():
        cause = "All weights are 0: all units are alike, and with relu no gradient reaches the first layer."
        return Mistake("weights-zero", expected, "all weights 0", cause, tried)
    if not normal_scale_fits(values, sigma):
        id, cause = "wrong-deviation", "The weights are drawn with another deviation than sigma."
        if abs(np.log(deviation / sigma**2)) < 0.2:
            id, cause = (
                "variance-for-deviation",
                "sigma was squared. It is the deviation, which multiplies a standard normal number.",
            )
        elif abs(np.log(deviation / 0.01)) < 0.2:
            id, cause = "sigma-ignored", "The deviation is 0.01 whatever sigma says."
        elif abs(np.log(deviation)) < 0.2:
            id, cause = "sigma-ignored", "Standard normal numbers: nothing is multiplied by sigma."
        return Mistake(id, expected, observed, cause, tried)
    if name == "W1" and not distribution_fits(values, stats.norm(0, sigma)):  # W2 is too small to tell
        cause = "The deviation is right and the form is not: normal numbers are asked for."
        return Mistake("not-normal", f"{name} drawn from N(0, {sigma:.4g}²)", "another distribution", cause, tried)
    return None


@mlp_scratch.criterion("registered", points=2, says="the model knows its four parameters: `collect_params()` has them")
def _(case: Case, seen: Seen) -> Mistake | None:
    _built(case, seen)
    if case["part"] != "compute":
        return None
    tried = f"model = {_tried(case)}; numbers written through collect_params(), read through model.W1, model.b1, …"
    read, collected = plain(seen["read_back"]), plain(seen["collected"])
    if collected == 4 and isinstance(read, list) and len(read) == 4:
        if sorted(v for v in read if isinstance(v, float)) == sorted(float(np.float32(m)) for m in case["marks"]):
            return None
    cause = (
        "Only an `nn.Parameter` that is assigned to an attribute is registered. A plain tensor takes part in the computation, "
        "and nothing ever trains it; so does a tensor taken out by `.data()`."
    )
    return Mistake("not-registered", "4 parameters", f"{collected} parameters", cause, tried)


@mlp_scratch.criterion("computes", points=3, says="model(X) is relu(X W1 + b1) W2 + b2, for images of any shape")
def _(case: Case, seen: Seen) -> Mistake | None:
    _built(case, seen)
    return None if case["part"] != "compute" else _output(case, seen)


def _output(case: Case, seen: Seen) -> Mistake | None:
    x, net = case["x"], case["layers"]
    tried = f"{_tried(case)} with known parameters, called on X of shape {x.shape}"
    if error := seen.error("call it"):
        return _cannot_call(case, error.message, str(error), tried)
    return network.output_mistake(seen.array("output"), x, net, tried)


def _cannot_call(case: Case, message: str, shown: str, tried: str) -> Mistake:
    expected = f"scores of shape ({len(case['x'])}, {case['sizes'][2]})"
    if "no attribute 'net'" in message:
        cause = "`forward` is not the model's: `@train.add_to_class(MLPScratch)` above it makes it so. The inherited one looks for `self.net`."
        return Mistake("forward-not-attached", expected, shown, cause, tried)
    if "784" in message:
        cause = "784 is written into the code. The number of inputs is an argument, and kept as `self.num_inputs`."
        return Mistake("size-hard-coded", expected, shown, cause, tried)
    if case["x"].ndim > 2 and "matmul" in message:
        cause = "X still has the shape of images. A row for each image is needed before the first product."
        return Mistake("not-flattened", expected, shown, cause, tried)
    return Mistake("cannot-be-called", expected, shown, "`forward` stopped with an error. Do the shapes fit?", tried)


@mlp_scratch.criterion("trains", points=3, says="a step of training changes all four by lr times their gradients")
def _(case: Case, seen: Seen) -> Mistake | None:
    _built(case, seen)
    if case["part"] != "compute":
        return None
    if mistake := _output(case, seen):
        return mistake
    tried = f"{_tried(case)}; one training_step on a batch, backward, one step of configure_optimizers()"
    expected = f"all parameters moved by lr = {case['lr']:.3f} times their gradients"
    if error := seen.error("train it for a step"):
        id, cause = "cannot-be-trained", "The optimizer found nothing to train, or no gradient reached what it found."
        return Mistake(id, expected, str(error), cause, tried)
    found, wanted = seen["trained"], network.after_step(case["x"], case["y"], case["layers"], case["lr"])
    if not isinstance(found, list) or len(found) != 4:
        return Mistake("cannot-be-trained", expected, "other parameters", "The parameters were exchanged.", tried)
    before = [p for one in case["layers"] for p in (one["weight"], one["bias"])]
    still = [name for name, a, b in zip(NAMES, found, before) if same(a, b)]
    wrong = [name for name, a, b in zip(NAMES, found, wanted) if not network.moved_to(a, b)]
    if not wrong:
        return None
    if still:
        cause = f"{', '.join(still)} did not move. Is it a parameter, and is it used as itself, not as a copy of its numbers?"
        return Mistake("does-not-train", expected, f"{', '.join(still)} unchanged", cause, tried)
    cause = (
        "They moved, by another amount. `lr` is kept by `save_hyperparameters`, and the loss takes the plain scores."
    )
    return Mistake("wrong-step", expected, f"{', '.join(wrong)} elsewhere", cause, tried)
