"""The same on every device: a block and a training, held against torch's numbers, on logical CPUs that do not mix."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.evidence import count, listed, no_evidence
from autograder.judges.lesson_09.evidence import numbers, some

everywhere = Exercise(
    "09-same-everywhere",
    "The same on every device",
    section="The same on every device",
    source="S3, part 2",
    minutes=25,
    difficulty="medium",
    hints=(
        "What `forward` makes anew must be made where x lives: `nd.arange(…, ctx=x.device)`. And it is made anew at each call: the block may have moved since.",
        "`reset_ctx` moves what the block collects. `self.params.get_constant(name, value)` makes a constant that is collected.",
        "`net.collect_params().reset_ctx(device)` moves the network itself. `x.to(device)` gives a tensor, and leaves x where it is.",
        "Move input *and* target, batch by batch. `loss.item()` is a Python number, and lies nowhere.",
    ),
)


@everywhere.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, [0, 0], start=0), _case(rng, [1, 3], start=0), _case(rng, [2, 1], start=2)]


def _case(rng: np.random.Generator, devices: list[int], start: int) -> Case:
    features, sizes = 3, (4, 5, 2)
    lengths = [4, 6]
    layers = []
    for a, b, activation in zip(sizes, sizes[1:], ("tanh", None)):
        weight = np.linalg.qr(rng.normal(size=(max(a, b),) * 2))[0][:b, :a]
        layers.append({"weight": _single(weight), "bias": _single(rng.uniform(0.2, 0.5, b)), "activation": activation})
    return {
        "offset": _single(rng.uniform(0.5, 1.5, features)), "rate": round(float(rng.uniform(0.3, 0.9)), 3),
        "devices": devices, "start": start,
        "x": [_single(rng.normal(size=(2, n, features))) for n in lengths],
        "weigh": [_single(rng.uniform(0.5, 1.5, (2, features))) for _ in lengths],
        "layers": layers, "step": 0.2,
        "batches": [[_single(rng.normal(size=(n, sizes[0]))), _single(rng.normal(size=(n, sizes[-1])))] for n in (6, 6, 4)],
    }  # fmt: skip


def _single(values: np.ndarray) -> np.ndarray:
    return np.asarray(values).astype(np.float32)


# -- what torch makes of it -------------------------------------------------------------------------------------------


def recency(case: Case, i: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Output and gradients of call number i (moving the block forgets the gradients of calls before)."""
    rate = torch.tensor([case["rate"]], dtype=torch.float64, requires_grad=True)
    x = torch.tensor(case["x"][i], dtype=torch.float64, requires_grad=True)
    age = torch.arange(x.shape[1] - 1, -1, -1, dtype=torch.float64)
    weights = torch.softmax(-rate * age, dim=0)
    output = ((x - torch.tensor(case["offset"], dtype=torch.float64)) * weights[:, None]).sum(dim=1)
    (output * torch.tensor(case["weigh"][i])).sum().backward()
    assert rate.grad is not None and x.grad is not None
    return output.detach().numpy(), {"rate": rate.grad.numpy(), "x": x.grad.numpy()}


def descent(case: Case, slip: str = "") -> tuple[list[float], list[dict[str, np.ndarray]]]:
    """The losses and the final parameters of plain gradient descent, or of one with a slip in it."""
    leaves = [
        {k: torch.tensor(layer[k], dtype=torch.float64, requires_grad=True) for k in ("weight", "bias")}
        for layer in case["layers"]
    ]
    flat, losses = [leaf for layer in leaves for leaf in layer.values()], []
    for x, y in case["batches"]:
        h = torch.tanh(torch.tensor(x, dtype=torch.float64) @ leaves[0]["weight"].T + leaves[0]["bias"])
        loss = ((h @ leaves[1]["weight"].T + leaves[1]["bias"] - torch.tensor(y)) ** 2).mean()
        if slip != "never-zeroed":
            for leaf in flat:
                leaf.grad = None
        loss.backward()
        losses.append(loss.item())
        with torch.no_grad():
            for leaf in flat:
                leaf -= case["step"] * (0 if slip == "not-updated" else 1) * leaf.grad
    return losses, [{k: v.detach().numpy() for k, v in layer.items()} for layer in leaves]


