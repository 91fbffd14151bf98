"""Predictions: one block called three times, and equal values after an update. What is true is found by trying."""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Seen, one_of
from autograder.judges.evidence import Layer, inputs
from autograder.judges.lesson_04.evidence import dense, row
from miniblocks import nd, nn

# What one would have to believe to choose each letter; the truth is found by trying, below.
LOOP = {
    "a": ("thinks-calls-make-parameters", "three weights and three biases, each with its own gradient"),
    "b": ("thinks-uses-add-up", "one weight and one bias, with the sum of three gradients"),
    "c": ("thinks-uses-are-averaged", "one weight and one bias, with the mean of three gradients"),
    "d": ("thinks-last-use-counts", "one weight and one bias, with the gradient of the last call"),
    "e": ("thinks-loops-stop-backward", "one weight and one bias, and an error: there is a cycle"),
}
UPDATE = {
    "a": ("thinks-equal-stays-equal", "equal in both networks"),
    "b": ("thinks-all-part", "different in both networks"),
    "c": ("thinks-twins-part", "equal in the tied network, different in the twin"),
    "d": ("thinks-ties-part", "different in the tied network, equal in the twin"),
    "e": ("thinks-ties-stop-the-step", "an error: one parameter cannot be updated for two layers"),
}

loop = Exercise(
    "04-predict-loop",
    "Predict: one block, called three times",
    section="One block called three times",
    source="S4, the loop over one block",
    minutes=3,
    prediction=one_of(*LOOP),
    hints=(
        "Parameters are made when a block is made, not when it is called. How many blocks are made here?",
        "The record holds three products, one after the other. The same matrix took part in each of them.",
    ),
)

update = Exercise(
    "04-predict-update",
    "Predict: equal values after an update",
    section="Gradients add up",
    source="S1, section 4.2.3",
    minutes=3,
    prediction=one_of(*UPDATE),
    hints=(
        "Which gradients do the twin's two layers get: the same one, or each its own?",
        "The second layer's input is the first one's output. Does a weight's gradient depend on its layer's input?",
    ),
)


class Loop(nn.Block):
    """One dense layer, called three times."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.dense = nn.Dense(width, activation="tanh", in_units=width)

    def forward(self, x: nd.Tensor) -> nd.Tensor:
        for _ in range(3):
            x = self.dense(x)
        return x


def _filled(layers: list[nn.Dense], values: Layer) -> None:
    for layer in layers:
        layer.weight.set_data(nd.array(values["weight"]))
        assert layer.bias is not None
        layer.bias.set_data(nd.array(values["bias"]))


def loop_outcome(x: np.ndarray, layer: Layer) -> tuple[str, str]:
    """Run the loop and its unrolled twin: the letter of what happens, and what came out."""
    with nn.fresh_names():
        one, twin = Loop(x.shape[1]), nn.Sequential(*(Loop(x.shape[1]).dense for _ in range(3)))
    one.initialize()
    twin.initialize()
    _filled([one.dense, *twin], layer)
    if len(one.collect_params()) != 2:
        return "a", f"{len(one.collect_params())} parameters"
    try:
        one(nd.array(x)).sum().backward()
    except Exception as error:
        return "e", f"{type(error).__name__}: {error}"
    twin(nd.array(x)).sum().backward()
    found, each = one.dense.weight.grad().asnumpy(), [part.weight.grad().asnumpy() for part in twin]
    outcomes = {"b": sum(each), "c": sum(each) / 3, "d": each[-1]}
    letter = next((key for key, value in outcomes.items() if np.allclose(found, value, rtol=1e-3, atol=1e-5)), "e")
    norms = ", ".join(f"{np.linalg.norm(g):.3g}" for g in each)
    return (
        letter,
        f"2 parameters; the uses contribute gradients of norm {norms}, and the norm found is {np.linalg.norm(found):.3g}",
    )


def update_outcome(x: np.ndarray, layers: list[Layer], rate: float) -> tuple[str, str]:
    """Take one step with a tied network and with its equal twin: the letter of what happens, and how far apart they are."""
    try:
        apart = [_apart_after_a_step(x, layers, rate, tied) for tied in (True, False)]
    except Exception as error:
        return "e", f"{type(error).__name__}: {error}"
    letter = {(True, True): "a", (False, False): "b", (True, False): "c", (False, True): "d"}[
        apart[0] < 1e-7, apart[1] < 1e-7
    ]
    return (
        letter,
        f"the weights differ by {apart[0]:.2g} at most in the tied network, and by {apart[1]:.2g} in the twin",
    )


def _apart_after_a_step(x: np.ndarray, layers: list[Layer], rate: float, tied: bool) -> float:
    """How far apart the weights of two layers are that began with the same values."""
    n = x.shape[1]
    with nn.fresh_names():
        first = nn.Dense(n, activation="tanh", in_units=n)
        second = nn.Dense(n, activation="tanh", in_units=n, **({"params": first.params} if tied else {}))
        net = nn.Sequential(first, second)
    net.initialize()
    for layer, values in zip((first, second), layers):
        _filled([layer], values)
    (net(nd.array(x)) ** 2).sum().backward()
    for parameter in net.collect_params().values():
        parameter.set_data(parameter.data().asnumpy() - rate * parameter.grad().asnumpy())
    return float(np.abs((first.weight.data() - second.weight.data()).asnumpy()).max())


@loop.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [{"x": inputs(rng, 5, 4), "layer": dense(rng, 4, 4)}]


@update.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [{"x": inputs(rng, 5, 4), "layers": row(rng, [4, 4, 4], [[0, 1]]), "rate": 0.05}]


@loop.criterion("outcome", points=2, says="the prediction is what happens")
def _(case: Case, seen: Seen) -> Mistake | None:
    tried = "a block that calls one `nn.Dense` three times in `forward`; its parameters, and their gradients after `backward()`"
    return _judged(seen, LOOP, *loop_outcome(case["x"], case["layer"]), tried)


@update.criterion("outcome", points=2, says="the prediction is what happens")
def _(case: Case, seen: Seen) -> Mistake | None:
    tried = "two networks with the same values, one tied and one not; one step of gradient descent; the two layers' weights compared"
    return _judged(seen, UPDATE, *update_outcome(case["x"], case["layers"], case["rate"]), tried)


def _judged(seen: Seen, beliefs: dict[str, tuple[str, str]], happened: str, shown: str, tried: str) -> Mistake | None:
    answer = seen["answer"]
    if not isinstance(answer, str) or answer not in beliefs:
        cause = "Return the letter of your choice as a string."
        return Mistake("not-a-choice", f"one of {', '.join(beliefs)}", repr(answer), cause)
    if answer == happened:
        return None
    return Mistake(
        beliefs[answer][0],
        f"{beliefs[happened][1]} ({shown})",
        f"your prediction: {beliefs[answer][1]}",
        "Run the experiment in the next cell, and follow what each use of the weight contributes.",
        tried,
    )
