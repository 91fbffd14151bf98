"""A data loader: mini-batches in which every example comes once a pass, shuffled anew each time."""

from __future__ import annotations

import math

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.evidence import count, inputs, single, stopped

loader = Exercise(
    "08-data-loader",
    "A data loader",
    section="Data in mini-batches",
    source="S3, part 8",
    minutes=20,
    difficulty="medium",
    hints=(
        "Think of a list of numbers 0 … n-1, shuffled or not, that is cut into pieces. `dataset[piece]` gives a batch.",
        "A slice may end beyond the end: `order[20:25]` of 23 numbers has three. So the last batch needs no case of its own.",
        "`__iter__` with `yield` in it makes a new pass each time it is called. Where is the right place for the shuffling, then?",
    ),
)


@loader.cases
def _(rng: np.random.Generator) -> list[Case]:
    strata = ((23, 5, False), (24, 6, False), (9, 8, False), (29, 4, True), (24, 6, True))
    return [_draw(rng, *stratum) for stratum in strata]


def _draw(rng: np.random.Generator, n: int, size: int, shuffle: bool) -> Case:
    x = single(inputs(rng, n, 3) + 10 * rng.permutation(n)[:, None])  # rows far apart, in no order
    return {"x": x, "y": rng.permutation(1000)[:n].astype(np.int64), "size": size, "shuffle": shuffle}


Batches = list[list[np.ndarray]]


def _call(case: Case) -> str:
    return f"MyLoader(dataset of {len(case['y'])}, {case['size']}, shuffle={case['shuffle']})"


def _wanted(case: Case) -> list[int]:
    full, rest = divmod(len(case["y"]), case["size"])
    return [case["size"]] * full + [rest] * (rest > 0)


def _pass(case: Case, seen: Seen, name: str = "first") -> Batches:
    """The batches of one pass, each of rows and as many labels."""
    steps = {"first": "go through it", "second": "go through it again"}
    failed = stopped(seen, "make the loader", "cannot-be-made", _call(case), "Making it stops with an error.")
    failed = failed or stopped(
        seen,
        steps.get(name, "go through it twice at once"),
        "cannot-be-passed",
        f"for x, y in {_call(case)}",
        "A pass stops with an error. `__iter__` gives an iterator: with `yield` in it, it does.",
        "batches",
    )
    if failed:
        raise NoEvidence(failed)
    found = seen[name]
    if isinstance(found, list) and all(_is_batch(batch, case["x"].shape[1:]) for batch in found):
        return found
    cause = "Each batch is rows and labels side by side, as `dataset[numbers]` gives them."
    shown = describe(found[0]) if isinstance(found, list) and found else describe(found)
    raise NoEvidence(
        Mistake("not-a-batch", f"(rows of shape (n, {case['x'].shape[1]}), n labels)", shown, cause, _call(case))
    )


def _is_batch(batch: object, row: tuple[int, ...]) -> bool:
    if not isinstance(batch, list) or len(batch) != 2 or not all(isinstance(a, np.ndarray) for a in batch):
        return False
    return all(a.dtype.kind in "fiu" and a.ndim for a in batch) and batch[0].shape[1:] == row and batch[1].ndim == 1


def _numbers(case: Case, batch: list[np.ndarray]) -> list[int]:
    """Which example each row is; -1 for one that is none."""
    far = np.abs(batch[0][:, None, :] - case["x"][None]).max(axis=2, initial=0)
    return [int(d.argmin()) if d.min() < 1e-3 else -1 for d in far]


def _order(case: Case, batches: Batches) -> list[int]:
    return [i for batch in batches for i in _numbers(case, batch)]


# -- criteria --------------------------------------------------------------------------------------------------------


