"""S0, exercise 4: the parallel block."""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case, Exercise, Judge, Mistake, Seen
from autograder.judges.evidence import inputs, numbers, same, single, stopped
from autograder.judges.lesson_01.branches import collected_mistake, gradients_mistake, merged, output_mistake
from autograder.judges.lesson_01.evidence import dense, scale

parallel_block = Exercise(
    "01-parallel-block",
    "A parallel block",
    section="Blocks side by side",
    source="S0, exercise 4",
    minutes=15,
    hints=(
        "`__init__` keeps what it is given: two blocks, each as an attribute, so that both are registered, and the axis.",
        "Both blocks see the same x. `nd.concat(a, b, dim=axis)` makes an existing axis longer.",
        "Nothing in the block should know a batch size, a number of units or how many axes there are.",
    ),
)


def _case(rng: np.random.Generator, x: np.ndarray, again: np.ndarray, branches: list, axis: int | None = None) -> Case:
    case: Case = {"x": x, "again": again, "branches": branches, "axis": axis, "nested": len(branches) == 3}
    case["weigh"] = inputs(rng, *merged(case).shape)
    case["markers"] = [float(v) for v in rng.uniform(2, 3, sum(len(layer) for b in branches for layer in b))]
    case["other"] = [{k: single(v + 0.5) for k, v in layer.items()} for layer in branches[-1]]
    return case


@parallel_block.cases
def _(rng: np.random.Generator) -> list[Case]:
    def flat(*sizes: int) -> list:
        return [dense(rng, a, b) for a, b in zip(sizes, sizes[1:])]

    return [
        _case(rng, inputs(rng, 4, 3), inputs(rng, 7, 3), [flat(3, 3), flat(3, 3)]),
        _case(rng, inputs(rng, 5, 3), inputs(rng, 2, 3), [flat(3, 3), flat(3, 4)]),
        _case(rng, inputs(rng, 4, 3), inputs(rng, 1, 3), [flat(3, 3), flat(3, 3)], axis=0),
        _case(rng, inputs(rng, 2, 3, 5), inputs(rng, 4, 3, 5), [[scale(rng)], [scale(rng)]], axis=2),
        _case(rng, inputs(rng, 2, 4, 3), inputs(rng, 3, 4, 3), [[scale(rng)], [scale(rng), scale(rng)]], axis=-1),
        _case(rng, inputs(rng, 3, 4), inputs(rng, 6, 4), [flat(4, 4), flat(4, 5, 2), flat(4, 3)]),
    ]


def _default_axis(judge: Judge) -> Judge:
    """Judge only the cases in which no axis is chosen: a mistake about axes should cost the axis, and nothing else."""
    return lambda case, seen: judge(case, seen) if case["axis"] is None else None


def _call(case: Case) -> str:
    axis = "" if case["axis"] is None else f", axis={case['axis']}"
    second = f"ParallelBlock(net2, net3{axis})" if case["nested"] else "net2"
    return f"ParallelBlock(net1, {second}{axis})"


@parallel_block.criterion("joined", points=2, says="both outputs are joined, net1's first, along axis 1 by default")
def _(case: Case, seen: Seen) -> Mistake | None:
    return None if case["axis"] is not None or case["nested"] else output_mistake(case, seen, _call(case))


@parallel_block.criterion("axis", points=2, says="the axis is the caller's choice, for any number of axes")
def _(case: Case, seen: Seen) -> Mistake | None:
    return None if case["axis"] is None else output_mistake(case, seen, _call(case))


@parallel_block.criterion("any batch", points=1, says="the next batch may have another size")
@_default_axis
def _(case: Case, seen: Seen) -> Mistake | None:
    wrong = output_mistake(case, seen, _call(case), "again", "again")
    if wrong is None or output_mistake(case, seen, _call(case)):
        return wrong
    cause = "The first call is right and the second is not: something of the first x (its batch size, its numbers) was kept."
    return Mistake(
        "works-once", wrong.expected, wrong.observed, cause, f"{wrong.tried}, after a call with shape {case['x'].shape}"
    )


@parallel_block.criterion("nested", points=1, says="the blocks may be networks, parallel blocks among them")
def _(case: Case, seen: Seen) -> Mistake | None:
    return output_mistake(case, seen, _call(case)) if case["nested"] else None


@parallel_block.criterion("collected", points=2, says="initialize() and collect_params() reach both blocks")
def _(case: Case, seen: Seen) -> Mistake | None:
    return collected_mistake(case, seen, _call(case))


@parallel_block.criterion("the very blocks", points=1, says="the block uses the two given, not copies of them")
@_default_axis
def _(case: Case, seen: Seen) -> Mistake | None:
    wrong = output_mistake(case, seen, _call(case))
    if wrong:
        return wrong
    tried = f"net = {_call(case)}; other weights written into the last block given; net(x)"
    failed = stopped(seen, "change a weight and call it", "cannot-be-called", tried, "The call stops.")
    if failed:
        return failed
    wanted = merged({**case, "branches": [*case["branches"][:-1], case["other"]]})
    if same(seen.array("changed"), wanted):
        return None
    cause = "The output does not follow the weights of the blocks given: they were copied (deepcopy), or their outputs kept."
    return Mistake("blocks-copied", numbers(wanted), numbers(seen["changed"]), cause, tried)


@parallel_block.criterion("gradients", points=1, says="gradients flow into both blocks")
@_default_axis
def _(case: Case, seen: Seen) -> Mistake | None:
    return gradients_mistake(case, seen, _call(case))
