"""A tied word embedding: the output layer scores words by the very table that the input layer looks them up in."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, Seen
from autograder.judges.evidence import double, inputs, listed, numbers, same, shapes, single, stopped
from autograder.judges.lesson_04.evidence import dense

embedding = Exercise(
    "04-tied-embedding",
    "A tied word embedding",
    section="Words: one table at both ends",
    source="S1, section 4.2.3",
    minutes=20,
    difficulty="medium",
    hints=(
        "`nn.Embedding(words, size)` keeps its table in a parameter named `…weight` of shape (words, size). What is the shape of the weight of `nn.Dense(words, in_units=size)`?",
        "`params=` works between layers of different kinds: what counts is that name and shape of the parameter agree.",
        "A dense layer makes one row out of everything behind the first axis unless told `flatten=False`. Sequences of words need it, in both dense layers.",
    ),
)


@embedding.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, 7, 4), _case(rng, 5, 6)]


def _case(rng: np.random.Generator, words: int, size: int) -> Case:
    """Values under which each slip gives other scores than the rest (relu, for one, needs a negative number)."""
    while True:
        case = _values(rng, words, size)
        looks = [_scores(case, slip=slip) for slip in ("", *SLIPS)]
        if all(np.abs(one - other).max() > 0.05 for one, other in combinations(looks, 2)):
            return case


def _values(rng: np.random.Generator, words: int, size: int) -> Case:
    """Word numbers with one repeated and some words missing, so that rows of the table are used twice, once, never."""
    row, hidden = dense(rng, size, words), dense(rng, size, size)
    order = rng.permutation(words)
    return {
        "words": words,
        "size": size,
        "ids": order[[0, 1, 0, 2]],
        "sequences": order[[2, 0, 1, 1, 0, 3]].reshape(2, 3),
        "weigh": inputs(rng, 4, words),
        "table": row["weight"],
        "hidden": hidden["weight"],
        "hidden_bias": hidden["bias"],
        "bias": single(np.abs(row["bias"]) + 0.2),
        "other": single(row["weight"] + rng.uniform(0.3, 0.6, (words, size))),
    }


# -- the oracle -------------------------------------------------------------------------------------------------------


def _computed(case: Case, ids: str, there: torch.Tensor, back: torch.Tensor, slip: str) -> torch.Tensor:
    """Scores by torch, with a table at each end; or what a slip makes of them."""
    h = there[torch.tensor(case[ids])]
    if slip != "no-hidden-layer":
        h = h @ double(case["hidden"]).T + double(case["hidden_bias"])
        h = h if slip == "hidden-without-tanh" else torch.relu(h) if slip == "other-activation" else torch.tanh(h)
    scores = h @ back.T + (0 if slip == "no-output-bias" else double(case["bias"]))
    return torch.softmax(scores, -1) if slip == "softmax-applied" else scores


SLIPS = {
    "softmax-applied": "These are probabilities. Scores are asked for; the loss applies softmax itself.",
    "hidden-without-tanh": "The hidden layer has lost its tanh.",
    "other-activation": "The hidden layer's activation is relu; it should be tanh.",
    "no-output-bias": "The output layer's bias is missing: some words are more frequent than others, whatever stands before them.",
    "no-hidden-layer": "The hidden layer is missing: the embedded word goes straight into the output layer.",
}


def _scores(case: Case, ids: str = "ids", there: str = "table", back: str = "table", slip: str = "") -> np.ndarray:
    return _computed(case, ids, double(case[there]), double(case[back]), slip).numpy()


def _slope(case: Case, uses: str = "both", slip: str = "") -> np.ndarray:
    """The table's gradient by torch; with one of its uses left out."""
    table = double(case["table"]).requires_grad_()
    there = table if uses != "output" else table.detach()
    back = table if uses != "input" else table.detach()
    (_computed(case, "ids", there, back, slip) * double(case["weigh"])).sum().backward()
    assert table.grad is not None
    return table.grad.numpy()


def _slip(case: Case, seen: Seen) -> str:
    """What else is wrong with the scores: it costs its own points, and the other criteria allow for it."""
    got = seen.values.get("scores")
    return next((slip for slip in SLIPS if same(got, _scores(case, slip=slip))), "")


# -- judging ----------------------------------------------------------------------------------------------------------


def _net(case: Case) -> str:
    return f"net = TiedWords({case['words']}, {case['size']})"


def _unusable(case: Case, seen: Seen) -> Mistake | None:
    tried, error = _net(case), seen.error("build the network") or seen.error("initialize it and call it")
    if error is None:
        return None
    if error.type == "ShapeError":
        cause = "What is tied must have the same shape: the table has a row for each word, and so has the output layer's weight."
        return Mistake("shapes-do-not-fit", "shapes that fit", error.message, cause, tried, error.line)
    if error.type == "NameClashError":
        cause = "Two parameters have the same name, and are two: `prefix=` gives a name, `params=` a parameter."
        return Mistake("same-name-is-no-tie", "one shared table", str(error), cause, tried, error.line)
    cause = "The network cannot be built, initialized and called on word numbers."
    return Mistake("cannot-be-called", "scores", str(error), cause, f"{tried}; net.initialize(); net(ids)", error.line)


@embedding.criterion("scores", points=2, says="each word number gives a score for every word")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _wrong_scores(case, seen)


