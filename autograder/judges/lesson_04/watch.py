"""Train a tied network and watch: every layer's values and gradients at each step, against the same descent in torch.

Which descent was carried out is told by where the network ended. The records are then held against that descent, so
that a wrong update costs its own points and not those of the records.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.evidence import Layer, double, inputs, numbers, same
from autograder.judges.lesson_04.evidence import all_leaves, all_same, gradients, layers_of, row, run, values

watch = Exercise(
    "04-train-and-watch",
    "Train it and watch",
    section="Training a tied network",
    source="S1, exercise 4",
    minutes=25,
    difficulty="challenging",
    hints=(
        "One step has an order: loss, backward, write down, update, forget the gradients. Only between backward and update do values and gradients belong together.",
        "`data()` is a handle on values that go on changing; a record of the past needs a copy: `asnumpy()` makes one.",
        "Record by places: `for i, layer in enumerate(net)`. Update by parameters: `net.collect_params()` has each of them once.",
    ),
)

RATE = 0.3


@watch.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, [3, 5, 5, 5, 3], [[1, 2]]), _case(rng, [4, 4, 4, 4, 4, 3], [[0, 1, 3]])]


def _case(rng: np.random.Generator, sizes: list[int], groups: list[list[int]]) -> Case:
    """Batches of several sizes, each with every class in it."""
    batches = [{"x": inputs(rng, n, sizes[0]), "y": rng.permutation(n) % sizes[-1]} for n in (8, 8, 5, 7)]
    return {"layers": row(rng, sizes, groups), "groups": groups, "rate": RATE, "batches": batches}


# -- the oracle -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One step of a descent: what belongs to it, place by place."""

    loss: float
    values: list[Layer]
    gradients: list[Layer]  # of this step's batch alone
    accumulated: list[Layer]  # what stands in `grad()` after backward
    after: list[Layer]
    loss_after: float


def descent(case: Case, kind: str = "right") -> list[Step]:
    """What torch makes of the batches, by plain gradient descent or with one slip in it."""
    layers = all_leaves(case["layers"], [] if kind == "tie-lost" else case["groups"])
    batches = [case["batches"][0]] * len(case["batches"]) if kind == "first-batch-only" else case["batches"]
    kept = [{k: np.zeros(v.shape) for k, v in layer.items()} for layer in layers]
    steps = []
    for batch in batches:
        before, at = values(layers), _loss(layers, batch)
        for leaf in _unique(layers):
            leaf.grad = None
        at.backward()
        pure = gradients(layers)
        kept = [{k: old[k] + new[k] for k in new} for old, new in zip(kept, pure)]
        used = kept if kind == "never-zeroed" else pure
        _update(layers, used, case["rate"], kind)
        steps.append(Step(at.item(), before, pure, used, values(layers), _loss(layers, batch).item()))
    return steps


def _update(layers: list[dict[str, torch.Tensor]], used: list[Layer], rate: float, kind: str) -> None:
    sign, done = {"not-updated": 0.0, "uphill": 1.0}.get(kind, -1.0), set()
    with torch.no_grad():
        for layer, slope in zip(layers, used):
            for key, leaf in layer.items():
                if kind == "tied-updated-each-time" or id(leaf) not in done:
                    leaf += sign * rate * torch.tensor(slope[key])
                done.add(id(leaf))


def _loss(layers: list[dict[str, torch.Tensor]], batch: dict[str, np.ndarray]) -> torch.Tensor:
    return torch.nn.functional.cross_entropy(run(double(batch["x"]), layers, torch.tanh), torch.tensor(batch["y"]))


def _unique(layers: list[dict[str, torch.Tensor]]) -> list[torch.Tensor]:
    return list({id(leaf): leaf for layer in layers for leaf in layer.values()}.values())


KINDS = {
    "tied-updated-each-time": "The tied parameter was updated once for every layer that uses it, each time by the whole sum. There is one parameter: go through `net.collect_params()`, or let an optimizer do so.",
    "never-zeroed": "The gradients of all steps so far were added up: they are never forgotten. `net.zero_grad()` belongs into every step.",
    "not-updated": "The network holds the values it began with: no parameter was changed, or only copies were.",
    "uphill": "The loss was made larger: the step goes *against* the gradient, w - rate · g.",
    "first-batch-only": "Every step used the first batch.",
    "tie-lost": "The layers went apart: each was updated with a part of the gradient.",
}


def _carried_out(case: Case, seen: Seen) -> tuple[str, list[Step]]:
    """The descent that ends where the network ended; the right one, if none does."""
    final = layers_of(seen, "final")
    for kind in ("right", *KINDS):
        steps = descent(case, kind)
        if all_same(final, steps[-1].after):
            return kind, steps
    return "unknown", descent(case)


# -- reading the records ----------------------------------------------------------------------------------------------


