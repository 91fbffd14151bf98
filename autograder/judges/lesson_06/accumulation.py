"""A training loop over groups of batches: which gradients took part in which step, told by where the parameters end."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from autograder.exercise import Case, Error, Exercise, Mistake, Seen, describe
from autograder.judges.evidence import inputs, no_evidence, single
from autograder.judges.lesson_06.evidence import Meaning, double, numbers, same, stopped

accumulation = Exercise(
    "06-accumulation",
    "Repair the training loop",
    section="Gradients add up",
    source="S3, part 3 (5)",
    minutes=20,
    difficulty="medium",
    hints=(
        "Which line takes care that the next group starts from nothing? It belongs after the step, for every parameter, and once before the first batch.",
        "Adding up over a group is no work at all: do not zero within it. Only the step has to wait until the group is complete.",
        "`for i, batch in enumerate(batches, 1)`: a group is complete when `i % every == 0`, and the last one also when `i == len(batches)`.",
        "A parameter that took part in no loss of the group has the gradient `None`. There is nothing to subtract then.",
    ),
)

# stratum: (batches, every). What else is special about one is in its name.
STRATA = {"each batch": (5, 1), "groups": (6, 2), "a rest": (5, 3), "gradients from before": (3, 1), "unused": (4, 1)}


@accumulation.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [_training(kind, rng, *sizes) for kind, sizes in STRATA.items()]


def _training(kind: str, rng: np.random.Generator, batches: int, every: int) -> Case:
    """A linear model w, b, with an offset c that some batches of the stratum `unused` leave out."""
    parameters = [inputs(rng, 3, 2), inputs(rng, 2)]
    if kind == "unused":
        parameters.append(inputs(rng, 2))
    data = [
        {
            "x": inputs(rng, 2, 3),
            "y": single(rng.uniform(3, 5, (2, 2)) * rng.choice([-1, 1], (2, 2))),
            "offset": kind == "unused" and t % 2 == 0,
        }
        for t in range(batches)
    ]
    before = [inputs(rng, *p.shape) * 5 for p in parameters] if kind == "gradients from before" else []
    rate = float(rng.uniform(0.015, 0.02))
    return {"kind": kind, "every": every, "rate": rate, "parameters": parameters, "before": before, "batches": data}


def _tried(case: Case) -> str:
    how = {
        "gradients from before": "; each parameter already has a `grad`, from an earlier backward",
        "unused": "; the third parameter takes part in every other batch only",
    }
    count = f"{len(case['parameters'])} parameters, {len(case['batches'])} batches"
    return f"train(parameters, loss_of, batches, rate={case['rate']:.4g}, every={case['every']}) with {count}{how.get(case['kind'], '')}"


# -- which gradients take part ----------------------------------------------------------------------------------
# A table has a row for each batch, after which there may be a step, and a column for each gradient: first the one
# from before, then that of each batch. An entry says how often the gradient counts in the step.


def _groups(case: Case) -> list[tuple[int, int]]:
    n, every = len(case["batches"]), case["every"]
    return [(start, min(start + every, n)) for start in range(0, n, every)]


def _table(case: Case, groups: list[tuple[int, int]]) -> np.ndarray:
    """A step after each group, with the group's gradients."""
    n = len(case["batches"])
    table = np.zeros((n, n + 1))
    for start, end in groups:
        table[end - 1, start + 1 : end + 1] = 1
    return table