# -- comparing --------------------------------------------------------------------------------------------------------


def _same(a: Any, b: np.ndarray) -> bool:
    return (
        isinstance(a, np.ndarray)
        and a.dtype.kind == "f"
        and a.shape == b.shape
        and bool(np.allclose(a, b, rtol=1e-3, atol=1e-4))
    )


def _first_numbers(array: Any) -> str:
    return f"shape {array.shape}: {some(array.ravel().tolist())}" if isinstance(array, np.ndarray) else describe(array)


def _built(seen: Seen) -> None:
    if error := seen.error("build the block"):
        cause = "The block could not be built: `Recency(offset)`, with a parameter `rate` of shape (1,)."
        raise NoEvidence(Mistake("not-built", "a block", str(error), cause, "Recency(offset)", error.line))


def _place(case: Case, i: int) -> str:
    return f"cpu({case['devices'][i]})"


def _called(case: Case, i: int) -> str:
    return f"Recency(offset) moved to {_place(case, i)} and called there with x of shape {case['x'][i].shape}"


# -- criteria ---------------------------------------------------------------------------------------------------------


@everywhere.criterion("values", points=2, says="Recency: right values and gradients (on the first device)")
def _(case: Case, seen: Seen) -> Mistake | None:
    _built(seen)
    if case["devices"] != [0, 0]:
        return None
    for i in range(2):
        tried = _called(case, i)
        if error := seen.error(f"call it on {_place(case, i)}"):
            if i and "output 0" in seen:
                cause = "The first call was all right, one with another number of moments is not: something from the first call is kept. Make it anew at each call."
                return Mistake("kept-from-before", "an output", str(error), cause, tried, error.line)
            cause = "The code stopped with an error even where there is only one device."
            return Mistake("raised", "an output", str(error), cause, tried, error.line)
        (output, gradients), found = recency(case, i), seen[f"output {i}"]
        if not _same(found, output):
            return _wrong_values(case, i, found, output)
        if error := seen.error(f"send a gradient back on {_place(case, i)}"):
            cause = "No gradient comes back: do the numbers leave the framework on their way (`asnumpy`, `nd.array`, `.raw`)?"
            return Mistake("gradient-lost", "gradients", str(error), cause, tried, error.line)
        got = seen[f"gradients {i}"]
        for name, wanted in gradients.items():
            mine = got.get(name) if isinstance(got, dict) else None
            if not _same(mine, wanted):
                cause = "No gradient arrives, or another one: do numbers leave the framework on their way (`asnumpy`, `item`, `nd.array`)?"
                return Mistake("gradient-lost", f"the gradient of {name}: {_first_numbers(wanted)}", _first_numbers(mine), cause, tried)  # fmt: skip
    return None


def _wrong_values(case: Case, i: int, found: Any, output: np.ndarray) -> Mistake:
    expected, observed, tried = _first_numbers(output), _first_numbers(found), _called(case, i)
    backwards = {**case, "x": [x[:, ::-1].copy() for x in case["x"]]}
    if _same(found, recency(backwards, i)[0]):
        cause = "The oldest moment weighs most. The *last* moment has age 0, the first has age T - 1."
        return Mistake("oldest-first", expected, observed, cause, tried)
    if _same(found, recency({**case, "offset": 0 * case["offset"]}, i)[0]):
        cause = "The offset is not subtracted."
        return Mistake("offset-forgotten", expected, observed, cause, tried)
    cause = "The weights are softmax(-rate · age) along time; they multiply x - offset, and the sum runs over time."
    return Mistake("wrong-values", expected, observed, cause, tried)