def _tried(case: Case) -> str:
    return (
        f"train_and_watch(net, batches, loss_function, {case['rate']}) for {len(case['layers'])} dense layers, of which "
        f"{case['groups'][0]} are tied, and {len(case['batches'])} batches"
    )


def _records(case: Case, seen: Seen) -> list[dict[str, Any]]:
    """The learner's list, where it has a dictionary for each step."""
    if error := seen.error("train and watch"):
        if error.type == "DeferredInitializationError":
            cause = "Values were asked for before the first call had told the shapes."
            raise NoEvidence(Mistake("too-early", "a list of records", str(error), cause, _tried(case), error.line))
        raise NoEvidence(
            Mistake("raised", "a list of records", str(error), "The code stopped with an error.", _tried(case))
        )
    value, want = seen["records"], len(case["batches"])
    if not isinstance(value, list):
        cause = "The records are returned in a list. Is a `return` missing?"
        raise NoEvidence(Mistake("no-records", "a list of records", describe(value), cause, _tried(case)))
    if len(value) != want:
        cause = "There is one record for each batch: not one for before or after them."
        raise NoEvidence(
            Mistake("steps-missed", f"{want} records", f"{len(value)} records", cause, _tried(case), "the loop")
        )
    if not all(isinstance(one, dict) and {"loss", "values", "gradients"} <= one.keys() for one in value):
        cause = 'Each record is a dictionary with the keys "loss", "values" and "gradients".'
        raise NoEvidence(Mistake("other-records", "a dictionary", describe(value[0]), cause, _tried(case)))
    return value


def _places(case: Case, seen: Seen, what: str) -> list[list[Layer]]:
    """What the records hold, step by step and place by place; every place must be there."""
    found = []
    for step, record in enumerate(_records(case, seen)):
        held = record[what] if isinstance(record[what], dict) else {}
        keys = [f"{place}.{kind}" for place in range(len(case["layers"])) for kind in ("weight", "bias")]
        missing = [key for key in keys if not isinstance(held.get(key), np.ndarray)]
        if missing:
            raise NoEvidence(_missing(case, what, step, missing, held))
        found.append([{k: held[f"{place}.{k}"] for k in ("weight", "bias")} for place in range(len(case["layers"]))])
    return found


def _missing(case: Case, what: str, step: int, missing: list[str], held: dict[str, Any]) -> Mistake:
    expected, observed = f'"{missing[0]}" in the {what} of step {step}', f"{', '.join(held) or 'nothing'}"
    if not any(key[:1].isdigit() for key in held):
        cause = 'The keys are places in the network, as in "2.weight". A name belongs to a parameter, and a tied one has a single name for several places.'
        return Mistake("names-not-places", expected, observed, cause, _tried(case))
    if all(key.endswith("bias") for key in missing):
        return Mistake("biases-missing", expected, observed, "Biases are parameters, too.", _tried(case))
    cause = "Every place has its entries, the tied ones, too, though they will show the same numbers."
    return Mistake("places-missing", expected, observed, cause, _tried(case))


# -- the criteria -----------------------------------------------------------------------------------------------------


@watch.criterion("records", points=2, says="one record for each step, with values and gradients of every layer")
def _(case: Case, seen: Seen) -> Mistake | None:
    recorded, _ = _places(case, seen, "values"), _places(case, seen, "gradients")
    if all(same(v, recorded[0][i][k]) for one in recorded for i, layer in enumerate(one) for k, v in layer.items()):
        return None if _carried_out(case, seen)[0] == "not-updated" else _wrong_values(case, seen)
    return None


@watch.criterion("losses", points=1, says="the loss is that of the step's batch, before the update")
def _(case: Case, seen: Seen) -> Mistake | None:
    records, (_, steps) = _records(case, seen), _carried_out(case, seen)
    found = [Seen({"loss": record["loss"]}).number("loss") for record in records]
    wanted = [step.loss for step in steps]
    if np.allclose(found, wanted, rtol=1e-3, atol=1e-4):
        return None
    id, cause = "wrong-losses", "The loss of each step is what `loss_function(net(x), y)` gives for its batch."
    if np.allclose(found, [step.loss_after for step in steps], rtol=1e-3, atol=1e-4):
        id, cause = "loss-after-update", "The loss was computed once more after the update, or the update came first."
    elif np.allclose(found, np.cumsum(wanted), rtol=1e-3, atol=1e-4):
        id, cause = "losses-summed", "The losses were added up from step to step."
    return Mistake(id, _shown(wanted), _shown(found), cause, _tried(case), 'what is stored under "loss"')


def _shown(losses: list[float]) -> str:
    return ", ".join(f"{value:.4g}" for value in losses)


@watch.criterion("values", points=3, says="the values are those at which the gradient was taken, at every step")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _wrong_values(case, seen)


