"""The gradient is a sum: from the gradients of an untied twin, those that the tied network would have."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.evidence import Layer, double, inputs, numbers, same
from autograder.judges.lesson_04.evidence import Groups, all_leaves, all_same, gradients, layers_of, row, run

gradient_sum = Exercise(
    "04-gradient-is-a-sum",
    "The gradient is a sum",
    section="Gradients add up",
    source="S1, section 4.2.3",
    minutes=20,
    difficulty="medium",
    hints=(
        "Begin with what does not change: every parameter's own gradient, by its name. Then overwrite those of the tied layers.",
        "`twin[i].weight.name` is the name under which layer i's weight stands in your result.",
        "`parameter.grad()` is a handle on the gradient itself. `total += …` on it writes into the twin; start from a copy, or build a new sum.",
    ),
)


# -- the cases: rows of layers, some of which are to be tied --------------------------------------------------------


@gradient_sum.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [
        _case(rng, [3, 4, 4, 4, 2], [[1, 2]]),
        _case(rng, [4, 4, 4, 4, 4, 4, 4, 3], [[1, 4, 5], [2, 3]]),
        _case(rng, [3, 5, 2], []),
    ]


def _case(rng: np.random.Generator, sizes: list[int], groups: list[list[int]]) -> Case:
    layers = row(rng, sizes, groups)
    return {
        "x": inputs(rng, 5, sizes[0]),
        "weigh": inputs(rng, 5, sizes[-1]),
        "layers": layers,
        "groups": groups,
    }


def name_of(place: int, kind: str) -> str:
    """The twin's parameter as it is named in a fresh count."""
    return f"dense{place}_{kind}"


def _by_torch(case: Case, groups: Groups) -> list[Layer]:
    """Place by place the gradients that torch finds when these places share."""
    layers = all_leaves(case["layers"], groups)
    (run(double(case["x"]), layers, torch.tanh) * double(case["weigh"])).sum().backward()
    return gradients(layers)


# -- judging --------------------------------------------------------------------------------------------------------


def _tried(case: Case) -> str:
    return f"tied_gradients(twin, {case['groups']}) for a twin of {len(case['layers'])} dense layers"


def _answer(case: Case, seen: Seen, name: str = "first") -> dict[str, Any]:
    """What the learner returned, where it is a dictionary."""
    step = {"first": "predict the gradients", "second": "predict them again"}[name]
    if error := seen.error(step):
        raise NoEvidence(
            Mistake("raised", "a dictionary", str(error), "The code stopped with an error.", _tried(case), error.line)
        )
    value = seen[name]
    if not isinstance(value, dict):
        cause = "The result is a dictionary from a parameter's name to an array. Is a `return` missing?"
        raise NoEvidence(
            Mistake("no-dictionary", "a dictionary: name → gradient", describe(value), cause, _tried(case))
        )
    return value


def _wrong(case: Case, found: Mapping[str, Any], kinds: tuple[str, ...], tied: bool) -> Mistake | None:
    """The first parameter (of these kinds, in a group or in none) whose gradient is not what torch finds."""
    groups = case["groups"]
    of_group = {place: group for group in groups for place in group}
    wanted = _by_torch(case, groups)
    for place, kind in ((p, k) for p in range(len(wanted)) for k in kinds):
        if (place in of_group) is not tied:
            continue
        name, right = name_of(place, kind), wanted[place][kind]
        if name not in found:
            return _missing(case, found, name, place, of_group)
        got = _array(case, found[name], name)
        if not same(got, right):
            alone = [own[kind] for own in _by_torch(case, ())]
            group = [alone[p] for p in of_group.get(place, [place])]
            return _explained(case, place, kind, got, right, group, alone)
    return None


def _missing(case: Case, found: Mapping[str, Any], name: str, place: int, groups: Mapping[int, Any]) -> Mistake:
    expected, observed = f"a gradient for {name}", f"gradients for {', '.join(found) or 'nothing'}"
    if not found or not any(str(key).startswith("dense") for key in found):
        cause = "The keys are the names of the twin's parameters, as `twin.collect_params()` has them."
        return Mistake("other-keys", expected, observed, cause, _tried(case))
    if not any(str(key).endswith("bias") for key in found):
        cause = "Only weights are there. A dense layer has a bias, too, and a tie shares it."
        return Mistake("biases-left-out", expected, observed, cause, _tried(case))
    if place not in groups:
        cause = f"Layer {place} is in no group. It has a gradient all the same: its own."
        return Mistake("others-left-out", expected, observed, cause, _tried(case))
    cause = f"Layer {place} is tied, and its parameter has a name of its own in the twin. Each name of a group gets the sum."
    return Mistake("one-name-a-group", expected, observed, cause, _tried(case))


