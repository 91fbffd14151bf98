"""S4: the whole network, in which one dense residual block is declared once and called three times."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, Seen
from autograder.judges.evidence import (
    Leaves,
    all_same,
    count,
    double,
    inputs,
    leaves,
    listed,
    numbers,
    plain,
    same,
    shapes,
    stopped,
)
from autograder.judges.lesson_08.evidence import layer, run

CALLS = 3
BUILD = "MyResidual(CNNResidual, DNNResidual)"

my_residual = Exercise(
    "08-my-residual",
    "A network with a loop in it",
    section="One block, called three times",
    source="S4, MyResidual",
    minutes=20,
    difficulty="medium",
    hints=(
        "Six lines of the table have a block of their own: six attributes in `__init__`, the block of the loop among them, once.",
        "`x.reshape(-1, 1, 5, 6)` makes 30 numbers an image of one channel; `-1` leaves the batch open. `nn.Dense` flattens images by itself.",
        "`for _ in range(3)`: the loop stands in `forward`, and in it the block gets x and gives the next x.",
    ),
)


@my_residual.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [_draw(rng, 20, 4), _draw(rng, 64, 3)]


def _draw(rng: np.random.Generator, n: int, batch: int) -> Case:
    case: Case = {
        "x": inputs(rng, batch, n),
        "again": inputs(rng, batch + 2, n),
        "weigh": inputs(rng, batch, 1),
        "own": [layer(rng, 30, n), layer(rng, 32, 1, 1, 1), layer(rng, 64, 960), layer(rng, 1, 64)],
        "cnn": [_smaller(layer(rng, 32, 32, 3, 3)) for _ in "12"],
        "dnn": [_smaller(layer(rng, 64, 64)) for _ in "12"],
    }
    output = _output(case, RIGHT)  # of both signs, so that a relu at the end shows
    case["own"][-1]["bias"] -= np.float32((output.min() + output.max()) / 2)
    return case


def _smaller(one: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Several calls of a block should show themselves as different numbers, not as a flood."""
    return {"weight": one["weight"] * np.float32(0.7), "bias": one["bias"]}


# -- the network, as torch computes it, with or without a slip -------------------------------------------------------


@dataclass(frozen=True)
class Variant:
    calls: int = CALLS
    cnn_calls: int = 1
    image: tuple[int, int] = (5, 6)
    relu: frozenset[str] = frozenset({"hidden"})  # the network's own layers that a relu follows


RIGHT = Variant()
SLIPS = {
    "wrong-block-repeated": (
        Variant(calls=1, cnn_calls=3),
        "The loop is around the convolutional block. It belongs around the dense one.",
    ),
    "image-turned": (
        Variant(image=(6, 5)),
        "The 30 numbers become an image 6 high and 5 wide; the table says 5 high and 6 wide.",
    ),
    "activation-missing": (Variant(relu=frozenset()), "The first dense layer has no relu."),
    "extra-activation": (
        Variant(relu=frozenset({"hidden", "widen"})),
        "The 1×1 convolution has an activation. Only the first dense layer and the residual blocks have one.",
    ),
    "extra-activation-narrow": (
        Variant(relu=frozenset({"hidden", "narrow"})),
        "The second dense layer has an activation. Only the first dense layer and the residual blocks have one.",
    ),
    "output-activated": (
        Variant(relu=frozenset({"hidden", "out"})),
        "A relu follows the last layer, so that the network can never give a negative number.",
    ),
}


def _network(case: Case, x: np.ndarray, variant: Variant) -> tuple[torch.Tensor, list[Leaves]]:
    """The output, and the leaves of the dense residual block."""
    own = dict(zip(("hidden", "widen", "narrow", "out"), map(leaves, case["own"])))
    cnn, dnn = ([leaves(one) for one in case[kind]] for kind in ("cnn", "dnn"))

    def through(name: str, h: torch.Tensor) -> torch.Tensor:
        return torch.relu(run(own[name], h)) if name in variant.relu else run(own[name], h)

    h = through("hidden", double(x)).reshape(len(x), 1, *variant.image)
    h = _residual(through("widen", h), cnn, variant.cnn_calls)
    h = _residual(through("narrow", h.flatten(1)), dnn, variant.calls)
    return through("out", h), dnn


def _residual(h: torch.Tensor, layers: list[Leaves], calls: int) -> torch.Tensor:
    for _ in range(calls):
        main = h
        for one in layers:
            main = torch.relu(run(one, main))
        h = h + main
    return h