def _wrong_values(case: Case, seen: Seen) -> Mistake | None:
    found, (_, steps) = _places(case, seen, "values"), _carried_out(case, seen)
    wrong = [k for k, step in enumerate(steps) if not all_same(found[k], step.values)]
    if not wrong:
        return None
    k, final = wrong[0], layers_of(seen, "final")
    place = next(i for i in range(len(final)) if not all_same(found[k][i : i + 1], steps[k].values[i : i + 1]))
    expected = f"{place}.weight at step {k}: {numbers(steps[k].values[place]['weight'])}"
    observed = f"{place}.weight at step {k}: {numbers(found[k][place]['weight'])}"
    id, cause = "wrong-values", "These are not the values with which this step's loss was computed."
    partner = next((group[0] for group in case["groups"] if place in group), place)
    if all(all_same(one, final) for one in found):
        id = "handles-recorded"
        cause = "Every record holds the values of the end. `data()` is a handle on values that go on changing; a record needs a copy, which `asnumpy()` makes."
    elif all(all_same(one, steps[-1].values) for one in found):
        id = "one-record-reused"
        cause = "Every record is the last one: one dictionary was filled again and again. Make a new one in each step."
    elif all(all_same(one, step.after) for one, step in zip(found, steps)):
        id = "after-the-update"
        cause = "The values were written down after the update, and so do not belong to this step's gradient."
    elif not all_same(found[k][place : place + 1], found[k][partner : partner + 1]):
        id = "changed-in-between"
        cause = f"Places {partner} and {place} show one parameter, and different numbers in one record: the update stands between them. Write everything down first, then update."
    return Mistake(id, expected, observed, cause, _tried(case), "where and how the values are stored")


@watch.criterion("gradients", points=3, says="the gradients are those of this step's batch, summed over tied uses")
def _(case: Case, seen: Seen) -> Mistake | None:
    found, (_, steps) = _places(case, seen, "gradients"), _carried_out(case, seen)
    wrong = [k for k, step in enumerate(steps) if not all_same(found[k], step.gradients)]
    if not wrong:
        return None
    k, wanted = wrong[0], [step.gradients for step in steps]
    place = next(i for i in range(len(wanted[k])) if not all_same(found[k][i : i + 1], wanted[k][i : i + 1]))
    expected = f"{place}.weight at step {k}: {numbers(wanted[k][place]['weight'])}"
    observed = f"{place}.weight at step {k}: {numbers(found[k][place]['weight'])}"
    id, cause = "wrong-gradients", "These are not the gradients of this step's loss."
    if not any(v.any() for one in found for layer in one for v in layer.values()):
        id = "gradients-zero"
        cause = "Only zeros: the gradients were read before `backward()`, or after they had been forgotten."
    elif all(all_same(one, step.accumulated) for one, step in zip(found, steps)):
        id = "gradients-accumulated"
        cause = "Each holds the sum of all steps so far: nobody forgets the old gradients. `net.zero_grad()` belongs into every step."
    elif all(all_same(one, wanted[-1]) for one in found):
        id = "one-record-reused"
        cause = "Every record is the last one: one dictionary was filled again and again. Make a new one in each step."
    elif len(found) > 1 and all(all_same(one, step) for one, step in zip(found[1:], wanted)):
        id = "one-step-behind"
        cause = "Each is the gradient of the step before: they were read before `backward()`."
    return Mistake(id, expected, observed, cause, _tried(case), "where the gradients are stored, and `zero_grad`")


@watch.criterion("trained", points=3, says="the network is trained: w - rate · g, once for every parameter")
def _(case: Case, seen: Seen) -> Mistake | None:
    kind, steps = _carried_out(case, seen)
    if kind == "right":
        return None
    wanted, got = descent(case)[-1].after, layers_of(seen, "final")
    place = max(range(len(wanted)), key=lambda i: _distance(got[i : i + 1], wanted[i]))
    shown = got[place].get("weight") if place < len(got) else None
    cause = KINDS.get(kind, "The network did not end where these steps of gradient descent lead.")
    if error := seen.error("train and watch"):
        return Mistake("raised", "a trained network", str(error), "The code stopped.", _tried(case), error.line)
    expected = f"at the end {place}.weight: {numbers(wanted[place]['weight'])}"
    id = "other-descent" if kind == "unknown" else kind
    return Mistake(id, expected, f"{place}.weight: {numbers(shown)}", cause, _tried(case), "the update")


def _distance(found: list[Layer], wanted: Layer) -> float:
    """How far a layer's weight is from where it should be."""
    weight = found[0].get("weight") if found else None
    return float(np.abs(weight - wanted["weight"]).max()) if _like(weight, wanted["weight"]) else np.inf


def _like(a: np.ndarray | None, b: np.ndarray) -> bool:
    return a is not None and a.shape == b.shape and a.dtype.kind == "f"