def _array(case: Case, value: Any, name: str) -> np.ndarray:
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return np.array(float(value))
    raise NoEvidence(
        Mistake("no-array", f"an array for {name}", describe(value), "Each gradient is an array.", _tried(case))
    )


def _explained(
    case: Case, place: int, kind: str, got: np.ndarray, right: np.ndarray, group: list[np.ndarray], alone: list[Any]
) -> Mistake:
    """Which slip gives this gradient."""
    name, n = name_of(place, kind), len(group)
    alike = [a for a in alone if a.shape == right.shape]
    slips: dict[str, tuple[Callable[[], bool], str]] = {
        "not-summed": (
            lambda: n > 1 and any(same(got, g) for g in group),
            "This is what one use contributes. The shared parameter is used at several places, and each contributes.",
        ),
        "averaged": (
            lambda: n > 1 and same(got, np.mean(group, axis=0)),
            "The mean was taken. Nothing in the chain rule divides by the number of uses: contributions add.",
        ),
        "one-use-multiplied": (
            lambda: n > 1 and any(same(got, g * n) for g in group),
            "One use was counted as often as there are uses. Each use has its own input, and so contributes differently.",
        ),
        "multiplied": (
            lambda: n > 1 and same(got, math.prod(group)),
            "The contributions were multiplied with each other. They add.",
        ),
        "first-counted-twice": (
            lambda: n > 1 and any(same(got, sum(group) + g) for g in group),
            "One contribution is in the sum twice: start from zero, or leave out the one you start with.",
        ),
        "summed-over-axis": (
            lambda: got.shape != right.shape and n > 1,
            "The numbers within the gradients were added up, too. Add array to array; the shape stays.",
        ),
        "all-layers-summed": (
            lambda: len(alike) > n and same(got, sum(alike)),
            "Gradients of layers outside the group are in the sum. Groups are tied each for itself.",
        ),
        "grown-each-time": (
            lambda: n == 1 and not same(got, right) and any(same(got, right * k) for k in (2, 3)),
            "The gradient of a layer in no group was counted more than once.",
        ),
    }
    for id, (fits, cause) in slips.items():
        if fits():
            return Mistake(id, f"{name}: {numbers(right)}", f"{name}: {numbers(got)}", cause, _tried(case))
    if n == 1:
        cause = "A layer that is in no group keeps its own gradient."
        return Mistake("others-changed", f"{name}: {numbers(right)}", f"{name}: {numbers(got)}", cause, _tried(case))
    cause = f"The gradient of a tied parameter is the sum of what its {n} uses contribute."
    return Mistake("wrong-gradient", f"{name}: {numbers(right)}", f"{name}: {numbers(got)}", cause, _tried(case))


@gradient_sum.criterion("weights", points=4, says="a tied weight's gradient is the sum of what its uses contribute")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _wrong(case, _answer(case, seen), ("weight",), tied=True)


@gradient_sum.criterion("biases", points=2, says="so is a tied bias's")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _wrong(case, _answer(case, seen), ("bias",), tied=True)


@gradient_sum.criterion("others", points=2, says="layers in no group keep their own gradients")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _wrong(case, _answer(case, seen), ("weight", "bias"), tied=False)


@gradient_sum.criterion("undisturbed", points=2, says="the twin is as before, and asked again it gives the same")
def _(case: Case, seen: Seen) -> Mistake | None:
    found = _answer(case, seen)
    own, after = _by_torch(case, ()), layers_of(seen, "gradients_after")
    if not all_same(after, own):
        place = next((i for i, one in enumerate(own) if not all_same(after[i : i + 1], [one])), 0)
        cause = "Adding up wrote into the twin's own gradients: `grad()` is a handle, and `+=` writes into what it holds. Start from a copy or from zeros."
        return Mistake(
            "twin-changed",
            f"the gradient of net[{place}] as before: {numbers(own[place]['weight'])}",
            numbers(after[place].get("weight") if place < len(after) else None),
            cause,
            _tried(case),
            "`+=`",
        )
    if not all_same(layers_of(seen, "values_after"), case["layers"]):
        return Mistake("values-changed", "the twin's values as before", "others", "The twin was changed.", _tried(case))
    again = _answer(case, seen, "second")
    if found.keys() == again.keys() and all(_alike(found[key], again[key]) for key in found):
        return _wrong(case, found, ("weight",), tied=True) if _empty(found) else None
    cause = "The second call gave something else: what the first one added up was kept."
    return Mistake("not-the-same-again", "the same as at the first call", "other gradients", cause, _tried(case))


def _alike(a: Any, b: Any) -> bool:
    return same(b, a) if isinstance(a, np.ndarray) else repr(a) == repr(b)  # == stumbles over arrays in lists


def _empty(found: Mapping[str, Any]) -> bool:
    """Whoever returns nothing has left everything undisturbed; that shows nothing."""
    return not any(isinstance(value, np.ndarray) and value.any() for value in found.values())
