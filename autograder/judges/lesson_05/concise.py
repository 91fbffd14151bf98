"""The concise `MLP`, and that it agrees with the one from scratch once it has the same parameters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.evidence import plain, same
from autograder.judges.lesson_05 import network

mlp_concise = Exercise(
    "05-mlp-concise",
    "The concise MLP, and that both agree",
    section="The same, concisely",
    source="S2, section 5.2.2",
    minutes=20,
    difficulty="medium",
    hints=(
        "Everything goes into `self.net`: flatten, a layer of `num_hiddens` units, relu, a layer of `num_outputs` units. `nn.LazyLinear(units)` asks for nothing else.",
        "`concise.net[1]` is the first dense layer; it has a `weight` and a `bias`. Print the shapes of both models' parameters side by side.",
        "A dense layer keeps its weight as (units, inputs). `.T` exchanges the axes; `reshape` only cuts the same row of numbers elsewhere.",
        "`parameter.set_data(values)` copies values in, and settles a shape that was still open.",
    ),
)


@mlp_concise.cases
def _(rng: np.random.Generator) -> list[Case]:
    models = [_case(rng, "model", (4, 5), 7, 3), _case(rng, "model", (12,), 6, 5)]
    taking = [
        _case(rng, "take over", (6,), 6, 6, called=True),  # square: a forgotten transposition raises nothing
        _case(rng, "take over", (2, 5), 7, 4, called=True),
        _case(rng, "take over", (2, 5), 7, 4),
    ]
    return models + taking


def _case(
    rng: np.random.Generator, part: str, image: tuple[int, ...], hiddens: int, outputs: int, called: bool = False
) -> Case:
    inputs = int(np.prod(image))
    return {
        "part": part,
        "called": called,
        "sizes": [inputs, hiddens, outputs],
        "layers": network.layers(rng, inputs, hiddens, outputs),
        "x": network.images(rng, 6, *image),
        "y": network.labels(rng, 6, outputs),
        "lr": float(rng.uniform(0.2, 0.6)),
        "mark": float(rng.uniform(2, 3)),
    }


def _tried(case: Case) -> str:
    _, hiddens, outputs = case["sizes"]
    return f"MLP(num_outputs={outputs}, num_hiddens={hiddens}, lr=…), initialized, for X of shape {case['x'].shape}"


def _built(case: Case, seen: Seen, *steps: str) -> None:
    """No evidence where the model could not be built, or could not do the steps that come first."""
    if error := seen.error("build the model"):
        cause = "`__init__` stopped, or what it made cannot be initialized."
        raise NoEvidence(Mistake("cannot-be-built", "a model", str(error), cause, _tried(case), error.line))
    for step in steps:
        if error := seen.error(step):
            raise NoEvidence(_stopped(case, seen, str(error)))


def _stopped(case: Case, seen: Seen, shown: str) -> Mistake:
    inputs, hiddens, outputs = case["sizes"]
    expected = f"scores of shape ({len(case['x'])}, {outputs})"
    shapes = plain(seen.values.get("shapes_before"))
    if shapes == []:
        cause = "The model has no parameters: its layers lie in a Python list, or were never assigned. `nn.Sequential` registers them."
        return Mistake("not-registered", "4 parameters", "0 parameters", cause, _tried(case))
    if isinstance(shapes, list) and any(isinstance(s, list) and 784 in s for s in shapes):
        cause = (
            "784 inputs are written into a layer. Leave the size open (`nn.LazyLinear`), and the first call tells it."
        )
        return Mistake("size-hard-coded", expected, shown, cause, _tried(case))
    return Mistake("cannot-be-called", expected, shown, "Do the layers fit each other?", _tried(case))


@mlp_concise.criterion("deferred", points=2, says="the input size stays open until the first call, which tells it")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["part"] != "model":
        return None
    _built(case, seen, "call it")
    inputs, hiddens, outputs = case["sizes"]
    before, after = plain(seen["shapes_before"]), plain(seen["shapes_after"])
    if before == []:
        return _stopped(case, seen, "")
    wanted = [[hiddens], [outputs], [hiddens, inputs], [outputs, hiddens]]
    if not isinstance(after, list) or sorted(map(str, after)) != sorted(map(str, wanted)):
        return _wrong_layers(case, after)
    if not isinstance(before, list) or [hiddens, inputs] in before:
        cause = "The size of the input was known before any input came."
        return Mistake("not-deferred", "a size left open", str(before), cause, _tried(case))
    return None


def _wrong_layers(case: Case, after: object) -> Mistake:
    inputs, hiddens, outputs = case["sizes"]
    expected = f"weights of shapes ({hiddens}, {inputs}) and ({outputs}, {hiddens}), and a bias for each"
    id, cause = "wrong-layers", "Two layers are wanted: one of `num_hiddens` units, and then one of `num_outputs`."
    if isinstance(after, list) and [outputs, inputs] in after and [hiddens, outputs] in after:
        id, cause = "sizes-swapped", "The hidden layer has `num_outputs` units and the output layer `num_hiddens`."
    elif isinstance(after, list) and len(after) < 4:
        id, cause = "parts-missing", "A layer or a bias is missing, or is not registered."
    return Mistake(id, expected, f"shapes {after}", cause, _tried(case))


@mlp_concise.criterion("computes", points=2, says="it computes what an MLP computes: one relu, between the layers")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["part"] != "model":
        return None
    _built(case, seen, "call it")
    if seen.error("plant its parameters"):
        return _wrong_layers(case, plain(seen.values.get("shapes_after")))
    tried = f"{_tried(case)}; known parameters written in; model(X)"
    return network.output_mistake(seen.array("output"), case["x"], case["layers"], tried)


def _taken(case: Case, seen: Seen) -> str:
    """What was tried; no evidence where `take_over` could not be carried out."""
    when = "called once" if case["called"] else "not called yet"
    tried = f"take_over(concise, scratch), concise {when}, sizes {' → '.join(map(str, case['sizes']))}"
    _built(case, seen, "call it")
    if error := seen.error("take over the parameters"):
        expected = "the same parameters in both"
        id, cause = "take-over-stopped", "`take_over` stopped with an error."
        if error.type in ("DeferredInitializationError", "InitializationError"):
            id = "waits-for-first-call"
            cause = "Before the first call there is no array to write into. `set_data` brings values and shape at once."
        elif error.type == "ShapeError" and not case["called"] and "matmul" not in error.message:
            id = "shapes-do-not-fit"
            cause = "The shapes of the two models differ: one keeps (inputs, units), the other (units, inputs). Other sizes may stand in the code, too."
        elif error.type == "ShapeError":
            id, cause = "shapes-do-not-fit", "One model keeps (inputs, units), the other (units, inputs)."
        raise NoEvidence(Mistake(id, expected, str(error), cause, tried, error.line))
    return tried


@mlp_concise.criterion(
    "agree", points=3, says="after `take_over` both models give the same scores, called before or not"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    return None if case["part"] == "model" else _agrees(case, seen)


def _agrees(case: Case, seen: Seen) -> Mistake | None:
    tried = _taken(case, seen)
    if seen.error("call it afterwards"):
        cause = "The network was left in a state in which it cannot be called."
        return Mistake("take-over-breaks-it", "scores", str(seen.error("call it afterwards")), cause, tried)
    return network.output_mistake(seen.array("output"), case["x"], case["layers"], tried, _exchanges(case))


def _exchanges(case: Case) -> list[network.Slip]:
    """What the scores become when parameters go to the wrong place: (finding, output, cause)."""
    x, net = case["x"], case["layers"]

    def scores(change: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        return network.output(x, [{**one, "weight": change(one["weight"])} for one in net])

    biases = "Only the weights were taken over. Biases are parameters, too."
    found = [("biases-forgotten", network.output(x, [{"weight": one["weight"]} for one in net]), biases)]
    if len(set(case["sizes"])) == 1:  # square
        turned = "The weights lie transposed: `nn.Dense` keeps (units, inputs). With square ones nothing complains, and the scores are wrong."
        exchanged = "The second layer's parameters went into the first, and the other way round."
        found.append(("not-transposed", scores(np.transpose), turned))
        found.append(("layers-exchanged", network.output(x, net[::-1]), exchanged))
    else:
        cut = "`reshape` keeps the order of the numbers and cuts the rows elsewhere; rows and columns are exchanged by `.T`."
        found.append(("reshaped-not-transposed", scores(lambda w: w.reshape(w.shape[::-1]).T), cut))
    return found


@mlp_concise.criterion("train alike", points=2, says="and a step of training keeps them equal")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["part"] == "model":
        return None
    if mistake := _agrees(case, seen):
        return mistake
    tried = f"{_taken(case, seen)}; one step of training"
    expected = "every parameter moved by lr times its gradient"
    if error := seen.error("train it for a step"):
        return Mistake("cannot-be-trained", expected, str(error), "After `take_over` it no longer trains.", tried)
    found = seen["trained"]
    wanted = [p.T for p in network.after_step(case["x"], case["y"], case["layers"], case["lr"])]
    if isinstance(found, list) and len(found) == 4 and all(any(network.moved_to(f, w) for f in found) for w in wanted):
        return None
    cause = "The network computes with arrays that its optimizer does not train. Write into its own parameters; don't exchange them."
    return Mistake("does-not-train", expected, "other values", cause, tried)


@mlp_concise.criterion("apart", points=1, says="copies, not shared: what happens to one model leaves the other alone")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["part"] == "model":
        return None
    tried = _taken(case, seen)
    if seen.error("call it afterwards"):
        return _agrees(case, seen)
    before = [p for one in case["layers"] for p in (one["weight"], one["bias"])]
    left = seen["scratch_after"]
    if not isinstance(left, list) or len(left) != 4 or not all(map(same, left, before)):
        cause = "The model from scratch was changed. Copy from it, not into it."
        return Mistake("scratch-changed", "scratch as before", "other values in scratch", cause, tried)
    if not same(seen.array("after"), seen.array("before")):
        cause = "A number written into scratch afterwards changes the scores of concise: they share an array. `set_data` copies."
        return Mistake("shared-not-copied", "concise as before", "other scores of concise, too", cause, tried)
    return _agrees(case, seen)  # nothing taken over is nothing shared, and shows nothing
