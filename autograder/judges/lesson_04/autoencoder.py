"""A tied autoencoder: one weight there and back. Judged by what it computes, what it follows, and what it learns from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, Seen
from autograder.judges.evidence import double, inputs, numbers, same, shapes, single, stopped
from autograder.judges.lesson_04.evidence import dense

autoencoder = Exercise(
    "04-tied-autoencoder",
    "A tied autoencoder",
    section="There and back: the weight transposed",
    source="S1, section 4.2.3",
    minutes=20,
    difficulty="medium",
    hints=(
        "The decoder needs one new parameter only: a bias, one number for each input. `self.params.get(name, shape=…, init=…)` makes and registers one.",
        "`nd.dot(h, W)` with `h` of shape (batch, units) and `W` of shape (units, inputs): which shape comes out? Is there anything to transpose in the code?",
        "`self.encoder.weight.data()` gives the weight as it is now. Ask for it in `decode`, each time; what was computed in `__init__` stays as it was then.",
    ),
)


@autoencoder.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, 5, 3), _case(rng, 4, 6)]


def _case(rng: np.random.Generator, n: int, units: int) -> Case:
    layer = dense(rng, n, units)
    return {
        "inputs": n,
        "units": units,
        "x": 0.7 * inputs(rng, 4, n),
        "h": single(rng.uniform(0.2, 0.9, (3, units)) * rng.choice([-1, 1], (3, units))),
        "weigh": inputs(rng, 4, n),
        **layer,
        "back": single(rng.uniform(0.3, 0.8, n) * rng.choice([-1, 1], n)),
        "other": single(layer["weight"] + rng.uniform(0.3, 0.6, (units, n))),
    }


# -- the oracle -------------------------------------------------------------------------------------------------------

Activation = Callable[[torch.Tensor], torch.Tensor]
OTHERS: dict[str, Activation] = {"none": lambda v: v, "relu": torch.relu, "sigmoid": torch.sigmoid}


def _code(case: Case, activation: Activation = torch.tanh, bias: bool = True) -> np.ndarray:
    x, weight = double(case["x"]), double(case["weight"])
    return activation(x @ weight.T + (double(case["bias"]) if bias else 0)).numpy()


def _decoded(case: Case, weight: str = "weight", h: np.ndarray | None = None) -> np.ndarray:
    return (double(case["h"] if h is None else h) @ double(case[weight]) + double(case["back"])).numpy()


def _slope(case: Case, uses: str = "both", activation: Activation = torch.tanh) -> np.ndarray:
    """The weight's gradient of (decode(encode(x)) · w).sum() by torch; with one of its uses left out."""
    weight = double(case["weight"]).requires_grad_()
    there = weight if uses != "decoder" else weight.detach()
    back = weight if uses != "encoder" else weight.detach()
    output = activation(double(case["x"]) @ there.T + double(case["bias"])) @ back + double(case["back"])
    (output * double(case["weigh"])).sum().backward()
    assert weight.grad is not None
    return weight.grad.numpy()


# -- judging ----------------------------------------------------------------------------------------------------------


def _net(case: Case) -> str:
    return f"net = TiedAutoencoder({case['inputs']}, {case['units']})"


def _unusable(case: Case, seen: Seen) -> Mistake | None:
    cause = "The network cannot be built, initialized and called."
    failed = stopped(seen, "build the network", "cannot-be-built", _net(case), cause, "a network")
    if failed or seen.error("initialize it and call it") is None:
        return failed
    tried = f"{_net(case)}; net.initialize(); net(x) for x of shape {case['x'].shape}"
    error = seen.errors["initialize it and call it"]
    if error.type == "ShapeError":
        return _not_transposed(case, error.message, tried, error.line)
    return stopped(seen, "initialize it and call it", "cannot-be-called", tried, cause, "an output")


def _not_transposed(case: Case, message: str, tried: str, line: str) -> Mistake:
    cause = (
        f"The weight has shape ({case['units']}, {case['inputs']}). A code of {case['units']} numbers times this matrix gives {case['inputs']}; "
        "the encoder multiplies by the transposed one, and the decoder by the matrix as it is."
    )
    return Mistake("shapes-do-not-fit", "shapes that fit", message, cause, tried, line)


@autoencoder.criterion("codes", points=2, says="`encode` gives tanh(x Wᵀ + b)")
def _(case: Case, seen: Seen) -> Mistake | None:
    tried = f"{_net(case)}; values set; net.encode(x)"
    failed = _unusable(case, seen) or stopped(seen, "encode", "cannot-encode", tried, "`encode` stops.", "a code")
    if failed or same(seen.array("code"), _code(case)):
        return failed
    got, wanted = seen["code"], numbers(_code(case))
    for name, activation in OTHERS.items():
        if same(got, _code(case, activation)):
            cause = f"The code's activation should be tanh; here it is {name}."
            return Mistake("other-activation", wanted, numbers(got), cause, tried)
    if same(got, _code(case, bias=False)):
        return Mistake("code-without-bias", wanted, numbers(got), "The encoder's bias is left out.", tried)
    return Mistake("wrong-code", wanted, numbers(got), "The code is tanh(x Wᵀ + b).", tried)