def _wrong_scores(case: Case, seen: Seen) -> Mistake | None:
    tried = f"{_net(case)}; values set; net(ids) for {len(case['ids'])} word numbers"
    failed = _unusable(case, seen) or stopped(seen, "call it", "cannot-be-called", tried, "The call stops.", "scores")
    if failed or same(seen.array("scores"), _scores(case)):
        return failed
    got, wanted = seen["scores"], numbers(_scores(case))
    if slip := _slip(case, seen):
        return Mistake(slip, wanted, numbers(got), SLIPS[slip], tried)
    old = seen.values.get("first_table")
    stale = isinstance(old, np.ndarray) and old.shape == case["table"].shape and old.dtype.kind == "f"
    if stale and same(got, _scores({**case, "first": old}, back="first")):
        return _copied_once("output", wanted, numbers(got), tried)
    cause = "The scores are tanh(E[ids] Aᵀ + a) Eᵀ + c, with the table E at both ends."
    return Mistake("wrong-scores", wanted, numbers(got), cause, tried)


@embedding.criterion("sequences", points=2, says="word numbers may have any shape")
def _(case: Case, seen: Seen) -> Mistake | None:
    if failed := _unusable(case, seen):
        return failed
    shape = case["sequences"].shape
    tried = f"{_net(case)}; values set; net(ids) for word numbers of shape {shape}"
    error, wanted = seen.error("call it on sequences"), _scores(case, "sequences", slip=_slip(case, seen))
    cause = "A dense layer takes everything behind the first axis for one row. With `flatten=False` it works on the last axis alone."
    expected = f"scores of shape {wanted.shape}"
    if error:
        return Mistake("flattened", expected, str(error), cause, tried, "`flatten` of both dense layers")
    got = seen.array("sequence_scores")
    if same(got, wanted):
        return None
    if got.shape != wanted.shape:
        return Mistake("flattened", expected, f"scores of shape {got.shape}", cause, tried, "the axes of the result")
    return _wrong_scores(case, seen) or Mistake(
        "wrong-scores", numbers(wanted), numbers(got), "Each word number is treated like any other.", tried
    )


@embedding.criterion("tied", points=3, says="there is one table, and both ends follow it")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _not_tied(case, seen)


def _not_tied(case: Case, seen: Seen) -> Mistake | None:
    if failed := _unusable(case, seen):
        return failed
    tried = f"{_net(case)}; another table written into the parameter of shape {case['table'].shape}; net(ids)"
    outputs, slip = listed(seen, "after_each"), _slip(case, seen)
    both = _scores(case, there="other", back="other", slip=slip)
    if len(outputs) == 1 and same(outputs[0], both):
        return None
    expected = numbers(both)
    if len(outputs) > 1:
        observed = f"{len(outputs)} parameters of shape {case['table'].shape}"
        if any(same(one, both) for one in outputs):
            cause = "One table serves both ends, and yet a second one is collected: `layer.weight = …` changes the attribute, while `layer.params` keeps what the layer was born with."
            return Mistake("orphan-collected", "one table", observed, cause, tried, "assignments to `.weight`")
        cause = "Input and output have a table each. Equal first values are not enough: the first step of training tells them apart."
        return Mistake("own-output-table", "one table", observed, cause, tried, "`params=` of the output layer")
    if not outputs:
        cause = "No parameter has a row for each word: is the embedding assigned to an attribute?"
        return Mistake("no-table", "a table", "none", cause, tried)
    for end, tables in (("output", {"there": "other"}), ("input", {"back": "other"})):
        if same(outputs[0], _scores(case, **tables, slip=slip)):
            return _copied_once(end, expected, numbers(outputs[0]), tried)
    return _wrong_scores(case, seen) or Mistake(
        "does-not-follow", expected, numbers(outputs[0]), "The scores do not follow the table.", tried
    )


def _copied_once(end: str, expected: str, observed: str, tried: str) -> Mistake:
    cause = f"The {end} still uses an old table: its values were copied once and do not follow."
    return Mistake("copied-once", expected, observed, cause, tried, f"where the {end} takes its table from")


@embedding.criterion("gradient", points=2, says="the table learns from both its uses")
def _(case: Case, seen: Seen) -> Mistake | None:
    tried = f"{_net(case)}; (net(ids) * w).sum().backward(); the gradient of the table"
    failed = _unusable(case, seen) or stopped(
        seen, "send a gradient back", "no-gradient", tried, "No gradient comes back from the scores.", "a gradient"
    )
    if failed:
        return failed
    slip = _slip(case, seen)
    wanted, got = _slope(case, slip=slip), seen.array("gradient")
    if same(got, wanted):
        return None
    uses = {"input": "only the rows of the words looked up have one", "output": "every row has one, from the scores"}
    for use, how in uses.items():
        if same(got, _slope(case, use, slip)):
            cause = f"The gradient comes from the {use} alone ({how}). At the other end another table is used, or values that have left the record."
            return Mistake("one-use-contributes", numbers(wanted), numbers(got), cause, tried)
    cause = "The gradient is the sum of what both ends contribute."
    return _wrong_scores(case, seen) or Mistake("wrong-gradient", numbers(wanted), numbers(got), cause, tried)


@embedding.criterion("parameters", points=1, says="there are four parameters, each collected once")
def _(case: Case, seen: Seen) -> Mistake | None:
    if failed := _unusable(case, seen):
        return failed
    words, size = case["words"], case["size"]
    wanted = sorted([(words, size), (size, size), (size,), (words,)], key=str)
    found = sorted(shapes(seen, "shapes"), key=str)
    if found == wanted:
        return None
    if found.count((words, size)) > 1:
        return _not_tied(case, seen)
    tried = f"{_net(case)}; net.collect_params()"
    observed = ", ".join(map(str, found)) or "none"
    cause = "The table, the hidden layer's weight and bias, and the output's bias are what training should find."
    return Mistake("other-parameters", ", ".join(map(str, wanted)), observed, cause, tried)