def _output(case: Case, variant: Variant, x: str = "x") -> np.ndarray:
    return _network(case, case[x], variant)[0].detach().numpy()


# -- what is there ---------------------------------------------------------------------------------------------------


def _built(seen: Seen) -> Mistake | None:
    return stopped(seen, "build the network", "cannot-be-built", BUILD, "Building it stops with an error.")


def _called(case: Case, seen: Seen) -> Mistake | None:
    failed = _built(seen)
    if failed:
        return failed
    tried = f"net = {BUILD}; net(x) for x of shape {case['x'].shape}"
    cause = "The call stops. Compare the shape that each line of the table gives with what the next one takes."
    return stopped(seen, "call it", "shapes-do-not-fit", tried, cause, "an output", "forward")


def _asked(seen: Seen, kind: str) -> list[list[object]]:
    return [one for one in plain(listed(seen, "asked", list)) if len(one) == 3 and one[0] == kind]


@my_residual.criterion("parts", points=2, says="the layers of the table, with the sizes in the table")
def _(case: Case, seen: Seen) -> Mistake | None:
    failed = _built(seen)
    if failed:
        return failed
    for kind, wanted in (("CNNResidual", [2, 32]), ("DNNResidual", [2, 64])):
        found = [one[1:] for one in _asked(seen, kind)]
        if not found or any(one != wanted for one in found):
            observed = f"{kind}({found[0][0]}, {found[0][1]})" if found else f"no call of {kind}"
            cause = "The two residual blocks are made by what is handed to `__init__`, with the numbers of the table."
            return Mistake("wrong-block-size", f"{kind}({wanted[0]}, {wanted[1]})", observed, cause, BUILD)
    return _called(case, seen) or _own_layers_mistake(case, seen)


def _own_layers_mistake(case: Case, seen: Seen) -> Mistake | None:
    found = Counter(shape for shape in shapes(seen, "shapes") if len(shape) > 1)
    wanted = Counter(one["weight"].shape for one in case["own"])
    if found == wanted:
        return None
    missing, extra = sorted((wanted - found).elements()), sorted((found - wanted).elements())
    id, cause = "parts-wrong", "The layers are not those of the table."
    if any(len(shape) == 4 and shape[1] == 30 for shape in extra):
        id, cause = "thirty-channels", "30 numbers became 30 channels of one pixel; they are one channel of 5×6 pixels."
    elif missing and not extra:
        id, cause = "layer-missing", "A line of the table is missing."
    elif extra and not missing:
        id, cause = "extra-layer", "There is a layer that the table does not have."
    expected = f"weights of shapes {_in_words(wanted)} (besides the two residual blocks)"
    tried = f"net(x) for x of shape {case['x'].shape}"
    return Mistake(id, expected, f"weights of shapes {_in_words(found)}", cause, tried)


def _in_words(found: Counter[tuple[int, ...]]) -> str:
    return ", ".join(map(str, sorted(found.elements())))


@my_residual.criterion("declared once", points=2, says="the dense residual block is made once, in __init__")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _declared_mistake(case, seen)


def _declared_mistake(case: Case, seen: Seen) -> Mistake | None:
    failed = _built(seen)
    if failed:
        return failed
    made, early = len(_asked(seen, "DNNResidual")), count(seen, "dense made when built")
    expected = "one DNNResidual, made before the first call"
    if made > early:
        cause = "Blocks are made in `forward`. Each call then starts with new, untrained parameters."
        return Mistake("declared-in-forward", expected, f"{made} of them after some calls", cause, BUILD)
    if made > 1:
        cause = "A block for each round of the loop: they have parameters of their own. Declare one, and call it three times."
        return Mistake("declared-three-times", expected, f"{made} of them", cause, BUILD)
    if made < 1:
        return Mistake("wrong-block-size", expected, "none", "The block of the loop is missing.", BUILD)
    return _called(case, seen)


# -- what it computes ------------------------------------------------------------------------------------------------


def _variant(case: Case, seen: Seen) -> Variant | None:
    """The network that gives the output seen, whatever the number of rounds; None if there is none such."""
    got = seen.array("output")
    variants = (replace(RIGHT, calls=calls) for calls in (CALLS, 2, 1, 4, 0, 5, 6))
    return next((one for one in variants if same(got, _output(case, one))), None)


