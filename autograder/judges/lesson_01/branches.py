"""What the judges of the two parallel blocks share: a case's branches, and what can be wrong about them.

A case holds for each branch the weights of its layers in a row; a branch without layers passes on x itself.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from autograder.exercise import Case, Mistake, Seen
from autograder.judges.evidence import all_same, count, numbers, same, stopped
from autograder.judges.lesson_01.evidence import chain, marks, same_numbers, torch_gradients

Merge = Callable[[list[torch.Tensor]], torch.Tensor]


def parts(case: Case, x: str = "x") -> list[np.ndarray]:
    """The output of each branch."""
    return [chain(case[x], branch) for branch in case["branches"]]


def torch_merge(case: Case) -> Merge:
    """How torch puts the branches' outputs together."""
    axis = 1 if case.get("axis") is None else case["axis"]
    merges: dict[str, Merge] = {
        "concat": lambda outs: torch.cat(outs, axis),
        "sum": lambda outs: torch.stack(outs).sum(0),
        "product": lambda outs: torch.stack(outs).prod(0),
    }
    return merges[case.get("merge") or "concat"]


def merged(case: Case, x: str = "x") -> np.ndarray:
    return torch_merge(case)([torch.tensor(part) for part in parts(case, x)]).numpy()


def output_mistake(case: Case, seen: Seen, call: str, name: str = "output", x: str = "x") -> Mistake | None:
    """Why an output is not the branches' outputs put together as the case asks."""
    tried = f"net = {call}; weights written into the branches given; net(x) for x of shape {case[x].shape}"
    if seen.error("build the network"):
        return stopped(
            seen,
            "build the network",
            "cannot-be-built",
            tried,
            "Building it stops: nothing may be computed before there is an x.",
        )
    step = {"output": "call it", "again": "call it again"}[name]
    failed = stopped(
        seen, step, "cannot-be-called", tried, "net(x) stops. Does each branch get x itself, whatever its size?"
    )
    if failed:
        return failed
    if isinstance(seen.values.get(name), list):
        cause = "The outputs came back side by side in a tuple or a list. The next block wants one tensor: put them together."
        return Mistake("not-put-together", "one tensor", f"{len(seen[name])} outputs in a container", cause, tried)
    got, wanted = seen.array(name), merged(case, x)
    if same(got, wanted):
        return None
    id, cause = _explain(case, got, x)
    return Mistake(id, numbers(wanted), numbers(got), cause, tried)


def _explain(case: Case, got: np.ndarray, x: str) -> tuple[str, str]:
    outs = parts(case, x)
    for guess, id, cause in _guesses(case, outs, x):
        if same(got, guess):
            return id, cause
    axis = 1 if case.get("axis") is None else case["axis"]
    equal = all(out.shape == outs[0].shape for out in outs)
    joined = (case.get("merge") or "concat") == "concat"
    for other in range(outs[0].ndim) if joined and equal else ():
        if same(got, np.concatenate(outs, other)):
            return (
                "wrong-axis",
                f"The outputs are joined along axis {other}; axis {axis} was asked for. Does `axis` get from `__init__` to `forward`?",
            )
        if same(got, np.stack(outs, other)):
            return "stacked", "Stacking makes a new axis; concatenating makes an existing one longer."
    if joined and equal and same(got, np.stack(outs, outs[0].ndim)):
        return "stacked", "Stacking makes a new axis; concatenating makes an existing one longer."
    if got.shape != merged(case, x).shape:
        return "wrong-shape", "The outputs are put together in another way than asked for, or some are left out."
    return (
        "wrong-values",
        "The shape is right and the numbers are not: which branch computes what, and with whose weights?",
    )


Guess = tuple[np.ndarray | None, str, str]  # what a slip would give, its finding, its cause


def _guesses(case: Case, outs: list[np.ndarray], x: str) -> list[Guess]:
    """What well-known slips would give."""
    guesses = _branch_slips(case, outs, x) if len(outs) > 1 else []
    if len({out.shape for out in outs}) == 1:
        guesses += _merge_slips(case.get("merge") or "concat", outs)
    return guesses


def _branch_slips(case: Case, outs: list[np.ndarray], x: str) -> list[Guess]:
    """The branches are not side by side, or not each of them once and in its place."""
    chained = "The output of one branch was fed into the next. In parallel means: each gets x."
    swapped = "The outputs are joined in another order than the branches were given."
    slips: list[Guess] = [(_in_a_row(case, x), "chained", chained)]
    for i, out in enumerate(outs, 1):
        slips.append((out, "branch-forgotten", f"Only branch {i} of {len(outs)} shows in the output."))
    slips.append((_merge_of(case, outs[::-1]), "order-swapped", swapped))
    if len(outs) > 2:
        only_two = "Only the first two branches show in the output."
        slips.append((_merge_of(case, outs[:2]), "only-two-branches", only_two))
    for out in outs:
        repeated = _merge_of(case, [out] * len(outs))
        slips.append((repeated, "one-branch-repeated", "The same branch shows more than once."))
    return slips


