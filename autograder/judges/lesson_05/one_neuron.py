"""S2, exercise 3: one hidden neuron, which has died. What can training still change?"""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Seen, one_of
from autograder.judges.evidence import single
from miniblocks import loss, nd

# What one would have to believe to choose each letter; the truth is found by trying, below.
BELIEFS = {
    "a": ("thinks-all-recover", "all four: the gradient brings the neuron back"),
    "b": ("thinks-the-faulty-layer-learns", "W1 and b1, whose fault it is"),
    "c": ("thinks-the-output-layer-learns", "W2 and b2, the whole output layer"),
    "d": ("thinks-one-bias-learns", "b2 alone"),
    "e": ("thinks-nothing-moves", "none of them"),
}
MOVING = {"a": {"W1", "b1", "W2", "b2"}, "b": {"W1", "b1"}, "c": {"W2", "b2"}, "d": {"b2"}, "e": set()}

one_neuron = Exercise(
    "05-one-neuron",
    "Predict: one neuron, and it is dead",
    section="A layer of one",
    source="S2, exercise 3",
    minutes=4,
    prediction=one_of(*BELIEFS),
    hints=(
        "Write the gradients down, from the back: that of b2 comes straight from the loss. Which other numbers are multiplied in on the way to W2? To b1?",
        "The gradient of a weight is (what came into it) times (what comes back). What comes into W2 here?",
    ),
)


@one_neuron.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [
        {
            "x": single(rng.uniform(0, 1, (8, 5))),
            "y": rng.permutation(np.resize(np.arange(3), 8)).astype(np.int64),
            "parameters": [single(rng.normal(size=s)) for s in ((5, 1), (1,), (1, 3), (3,))],
        }
    ]


def moved(case: Case) -> set[str]:
    """Try it: the parameters that get a gradient other than 0, when the neuron is below 0 for every example."""
    w1, b1, w2, b2 = (nd.array(p) for p in case["parameters"])
    b1[:] = -20
    parameters = {"W1": w1, "b1": b1, "W2": w2, "b2": b2}
    for parameter in parameters.values():
        parameter.attach_grad()
    hidden = nd.relu(nd.matmul(nd.array(case["x"]), w1) + b1)
    loss.SoftmaxCrossEntropyLoss()(nd.matmul(hidden, w2) + b2, nd.array(case["y"])).backward()
    return {name for name, p in parameters.items() if p.grad is not None and p.grad.asnumpy().any()}


@one_neuron.criterion("outcome", points=2, says="the prediction is what happens")
def _(case: Case, seen: Seen) -> Mistake | None:
    answer = seen["answer"]
    if not isinstance(answer, str) or answer not in BELIEFS:
        cause = "Return the letter of your choice as a string."
        return Mistake("not-a-choice", f"one of {', '.join(BELIEFS)}", repr(answer), cause)
    happened = moved(case)
    if MOVING[answer] == happened:
        return None
    letter = next((k for k, names in MOVING.items() if names == happened), None)
    expected = BELIEFS[letter][1] if letter else ", ".join(sorted(happened))
    return Mistake(
        BELIEFS[answer][0],
        expected,
        f"your prediction: {BELIEFS[answer][1]}",
        "Run the experiment in the next cell and follow the gradient from the loss back to each parameter: what is it multiplied by?",
        tried="one backward pass through relu(X W1 + b1) W2 + b2 with one hidden neuron and b1 = -20",
    )
