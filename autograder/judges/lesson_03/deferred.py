"""`ready(net)`: what it says in each stage of a network's life, and that asking changes nothing."""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.lesson_03.evidence import states

deferred_shapes = Exercise(
    "03-deferred-shapes",
    "Is it ready?",
    section="Shapes that wait for the first call",
    source="S1, exercise 3",
    minutes=15,
    hints=(
        "Which parameters does a network have, at any depth? One method collects them all.",
        "A parameter with values gives them by `data()`. What does `data()` do on one without?",
        "A shape can be known long before there are values. Ask for the values, and catch the error that says there are none.",
    ),
)

# What each network should say at each stage of its life. The answers to one network count together, so that saying
# the same all the time earns nothing.
LIVES: dict[str, dict[str, bool]] = {
    "plain": {"initialized": False, "called": True},
    "sizes-given": {"made": False, "initialized": True, "called": True},
    "last-waits": {"initialized": False, "called": True},
    "nested": {"initialized": False, "called": True},
    "no-bias-yet": {"weights": False, "initialized": True},
}
STAGES = {
    "made": "before `initialize()`",
    "weights": "with its weights initialized and its biases not",
    "initialized": "after `initialize()`, before the first call",
    "called": "after the first call",
}


@deferred_shapes.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [
        {"life": life, "inputs": int(rng.integers(3, 30)), "units": [int(n) for n in rng.integers(4, 40, 3)]}
        for life in LIVES
    ]


def _life(name: str, case: Case, seen: Seen) -> Mistake | None:
    if case["life"] != name:
        return None
    answers = {stage: _answer(case, seen, stage) for stage in LIVES[name]}
    for stage, right in LIVES[name].items():
        if answers[stage] is not right:
            return _changed(case, seen, stage) or _wrong(case, stage, answers)
    return None


def _answer(case: Case, seen: Seen, stage: str) -> bool:
    tried = f"ready(net) {STAGES[stage]}; net: {_net(case)}"
    if error := seen.error(stage):
        if error.type in ("DeferredInitializationError", "InitializationError"):
            cause = "`data()` has nothing to give yet and raises. That error is the very thing to find out: catch it, and answer False."
            raise NoEvidence(Mistake("error-let-out", "False", str(error), cause, tried, error.line))
        raise NoEvidence(
            Mistake("raised", "True or False", str(error), "The code stopped with an error.", tried, error.line)
        )
    value = seen[stage]
    if type(value) is not bool:
        cause = "A question is answered by True or False. Is a `return` missing, or is a list or a parameter returned?"
        raise NoEvidence(
            Mistake("not-a-truth-value", "True or False", describe(value), cause, tried, "what stands after `return`")
        )
    return value


def _wrong(case: Case, stage: str, answers: dict[str, bool]) -> Mistake:
    life, says = case["life"], answers[stage]
    if all(value is not LIVES[life][s] for s, value in answers.items()):
        id, cause = "turned-round", "Every answer is the opposite: the condition is the wrong way round."
    elif not any(answers.values()):
        id, cause = "never-ready", "Every parameter has its values in the end, and the answer is False throughout."
    elif says and stage == "made":
        id, cause = (
            "shape-is-not-value",
            "All shapes are known, and yet there are no values before `initialize()`. Look at the data, not at the shape.",
        )
    elif not says and stage == "initialized":
        id, cause = (
            "waits-for-a-call",
            "With every input size given nothing is deferred: the values are there at once, without a call.",
        )
    elif stage == "weights":
        id, cause = "only-weights", "Biases are parameters too, and here they have no values."
    elif says and life == "last-waits":
        id, cause = (
            "first-layer-only",
            "The first layer has its values and the last one waits. One waiting parameter is enough.",
        )
    elif says and life == "nested":
        id, cause = (
            "not-inside",
            "The waiting layer lies in a block inside a block. `collect_params()` finds every parameter, at any depth.",
        )
    elif says:
        id, cause = (
            "too-soon",
            "`initialize()` only notes what is to be done where a shape is unknown. The first call tells the shape, and then the values are drawn.",
        )
    else:
        id, cause = "not-ready-again", "Every parameter has its values now."
    tried = f"ready(net) {STAGES[stage]}; net: {_net(case)}"
    return Mistake(id, str(not says), str(says), cause, tried)


def _net(case: Case) -> str:
    a, b, c = case["units"]
    return {
        "plain": f"Dense({a}), Dense({b})",
        "sizes-given": f"Dense({a}, in_units={case['inputs']}), Dense({b}, in_units={a})",
        "last-waits": f"Dense({a}, in_units={case['inputs']}), Dense({b}, in_units={a}), Dense({c})",
        "nested": f"Dense({a}, in_units={case['inputs']}), Sequential(Sequential(Dense({b})))",
        "no-bias-yet": f"Dense({a}, in_units={case['inputs']}), Dense({b}, in_units={a})",
    }[case["life"]]


@deferred_shapes.criterion("plain", points=2, says="a plain network is ready after its first call, and not before")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _life("plain", case, seen)


@deferred_shapes.criterion(
    "values", points=2, says="values count, not shapes: with all sizes given it is ready once initialized"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    return _life("sizes-given", case, seen)


@deferred_shapes.criterion("everywhere", points=2, says="one layer that waits is enough, however deep it lies")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _life("last-waits", case, seen) or _life("nested", case, seen)


@deferred_shapes.criterion("biases", points=1, says="biases count as weights do")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _life("no-bias-yet", case, seen)


@deferred_shapes.criterion(
    "unchanged", points=2, says="asking changes nothing: what waits goes on waiting, and values stay"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["life"] != "plain":
        return None
    answers = {stage: _answer(case, seen, stage) for stage in LIVES["plain"]}
    if mistake := next(filter(None, (_changed(case, seen, stage) for stage in answers)), None):
        return mistake
    if len(set(answers.values())) == 1:  # whoever always says the same need not look, and so shows nothing
        return _wrong(case, next(s for s, right in LIVES["plain"].items() if answers[s] is not right), answers)
    return None


def _changed(case: Case, seen: Seen, stage: str) -> Mistake | None:
    """What asking did to the network."""
    before, after = states(seen, f"{stage} before"), states(seen, f"{stage} after")
    name = next((name for name in before if not _same(before[name], after.get(name))), None)
    if name is None:
        return None
    cause = "The question changed the network: it was initialized or called on the way. Look, and do nothing."
    tried = f"ready(net) {STAGES[stage]}; net: {_net(case)}"
    look = "calls of the network, `initialize` or `set_data`"
    found = after.get(name)
    alike = isinstance(before[name], np.ndarray) and isinstance(found, np.ndarray) and before[name].shape == found.shape
    observed = f"{name} with other values" if alike else f"{name} with {_words(found)}"
    return Mistake("asking-changes-it", f"{name} as before: {_words(before[name])}", observed, cause, tried, look)


def _same(a: object, b: object) -> bool:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and np.array_equal(a, b)
    return isinstance(a, str) and isinstance(b, str) and a == b


def _words(value: object) -> str:
    return f"values of shape {value.shape}" if isinstance(value, np.ndarray) else str(value)