@everywhere.criterion("follows", points=3, says="Recency works where it is moved to, and its results lie there")
def _(case: Case, seen: Seen) -> Mistake | None:
    _built(seen)
    if case["devices"] == [0, 0]:
        return None
    for i in range(2):
        place, tried = _place(case, i), _called(case, i)
        for step in (f"call it on {place}", f"send a gradient back on {place}"):
            if error := seen.error(step):
                return _stopped(case, seen, i, error)
        if describe(seen[f"place {i}"]) != repr(place):
            cause = "The result lies elsewhere than x. Moving everything to one fixed device works, and computes on the wrong one."
            return Mistake("result-elsewhere", f"a result on {place}", f"on {describe(seen[f'place {i}'])}", cause, tried)  # fmt: skip
        if listed(seen, f"gradient places {i}", str) != [place, place]:
            cause = "Gradients lie where their tensors lie: those of `rate` and of x."
            return Mistake("gradient-elsewhere", f"two gradients on {place}", describe(seen[f"gradient places {i}"]), cause, tried)  # fmt: skip
        output = recency(case, i)[0]
        if not _same(seen[f"output {i}"], output):
            cause = "The numbers differ from those that the same formula gives. Does something from an earlier call, for another number of moments, live on?"
            return Mistake("other-numbers-there", _first_numbers(output), _first_numbers(seen[f"output {i}"]), cause, tried)  # fmt: skip
    return None


def _stopped(case: Case, seen: Seen, i: int, error: Any) -> Mistake:
    expected, tried = f"a result on {_place(case, i)}", _called(case, i)
    if error.type != "DeviceError":
        cause = "The code stopped with an error. Does something from an earlier call, for another number of moments, live on?"
        return Mistake("stopped-there", expected, str(error), cause, tried, error.line)
    if i and case["devices"][0] and f"place {i - 1}" in seen:
        cause = "It worked on the first device, and not after moving: something from the first call is kept. Make it anew at each call, where x is now."
        return Mistake("kept-from-before", expected, str(error), cause, tried, error.line)
    if count(seen, "collected") == 1:
        cause = "The block collects `rate` alone. The offset is a plain tensor of the block's own, which `reset_ctx` does not know of: make it a constant (`self.params.get_constant`)."
        return Mistake("constant-left-behind", expected, str(error), cause, tried, error.line)
    cause = "A tensor was made on cpu(0), where every new tensor lies unless told otherwise. Say where: `ctx=x.device`."
    return Mistake("made-on-the-default-device", expected, str(error), cause, tried, error.line)


@everywhere.criterion("moved", points=2, says="train_on computes on the device asked for, and the network stays there")
def _(case: Case, seen: Seen) -> Mistake | None:
    wanted, start = f"cpu({case['devices'][-1]})", f"cpu({case['start']})"
    tried = f"train_on(net, batches, loss_function, {case['step']}, {wanted}), net and batches on {start}"
    error = seen.error("train")
    if error and error.type == "DeviceError":
        if listed(seen, "visited"):
            cause = "The network's output and the target lie on different devices: a batch has two parts, and both have to be moved."
            return Mistake("target-not-moved", f"everything on {wanted}", str(error), cause, tried, error.line)
        if set(listed(seen, "parameter places", str)) != {wanted}:
            cause = "The network is not where the batches are. `p.data().to(device)` gives a new tensor and moves nothing; `net.collect_params().reset_ctx(device)` moves the network."
            return Mistake("network-not-moved", f"parameters on {wanted}", str(error), cause, tried, error.line)
        cause = "The network has moved, the batch has not (`x.to(device)` gives a new tensor, which has to be used)."
        return Mistake("batch-not-moved", f"everything on {wanted}", str(error), cause, tried, error.line)
    if error:
        return Mistake("raised", "a training", str(error), "The code stopped with an error.", tried, error.line)
    visited = listed(seen, "visited", str)
    if not visited or any(place != wanted for place in visited):
        cause = "The computation ran on another device than the one asked for."
        return Mistake("trained-elsewhere", f"outputs on {wanted}", describe(visited[:1]), cause, tried)
    places = listed(seen, "parameter places", str)
    if not places or any(place != wanted for place in places):
        cause = "Afterwards the network lies on another device. It was asked to be there; whoever wants it back can move it."
        return Mistake("moved-back", f"parameters on {wanted}", describe(places[:1]), cause, tried)
    return None


