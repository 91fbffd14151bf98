"""Untie: a copy that computes the same with a parameter for each place, and an original that has noticed nothing."""

from __future__ import annotations

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.evidence import Layer, count, double, inputs, listed, numbers, same, stopped
from autograder.judges.lesson_04.evidence import all_leaves, all_same, gradients, layers_of, row, run

untie = Exercise(
    "04-untie",
    "Untie",
    section="Untying",
    source="S1, section 4.2.3",
    minutes=20,
    difficulty="medium",
    hints=(
        "`copy.deepcopy` copies what is shared once, and the copy is tied like the original. Build new layers instead.",
        "A dense layer knows its sizes (`layer.weight.shape`) and its activation (`layer.act`, which is None or has `.activation`).",
        "A new layer has values after `initialize()` if its `in_units` was given; `set_data` then puts others in their place. Weight and bias.",
    ),
)


@untie.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [
        _case(rng, [3, 4, 4, 4, 2], [[1, 2]], False),
        _case(rng, [4, 4, 4, 4, 4, 3], [[0, 1, 3]], True),
    ]


def _case(rng: np.random.Generator, sizes: list[int], groups: list[list[int]], same_block: bool) -> Case:
    return {
        "layers": row(rng, sizes, groups),
        "groups": groups,
        "same_block": same_block,
        "x": inputs(rng, 5, sizes[0]),
        "weigh": inputs(rng, 5, sizes[-1]),
        "marker": float(rng.uniform(3, 4)),
        "others": row(rng, sizes),
    }


def _output(case: Case, layers: list[Layer], activation: bool = True) -> np.ndarray:
    return run(double(case["x"]), all_leaves(layers), torch.tanh if activation else lambda v: v).detach().numpy()


def _tried(case: Case, then: str = "") -> str:
    how = "one block standing at several places" if case["same_block"] else "layers made with `params=`"
    return f"copy = untied(net); net: {len(case['layers'])} dense layers, of which {case['groups'][0]} are tied ({how}){then}"


def _unusable(case: Case, seen: Seen) -> Mistake | None:
    tried, want = _tried(case), len(case["layers"])
    failed = stopped(seen, "untie", "cannot-be-untied", tried, "`untied` stops.", "a network")
    if failed:
        error = seen.errors["untie"]
        if error.type == "CheckpointError":
            cause = (
                "A file remembers ties, and a network tied otherwise refuses it. Carry the values over layer by layer."
            )
            return Mistake("file-refused", "a network", str(error), cause, tried, error.line)
        return failed
    if seen["is_block"] is not True:
        cause = "The copy is a network: collect the new layers in an `nn.Sequential`, and return it."
        return Mistake("not-a-network", "a network: a block", f"a {seen['class_name']}", cause, tried, "`return`")
    if seen["is_original"] is True:
        cause = "What comes back is the network that was given. A copy is asked for; the original stays as it is."
        return Mistake("original-returned", "another network", "the original itself", cause, tried, "`return`")
    failed = stopped(seen, "take its layers", "no-layers", f"{tried}; copy[0], len(copy)", "The layers cannot be had.")
    if failed or count(seen, "length") == want:
        return failed
    cause = "The copy has a layer at each place, also where the original has the same layer again."
    return Mistake("places-missing", f"{want} layers", f"{seen['length']} layers", cause, tried)


@untie.criterion("same", points=2, says="at first the copy computes what the original computes")
def _(case: Case, seen: Seen) -> Mistake | None:
    tried = _tried(case, "; copy(x)")
    if failed := _unusable(case, seen):
        return failed
    if error := seen.error("call the copy"):
        if error.type in ("InitializationError", "DeferredInitializationError"):
            cause = "The new layers have no values yet: `initialize()` them, with their `in_units` known, and then set the values."
            return Mistake("not-initialized", "an output", str(error), cause, tried, error.line)
        return Mistake("cannot-be-called", "an output", str(error), "The copy cannot be called.", tried, error.line)
    wanted, got = _output(case, case["layers"]), seen.array("output")
    if same(got, wanted):
        return None
    held = layers_of(seen, "copied")
    if all_same(held, case["layers"]):
        cause = "The values are right and the output is not: a new layer has another activation, or none."
        return Mistake("activation-lost", numbers(wanted), numbers(got), cause, tried)
    weights = all(same(h.get("weight"), w["weight"]) for h, w in zip(held, case["layers"]))
    id, cause = ("biases-not-copied", "The weights were carried over, and the biases were not.")
    if not weights:
        id, cause = "values-not-copied", "The new layers have first values of their own. Carry the original's over."
    return Mistake(id, numbers(wanted), numbers(got), cause, tried)


def _read(case: Case, seen: Seen, name: str) -> np.ndarray:
    """(written, read, weight or bias): the first number of a parameter, after a number was written through a place."""
    try:
        found = np.asarray(listed(seen, name), dtype=np.float64)
    except (TypeError, ValueError):
        found = np.zeros(0)
    if found.shape != (len(case["layers"]),) * 2 + (2,):
        shown = describe(seen[name])
        raise NoEvidence(Mistake("not-observed", "numbers read back", shown, "The layers could not be read."))
    return found


def _marks(case: Case, seen: Seen, name: str) -> np.ndarray:
    """Whether the number written through one place turned up at another."""
    return np.abs(_read(case, seen, name) - case["marker"]) < 1e-4


