"""Tie two layers: what is written through one is read through the other, it is counted once, and files keep it."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.evidence import count, first, listed, numbers, same, stopped
from autograder.judges.lesson_04.evidence import all_same, layers_of
from autograder.judges.lesson_04.tie_cases import (
    RATE,
    call,
    misplaced_relus,
    tied_case,
    tied_places,
    torch_output,
    torch_trained,
)

tie = Exercise(
    "04-tie-two-layers",
    "Tie two layers",
    section="Two layers, one parameter",
    source="S1, section 4.2.3",
    minutes=20,
    difficulty="medium",
    hints=(
        "Make the shared layer first and keep it in a variable: its `params` are what the others are given.",
        "`params=` shares weight and bias, and nothing else. Each layer still says itself how many units it has, and which activation.",
        "The first layer and the last one have parameters of their own: their shapes may differ from the shared ones.",
        "A layer's dictionary `layer.params` and its attribute `layer.weight` must speak of one object. Which of the two does `collect_params()` ask?",
    ),
)


@tie.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [tied_case(rng, None, 3, 5, 2), tied_case(rng, 3, 4, 4, 3)]


# -- what every criterion needs -------------------------------------------------------------------------------------


def _unusable(case: Case, seen: Seen) -> Mistake | None:
    """Why there is no network to look at."""
    tried, want = call(case), len(case["layers"])
    if error := seen.error("build the network"):
        if error.type == "ShapeError":
            return _other_sizes(error.message, tried, error.line)
        if "class_name" not in seen:
            return Mistake("cannot-be-built", "a network", str(error), "Building the network stops.", tried, error.line)
    if seen["is_block"] is not True:
        cause = "What comes back is no block: collect the layers in an `nn.Sequential`, and `return` it."
        return Mistake("not-a-network", "a network: a block", f"a {seen['class_name']}", cause, tried, "`return`")
    failed = stopped(seen, "build the network", "no-layers", f"{tried}; len(net), net[0]", "The layers cannot be had.")
    if failed:
        return failed
    if count(seen, "length") != want:
        uses = len(tied_places(case["uses"]))
        cause = f"One layer of its own, then {uses} that share, then the output layer: {want} in all."
        if case["uses"] and seen["length"] == 4:
            cause = "The network has two tied layers whatever `uses` says."
            return Mistake("uses-ignored", f"{want} layers", "4 layers", cause, tried, "the loop over `uses`")
        return Mistake("wrong-number-of-layers", f"{want} layers", f"{seen['length']} layers", cause, tried)
    return _not_started(case, seen)


def _not_started(case: Case, seen: Seen) -> Mistake | None:
    error = seen.error("initialize it and call it")
    if error is None:
        return None
    tried = f"{call(case)}; net.initialize(); net(x) for x of shape {case['x'].shape}"
    if error.type == "NameClashError":
        cause = "Two layers have the same *name*, and each has a parameter of its own: a copy of a layer, or a layer made with another's prefix. A tie is one parameter, given by `params=`."
        return Mistake("same-name-is-no-tie", "one shared parameter", str(error), cause, tried, error.line)
    if error.type == "ShapeError":
        return _other_sizes(error.message, tried, error.line)
    cause = "Initializing the network, or its first call, stops."
    return Mistake("cannot-be-called", "an output", str(error), cause, tried, error.line)


def _other_sizes(message: str, tried: str, line: str) -> Mistake:
    cause = "A layer of other sizes is tied as well. What is shared has one shape; the first layer takes other inputs, and the last has other units."
    return Mistake("tied-to-other-sizes", "only layers of the same sizes tied", message, cause, tried, line)


def _default(case: Case) -> bool:
    """The case without `uses`: a mistake about the number of uses should cost its own points alone."""
    return case["uses"] is None


# -- the criteria -----------------------------------------------------------------------------------------------------


@tie.criterion("computes", points=1, says="the layers have the right sizes and activations")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _wrong_output(case, seen) if _default(case) else None


def _wrong_output(case: Case, seen: Seen) -> Mistake | None:
    tried = f"{call(case)}; the same values written into all that is tied; net(x)"
    shapes = [list(layer["weight"].shape) for layer in case["layers"]]
    cause = f"The layers should have weights of the shapes {shapes}, with relu after each but the last."
    failed = _unusable(case, seen)
    failed = failed or stopped(seen, "set its weights and call it", "layers-differ", tried, cause)
    if failed or same(seen.array("output"), torch_output(case)):
        return failed
    got, wanted = seen["output"], numbers(torch_output(case))
    causes = {
        "activation-lost": "A tied layer has no relu. `params=` shares parameters and nothing else: say `activation` again.",
        "output-activated": "The output layer has a relu too, so nothing below 0 can come out.",
    }
    for id, places in misplaced_relus(case).items():
        if any(same(got, torch_output(case, relus)) for relus in places):
            return Mistake(id, wanted, numbers(got), causes[id], tried)
    tying = _not_tied(case, seen)  # tied to more than it should be, a layer cannot be given values of its own
    if tying and tying.id == "too-much-tied":
        return tying
    return Mistake("layers-differ", wanted, numbers(got), cause, tried)


@tie.criterion(
    "tied", points=3, says="what is written through one tied layer is read through the other, and there alone"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    return _not_tied(case, seen) if _default(case) else None


def _not_tied(case: Case, seen: Seen) -> Mistake | None:
    failed = _unusable(case, seen)
    step = "write through one layer and read through all"
    if failed := failed or stopped(seen, step, "layers-differ", call(case), "A layer cannot be written into."):
        return failed
    return _untied_in(case, seen, _marks(case, listed(seen, "read")), call(case))


def _marks(case: Case, read: list[Any]) -> np.ndarray:
    """(written, read, weight or bias): whether the number written through one layer turned up in another."""
    try:
        found = np.asarray(read, dtype=np.float64)
    except (TypeError, ValueError):
        found = np.zeros(0)
    if found.shape != (len(case["layers"]),) * 2 + (2,):
        raise NoEvidence(
            Mistake("not-observed", "numbers read back", describe(read), "The check could not read the layers.")
        )
    return np.abs(found - case["marker"]) < 1e-4


def _untied_in(case: Case, seen: Seen, marks: np.ndarray, net: str) -> Mistake | None:
    places = tied_places(case["uses"])
    a, b = places[0], places[-1]
    tried = f"{net}; {case['marker']:.4g} written into all of net[i]'s parameters; net(x); then all layers read"
    for i in places:
        outside = [j for j in range(len(marks)) if j not in places and marks[i, j].any()]
        if outside:
            j = outside[0]
            cause = f"net[{j}] shares with the tied layers. Only {_listing(places)} should; the rest has parameters of its own."
            observed = f"written through net[{i}], it turned up in net[{j}]"
            return Mistake("too-much-tied", f"net[{j}] unchanged", observed, cause, tried)
    if marks[np.ix_(places, places)].all():
        return None
    what, cause, id = "weight or bias", "", "not-tied"
    whole = marks[np.ix_(places, places)]
    expected = f"the number in {_listing(places)}, through whichever it is written"
    if whole[..., 0].all():
        id, what = "bias-not-tied", "bias"
        cause = "The weights are one parameter, the biases are two. A dense layer has both; `params=` shares both."
    elif marks[a, b].all() and not marks[b, b].any():
        id, what = "copied-at-each-call", "weight"
        cause = f"The values are copied from net[{a}] to net[{b}] when the network is called. What is written through net[{b}] is lost, and so is what its gradient would teach."
    elif _started_equal(seen, places):
        id, what = "equal-not-the-same", "weight"
        cause = "The layers started with equal values, and that is all: two parameters that happen to agree. The first write tells them apart."
    else:
        cause = "The layers have nothing to do with each other: neither the same parameter nor the same values."
    i, j = next((i, j) for i in places for j in places if not marks[i, j].all())
    return Mistake(
        id, expected, f"the {what} written through net[{i}] did not turn up in net[{j}]", cause, tried, "`params=`"
    )


def _started_equal(seen: Seen, places: list[int]) -> bool:
    started = layers_of(seen, "started")
    weights = [started[p].get("weight") for p in places if p < len(started)]
    return len(weights) == len(places) and all(same(w, weights[0]) for w in weights)


def _listing(places: list[int]) -> str:
    return ", ".join(f"net[{p}]" for p in places[:-1]) + f" and net[{places[-1]}]"


@tie.criterion(
    "once", points=2, says="collect_params() holds the shared parameters once, and training changes them once"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    return _not_once(case, seen) if _default(case) else None


def _not_once(case: Case, seen: Seen) -> Mistake | None:
    if failed := _unusable(case, seen):
        return failed
    found, total = count(seen, "collected"), count(seen, "numbers")
    own = [case["layers"][0], case["layers"][1], case["layers"][-1]]
    want = sum(v.size for layer in own for v in layer.values())
    tried = f"{call(case)}; len(net.collect_params()), and how many numbers they hold"
    expected, observed = f"6 parameters, {want} numbers", f"{found} parameters, {total} numbers"
    if found > 6:
        marks = _marks(case, listed(seen, "read"))
        places = tied_places(case["uses"])
        if marks[np.ix_(places, places)][..., 0].all():
            cause = "The layers compute with the shared parameter, and yet a second one is collected: `layer.weight = …` changes the attribute, while `layer.params` keeps what the layer was born with. It is saved and counted, and nothing ever uses it."
            return Mistake("orphan-collected", expected, observed, cause, tried, "assignments to `.weight` and `.bias`")
        cause = "Every layer has parameters of its own. A shared one is counted once."
        return Mistake("not-shared-in-collection", expected, observed, cause, tried, "`params=`")
    if found < 6 or total != want:
        cause = "Parameters are missing or of other sizes: a layer is not registered, or more is tied than should be."
        return Mistake("other-parameters", expected, observed, cause, tried)
    return _wrong_training(case, seen)


def _wrong_training(case: Case, seen: Seen) -> Mistake | None:
    tried = f"{call(case)}; one step w ← w - {RATE} g for every parameter collected"
    cause = "A step of training stops."
    if failed := stopped(seen, "train it for one step", "cannot-be-trained", tried, cause):
        return failed
    trained, wanted = layers_of(seen, "trained"), torch_trained(case)
    misplaced = [relus for places in misplaced_relus(case).values() for relus in places]
    if any(
        all_same(trained, torch_trained(case, relus=relus)) for relus in [None, *misplaced]
    ):  # "computes" judges relus
        return None
    place = next(i for i in range(len(wanted)) if not all_same(trained[i : i + 1], wanted[i : i + 1]))
    found = trained[place].get("weight") if place < len(trained) else None
    cause = f"net[{place}] is not where one step with the sum of all uses' gradients leads."
    if all_same(trained, torch_trained(case, tied=False)):
        cause = "After the step each layer went its own way: they are two parameters."
    wrong = _wrong_output(case, seen)
    return wrong or Mistake("trains-apart", numbers(wanted[place]["weight"]), numbers(found), cause, tried)


@tie.criterion("saved", points=2, says="the tie survives save_parameters and load_parameters")
def _(case: Case, seen: Seen) -> Mistake | None:
    if not _default(case):
        return None
    tried = f"{call(case)}; net.save_parameters(file); another tied_mlp(…) loads it"
    if failed := _not_tied(case, seen):
        return failed
    cause = "The file does not fit a network made by the same function."
    failed = stopped(seen, "save it", "cannot-be-saved", tried, cause)
    failed = failed or stopped(seen, "load it into another", "cannot-be-loaded", tried, cause)
    if failed:
        return failed
    if not all_same(layers_of(seen, "loaded"), case["layers"]):
        cause = "The network that loaded the file holds other values than the one that was saved."
        return Mistake("values-lost", "the values as saved", "other values", cause, tried)
    marks = _loaded_marks(case, seen)
    if marks[tied_places(case["uses"])].all():
        return None
    cause = "After loading, the layers are no longer one."
    return Mistake("tie-lost-in-file", "the tie as before", "a number written did not turn up", cause, tried)


def _loaded_marks(case: Case, seen: Seen) -> np.ndarray:
    return _marks(case, [listed(seen, "loaded_read")] * len(case["layers"]))[0]


@tie.criterion("its own", points=1, says="two networks made by the function share nothing with each other")
def _(case: Case, seen: Seen) -> Mistake | None:
    if not _default(case):
        return None
    failed = _unusable(case, seen)
    tried = f"{call(case)}; other = tied_mlp(…); a number written into other[1]; net read"
    cause = "No second network could be filled from the first one's file."
    failed = failed or stopped(seen, "save it", "cannot-be-saved", tried, cause)
    failed = failed or stopped(seen, "load it into another", "cannot-be-loaded", tried, cause)
    if failed:
        return failed
    if not _loaded_marks(case, seen)[1].all():
        return Mistake("not-observed", "a number written", "another", "The second network could not be written into.")
    after = layers_of(seen, "first_after")
    if all_same(after, case["layers"]):
        return None
    if any(v.size and np.abs(v - case["marker"]).max() < 1e-4 for layer in after for v in layer.values()):
        cause = "A parameter outlives the call of `tied_mlp`: the shared layer is made outside the function, or in a default argument. Make it anew at each call."
        return Mistake(
            "shared-between-networks", "the first network as it was", "the number turned up in it", cause, tried
        )
    return _wrong_output(case, seen) or Mistake(
        "first-changed", "the first network as it was", "other values in it", "Loading changed another network.", tried
    )


@tie.criterion("uses", points=1, says="any number of layers can be tied")
def _(case: Case, seen: Seen) -> Mistake | None:
    return None if _default(case) else first(_wrong_output(case, seen), _not_tied(case, seen), _not_once(case, seen))