@autoencoder.criterion(
    "decodes", points=2, says="`decode` gives h W + c, without an activation, for any number of codes"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    return _unusable(case, seen) or _wrong_decoding(case, seen)


def _wrong_decoding(case: Case, seen: Seen) -> Mistake | None:
    tried, error = f"{_net(case)}; values set; net.decode(h) for h of shape {case['h'].shape}", seen.error("decode")
    if error and error.type == "ShapeError":
        return _not_transposed(case, error.message, tried, error.line)
    failed = stopped(seen, "decode", "cannot-decode", tried, "`decode` stops.", "as many numbers as there are inputs")
    if failed or same(seen.array("decoded"), _decoded(case)):
        return failed
    got, wanted, plain = seen["decoded"], _decoded(case), _decoded(case) - case["back"]
    slips = {
        "decoder-without-bias": (plain, "The decoder has a bias of its own, c, one number for each input."),
        "output-activated": (
            np.tanh(wanted),
            "A tanh is applied to the output as well, which then cannot leave [-1, 1].",
        ),
        "bias-subtracted": (
            plain - case["back"],
            "The bias is subtracted. The decoder does not undo the encoder; it adds a bias of its own.",
        ),
    }
    for id, (value, cause) in slips.items():
        if same(got, value):
            return Mistake(id, numbers(wanted), numbers(got), cause, tried)
    if same(got, seen.values.get("decoded_after")):
        return _copied_once(numbers(wanted), numbers(got), tried)
    cause = "The decoder multiplies the code by the encoder's weight and adds a bias."
    return Mistake("wrong-decoding", numbers(wanted), numbers(got), cause, tried)


@autoencoder.criterion("tied", points=3, says="there is one weight, and the decoder follows it")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _unusable(case, seen) or _wrong_parameters(case, seen) or _does_not_follow(case, seen)


def _wrong_parameters(case: Case, seen: Seen) -> Mistake | None:
    n, units = case["inputs"], case["units"]
    found = shapes(seen, "shapes")
    tried, expected = f"{_net(case)}; net.collect_params()", f"three: ({units}, {n}), ({units},), ({n},)"
    observed = ", ".join(map(str, found)) or "none"
    if sorted(found, key=str) == sorted([(units, n), (units,), (n,)], key=str):
        return None
    if found.count((n, units)) or found.count((units, n)) > 1:
        cause = "There is a second matrix: the decoder has a weight of its own, however it may have begun. Use the encoder's."
        return Mistake("decoder-has-its-own-weight", expected, observed, cause, tried)
    if (n,) not in found:
        cause = f"No parameter has shape ({n},): the decoder's bias is missing, or it is a plain tensor that the block does not know of. `self.params.get` registers one."
        return Mistake("no-decoder-bias", expected, observed, cause, tried)
    if (units, n) not in found:
        cause = "The encoder's weight is not among the parameters: is the layer assigned to an attribute?"
        return Mistake("encoder-not-registered", expected, observed, cause, tried)
    return Mistake(
        "other-parameters", expected, observed, "There are more parameters than these three, or fewer.", tried
    )


def _does_not_follow(case: Case, seen: Seen) -> Mistake | None:
    tried = f"{_net(case)}; another matrix written into the encoder's weight; net.decode(h)"
    if same(seen.array("decoded_after"), _decoded(case, "other")):
        return None
    got, wanted = seen["decoded_after"], numbers(_decoded(case, "other"))
    if same(got, seen.array("decoded")):
        return _copied_once(wanted, numbers(got), tried)
    return _wrong_decoding(case, seen) or Mistake(
        "does-not-follow", wanted, numbers(got), "The decoder does not use the encoder's weight.", tried
    )


def _copied_once(wanted: str, got: str, tried: str) -> Mistake:
    cause = "The decoder still uses old values: they were copied or transposed once, in `__init__` or at the first call, and do not change with the weight."
    return Mistake("copied-once", wanted, got, cause, tried, "where the decoder takes its matrix from")


@autoencoder.criterion("gradient", points=2, says="the weight learns from both its uses")
def _(case: Case, seen: Seen) -> Mistake | None:
    if failed := _unusable(case, seen):
        return failed
    tried = f"{_net(case)}; (net(x) * w).sum().backward(); the gradient of the encoder's weight"
    cause = "No gradient comes back from the output."
    if failed := stopped(seen, "send a gradient back", "no-gradient", tried, cause, "a gradient"):
        return failed
    wanted, got = _slope(case), seen.array("gradient")
    if any(same(got, _slope(case, activation=one)) for one in (torch.tanh, *OTHERS.values())):  # "codes" judges which
        return None
    for use, other in (("encoder", "decoder"), ("decoder", "encoder")):
        if same(got, _slope(case, use)):
            cause = f"Only the {use}'s use contributes. In the {other} the values have left the record: by `asnumpy`, `detach`, `no_grad`, or a copy; or it is another parameter."
            return Mistake("one-use-contributes", numbers(wanted), numbers(got), cause, tried)
    cause = "The gradient is the sum of what encoder and decoder contribute."
    return _wrong_decoding(case, seen) or Mistake("wrong-gradient", numbers(wanted), numbers(got), cause, tried)


@autoencoder.criterion("forward", points=1, says="net(x) decodes what it encodes, and leaves x as it is")
def _(case: Case, seen: Seen) -> Mistake | None:
    if failed := _unusable(case, seen):
        return failed
    tried = f"{_net(case)}; values set; net(x)"
    if failed := stopped(seen, "call it", "cannot-be-called", tried, "The call stops.", "an output"):
        return failed
    wanted, got = _decoded(case, h=_code(case)), seen.array("output")
    if not same(seen.array("x_after"), case["x"]):
        return Mistake("changes-its-input", "x as before", numbers(seen["x_after"]), "x was written into.", tried)
    if same(got, wanted):
        return None
    if same(got, _code(case)):
        return Mistake("forward-gives-the-code", numbers(wanted), numbers(got), "`forward` returns the code.", tried)
    own = seen.values.get("code")
    if isinstance(own, np.ndarray) and own.shape == _code(case).shape and same(got, _decoded(case, h=own)):
        return None  # decodes what it encodes; another criterion judges the code
    cause = "The output is not decode(encode(x))."
    return _wrong_decoding(case, seen) or Mistake("wrong-output", numbers(wanted), numbers(got), cause, tried)