def _unmoved(case: Case, seen: Seen, name: str, before: list[Layer]) -> np.ndarray:
    """Whether what was read is what was there before."""
    firsts = np.array([[one[kind].flat[0] for kind in ("weight", "bias")] for one in before], dtype=np.float64)
    return np.abs(_read(case, seen, name) - firsts) < 1e-4


@untie.criterion("untied", points=3, says="no two layers of the copy share a parameter")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _unusable(case, seen) or _still_tied(case, seen)


def _still_tied(case: Case, seen: Seen) -> Mistake | None:
    marks = _marks(case, seen, "within_copy")
    places = range(len(marks))
    tried = _tried(case, "; a number written through copy[i], and read through copy[j]")
    if lost := [i for i in places if not marks[i, i].all()]:
        cause = "A number written into the copy is gone after a call."
        return Mistake("does-not-keep", "the number", f"copy[{lost[0]}] holds another", cause, tried)
    tied = [(i, j) for i in places for j in places if i != j and marks[i, j].any()]
    if not tied:
        return None
    i, j = tied[0]
    what = "weight" if marks[i, j, 0] else "bias"
    cause = "The copy is tied as the original was: deepcopy, or a layer taken over at several places, keeps what is shared shared."
    if not marks[i, j].all():
        cause = "One of weight and bias is independent, and the other is still shared."
    observed = f"the {what} written through copy[{i}] turned up in copy[{j}]"
    return Mistake("still-tied", f"copy[{j}] unchanged", observed, cause, tried)


@untie.criterion("independent", points=2, says="copy and original share nothing")
def _(case: Case, seen: Seen) -> Mistake | None:
    if failed := _unusable(case, seen):
        return failed
    copied = layers_of(seen, "copied")
    if len(copied) != len(case["layers"]) or not all(one.keys() >= {"weight", "bias"} for one in copied):
        raise NoEvidence(Mistake("not-observed", "the copy's layers", "others", "The copy could not be read."))
    kept = {"copy": _unmoved(case, seen, "in_original", case["layers"]), "net": _unmoved(case, seen, "in_copy", copied)}
    if all(one.all() for one in kept.values()):
        return _still_tied_alone(case, seen)
    written = next(name for name, one in kept.items() if not one.all())
    i, j = (int(v) for v in np.argwhere(~kept[written].all(2))[0])
    read = "net" if written == "copy" else "copy"
    tried = _tried(case, "; a number written into one network, and the other one read")
    cause = "The copy uses parameters of the original: `params=` ties, and so does taking over a layer. New layers, and values set into them, do not."
    observed = f"written into {written}[{i}], it turned up"
    return Mistake("shares-with-original", f"{read}[{j}] unchanged", observed, cause, tried)


def _still_tied_alone(case: Case, seen: Seen) -> Mistake | None:
    """Whoever cannot even be written into shows no independence."""
    marks = _marks(case, seen, "within_copy")
    return None if all(marks[i, i].all() for i in range(len(marks))) else _still_tied(case, seen)


@untie.criterion("undisturbed", points=2, says="the original keeps its values, its gradients and its tie")
def _(case: Case, seen: Seen) -> Mistake | None:
    failed = _unusable(case, seen)
    if failed and failed.id not in ("no-layers", "places-missing"):
        return failed
    tried = _tried(case, "; then net itself")
    if not all_same(layers_of(seen, "values_after"), case["layers"]):
        cause = "The original's values were changed."
        return Mistake("original-changed", "its values as before", "other values", cause, tried)
    tied = all_leaves(case["layers"], case["groups"])
    (run(double(case["x"]), tied, torch.tanh) * double(case["weigh"])).sum().backward()
    if not all_same(layers_of(seen, "gradients_after"), gradients(tied)):
        cause = "The original's gradients were lost: `zero_grad`, a new backward pass, or new parameters in its layers."
        return Mistake("gradients-lost", "its gradients as before", "others", cause, tried)
    marks = _marks(case, seen, "within_original")
    group = case["groups"][0]
    if marks[np.ix_(group, group)].all():
        return None
    cause = "The original was untied as well: its layers were given other parameters. Build new layers for the copy."
    return Mistake("original-untied", f"{group} still one", "they no longer share", cause, tried)


@untie.criterion("complete", points=1, says="the copy collects two parameters a layer, and computes with them")
def _(case: Case, seen: Seen) -> Mistake | None:
    if failed := _unusable(case, seen):
        return failed
    tried, want = _tried(case, "; len(copy.collect_params())"), 2 * len(case["layers"])
    if error := seen.error("collect its parameters"):
        cause = "Two layers have the same name: each is a copy of the same layer, name and all. New layers get names of their own."
        return Mistake("names-clash", f"{want} parameters", str(error), cause, tried, error.line)
    if count(seen, "collected") != want:
        cause = "Each layer has a weight and a bias of its own, and all of them are collected."
        return Mistake("wrong-count", f"{want} parameters", f"{seen['collected']} parameters", cause, tried)
    wanted, got = _output(case, case["others"]), seen.array("output_of_others")
    if same(got, wanted) or same(got, _output(case, case["others"], activation=False)):
        return None
    cause = "With other values written into its layers, the copy computes something else than these layers would."
    return _still_tied(case, seen) or Mistake("does-not-follow", numbers(wanted), numbers(got), cause, tried)
