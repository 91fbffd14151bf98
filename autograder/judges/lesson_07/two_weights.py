"""The model that chooses its second weight by the loss before: in Python, and in a graph. Judged by torch's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case, Error, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.lesson_07.evidence import came_back, close, everything, few, has_branch, stopped
from autograder.judges.lesson_07.two_weights_cases import draw, step, trained
from miniblocks.graph import Cond, Graph
from miniblocks.graph.ir import subgraphs

two_weights = Exercise(
    "07-two-weights",
    "Two weights",
    section="Scripting: the `if` in the graph",
    source="S3, part 9",
    minutes=25,
    difficulty="medium",
    hints=(
        "Write one function of `x`, `y` and `before` inside of `two_weights`; it sees the three weights around it. That function is the dynamic form.",
        "`before` is a tensor, so that it can be an input of a graph. `if before < 5:` works with a tensor of one element.",
        "A script reads the source of the same function. It needs an example for each of the three inputs; for `before` any number does: `nd.array(0.0)`.",
        "The loss is a sum over everything: `((prediction - y) ** 2).sum()`. `clip(0, None)` or `nd.relu` does what `clamp(min=0)` does.",
    ),
)

two_weights.cases(draw)

BUILD = "make the two forms"
FORMS = ("dynamic", "static")


def _tried(case: Case, form: str, before: float | None = None) -> str:
    sizes = f"w1 {case['weights']['w1'].shape}, w2a and w2b {case['weights']['w2a'].shape}"
    call = f"; {form}(x, y, {before:g})" if before is not None else ""
    return f"dynamic, static = two_weights(w1, w2a, w2b, x0, y0), {sizes}{call}"


def _meaning(error: Error) -> tuple[str, str] | None:
    if error.type == "CaptureError":
        return (
            "capture-refused",
            "A script takes the function and an example tensor for each of its inputs: `graph.script(f, x, y, nd.array(0.0))`.",
        )
    if error.type == "TypeError" and "unpack" in error.message:
        return "not-a-pair", "Two things are wanted, as a pair: `return dynamic, static`."
    return None


def _calling(error: Error) -> tuple[str, str] | None:
    if error.type == "CaptureError" and "takes" in error.message:
        return "other-inputs", "Both forms take x, y and before, in this order: so the graph has three inputs."
    if error.type == "CaptureError":
        return (
            "compiled",
            "What came back records nothing, or was compiled for one call. A graph itself can be called: return it as it is.",
        )
    if "requires_grad" in error.message or "no gradient" in error.message or "record" in error.message:
        return (
            "no-gradient",
            "Nobody can call `backward()` on this loss: it is a number, or was computed outside of the record. Return the tensor.",
        )
    if error.type == "AttributeError" and "backward" in error.message:
        return "no-gradient", "The loss came back as a number. Return the tensor: a number has no gradient."
    return None


def _observed(case: Case, seen: Seen, form: str) -> list[dict[str, Any]]:
    stopped(seen, BUILD, _tried(case, form), _meaning)
    stopped(seen, f"call {form}", _tried(case, form, case["before"][0]), _calling)
    value = seen[form]
    if not isinstance(value, list) or not all(isinstance(v, dict) for v in value) or len(value) != len(case["before"]):
        raise NoEvidence(
            Mistake("not-observed", "a loss for each call", str(value)[:60], "The check could not observe this.")
        )
    return value


def _loss(one: dict[str, Any]) -> np.ndarray:
    value = one.get("loss")
    return value if isinstance(value, np.ndarray) else np.asarray(np.nan)


def _losses(case: Case, seen: Seen, form: str) -> Mistake | None:
    """Whether a form gives the right loss for every choice."""
    if case["situation"] != "asked":
        return None
    observed = _observed(case, seen, form)
    either = {name: step(case["weights"], case["x"], case["y"], name)["loss"] for name in ("w2a", "w2b")}
    got = [float(_loss(one).ravel()[0]) if _loss(one).size == 1 else np.nan for one in observed]
    wanted = [either["w2a" if before < 5 else "w2b"] for before in case["before"]]
    for before, a, b in zip(case["before"], got, wanted):
        if not np.isclose(a, b, rtol=1e-3):
            return _wrong_loss(case, form, before, a, b, got, either)
    return None


def _wrong_loss(
    case: Case, form: str, before: float, a: float, b: float, got: list[float], either: dict[str, float]
) -> Mistake:
    tried, expected, observed = _tried(case, form, before), f"{b:.5g}", f"{a:.5g}"
    first, second = either.values()

    def told(*wanted: float) -> bool:
        return bool(np.allclose(got, wanted, rtol=1e-3))

    if told(second, first, second, first):
        cause = "Below 5 it is w2a, otherwise w2b; here it is the other way round."
        return Mistake("exchanged", expected, observed, cause, tried)
    if told(first, second, first, first):
        return Mistake("at-the-threshold", expected, observed, "A loss of 5 is not below 5: `<`, not `<=`.", tried)
    if form == "static" and (told(first, first, first, first) or told(second, second, second, second)):
        which = "w2a" if told(first, first, first, first) else "w2b"
        cause = "The graph takes one and the same weight whatever `before` is. Was it traced, or is `before` not one of its inputs?"
        return Mistake("one-branch-forgotten", f"{expected} (by both weights)", f"{which} each time", cause, tried)
    if told(first, first, first, first) or told(second, second, second, second):
        cause = "The same weight is taken whatever `before` is."
        return Mistake("before-ignored", expected, observed, cause, tried)
    x0, y0 = case["example"]
    example = {name: step(case["weights"], x0, y0, name)["loss"] for name in ("w2a", "w2b")}
    if any(np.isclose(a, v, rtol=1e-3) for v in example.values()):
        cause = "This is the loss on the examples x0 and y0. They only tell the shapes; the data come with each call."
        return Mistake("example-baked-in", expected, observed, cause, tried)
    size = case["y"].size
    if np.isclose(a * size, b, rtol=1e-3) or np.isclose(a * len(case["y"]), b, rtol=1e-3):
        return Mistake("mean-for-sum", expected, observed, "The loss is the sum of the squares, not their mean.", tried)
    if np.isclose(a, _without_clamp(case, before), rtol=1e-3):
        cause = "Between the two products, negative numbers become 0: `clamp(min=0)`."
        return Mistake("clamp-left-out", expected, observed, cause, tried)
    cause = "The loss is that of x·w1, clamped at 0, times the chosen weight, against y: the sum of the squares."
    return Mistake("wrong-loss", expected, observed, cause, tried)


def _without_clamp(case: Case, before: float) -> float:
    second = case["weights"]["w2a" if before < 5 else "w2b"]
    return float((((case["x"] @ case["weights"]["w1"]) @ second - case["y"]) ** 2).sum())


def _gradients(case: Case, seen: Seen, form: str) -> Mistake | None:
    """Whether w1 and the chosen weight get their gradients, and the other one none."""
    for before, one in zip(case["before"], _observed(case, seen, form)):
        chosen, other = ("w2a", "w2b") if before < 5 else ("w2b", "w2a")
        wanted = step(case["weights"], case["x"], case["y"], chosen)
        tried = _tried(case, form, before) + ".backward()"
        for name in ("w1", chosen):
            got = one.get(name)
            if not isinstance(got, np.ndarray) or not got.any():
                cause = "This weight takes part and got no gradient: what was used is a copy, or its numbers."
                return Mistake("weights-copied", f"a gradient of {name}", "none", cause, tried)
            if not close(got, wanted[name], 2e-3):
                cause = "The gradient is another one than the loss should give."
                return Mistake("wrong-gradient", f"{name}: {few(wanted[name])}", few(got), cause, tried)
        got = one.get(other)
        if isinstance(got, np.ndarray) and got.any():
            cause = "The weight that was not chosen got a gradient: both take part."
            return Mistake("both-take-part", f"{other}: none, or zeros", few(got), cause, tried)
    return None


def _graph(case: Case, seen: Seen) -> Graph:
    tried = _tried(case, "static")
    stopped(seen, BUILD, tried, _meaning)
    g = came_back(seen, "graph", tried)
    if isinstance(g, str):
        raise NoEvidence(Mistake("not-a-graph", "a graph", g[:160], "It cannot be written to a file.", tried))
    return g


def _products(g: Graph) -> int:
    """How many matrix products a run makes: of an `if` those of its dearer side."""
    inside = [max(map(_products, subgraphs(i)), default=0) for i in g.steps]
    return sum(i.operation in ("matmul", "dense", "dense_relu") for i in g.steps) + sum(inside)


@two_weights.criterion("dynamic", points=2, says="the dynamic form chooses the weight and gives the loss")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _losses(case, seen, "dynamic")


@two_weights.criterion("static", points=3, says="the graph gives the same loss, whichever weight is chosen")
def _(case: Case, seen: Seen) -> Mistake | None:
    _graph(case, seen)
    return _losses(case, seen, "static")


@two_weights.criterion("inside", points=3, says="the condition is in the graph, and only one side of it is computed")
def _(case: Case, seen: Seen) -> Mistake | None:
    g = _graph(case, seen)
    tried, expected = _tried(case, "static"), "an `if` in the graph"
    operations = [i.operation for i in everything(g)]
    if not has_branch(g):
        if "where" in operations or _products(g) > 2:
            cause = "Both results are computed and one of them is thrown away. That is right, and twice the work; and with a branch that must not run (a logarithm of a negative number) it is wrong. Let an `if` choose."
            return Mistake("both-computed", expected, f"{_products(g)} products, and a choice after them", cause, tried)
        cause = "There is no condition in this graph. Print it: it is one run, written down."
        return Mistake("no-condition-inside", expected, "none", cause, tried, "print(static)")
    if not any(isinstance(i, Cond) for i in everything(g)) or _products(g) > 2:
        cause = "The condition is there, and both products are computed all the same. Choose the weight first, and multiply then."
        return Mistake("both-computed", "two matrix products a run", f"{_products(g)}", cause, tried)
    return None


@two_weights.criterion("gradients", points=2, says="w1 and the chosen weight get their gradients, in both forms")
def _(case: Case, seen: Seen) -> Mistake | None:
    _graph(case, seen)
    if case["situation"] != "asked":
        return None
    return _gradients(case, seen, "dynamic") or _gradients(case, seen, "static")


@two_weights.criterion("trained", points=2, says="trained by either form, the losses are the same")
def _(case: Case, seen: Seen) -> Mistake | None:
    _graph(case, seen)
    if case["situation"] != "trained":
        return None
    choices = [case["before"][i % len(case["before"])] for i in range(case["rounds"])]
    wanted = np.asarray(trained(case, choices))
    for form in FORMS:
        tried = f"{_tried(case, form)}; {case['rounds']} steps of training with {form}"
        stopped(seen, BUILD, tried, _meaning)
        stopped(seen, f"train {form}", tried, _calling)
        value = seen[f"trained {form}"]
        got = (
            [v.ravel()[0] if isinstance(v, np.ndarray) and v.size else np.nan for v in value]
            if isinstance(value, list)
            else []
        )
        if len(got) != len(wanted) or not np.allclose(got, wanted, rtol=5e-3):
            cause = "The numbers go apart once the weights have changed. Is something kept from the moment of capture, or from the call before: a copied weight, a gradient, a choice?"
            if len(got) == len(wanted) and np.isclose(got[0], wanted[0], rtol=5e-3):
                return Mistake("stays-behind", few(wanted), few(np.asarray(got)), cause, tried)
            cause = "Already the first loss is another one."
            return Mistake("wrong-loss", few(wanted), few(np.asarray(got)), cause, tried)
    return None
