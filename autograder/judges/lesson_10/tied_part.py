"""A part that uses another dense layer's weight, transposed: computed, followed, trained by both uses, saved once."""

from __future__ import annotations

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, Seen
from autograder.judges.evidence import double, inputs, leaves, numbers, same, shapes, single, stopped
from autograder.judges.lesson_08.evidence import layer, run

tied_part = Exercise(
    "10-tied-part",
    "A part that is tied",
    section="The same matrix, the other way",
    source="the capstone; S1, section 4.2.3",
    minutes=20,
    difficulty="challenging",
    hints=(
        "Keep the layer: `self.layer = layer`. Its weight is looked up at each call, `self.layer.weight.data()`, so that it is never out of date.",
        "The weight has the shape (units, in). A row of codes has `units` numbers: `x @ W` gives `in` numbers, with no transposition at all.",
        'The bias is a parameter of its own: `self.params.get("bias", shape=(…,), init="zeros")`. It has as many numbers as the layer has inputs.',
        "If the layer does not know its inputs yet, `layer.weight.shape[1]` is 0, and a 0 is a size that is told later: by `infer_shape(self, x)`, which the framework calls when it is needed.",
    ),
)


@tied_part.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, "declared", 6, 3), _case(rng, "deferred", 5, 4)]


def _case(rng: np.random.Generator, what: str, n: int, units: int) -> Case:
    bias = rng.uniform(0.2, 0.6, n) * rng.choice([-1, 1], n)
    return {
        "what": what,
        "inputs": n,
        "units": units,
        "layer": layer(rng, units, n),
        "bias": single(bias),
        "other": layer(rng, units, n)["weight"],
        "x": inputs(rng, 4, n),
        "h": inputs(rng, 6, units),
        "weigh": inputs(rng, 4, n),
        "marker": float(rng.uniform(2, 3)),
    }


def _decoded(case: Case, weight: str = "") -> np.ndarray:
    """h W + c, for the layer's weight or another one."""
    w = case[weight] if weight else case["layer"]["weight"]
    return case["h"].astype(np.float64) @ w + case["bias"]


def _gradient(case: Case, encoder: bool = True, decoder: bool = True) -> np.ndarray:
    """The gradient of (net(x) · weigh).sum() at the weight, as torch sums it over both uses, or over one."""
    one = leaves(case["layer"])
    w = one["weight"]
    first, second = (w if encoder else w.detach()), (w if decoder else w.detach())
    h = torch.tanh(run({**one, "weight": first}, double(case["x"])))
    ((h @ second + double(case["bias"])) * double(case["weigh"])).sum().backward()
    assert w.grad is not None
    return w.grad.numpy()


# -- criteria --------------------------------------------------------------------------------------------------------


def _net(case: Case) -> str:
    known = f", in_units={case['inputs']}" if case["what"] == "declared" else ""
    return f"layer = nn.Dense({case['units']}{known}); part = Transposed(layer)"


def _unusable(case: Case, seen: Seen) -> Mistake | None:
    tried = _net(case)
    error = seen.error("build it") or seen.error("initialize and call it")
    if error is None:
        return None
    if case["what"] == "deferred":
        cause = "The layer does not know its number of inputs when the part is declared; it is told by the first call. Then the bias learns its size as well."
        return Mistake("needs-known-sizes", "a part that waits", str(error), cause, tried, error.line)
    if error.type == "ShapeError":
        cause = "The shapes do not fit. The part takes rows of `units` numbers and gives rows of `in` numbers: x W, where W has the shape (units, in)."
        return Mistake("other-way-round", f"rows of {case['inputs']} numbers", str(error), cause, tried, error.line)
    cause = "The part stops with an error."
    return Mistake("cannot-be-called", "an output", str(error), cause, f"{tried}; part(layer(x))", error.line)


def _wrong(case: Case, seen: Seen) -> Mistake | None:
    failed = _unusable(case, seen)
    tried = f"{_net(case)}; known values; part(h) for h of shape {case['h'].shape}"
    cause = "The part stops when it is called with known values."
    failed = failed or stopped(seen, "call the part", "cannot-be-called", tried, cause)
    if failed or same(seen.array("decoded"), _decoded(case)):
        return failed
    got, wanted = seen["decoded"], _decoded(case)
    plain, mean = wanted - case["bias"], float(np.mean(case["layer"]["weight"]))
    slips = {
        "no-bias": (plain, "The part's own bias is missing: as many numbers as the layer has inputs."),
        "activated": (np.maximum(wanted, 0), "The layer's activation is applied here as well. The part has none."),
        "activated-too": (np.tanh(wanted), "The layer's activation is applied here as well. The part has none."),
        "bias-subtracted": (plain - case["bias"], "The bias is subtracted. It is added, as in any dense layer."),
        "scaled": (plain * mean, "The product is scaled."),
    }
    for id, (value, cause) in slips.items():
        if same(got, value):
            return Mistake("activated" if id == "activated-too" else id, numbers(wanted), numbers(got), cause, tried)
    cause = "The part multiplies by the layer's weight, the other way round, and adds a bias of its own."
    return _copied(case, seen) or Mistake("wrong-output", numbers(wanted), numbers(got), cause, tried, "forward")


def _copied(case: Case, seen: Seen) -> Mistake | None:
    """Whether another matrix in the layer leaves the part as it was."""
    before, after = seen.values.get("decoded"), seen.values.get("decoded after")
    if not (isinstance(before, np.ndarray) and same(before, after)):
        return None
    tried = f"{_net(case)}; another matrix written into the layer's weight; part(h)"
    cause = (
        "The part uses a copy of the weight, made in `__init__` or at the first call. Look the weight up at each call."
    )
    return Mistake(
        "copied-once", numbers(_decoded(case, "other")), numbers(before), cause, tried, "where the weight is taken from"
    )


