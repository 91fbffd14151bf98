"""S0, exercise 3: a list is not a block."""

from __future__ import annotations

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, Seen
from autograder.judges.evidence import all_same, count, inputs, listed, numbers, same, stopped
from autograder.judges.lesson_01.evidence import chain, dense, marks, near, same_numbers, torch_gradients

list_mlp = Exercise(
    "01-list-is-not-a-block",
    "A list is not a block",
    section="Blocks within blocks",
    source="S0, exercise 3",
    minutes=12,
    hints=(
        "Assigning a block to an attribute registers it. A list is not a block, so assigning a list registers nothing.",
        "A block may be registered by `self.register_child(block)`, by an attribute of its own, or by standing in a block that is registered.",
        'Attributes need different names: assigning to the same one again replaces the layer before. `setattr(self, f"layer{i}", layer)` makes many.',
    ),
)


@list_mlp.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [_draw(rng, 4, (6, 5), 3), _draw(rng, 5, (7, 6, 4), 2), _draw(rng, 3, (8,), 4)]


def _draw(rng: np.random.Generator, n: int, widths: tuple[int, ...], units: int) -> Case:
    sizes = (n, *widths, units)
    layers = [dense(rng, a, b) for a, b in zip(sizes, sizes[1:])]
    return {
        "x": inputs(rng, 6, n),
        "widths": list(widths),
        "units": units,
        "layers": layers,
        "weigh": inputs(rng, 6, units),
        "markers": [float(v) for v in rng.uniform(2, 3, 2 * len(layers))],
    }


def _call(case: Case) -> str:
    return f"ListMLP({case['widths']}, {case['units']})"


def _usable(case: Case, seen: Seen) -> Mistake | None:
    """What keeps any further look at the layers from making sense."""
    failed = stopped(seen, "build the network", "cannot-be-built", _call(case), "Building it stops with an error.")
    if failed:
        return failed
    found, wanted = count(seen, "count"), len(case["widths"])
    if found != wanted:
        cause = "`layers` should hold one hidden layer for each number in `widths`, whatever their number, and none of another network."
        return Mistake("widths-ignored", f"{wanted} hidden layers in net.layers", f"{found}", cause, _call(case))
    different = len(set(listed(seen, "identities", int)))
    if different < wanted + 1:
        cause = "One and the same layer object stands at several places: a new `nn.Dense(…)` has to be made for each."
        return Mistake(
            "one-layer-repeated",
            f"{wanted + 1} different layers",
            f"{different}",
            cause,
            _call(case),
        )
    return None


@list_mlp.criterion("computes", points=2, says="the hidden layers (relu) run in order, then the output layer")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _output_mistake(case, seen)


def _output_mistake(case: Case, seen: Seen) -> Mistake | None:
    usable = _usable(case, seen)
    if usable:
        return usable
    tried = f"{_call(case)}, weights written through net.layers and net.output, then net(x)"
    failed = stopped(
        seen,
        "set its weights and call it",
        "layers-do-not-fit",
        tried,
        "The weights do not fit, or the call stops. Do the layers have the widths asked for, in that order?",
    )
    if failed:
        return failed
    wanted, got = chain(case["x"], case["layers"], relu=True), seen.array("output")
    if same(got, wanted):
        return None
    id, cause = _why(case, got)
    return Mistake(id, numbers(wanted), numbers(got), cause, tried)


def _why(case: Case, got: np.ndarray) -> tuple[str, str]:
    x, layers = case["x"], case["layers"]
    if same(got, chain(x, layers)):
        return "activation-lost", "Each hidden layer needs `activation='relu'`."
    if same(got, np.maximum(chain(x, layers, relu=True), 0)):
        return "relu-on-output", "The output layer has no activation: its numbers may be negative."
    if same(got, np.maximum(chain(x, layers[:-1], relu=True), 0)):
        return (
            "output-layer-forgotten",
            "What came out is the last hidden layer: `forward` must end with `self.output`.",
        )
    return (
        "other-layers-compute",
        "Other layers than those in net.layers and net.output compute the result. Does `forward` use these very objects?",
    )