def _slips(case: Case) -> list[tuple[list[np.ndarray], str, str]]:
    """What well-known slips would let take part: a table for each parameter, id, and cause."""
    groups, n, every = _groups(case), len(case["batches"]), case["every"]
    right = _table(case, groups)
    ends = [end for _, end in groups]
    kept, stale, last, lost = np.zeros_like(right), right.copy(), np.zeros_like(right), right.copy()
    for end in ends:
        kept[end - 1, : end + 1], last[end - 1, end] = 1, 1
    stale[:, 0] = right[:, 1]
    if n % every:
        lost[-1] = 0
    ends_early = [*range(1, n + 1, every), n]
    early = _table(case, list(zip([0, *ends_early], ends_early)))
    alone = kept.copy()
    alone[:, 0] = 0
    count = len(case["parameters"])
    some = [
        [right if i == zeroed else rest for i in range(count)] for rest in (kept, alone) for zeroed in (0, count - 1)
    ]
    never = "Each step also used the gradients of earlier steps: `backward` adds to `grad`, and nothing took them away."
    tables = [
        (
            stale,
            "old-gradients-used",
            "What stood in `grad` before the first batch was used in a step. Zero once before the loop.",
        ),
        (kept, "never-zeroed", never),
        (alone, "never-zeroed", never),
        (
            _table(case, [(t, t + 1) for t in range(n)]),
            "every-ignored",
            f"There was a step after each batch; every={every} asks for one after each {every}.",
        ),
        (
            last,
            "zeroed-within-the-group",
            "Only the last batch of each group took part: the gradients were zeroed before each batch.",
        ),
        (lost, "rest-lost", "The last batches, fewer than `every`, never took part in a step."),
        (
            right / np.maximum(right.sum(axis=1, keepdims=True), 1),
            "mean-for-sum",
            "The steps used the mean of a group's gradients; their sum is asked for.",
        ),
        (right / every, "mean-for-sum", "The gradients were divided by `every`; their sum is asked for."),
        (
            early,
            "one-batch-early",
            "The steps come one batch too early: counted from 0, the first batch already satisfies `i % every == 0`.",
        ),
        (-right, "uphill", "The step goes uphill: subtract the gradient."),
    ]
    same_for_all = [([table] * count, id, cause) for table, id, cause in tables]
    not_all = "Only some parameters had their gradient zeroed; it belongs inside the loop over all of them."
    return [*same_for_all, *((tables, "not-all-zeroed", not_all) for tables in some)]


def _trained(case: Case, tables: list[np.ndarray]) -> list[np.ndarray]:
    """Where the parameters end if these gradients take part; torch computes each."""
    values = [double(p, leaf=True) for p in case["parameters"]]
    gradients = [[double(g) for g in case["before"]] or [torch.zeros_like(v) for v in values]]
    for t, batch in enumerate(case["batches"]):
        found = torch.autograd.grad(_loss(values, batch), values, allow_unused=True)
        gradients.append([torch.zeros_like(v) if g is None else g for v, g in zip(values, found)])
        moved = [v.detach().clone() for v in values]
        for i, table in enumerate(tables):
            for share, g in zip(table[t], gradients):
                moved[i] -= case["rate"] * share * g[i]
        values = [v.requires_grad_() for v in moved]
    return [v.detach().numpy() for v in values]


def _loss(values: list[torch.Tensor], batch: dict[str, Any]) -> torch.Tensor:
    offset = values[2] if batch["offset"] else 0
    return ((double(batch["x"]) @ values[0] + values[1] + offset - double(batch["y"])) ** 2).sum()


# -- judging ----------------------------------------------------------------------------------------------------


def _meaning(case: Case, seen: Seen) -> Meaning:
    def meaning(error: Error) -> tuple[str, str] | None:
        if error.type in ("TypeError", "AttributeError") and "NoneType" in error.message:
            evaluated = seen.values.get("evaluated")
            if case["kind"] == "unused" and isinstance(evaluated, list) and len(evaluated) > 1:
                return (
                    "unused-parameter",
                    "A parameter that took part in no loss has the gradient `None`; leave it as it is.",
                )
            return (
                "zeroed-too-soon",
                "There is no gradient when the step needs it: it was zeroed between `backward` and the step.",
            )
        if error.type == "FreedGraphError":
            return (
                "graph-used-twice",
                "`backward` was called twice through the same graph, which the first call had freed. Call it on the loss of each batch; what adds up are the gradients.",
            )
        if error.type == "GraphError":
            return (
                "parameters-replaced",
                "After a step the parameters are no leaves any more that want a gradient: `p = p - …` makes another tensor. Write into the one there is: `p -= …`.",
            )
        return None

    return meaning