@loader.criterion("sizes", points=2, says="batches of the size asked for, and the rest in a last short one")
def _(case: Case, seen: Seen) -> Mistake | None:
    sizes, wanted, size = [len(b[0]) for b in _pass(case, seen)], _wanted(case), case["size"]
    if sizes == wanted:
        return None
    id, cause = "wrong-sizes", "The batches are not of the size asked for."
    if wanted[-1] < size and sizes == wanted[:-1]:
        id, cause = "last-batch-dropped", "The rest is left out. `n // size` counts the full batches only."
    elif sizes == [*wanted, 0]:
        id, cause = (
            "empty-batch",
            "There is an empty batch at the end: `n // size + 1` is one too many where size divides n.",
        )
    elif wanted[-1] < size and sizes == [*wanted[:-1], size]:
        id, cause = (
            "last-batch-filled",
            "The last batch is filled up with examples that have been there. It should be short.",
        )
    elif sizes and set(sizes) == {1}:
        id, cause = "one-by-one", "Single examples come out; `dataset[numbers]`, with several numbers, gives a batch."
    elif sizes == wanted[::-1]:
        id, cause = "short-batch-first", "The short batch comes first; it is the last one."
    return Mistake(id, f"batches of {wanted}", f"{sizes}", cause, f"for x, y in {_call(case)}")


@loader.criterion("once each", points=2, says="every example comes exactly once a pass")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _once_mistake(case, _order(case, _pass(case, seen)))


def _once_mistake(case: Case, order: list[int]) -> Mistake | None:
    n, tried = len(case["y"]), f"for x, y in {_call(case)}"
    if sorted(order) == list(range(n)):
        return None
    if -1 in order:
        cause = "Rows come out that are not rows of the data."
        return Mistake("rows-damaged", "rows of the data set", f"{order.count(-1)} others", cause, tried)
    missing, repeated = n - len(set(order)), len(order) - len(set(order))
    observed = f"{missing} never, {repeated} again"
    if missing and repeated:
        cause = "Examples are drawn with replacement: a number that was drawn can be drawn again. A permutation has each once."
        return Mistake("with-replacement", f"each of {n} once", observed, cause, tried)
    if repeated:
        cause = "Examples come again, at the seams of the batches or at the end. Where does a piece begin, and where does it end?"
        return Mistake("examples-repeated", f"each of {n} once", observed, cause, tried)
    cause = "Examples are left out: the rest, or one at each seam. Where does a piece begin, and where does it end?"
    return Mistake("examples-missing", f"each of {n} once", observed, cause, tried)


@loader.criterion("in order", points=1, says="without shuffling, the examples come in their order")
def _(case: Case, seen: Seen) -> Mistake | None:
    order = _order(case, _pass(case, seen))
    if case["shuffle"] or order == sorted(order):
        return None if order else _once_mistake(case, order)
    cause = "The order changed though `shuffle=False`. Validation data are compared with predictions by position."
    return Mistake("shuffled-unasked", "0, 1, 2, …", _words(order), cause, f"for x, y in {_call(case)}")


@loader.criterion("shuffled", points=2, says="with shuffling, each pass has an order of its own, across batches")
def _(case: Case, seen: Seen) -> Mistake | None:
    if not case["shuffle"]:
        return None
    first, second = _pass(case, seen), _pass(case, seen, "second")
    order, tried = _order(case, first), f"two passes of {_call(case)}"
    if len(order) < 2:
        return _once_mistake(case, order)
    used_up = _second_mistake(case, seen)
    if used_up:
        return used_up
    groups = [_numbers(case, batch) for batch in first]
    if order == sorted(order):
        return Mistake("not-shuffled", "another order", _words(order), "`shuffle` does not take part.", tried)
    if order == _order(case, second):
        cause = "The second pass repeats the first. The order was drawn once, or with the same seed each time; draw it in `__iter__`."
        return Mistake("same-each-pass", "another order in the second pass", f"{_words(order)} again", cause, tried)
    if all(g == list(range(min(g), min(g) + len(g))) for g in groups if g):
        cause = "The batches change places, and each holds neighbours still. Shuffle the examples, then cut."
        return Mistake("batches-shuffled", "examples mixed across batches", _words(order), cause, tried)
    if [i for g in groups for i in sorted(g)] == sorted(order):
        cause = "Only within each batch is the order changed. Shuffle the examples, then cut."
        return Mistake("shuffled-within-batches", "examples mixed across batches", _words(order), cause, tried)
    return None