@tied_part.criterion("computes", points=2, says="part(h) is h W + c, for any number of rows")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _wrong(case, seen) if case["what"] == "declared" else None


@tied_part.criterion("tied", points=3, says="there is one matrix, and the part follows it")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _not_tied(case, seen) if case["what"] == "declared" else None


def _not_tied(case: Case, seen: Seen) -> Mistake | None:
    failed = _unusable(case, seen) or _own_matrix(case, seen)
    if failed:
        return failed
    tried = f"{_net(case)}; another matrix written into the layer's weight; part(h)"
    plain, wanted = _decoded(case, "other") - case["bias"], _decoded(case, "other")
    got = seen.array("decoded after")
    if same(got, wanted) or same(got, plain) or same(got, np.maximum(wanted, 0)):  # "computes" judges bias and form
        return None
    cause = "The part does not use the layer's weight."
    return (
        _copied(case, seen)
        or _wrong(case, seen)
        or Mistake("does-not-follow", numbers(wanted), numbers(got), cause, tried)
    )


def _own_matrix(case: Case, seen: Seen) -> Mistake | None:
    n, units = case["inputs"], case["units"]
    found = shapes(seen, "shapes")
    tried, observed = f"{_net(case)}; collect_params() of both", ", ".join(map(str, found)) or "none"
    if sum(shape in ((units, n), (n, units)) for shape in found) > 1:
        cause = "There is a second matrix among the parameters: trained, counted and saved beside the first. Use the layer's own."
        return Mistake("second-matrix", f"one of {units} × {n}", observed, cause, tried, "__init__")
    if (units, n) not in found:
        return Mistake("other-matrix", f"({units}, {n})", observed, "The layer's weight is not there.", tried)
    return None


@tied_part.criterion("bias", points=2, says="its bias is a parameter of its own, which starts at 0")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "declared":
        return None
    failed = _unusable(case, seen)
    n, found = case["inputs"], shapes(seen, "shapes") if not failed else []
    tried = f"{_net(case)}; collect_params() of both"
    if not failed and (n,) not in found:
        observed = ", ".join(map(str, found)) or "none"
        cause = f"No parameter has {n} numbers. `self.params.get(…)` registers one; a plain tensor in an attribute is not trained and not saved."
        return Mistake("bias-not-a-parameter", f"({n},) among them", observed, cause, tried, "__init__")
    if failed or same(seen.array("first bias"), np.zeros(n, np.float32)):
        return failed
    return Mistake("bias-not-zero", "zeros", numbers(seen["first bias"]), 'Biases start at 0: `init="zeros"`.', tried)


@tied_part.criterion("gradient", points=3, says="the weight learns from both its uses")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "declared":
        return None
    tried = f"{_net(case)}; h = tanh(layer(x)); (part(h) * w).sum().backward()"
    cause = "No gradient comes back from the output."
    failed = _unusable(case, seen) or stopped(seen, "send a gradient back", "no-gradient", tried, cause, "a gradient")
    if failed:
        return failed
    got, wanted = seen.array("gradient"), _gradient(case)
    if same(got, wanted):
        return None
    for encoder, use, missing in ((True, "the layer's", "the part's"), (False, "the part's", "the layer's")):
        if same(got, _gradient(case, encoder, not encoder)):
            cause = f"Only {use} use contributes. In {missing} the values have left the record, by `asnumpy`, `detach`, or a copy; or it is another matrix."
            return Mistake("one-use-contributes", numbers(wanted), numbers(got), cause, tried, "forward")
    cause = "The gradient is the sum of what both uses contribute."
    return _wrong(case, seen) or Mistake("wrong-gradient", numbers(wanted), numbers(got), cause, tried)


@tied_part.criterion("saved once", points=2, says="a file holds the matrix once, and the tie is there after loading")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "declared":
        return None
    tried = f"{_net(case)}; nn.Sequential(layer, part).save_parameters(file); another one loads it"
    failed = (
        _unusable(case, seen)
        or stopped(seen, "save it", "cannot-be-saved", tried, "Saving stops.")
        or stopped(seen, "load it", "cannot-be-loaded", tried, "A network that was made alike cannot load the file.")
    )
    if failed:
        return failed
    n, units = case["inputs"], case["units"]
    held, expected = shapes(seen, "in the file"), sorted([(n,), (units,), (units, n)])
    if sorted(held) != expected:
        cause = "The file should hold the layer's matrix and bias, and the part's bias."
        return _own_matrix(case, seen) or Mistake(
            "other-numbers-saved", ", ".join(map(str, expected)), ", ".join(map(str, held)) or "none", cause, tried
        )
    wanted = np.full((len(case["h"]), n), case["marker"] * case["h"].sum(1, keepdims=True)) + case["bias"]
    if same(seen.array("loaded follows"), wanted):
        return None
    cause = "After loading, a number written into the layer's weight does not reach the part."
    return (
        _not_tied(case, seen)
        or _wrong(case, seen)
        or Mistake("tie-lost", numbers(wanted), numbers(seen["loaded follows"]), cause, tried)
    )


@tied_part.criterion("deferred", points=2, says="it waits for a layer that learns its inputs from the first call")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "deferred":
        return None
    failed = _unusable(case, seen)
    if failed:
        return failed
    wanted = [len(case["x"]), case["inputs"]]
    got = list(seen.array("first output").shape)
    if got == wanted:
        return None
    cause = "The first output has another shape."
    return Mistake("needs-known-sizes", f"shape {tuple(wanted)}", f"shape {tuple(got)}", cause, _net(case))