@my_residual.criterion("three times", points=2, says="the dense residual block is run three times in a row")
def _(case: Case, seen: Seen) -> Mistake | None:
    failed = _called(case, seen)
    found = None if failed else _variant(case, seen)
    if found is None:
        return failed or _output_mistake(case, seen)
    if found.calls == CALLS:
        return None
    tried = "net(x) with known weights, and how often the dense residual block is behind its output"
    expected, observed = "three times", f"{found.calls} times"
    if found.calls == 2:
        cause = (
            "`range(1, 3)` runs twice: it begins at 1 and ends before 3. `range(3)` or `range(1, 4)` run three times."
        )
        return Mistake("loop-runs-twice", expected, observed, cause, tried)
    if found.calls == 1 and count(seen, "calls") == CALLS:
        cause = (
            "Each round takes the same x, and only the last result is kept. A round takes what the one before it gave."
        )
        return Mistake("same-input-each-time", expected, "once, as far as the output tells", cause, tried)
    if found.calls == 1:
        return Mistake(
            "called-once", expected, "once", "There is no loop, or it ends at once (a `return` in it?).", tried
        )
    return Mistake("loop-runs-otherwise", expected, observed, "Count the rounds of the loop.", tried)


@my_residual.criterion("computes", points=3, says="the data take the way of the table, whatever the number of rounds")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _output_mistake(case, seen)


def _output_mistake(case: Case, seen: Seen) -> Mistake | None:
    failed = _called(case, seen)
    if failed or _variant(case, seen):
        return failed
    wanted, got = _output(case, RIGHT), seen.array("output")
    tried = f"net(x) with known weights, for x of shape {case['x'].shape}"
    for id, (variant, cause) in SLIPS.items():
        if same(got, _output(case, variant)):
            return Mistake(id.removesuffix("-narrow"), numbers(wanted), numbers(got), cause, tried, "forward")
    cause = "The output is not what the blocks of the table make of x in their order."
    parts = _own_layers_mistake(case, seen)
    return parts or Mistake("wrong-output", numbers(wanted), numbers(got), cause, tried, "forward")


@my_residual.criterion("any batch", points=1, says="the next batch may have another size")
def _(case: Case, seen: Seen) -> Mistake | None:
    wrong = _output_mistake(case, seen)
    if wrong:
        return wrong
    wanted = _output(case, _variant(case, seen) or RIGHT, "again")
    tried = f"net(x) for a batch of {len(case['again'])}, after one of {len(case['x'])}"
    cause = "The batch size of the first call is built in; `reshape(-1, …)` leaves it open."
    failed = stopped(seen, "call it again", "batch-built-in", tried, cause)
    if failed or same(seen.array("again"), wanted):
        return failed
    return Mistake("batch-built-in", numbers(wanted), numbers(seen["again"]), cause, tried)


@my_residual.criterion("gradients", points=1, says="the one block gets the sum of the gradients of all its calls")
def _(case: Case, seen: Seen) -> Mistake | None:
    wrong = _output_mistake(case, seen) or _declared_mistake(case, seen)
    if wrong:
        return wrong
    tried = "a gradient sent back, and those of the dense residual block's parameters read"
    failed = stopped(seen, "send a gradient back", "no-gradient", tried, "Sending a gradient back stops.")
    if failed:
        return failed
    output, dnn = _network(case, case["x"], _variant(case, seen) or RIGHT)
    (output * double(case["weigh"])).sum().backward()
    wanted = [np.zeros(p.shape) if p.grad is None else p.grad.numpy() for one in dnn for p in one.values()]
    got = seen["gradients"]
    if all_same(got, wanted):
        return None
    cause = "The gradient is not the sum over the calls. Was a value taken out of the record (`detach`, `asnumpy`)?"
    shown = numbers(got[0]) if isinstance(got, list) and got else "none"
    return Mistake("gradient-cut", numbers(wanted[0]), shown, cause, tried)


@my_residual.criterion("trains", points=1, says="it is a Model: fit() changes every one of its parameters")
def _(case: Case, seen: Seen) -> Mistake | None:
    tried = 'net.compile("sgd", "mse"); net.fit(x, y)'
    cause = "`compile` and `fit` come from `train.Model`: is that the class it inherits from?"
    failed = _called(case, seen) or stopped(seen, "train it", "not-a-model", tried, cause, "a step of training")
    if failed:
        return failed
    moved = listed(seen, "moved", float)
    still = sum(not change > 0 for change in moved)
    if moved and not still:
        return None
    cause = "Training changes what `collect_params()` finds. Is every block an attribute of the network, or in a block that is one?"
    return Mistake(
        "not-trained", "every parameter changed", f"{still} of {len(moved)} stayed as they were", cause, tried
    )