@everywhere.criterion("trained", points=2, says="train_on: losses and parameters are the same on every device")
def _(case: Case, seen: Seen) -> Mistake | None:
    wanted = f"cpu({case['devices'][-1]})"
    tried = f"train_on(net, batches, loss_function, {case['step']}, {wanted})"
    if error := seen.error("train"):
        cause = "Without a training that ends there are no losses."
        return Mistake("training-stopped", "losses", str(error), cause, tried, error.line)
    losses, final = descent(case)
    value = seen["losses"]
    found = numbers([v.item() if isinstance(v, np.ndarray) and v.size == 1 else v for v in value] if isinstance(value, list) else value)  # fmt: skip
    if found is None:
        cause = "The losses come back as a list, one number for each batch."
        return Mistake("no-losses", f"{len(losses)} numbers", describe(value), cause, tried)
    held = _layers(seen)
    if _close(found, losses) and all(_same(h.get(k), w[k]) for h, w in zip(held, final) for k in w):
        return None
    slips = {
        "never-zeroed": "Gradients of earlier batches were not forgotten: `net.zero_grad()`, or `trainer.zero_grad()`, belongs into every step.",
        "not-updated": "The parameters did not change. Was an optimizer, or a list of tensors, made of something that is no longer the network's?",
    }
    for slip, cause in slips.items():
        if _close(found, descent(case, slip)[0]):
            return Mistake(slip, some(losses), some(found), cause, tried)
    if found and not np.isclose(found[0], losses[0], rtol=1e-3):
        cause = "The very first loss is another one: the network no longer has the values it came with. Moving is not initializing anew (`initialize(ctx=…, force_reinit=True)`)."
        return Mistake("values-lost", some(losses), some(found), cause, tried)
    cause = "For each batch: loss, backward, w - rate · g for every parameter, zero the gradients."
    return Mistake("other-training", some(losses), some(found), cause, tried)


def _close(found: list[float], wanted: list[float]) -> bool:
    return len(found) == len(wanted) and bool(np.allclose(found, wanted, rtol=1e-3, atol=1e-5))


def _layers(seen: Seen) -> list[dict[str, Any]]:
    final = listed(seen, "final", dict)
    if len(final) != 2:
        raise no_evidence("two layers", final)
    return final


@everywhere.criterion("left alone", points=1, says="the caller's batches stay where they are")
def _(case: Case, seen: Seen) -> Mistake | None:
    start = f"cpu({case['start']})"
    tried = f"a look at the list of batches after train_on(…, cpu({case['devices'][-1]}))"
    if error := seen.error("train"):
        cause = "Without a training that ends this cannot be seen."
        return Mistake("training-stopped", f"batches on {start}", str(error), cause, tried, error.line)
    if not numbers(seen["losses"]):
        cause = "The losses come back as a list, one number for each batch."
        return Mistake("no-losses", "losses", describe(seen["losses"]), cause, tried)
    places = listed(seen, "batch places", str)
    if len(places) == 2 * len(case["batches"]) and all(place == start for place in places):
        return None
    cause = "The list of batches belongs to the caller, who may train on another device next. Keep what you moved in variables of your own."
    return Mistake("batches-replaced", f"batches on {start}", f"on {', '.join(sorted(set(places))) or 'none'}", cause, tried)  # fmt: skip