@list_mlp.criterion("registered", points=3, says="initialize() and collect_params() reach every layer")
def _(case: Case, seen: Seen) -> Mistake | None:
    usable = _usable(case, seen)
    if usable:
        return usable
    wanted = 2 * len(case["layers"])
    tried = f"{_call(case)}, net.initialize(), net(x), then a number written into each collected parameter"
    collected = count(seen, "collected")
    hidden = 2 * len(case["widths"])
    expected = f"{wanted} parameters collected: weight and bias of {len(case['layers'])} layers"
    if collected < wanted:
        return _uncollected(case, seen, collected, hidden, expected, tried)
    cause = "initialize() or net(x) stops: are the layers that were registered the same objects that `forward` calls?"
    failed = stopped(seen, "initialize it and call it", "registered-others", tried, cause)
    if failed:
        return _output_mistake(case, seen) or failed
    if collected > wanted:
        return Mistake(
            "registered-too-many",
            expected,
            f"{collected} parameters",
            "Layers are registered that the network does not use.",
            tried,
        )
    if not same_numbers(seen["read_back"], case["markers"], ordered=False):
        cause = "The parameters collected are not those of the layers in net.layers: copies, or layers made anew."
        return _output_mistake(case, seen) or Mistake(
            "registered-others",
            "each number found again in net.layers or net.output",
            f"read back {marks(seen['read_back'])}",
            cause,
            tried,
        )
    return None


def _uncollected(case: Case, seen: Seen, count: int, hidden: int, expected: str, tried: str) -> Mistake:
    observed = f"{count} parameters"
    if count == 2 and hidden > 0 and seen.error("initialize it and call it") is None:
        cause = "Only the output layer is known to the block. The hidden ones work, since something initialized them, but an optimizer would never get to see them."
        return Mistake("initialized-not-registered", expected, observed, cause, tried)
    if count == 2:
        cause = "Only the output layer is known to the block: the hidden ones stand in a plain Python container, where nobody looks for blocks."
        return Mistake("hidden-layers-not-registered", expected, observed, cause, tried)
    if count == 4 and hidden > 2:
        cause = "Of the hidden layers just one is registered. Does each assignment use the same attribute name, so that the last one wins?"
        return Mistake("only-one-registered", expected, observed, cause, tried)
    if count == 0:
        return Mistake("nothing-registered", expected, observed, "The block does not know a single layer.", tried)
    return Mistake("some-not-registered", expected, observed, "Some layers are registered and some are not.", tried)


@list_mlp.criterion("gradients", points=1, says="backward reaches every layer")
def _(case: Case, seen: Seen) -> Mistake | None:
    tried = f"{_call(case)}, weights set, (net(x) * w).sum().backward()"
    failed = _usable(case, seen) or stopped(
        seen, "send a gradient back", "gradient-lost", tried, "No gradient gets through the network."
    )
    if failed or "gradients" not in seen:
        wrong = _output_mistake(case, seen) or failed
        if wrong:
            return wrong

    def only(parts: list[torch.Tensor]) -> torch.Tensor:
        return parts[0]

    [wanted] = torch_gradients(case["x"], [case["layers"]], only, case["weigh"], relu=True)
    if all_same(seen["gradients"], wanted):
        return None
    cause = "Gradients differ from those of the network asked for; a layer computes something else, or is left out."
    return _output_mistake(case, seen) or Mistake(
        "wrong-gradients", numbers(wanted[0]), numbers(first_array(seen["gradients"])), cause, tried
    )


def first_array(values: object) -> object:
    return values[0] if isinstance(values, list) and values else None


@list_mlp.criterion("independent", points=2, says="two networks share no layer")
def _(case: Case, seen: Seen) -> Mistake | None:
    usable = _usable(case, seen)
    if usable:
        return usable
    tried = f"two networks {_call(case)}; the first one's weights overwritten with {case['markers'][0]:.3f}, the second one's read"
    failed = stopped(
        seen, "build a second network", "second-network-fails", tried, "The class works once, and not a second time."
    )
    if failed:
        return failed
    if count(seen, "second_count") != len(case["widths"]):
        cause = "The second network has the first one's layers as well: the list is kept by the class (or a default argument), not by the instance."
        return Mistake(
            "shared-between-networks", f"{len(case['widths'])} hidden layers", f"{seen['second_count']}", cause, tried
        )
    if "output" in seen and not same(seen.values.get("first_after"), seen.array("output")):
        cause = "The first network changed when the second was made: the list that holds its layers belongs to the class, not to the instance."
        return Mistake(
            "shared-between-networks", numbers(seen["output"]), numbers(seen.values.get("first_after")), cause, tried
        )
    if any(near(v, case["markers"][0]) for v in listed(seen, "second_read", float)):
        cause = "What was written into one network was read in the other: their layers are the same objects."
        return Mistake("shared-between-networks", "other weights", marks(seen["second_read"]), cause, tried)
    return None
