"""S0, exercise 2: does control flow need a number? Predicted for a dynamic run and for a captured one."""

from __future__ import annotations

import warnings

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Seen, one_of
from autograder.judges.lesson_01.evidence import scaled
from miniblocks import nd, nn

SECTION = "Code in forward"
STATIC_SECTION = "Why Python is the bottleneck, and what hybridize does"

# What one would have to believe to choose each letter; the truth is found by trying, below.
DYNAMIC = {
    "a": ("thinks-no-comparison", "a TypeError: a tensor cannot be compared with a number"),
    "b": ("thinks-no-truth-value", "an error: a tensor has no truth value"),
    "c": ("thinks-nothing-changes", "the same number as with `asscalar()`"),
    "d": ("thinks-always-true", "the loop never ends, because an object is always true"),
    "e": ("thinks-never-true", "another number, because loop and branch are skipped"),
}
STATIC = {
    "a": ("thinks-branches-are-captured", "the right number: the graph holds both branches and chooses"),
    "b": ("thinks-capture-refuses", "an error: a graph cannot be made of code with an `if`"),
    "c": ("thinks-branch-is-frozen", "the number that the branch of the *first* input gives"),
    "d": ("thinks-output-is-cached", "the number returned for the first input, once more"),
    "e": ("thinks-branches-are-dropped", "the number without either branch"),
}


class Gate(nn.Block):
    """The end of FancyMLP: its `while`, at most `limit` times round, and its `if`."""

    def __init__(self, by_number: bool, limit: int = 50) -> None:
        super().__init__()
        self.by_number, self.limit, self.rounds = by_number, limit, 0

    def forward(self, x: nd.Tensor) -> nd.Tensor:
        def size(value: nd.Tensor) -> nd.Tensor | float:
            return value.norm().asscalar() if self.by_number else value.norm()

        while size(x) > 1 and self.rounds < self.limit:
            x, self.rounds = x / 2, self.rounds + 1
        if size(x) < 0.8:
            x = x * 10
        return x.sum()


def _value(net: nn.Block, x: np.ndarray) -> float:
    return float(net(nd.array(x)).asnumpy().sum())


def dynamic_outcome(x: np.ndarray) -> tuple[str, str]:
    """Run the gate with and without numbers: the letter of what happens, and what came out."""
    wanted = _value(Gate(by_number=True), x)
    gate = Gate(by_number=False)
    try:
        got = _value(gate, x)
    except Exception as error:
        return ("a" if isinstance(error, TypeError) else "b"), f"{type(error).__name__}: {error}"
    shown = f"{wanted:.4g} with asscalar(), {got:.4g} without"
    if gate.rounds >= gate.limit:
        return "d", shown
    return ("c" if np.isclose(got, wanted) else "e"), shown


def static_outcome(recorded: np.ndarray, x: np.ndarray) -> tuple[str, str]:
    """Capture on one input, call with another: the letter of what happens, and what came out."""
    gate = Gate(by_number=False)
    gate.hybridize()
    right, plain = _value(Gate(by_number=True), x), float(x.sum())
    ratio = _value(Gate(by_number=True), recorded) / float(recorded.sum())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            at_first, got = _value(gate, recorded), _value(gate, x)
    except Exception as error:
        return "b", f"{type(error).__name__}: {error}"
    outcomes = {"a": right, "c": plain * ratio, "d": at_first, "e": plain}
    letter = next((key for key, value in outcomes.items() if np.isclose(got, value, rtol=1e-3)), "b")
    return letter, f"{right:.4g} when run dynamically, {got:.4g} from the captured graph"


def of_norm(rng: np.random.Generator, low: float, high: float) -> np.ndarray:
    """An array of mixed signs whose norm lies between low and high; its sum is then 1.4 to 2 times the norm."""
    x = rng.uniform(0.95, 1.05, (3, 4))
    x.ravel()[::4] *= -1
    return scaled(x, rng.uniform(low, high))


predict_dynamic = Exercise(
    "01-control-flow-predict-dynamic",
    "Predict: FancyMLP without asscalar, run as usual",
    section=SECTION,
    source="S0, exercise 2",
    minutes=3,
    prediction=one_of(*DYNAMIC),
    hints=(
        "`x.norm() > 1` is an operation on tensors. What is its result: a bool, or something that holds one?",
        "`while` asks its condition for a truth value. For which tensors would that be ambiguous, and is this one of them?",
    ),
)


@predict_dynamic.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [{"x": of_norm(rng, 5, 6)}]


@predict_dynamic.criterion("outcome", points=2, says="the prediction is what happens")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _judge_prediction(seen, DYNAMIC, *dynamic_outcome(case["x"]))


predict_static = Exercise(
    "01-control-flow-predict-static",
    "Predict: FancyMLP without asscalar, captured",
    section=STATIC_SECTION,
    source="S0, exercise 2",
    minutes=4,
    prediction=one_of(*STATIC),
    hints=(
        "Capturing runs `forward` once and writes down the operations on tensors. Is `if` such an operation?",
        "What does the second call run: your Python code, or what was written down?",
    ),
)


@predict_static.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [{"recorded": of_norm(rng, 5, 6), "x": of_norm(rng, 0.3, 0.4)}]


@predict_static.criterion("outcome", points=2, says="the prediction is what happens")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _judge_prediction(seen, STATIC, *static_outcome(case["recorded"], case["x"]))


def _judge_prediction(seen: Seen, beliefs: dict[str, tuple[str, str]], happened: str, shown: str) -> Mistake | None:
    answer = seen["answer"]
    if not isinstance(answer, str) or answer not in beliefs:
        return Mistake(
            "not-a-choice",
            f"one of {', '.join(beliefs)}",
            repr(answer),
            "Return the letter of your choice as a string.",
        )
    if answer == happened:
        return None
    return Mistake(
        beliefs[answer][0],
        f"{beliefs[happened][1]} ({shown})",
        f"your prediction: {beliefs[answer][1]}",
        "Run the experiment in the next cell and follow, line by line, who makes the decision and when.",
        tried="a small block with the same `while` and `if`, and no asscalar()",
    )