def _merge_slips(merge: str, outs: list[np.ndarray]) -> list[Guess]:
    """Outputs of one shape, merged in another way, or nearly in the right one."""
    stacked = np.stack(outs)
    total, product = stacked.sum(0), stacked.prod(0)
    twice = "The first output is in the sum twice: start from 0, or from the second branch."
    from_zero = "A product that starts from 0 stays 0: start from 1, or from the first output."
    signs = "The signs are lost: a sum of logarithms cannot multiply negative numbers."
    ignored = f"The outputs are joined, though merge={merge!r} was asked for."
    near: dict[str, list[Guess]] = {
        "sum": [
            (stacked.mean(0), "averaged", "The mean was taken; the sum is asked for."),
            (total + outs[0], "first-counted-twice", twice),
        ],
        "product": [
            (np.zeros_like(product), "product-from-zero", from_zero),
            (np.abs(product), "signs-lost", signs),
            (product * outs[0], "first-counted-twice", "The first output is in the product twice."),
        ],
    }
    other: dict[str, Guess] = {
        "sum": (total, "summed", "The outputs were added."),
        "product": (product, "multiplied", "The outputs were multiplied."),
        "concat": (np.concatenate(outs, 1), "merge-ignored", ignored),
    }
    return near.get(merge, []) + [slip for name, slip in other.items() if name != merge]


def _in_a_row(case: Case, x: str) -> np.ndarray | None:
    value = case[x]
    for branch in case["branches"]:
        if branch and "bias" in branch[0] and value.shape[-1] != branch[0]["weight"].shape[1]:
            return None
        value = chain(value, branch)
    return value


def _merge_of(case: Case, outs: list[np.ndarray]) -> np.ndarray:
    return torch_merge(case)([torch.tensor(out) for out in outs]).numpy()


def collected_mistake(case: Case, seen: Seen, call: str) -> Mistake | None:
    """Why the branches' parameters are not those that the block collects."""
    wanted = sum(len(layer) for branch in case["branches"] for layer in branch)
    tried = (
        f"net = {call} of fresh branches, net.initialize(), net(x), then a number written into each collected parameter"
    )
    if seen.error("build the network"):
        return output_mistake(case, seen, call)
    found = count(seen, "collected")
    expected = f"the {wanted} parameters of all branches"
    if found == 0:
        cause = "The branches are not registered: a plain list, tuple or dictionary hides them. Assign a block to an attribute, or use register_child."
        return Mistake("branches-not-registered", expected, "no parameter", cause, tried)
    if found < wanted:
        cause = "Some branches are registered and some are not: does each have a name of its own, or does the last one replace the others?"
        return Mistake("some-branches-not-registered", expected, f"{found}", cause, tried)
    failed = stopped(
        seen,
        "initialize it and call it",
        "registered-others",
        tried,
        "The blocks registered are not those that `forward` calls.",
    )
    if failed:
        return output_mistake(case, seen, call) or failed
    if found == wanted and same_numbers(seen["read_back"], case["markers"], ordered=False):
        return None
    cause = "What the block collects is not what the branches given own: copies were made, or other layers are registered too."
    return output_mistake(case, seen, call) or Mistake(
        "registered-others",
        f"{expected}, each number read back from the branches given",
        f"{found} parameters; read back {marks(seen['read_back'])}",
        cause,
        tried,
    )


def gradients_mistake(case: Case, seen: Seen, call: str) -> Mistake | None:
    """Why the gradients in the branches are not those of torch; a wrong output comes first."""
    wrong = _wrong_gradients(case, seen, f"net = {call}; (net(x) * w).sum().backward()")
    return wrong and (output_mistake(case, seen, call) or wrong)


def _wrong_gradients(case: Case, seen: Seen, tried: str) -> Mistake | None:
    if "output" not in seen:
        return Mistake(
            "gradient-lost", "gradients in every branch", "no output", "Without an output there is no gradient.", tried
        )
    cause = "No gradient arrives: did the numbers leave the framework (asnumpy, nd.array, data copied into a buffer) on their way, or did copies of the branches compute?"
    failed = stopped(seen, "send a gradient back", "gradient-lost", tried, cause, "gradients in every branch")
    if failed:
        return failed
    wanted, got = torch_gradients(case["x"], case["branches"], torch_merge(case), case["weigh"]), seen["gradients"]
    if not isinstance(got, list) or len(got) != len(wanted):
        return Mistake("gradient-lost", "gradients in every branch", "none", cause, tried)
    for i, (mine, theirs) in enumerate(zip(got, wanted)):
        if all_same(mine, theirs):
            continue
        if isinstance(mine, list) and all(isinstance(g, np.ndarray) and not g.any() for g in mine):
            return Mistake("gradient-lost", f"a gradient in branch {i + 1}", "zeros", cause, tried)
        wrong = "Gradients arrive, and they differ from torch's: is a branch used more or less often than once?"
        return Mistake(
            "wrong-gradients",
            numbers(theirs[0]) if theirs else "a branch without parameters",
            numbers(mine[0] if isinstance(mine, list) and mine else None),
            wrong,
            tried,
        )
    return None


def intact_mistake(case: Case, seen: Seen, call: str) -> Mistake | None:
    """Whether calling the block has changed the caller's x."""
    if same(seen.array("x_after"), case["x"]):
        return None
    cause = "A branch may return x itself. `total += out` or `total *= out` then writes into the caller's x; `total = total + out` does not."
    return Mistake(
        "changes-its-input",
        "x unchanged by the call",
        numbers(seen["x_after"]),
        cause,
        f"net = {call}; net(x), then a look at x",
    )