@loader.criterion("side by side", points=1, says="each row keeps its label")
def _(case: Case, seen: Seen) -> Mistake | None:
    batches = _pass(case, seen)
    pairs = [(i, int(label)) for b in batches for i, label in zip(_numbers(case, b), b[1])]
    torn = [(i, label) for i, label in pairs if i < 0 or case["y"][i] != label]
    lengths = [(len(x), len(y)) for x, y in batches]
    if pairs and not torn and all(a == b for a, b in lengths):
        return None
    if not pairs:
        return _once_mistake(case, [])
    cause = "Rows and labels were shuffled each by themselves. One order for both: `dataset[numbers]` takes it from both arrays."
    observed = f"{len(torn)} of {len(pairs)} rows with another label"
    return Mistake("labels-torn-off", "each row with its label", observed, cause, f"for x, y in {_call(case)}")


@loader.criterion("length", points=1, says="len(loader) is the number of batches")
def _(case: Case, seen: Seen) -> Mistake | None:
    wanted, tried = math.ceil(len(case["y"]) / case["size"]), f"len({_call(case)})"
    cause = "`len(loader)` calls `__len__`, which should return a whole number."
    failed = stopped(seen, "make the loader", "cannot-be-made", _call(case), "Making it stops with an error.")
    failed = failed or stopped(seen, "ask for its length", "no-length", tried, cause, f"{wanted}")
    if failed:
        return failed
    found = count(seen, "length")
    if found == wanted:
        return None
    if found == len(case["y"]):
        cause = "This is the number of examples; the length of a loader is its number of batches."
        return Mistake("counts-examples", f"{wanted}", f"{found}", cause, tried)
    cause = "The last batch may be short, and counts. Where the size divides n, there is no further one."
    return Mistake("wrong-length", f"{wanted}", f"{found}", cause, tried)


@loader.criterion(
    "passes apart", points=1, says="a second pass is whole, also beside another; the data stay as they were"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    first = _pass(case, seen)
    if not first:
        return _once_mistake(case, [])
    changed = _data_mistake(case, seen)
    if changed:
        return changed
    used_up = _second_mistake(case, seen)
    if used_up:
        return used_up
    whole, tried = len(_order(case, first)), f"loader = {_call(case)}"
    found = [len(_order(case, _pass(case, seen, side))) for side in ("left", "right")]
    if found == [whole, whole]:
        return None
    cause = "Two passes at once get in each other's way: the position lies in the loader. Let each pass keep its own, as a generator does."
    return Mistake(
        "passes-share-a-place", f"{whole} examples in each", f"{found}", cause, f"{tried}; zip(loader, loader)"
    )


def _second_mistake(case: Case, seen: Seen) -> Mistake | None:
    whole, again = (len(_order(case, _pass(case, seen, name))) for name in ("first", "second"))
    if again == whole:
        return None
    cause = "The first pass used it up: an iterator was made once, or a position is not set back. Each `for` calls `__iter__` anew."
    tried = f"loader = {_call(case)}; two passes, one after the other"
    return Mistake("works-once", f"{whole} examples again", f"{again}", cause, tried)


def _data_mistake(case: Case, seen: Seen) -> Mistake | None:
    arrays = seen["dataset"]
    wanted = [case["x"], case["y"]]
    if (
        isinstance(arrays, list)
        and len(arrays) == 2
        and all(isinstance(a, np.ndarray) and a.shape == w.shape and np.allclose(a, w) for a, w in zip(arrays, wanted))
    ):
        return None
    cause = "The data set's own arrays were put in another order. Others use them, too; shuffle numbers, not data."
    return Mistake("data-changed", "the data as they were", "other arrays", cause, f"two passes of {_call(case)}")


def _words(order: list[int]) -> str:
    return ", ".join(map(str, order[:6])) + ", …"
