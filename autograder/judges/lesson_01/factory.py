"""S0, exercise 5: a factory of blocks, and a larger network out of its products."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, Seen
from autograder.judges.evidence import all_same, count, inputs, listed, numbers, same, stopped
from autograder.judges.lesson_01.evidence import chain, dense, near, torch_gradients

STEP_SIZE = 0.1

stack = Exercise(
    "01-block-factory",
    "A block factory",
    section="A factory of blocks",
    source="S0, exercise 5",
    minutes=12,
    difficulty="medium",
    hints=(
        "`factory` is a function: `factory` names it, `factory()` makes a block.",
        "How many different blocks does your code make? Count the calls of `factory()`, not the places where the result stands.",
        "An `nn.Sequential` made inside `stack` gives you the row, the length and the indexing.",
    ),
)


@stack.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [_draw(rng, 3, 4), _draw(rng, 2, 3, 5), _draw(rng, 12, 3), _draw(rng, 1, 4), _draw(rng, 0, 3)]


def _draw(rng: np.random.Generator, n: int, size: int, inner: int = 0) -> Case:
    sizes = (size, inner, size) if inner else (size, size)

    def instance() -> list[dict[str, np.ndarray]]:
        return [dense(rng, a, b) for a, b in zip(sizes, sizes[1:])]

    return {
        "x": inputs(rng, 5, size),
        "n": n,
        "instance": instance(),
        "layers": [instance() for _ in range(n)],
        "weigh": inputs(rng, 5, size),
        "marker": float(rng.uniform(2, 3)),
    }


def _in_a_row(case: Case, instances: list[Any]) -> np.ndarray:
    return chain(case["x"], [layer for layers in instances for layer in layers])


def _tried(case: Case) -> str:
    return f"stack(factory, {case['n']}), for a factory that makes {_product(case)}"


def _product(case: Case) -> str:
    units = [len(layer["weight"]) for layer in case["instance"]]
    return (
        f"nn.Dense({units[0]})"
        if len(units) == 1
        else "two dense layers in a row, " + " and ".join(map(str, units)) + " units"
    )


def _not_a_network(case: Case, seen: Seen) -> Mistake | None:
    failed = stopped(
        seen,
        "build the stack",
        "cannot-be-built",
        _tried(case),
        "`stack` itself stops. Nothing may be computed before there is an x.",
    )
    if failed or seen["is_block"] is True:
        return failed
    cause = f"What came back is a {seen['class_name']}. A Python container has no forward, and registers nothing: the blocks belong into a block."
    return Mistake("returns-no-block", "a block", f"a {seen['class_name']}", cause, _tried(case))


@stack.criterion("n instances", points=2, says="the factory is called n times, and the network has n blocks")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _not_a_network(case, seen) or _wrong_count(case, seen)


def _wrong_count(case: Case, seen: Seen) -> Mistake | None:
    wrong = _wrong_calls(case, seen)
    if wrong:
        return wrong
    wanted = f"len(net) == {case['n']}"
    cause = "The network should know its length; `nn.Sequential` does."
    failed = stopped(seen, "count its blocks", "has-no-length", _tried(case), cause, wanted)
    if failed or count(seen, "length") == case["n"]:
        return failed
    cause = "There are blocks in the network that this call did not make: it existed before, as a global name or a default argument."
    return Mistake(
        "blocks-left-over", wanted, f"{seen['length']}, after {seen['calls']} calls of the factory", cause, _tried(case)
    )


def _wrong_calls(case: Case, seen: Seen) -> Mistake | None:
    calls, n = count(seen, "calls"), case["n"]
    expected, observed = f"{n} calls of the factory", f"{calls} of them"

    def mistake(id: str, cause: str) -> Mistake:
        return Mistake(id, expected, observed, cause, _tried(case))

    if calls == n and "calls_after" in seen and count(seen, "calls_after") > n:
        observed = f"{seen['calls_after']} calls after net(x)"
        return mistake(
            "builds-in-forward",
            "The blocks are made when the network runs, not when it is built: each call starts anew, untrained.",
        )
    if calls == n:
        return None
    if calls == 0:
        return mistake(
            "factory-ignored",
            "The factory was not called while the stack was built. Whatever it makes is what the network must consist of.",
        )
    if calls == 1 and n != 2:
        return mistake(
            "factory-called-once",
            "One block was made and used, or copied, at every place. A block and its copy are no two instances: even their names clash.",
        )
    if calls == n - 1:
        return mistake("one-too-few", "One call too few: does the counting start at 1, or a first block get lost?")
    if calls == n + 1:
        return mistake(
            "one-too-many", "One call too many: is a block made to look at it first, or the last one counted twice?"
        )
    return mistake("wrong-count", "The number of calls is not the number asked for.")


def _unusable(case: Case, seen: Seen) -> Mistake | None:
    """What keeps the blocks of the network from being looked at."""
    failed = _not_a_network(case, seen)
    if failed or seen.error("take its blocks") is None:
        return failed
    tried = f"net = {_tried(case)}; net[0], net[1], …"
    cause = "The blocks should be there as net[0], net[1], …; `nn.Sequential` offers that."
    return _wrong_count(case, seen) or stopped(seen, "take its blocks", "cannot-be-indexed", tried, cause)


@stack.criterion("in a row", points=2, says="each block gets what the one before it gave, in the order of making")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _output_mistake(case, seen)


def _output_mistake(case: Case, seen: Seen) -> Mistake | None:
    tried = f"net = {_tried(case)}; weights written through net[0], net[1], …; net(x)"
    failed = _unusable(case, seen)
    failed = failed or stopped(
        seen,
        "set its weights and call it",
        "cannot-be-called",
        tried,
        "Do the blocks come from the factory, and does each fit the next?",
    )
    if failed:
        return failed
    got, wanted = seen.array("output"), _in_a_row(case, case["layers"])
    if same(got, wanted):
        return None
    id, cause = _explain(case, got)
    found = Mistake(id, numbers(wanted), numbers(got), cause, tried)
    return (_wrong_count(case, seen) or found) if id == "wrong-output" else found


def _explain(case: Case, got: np.ndarray) -> tuple[str, str]:
    layers, n = case["layers"], case["n"]
    if same(got, _in_a_row(case, layers[::-1])):
        return "order-reversed", "The blocks run in the opposite order."
    if n and same(got, _in_a_row(case, [layers[-1]] * n)):
        return (
            "one-instance-repeated",
            "The weights written last are everywhere: net[0], net[1], … are one and the same block.",
        )
    if n and same(got, np.sum([_in_a_row(case, [one]) for one in layers], axis=0)):
        return (
            "side-by-side",
            "Each block got x, and the outputs were added. In a row, each gets what the one before it gave.",
        )
    if n and same(got, _in_a_row(case, layers[:1])):
        return "only-the-first", "Only the first block was run."
    if n and same(got, _in_a_row(case, layers[-1:])):
        return "only-the-last", "Only the last block shows: it was given x, not what came before."
    return "wrong-output", "net(x) is not what the blocks net[0], net[1], … make of x in a row."


@stack.criterion("independent", points=3, says="writing into one block leaves the others alone")
def _(case: Case, seen: Seen) -> Mistake | None:
    tried = f"net = {_tried(case)}; {case['marker']:.3f} written into all of net[0]; the other blocks read"
    failed = _unusable(case, seen)
    if failed:
        return failed
    others = listed(seen, "others", list)
    changed = [i for i, values in enumerate(others, 1) if any(near(v, case["marker"]) for v in values)]
    if not changed and len(others) == max(case["n"] - 1, 0):
        return None
    cause = "The same parameters are behind several places: one block was used again and again, or the layers were tied by `params=`."
    return Mistake(
        "shared-parameters",
        "other numbers in net[1], net[2], …",
        f"the number turned up in net[{changed[0] if changed else '?'}]",
        cause,
        tried,
    )


@stack.criterion("trains", points=1, says="one step of training changes each block by its own gradient")
def _(case: Case, seen: Seen) -> Mistake | None:
    tried = f"net = {_tried(case)}, equal weights in all blocks, one step of gradient descent over net.collect_params()"
    failed = _unusable(case, seen)
    if failed or case["n"] == 0:
        return failed
    cause = (
        "Collecting or changing the parameters stops. Copies of one block carry its names, so their parameters clash."
    )
    failed = stopped(seen, "train it for one step", "copies-clash", tried, cause)
    if failed:
        return failed
    wanted = _trained(case)
    trained = listed(seen, "trained", list)
    if len(trained) == len(wanted) and all(map(all_same, trained, wanted)):
        return None
    cause = "A block that stands at several places gets the sum of their gradients; one that is not registered gets no step at all."
    return _output_mistake(case, seen) or Mistake(
        "trained-together",
        numbers(wanted[0][0]),
        numbers(trained[0][0] if trained and trained[0] else None),
        cause,
        tried,
    )


def _trained(case: Case) -> list[list[np.ndarray]]:
    layers = [layer for _ in range(case["n"]) for layer in case["instance"]]

    def only(parts: list[torch.Tensor]) -> torch.Tensor:
        return parts[0]

    [slopes] = torch_gradients(case["x"], [layers], only, case["weigh"])
    starts = [value for layer in layers for value in layer.values()]
    moved = [np.asarray(start - STEP_SIZE * slope) for start, slope in zip(starts, slopes, strict=True)]
    each = len(moved) // case["n"]
    return [moved[i * each : (i + 1) * each] for i in range(case["n"])]


@stack.criterion("collected", points=1, says="all parameters of all n blocks are collected")
def _(case: Case, seen: Seen) -> Mistake | None:
    wanted = sum(len(layer) for layer in case["instance"]) * case["n"]
    tried = f"net = {_tried(case)}; net.collect_params()"
    cause = "Collecting stops. Copies of one block carry its names, so their parameters clash."
    failed = _not_a_network(case, seen) or stopped(seen, "collect its parameters", "copies-clash", tried, cause)
    if failed or count(seen, "collected") == wanted:
        return failed
    if 0 < seen["collected"] < wanted:
        cause = "Fewer parameters than n blocks have: blocks or parameters are shared, or some are not registered."
        return _wrong_count(case, seen) or Mistake(
            "parameters-missing", f"{wanted} parameters", f"{seen['collected']}", cause, tried
        )
    cause = (
        "The blocks are not registered with the network."
        if not seen["collected"]
        else "There are more blocks in the network than this call made."
    )
    return Mistake(
        "blocks-left-over" if seen["collected"] else "not-registered",
        f"{wanted} parameters",
        f"{seen['collected']}",
        cause,
        tried,
    )


@stack.criterion("again", points=1, says="a second stack has nothing to do with the first")
def _(case: Case, seen: Seen) -> Mistake | None:
    tried = f"net = {_tried(case)}; other = stack(factory, 2); {case['marker']:.3f} written into all of other; net read"
    failed = _unusable(case, seen) or stopped(
        seen, "build a second stack", "works-once", tried, "The first call of `stack` works and the next one does not."
    )
    if failed:
        return failed
    if count(seen, "second_length") != 2:
        cause = "The second stack is not of the length asked for: what it holds besides was made before, and kept in a global name or a default argument."
        return Mistake("blocks-left-over", "2 blocks in the second stack", f"{seen['second_length']}", cause, tried)
    kept = listed(seen, "first_after", list)[1:]  # the first block was marked before
    if any(near(v, case["marker"]) for values in kept for v in values) and "others" in seen and not _bled(case, seen):
        return Mistake(
            "stacks-share-blocks",
            "other numbers in net",
            "the number written into the second stack",
            "Both stacks consist of the same blocks.",
            tried,
        )
    return None


def _bled(case: Case, seen: Seen) -> bool:
    return any(near(v, case["marker"]) for values in listed(seen, "others", list) for v in values)
