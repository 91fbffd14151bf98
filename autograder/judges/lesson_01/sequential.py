"""A Sequential of one's own: order, length, indexing, slicing."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Seen, one_of
from autograder.judges.evidence import Layer, count, inputs, listed, numbers, same, stopped
from autograder.judges.lesson_01.evidence import chain, dense, marks, same_numbers

my_sequential = Exercise(
    "01-my-sequential",
    "My Sequential",
    section="Writing Sequential yourself",
    minutes=25,
    difficulty="medium",
    hints=(
        "`self.register_child(block)` without a name uses the block's position as its key: the same block may then stand at two places.",
        "`list(self.children())` is a Python list; it knows about positions, negative positions, slices and IndexError already.",
        "In `__getitem__` look first at what you were given: `isinstance(index, slice)`. A slice makes a new `type(self)()` and adds the chosen blocks to it.",
    ),
)


@my_sequential.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [
        _draw(rng, [0, 1, 2, 3], [[1, 3], [None, 2], [-2, None]]),
        _draw(rng, list(range(12)), [[2, 11], [None, None, 2], [9, 3, -2]]),
        _draw(rng, [0, 1, 0, 2], [[1, 2], [3, None], [None, -1]]),
    ]


def _draw(rng: np.random.Generator, order: list[int], slices: list[list[int | None]]) -> Case:
    layers = [dense(rng, 4, 4) for _ in range(max(order) + 1)]
    return {
        "x": inputs(rng, 3, 4),
        "layers": layers,
        "order": order,
        "slices": slices,
        "other": dense(rng, 4, 4),
        "markers": [float(v) for v in rng.uniform(2, 3, 2 * len(layers))],
    }


def _chosen(case: Case) -> list[Layer]:
    return [case["layers"][i] for i in case["order"]]


def _twice(case: Case) -> bool:
    return len(set(case["order"])) < len(case["order"])


def _filled(case: Case) -> str:
    names = ", ".join(f"b{i}" for i in case["order"]) if len(case["order"]) < 6 else f"b0, …, b{len(case['order']) - 1}"
    return f"net with the blocks {names}"


def _called(case: Case) -> str:
    return f"{_filled(case)}, added one at a time; net(x)"


def _cannot_add(case: Case, seen: Seen) -> Mistake | None:
    return stopped(
        seen,
        "add blocks one at a time",
        "cannot-add",
        f"MySequential(), then add(block) for a {_filled(case)}",
        "`add` should take a block and keep it.",
    )


def _output_mistake(case: Case, seen: Seen, name: str, step: str, tried: str) -> Mistake | None:
    failed = _cannot_add(case, seen) or stopped(seen, step, "cannot-be-called", tried, "net(x) stops.")
    if failed:
        return failed
    got, wanted = seen.array(name), chain(case["x"], _chosen(case))
    if same(got, wanted):
        return None
    id, cause = _explain(case, got)
    return Mistake(id, numbers(wanted), numbers(got), cause, tried)


def _explain(case: Case, got: np.ndarray) -> tuple[str, str]:
    layers, x = _chosen(case), case["x"]
    by_name = [case["layers"][i] for i in sorted(dict.fromkeys(case["order"]), key=str)]
    guesses: list[tuple[list[Layer], str, str]] = [
        (
            [case["layers"][i] for i in dict.fromkeys(case["order"])],
            "same-block-collapsed",
            "A block that was added twice ran once: it is kept under its name, and a name can stand in a dictionary only once.",
        ),
        (layers[::-1], "order-reversed", "The blocks ran from last to first."),
        (
            by_name,
            "order-by-name",
            "The blocks ran in the order of their names, in which dense10 comes before dense2. The order of adding counts.",
        ),
        (
            layers[-1:],
            "only-the-last",
            "Only the last block ran, or each was given x itself and the last result returned.",
        ),
        (layers[:1], "only-the-first", "Only the first block ran: is the `return` inside the loop?"),
        ([], "nothing-ran", "x came back as it was: no block ran."),
        (layers[1:], "first-left-out", "The first block did not run."),
        (layers[:-1], "last-left-out", "The last block did not run."),
    ]
    for guess, id, cause in guesses:
        if same(got, chain(x, guess)):
            return id, cause
    return "wrong-output", "Each block gets what the one before it gave, in the order of adding."


@my_sequential.criterion("in order", points=2, says="the blocks run in the order of adding")
def _(case: Case, seen: Seen) -> Mistake | None:
    return None if _twice(case) else _output_mistake(case, seen, "output", "call it", _called(case))


@my_sequential.criterion(
    "several at once", points=1, says="add takes any number of blocks, and blocks may be MySequential themselves"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    if _twice(case):
        return None
    cause = "`def add(self, *blocks)` takes any number of blocks, as Gluon's Sequential does."
    tried = f"{_filled(case)}, added by one call net.add(b0, b1, …)"
    failed = stopped(seen, "add several blocks at once", "accepts-only-one", tried, cause)
    failed = failed or _output_mistake(case, seen, "together", "add several blocks at once", tried)
    if failed:
        return failed
    return _output_mistake(
        case,
        seen,
        "nested",
        "put one into another",
        f"{_filled(case)}, the first two inside a MySequential of their own; net(x)",
    )


@my_sequential.criterion(
    "length and loop", points=1, says="len(net) is the number of blocks, and a for loop goes through them"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    if _twice(case):
        return None
    n, tried = len(case["order"]), f"{_filled(case)}; len(net), and for block in net"
    failed = _cannot_add(case, seen) or stopped(
        seen, "ask for its length", "length-missing", tried, "`len(net)` calls `__len__`; is it defined?", f"{n}"
    )
    if failed:
        return failed
    if count(seen, "length") != n:
        return Mistake(
            "length-wrong",
            f"{n}",
            f"{seen['length']}",
            "What is counted here? The blocks that were added are asked for.",
            tried,
        )
    cause = "`for block in net` calls `__iter__`, or else `__getitem__` with 0, 1, … until an IndexError."
    failed = stopped(seen, "go through it", "loop-fails", tried, cause, f"{n} blocks")
    return failed or _blocks_mistake(
        case, listed(seen, "iterated", np.ndarray), list(range(n)), "loop-wrong", cause, tried
    )


def _blocks_mistake(case: Case, outputs: Any, positions: list[int], id: str, cause: str, tried: str) -> Mistake | None:
    """Whether blocks taken out are those at the positions, by what each makes of x."""
    wanted = [chain(case["x"], [_chosen(case)[i]]) for i in positions]
    for k, (got, want) in enumerate(zip(outputs, wanted)):
        if not same(got, want):
            other = next((j for j, layer in enumerate(_chosen(case)) if same(got, chain(case["x"], [layer]))), None)
            found = "something else" if other is None else f"the block at {other}"
            return Mistake(id, f"the block at {positions[k]}", found, cause, tried)
    if len(outputs) != len(wanted):
        return Mistake(id, f"{len(wanted)} blocks", f"{len(outputs)} blocks", cause, tried)
    return None


@my_sequential.criterion(
    "indexing", points=2, says="net[i] and net[-i] are the blocks, and beyond the end there is an IndexError"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    return None if _twice(case) else _index_mistake(case, seen) or _beyond_mistake(case, seen)


def _index_mistake(case: Case, seen: Seen) -> Mistake | None:
    n, tried = len(case["order"]), f"{_filled(case)}; net[0], net[1], …"
    failed = _cannot_add(case, seen) or stopped(
        seen,
        "index it",
        "indexing-fails",
        tried,
        "`net[i]` calls `__getitem__(i)`; the keys of `_children` are strings, not positions.",
    )
    return failed or _blocks_mistake(
        case,
        listed(seen, "items", np.ndarray),
        list(range(n)),
        "index-off",
        "Positions count from 0, in the order of adding.",
        tried,
    )


def _beyond_mistake(case: Case, seen: Seen) -> Mistake | None:
    n = len(case["order"])
    cause = "Negative positions count from the end, as in a list; an OrderedDict knows nothing of them, a list does."
    tried = f"{_filled(case)}; net[-1], net[-2], …"
    failed = stopped(seen, "index it from the end", "negative-index-fails", tried, cause)
    failed = failed or _blocks_mistake(
        case,
        listed(seen, "from_end", np.ndarray),
        [n - i for i in range(1, n + 1)],
        "negative-index-fails",
        cause,
        tried,
    )
    if failed:
        return failed
    error = seen.error("index it past the end")
    if error is not None and error.type == "IndexError":
        return None
    cause = "Past the end Python's sequences raise an IndexError; loops and other code rely on it."
    return Mistake(
        "no-index-error",
        "an IndexError",
        str(error) if error else f"a {seen['past_end']}",
        cause,
        f"{_filled(case)}; net[{n}]",
    )


@my_sequential.criterion("slicing", points=2, says="a slice is a MySequential of the very same blocks")
def _(case: Case, seen: Seen) -> Mistake | None:
    if _twice(case):
        return None
    shown = [f"net[{_bounds(b)}]" for b in case["slices"]]
    tried = f"{_filled(case)}; {', '.join(shown)}, each called on x"
    kinds = seen.values.get("slice_kinds")
    error = seen.error("slice it")
    container = one_of("list", "tuple", "generator", "islice", "odict_values")
    if isinstance(kinds, list) and kinds and container(kinds[0]):
        cause = "The blocks chosen came back in a Python container, which cannot be called. Put them into a new block of the same class."
        return Mistake("slice-is-a-list", "a MySequential", f"a {kinds[0]}", cause, tried)
    if error:
        return _cannot_add(case, seen) or Mistake(
            "slicing-fails",
            "a MySequential",
            str(error),
            "`net[1:3]` calls `__getitem__` with a slice object, not with a number.",
            tried,
        )
    for bounds, text, got in zip(case["slices"], shown, listed(seen, "slice_outputs", np.ndarray)):
        wanted = chain(case["x"], _chosen(case)[slice(*bounds)])
        if not same(got, wanted):
            return Mistake(
                "slice-wrong",
                numbers(wanted),
                numbers(got),
                "The slice holds other blocks than the same slice of a list would, or in another order.",
                f"{_filled(case)}; {text}(x)",
            )
    wrong = _slice_shares(case, seen)
    return wrong and (
        _index_mistake(case, seen) or _output_mistake(case, seen, "output", "call it", _called(case)) or wrong
    )


def _slice_shares(case: Case, seen: Seen) -> Mistake | None:
    start = case["slices"][0][0]
    tried = f"{_filled(case)}; other weights written through net[{_bounds(case['slices'][0])}][0]; net(x)"
    failed = stopped(
        seen,
        "write through a slice",
        "slice-copies",
        tried,
        "A slice should be a MySequential that can be indexed itself.",
    )
    if failed:
        return failed
    layers = _chosen(case)
    wanted = chain(case["x"], [*layers[:start], case["other"], *layers[start + 1 :]])
    if same(seen.array("after_slice"), wanted):
        return None
    cause = "What was written through the slice did not reach the network: the slice holds copies of the blocks."
    return Mistake("slice-copies", numbers(wanted), numbers(seen["after_slice"]), cause, tried)


def _bounds(bounds: list[int | None]) -> str:
    return ":".join("" if b is None else str(b) for b in bounds)


@my_sequential.criterion("registered", points=1, says="initialize() and collect_params() reach every block")
def _(case: Case, seen: Seen) -> Mistake | None:
    if _twice(case):
        return None
    wanted = 2 * len(case["layers"])
    tried = f"{_filled(case)}, net.initialize(), net(x), then a number written into each collected parameter"
    failed = _cannot_add(case, seen)
    if failed:
        return failed
    if count(seen, "collected") != wanted:
        cause = "The blocks are kept where `Block` does not look: in a list or a dictionary of your own. `register_child` tells it."
        return Mistake("blocks-not-registered", f"{wanted} parameters", f"{seen['collected']}", cause, tried)
    failed = stopped(
        seen,
        "initialize it and call it",
        "registered-others",
        tried,
        "The blocks registered are not those that `forward` calls.",
    )
    if failed or same_numbers(seen["read_back"], case["markers"]):
        return failed
    return Mistake(
        "registered-others",
        "each number read back from the blocks added",
        marks(seen["read_back"]),
        "Copies are registered, or in another order.",
        tried,
    )


@my_sequential.criterion("twice", points=1, says="a block added twice runs twice")
def _(case: Case, seen: Seen) -> Mistake | None:
    if not _twice(case):
        return None
    return _output_mistake(case, seen, "output", "call it", _called(case))