def _finals(case: Case, seen: Seen) -> list[np.ndarray]:
    stopped(seen, "train", _tried(case), _meaning(case, seen), "training to its end")
    finals = seen["finals"]
    if (
        isinstance(finals, list)
        and len(finals) == len(case["parameters"])
        and all(isinstance(f, np.ndarray) for f in finals)
    ):
        return finals
    raise no_evidence("the parameters", finals)


def _all_same(got: list[np.ndarray], wanted: list[np.ndarray]) -> bool:
    return all(map(same, got, wanted))


def _training_mistake(case: Case, seen: Seen) -> Mistake | None:
    finals = _finals(case, seen)
    right = _trained(case, [_table(case, _groups(case))] * len(case["parameters"]))
    if _all_same(finals, right):
        return None
    expected, observed = (f"w ends at {numbers(values[0])}" for values in (right, finals))
    if not any(same(got, wanted) for got, wanted in zip(finals, right)) and _all_same(finals, case["parameters"]):
        cause = "The caller's parameters are as before. `p = p - …` gives the name `p` to a new tensor; `p -= …` writes into the old one."
        return Mistake("nothing-moved", expected, f"{observed}, where it began", cause, _tried(case))
    for tables, id, cause in _slips(case):
        if _all_same(finals, _trained(case, tables)):
            return Mistake(id, expected, observed, cause, _tried(case))
    cause = "The steps are other ones than `p -= rate * (sum of the group's gradients)`. After which batches is there a step, and what has `grad` gathered by then?"
    return Mistake("other-steps", expected, observed, cause, _tried(case))


def _only(kind: str) -> Any:
    return lambda case, seen: _training_mistake(case, seen) if case["kind"] == kind else None


accumulation.criterion("each batch", points=3, says="with every=1 each step uses the gradient of its own batch alone")(
    _only("each batch")
)
accumulation.criterion("groups", points=2, says="with every=2 a step uses the sum of two batches' gradients")(
    _only("groups")
)
accumulation.criterion("the rest", points=1, says="batches left over at the end make a step of their own")(
    _only("a rest")
)
accumulation.criterion("from before", points=1, says="gradients from before the training take no part in it")(
    _only("gradients from before")
)
accumulation.criterion("unused", points=1, says="a parameter that a batch does not use stays as it is")(_only("unused"))


@accumulation.criterion("losses", points=2, says="the loss of each batch comes back as a Python float")
def _(case: Case, seen: Seen) -> Mistake | None:
    _finals(case, seen)
    got, evaluated, n = seen["returned"], seen["evaluated"], len(case["batches"])
    expected = f"a list of {n} floats"
    if not isinstance(evaluated, list) or len(evaluated) != n:
        cause = "`loss_of` is to be called once for each batch, in their order."
        return Mistake("other-calls", f"{n} calls of loss_of", describe(evaluated), cause, _tried(case))
    if not isinstance(got, list):
        cause = "The losses are to be returned, in a list. Is a `return` missing?"
        return Mistake("no-losses", expected, describe(got), cause, _tried(case))
    if any(isinstance(one, np.ndarray) for one in got):
        cause = "A loss that is kept as a tensor keeps everything that was recorded for it. `loss.item()` is the number alone."
        return Mistake("losses-are-tensors", expected, f"a list of {len(got)} with tensors in it", cause, _tried(case))
    if len(got) != n:
        cause = "One loss belongs to each batch, not to each step."
        return Mistake("losses-missing", expected, f"a list of {len(got)}", cause, _tried(case))
    if not all(type(one) is float for one in [*got, *evaluated]) or not np.allclose(got, evaluated, rtol=1e-5):
        cause = "These are not the losses that `loss_of` gave."
        return Mistake("other-losses", describe(evaluated), describe(got), cause, _tried(case))
    first = _loss([double(p) for p in case["parameters"]], case["batches"][0]).item()
    if not np.isclose(evaluated[0], first, rtol=1e-3):
        cause = "The first loss should be that of the first batch, with the parameters as they were given."
        return Mistake("other-losses", f"{first:.5g} first", f"{evaluated[0]:.5g}", cause, _tried(case))
    return None
