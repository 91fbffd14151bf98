"""Looks at the learner's small residual network: what it is made of, what still passes when parts are silenced, what it learns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_08.planting import in_call_order, shapes
from miniblocks import autograd, data, init, loss, nd, nn, optim

EXERCISES = ("08-small-resnet",)
EPOCHS, BATCH, RATE = 3, 32, 0.005


@probe("08-small-resnet")
def _(answer: Any, case: Case, see: Observer) -> None:
    with see.step("build the network"):
        net = answer(classes=case["classes"])
    if case["what"] == "learning":
        with see.attempt("train it"):
            see["scores"] = _learned(net, case)
            _count(see, net.collect_params().values())
        return
    with see.step("call it"):
        order = [p for p in in_call_order(net, case["x"]) if p.is_initialized]  # a layer that is never called has none
    see["shapes"] = shapes(order)
    _count(see, order)
    _plant(order, case)
    with see.attempt("look at its feature maps"):
        see["maps"] = _maps(net, case["x"])
    with see.attempt("train and evaluate"):
        _modes(see, net, case, order)
    with see.attempt("silence a part"), autograd.no_grad():
        net.eval()
        see["whole"] = _spread(net, case)
        for name, wanted, last in (("first", (16, 16), 2), ("second", (32, 16), 1), ("third", (32, 32), 2)):
            see[f"without the {name} main path"] = _silenced(net, case, order, (*wanted, 3, 3), last)
    with see.attempt("send a gradient back"):
        net.train()
        for parameter in order:
            parameter.zero_grad()
        scores = net(nd.array(case["x"]))
        (scores * nd.array(case["weigh"][:, : scores.shape[1]])).sum().backward()
        see["gradient"] = next(p.grad().asnumpy() for p in order if p.data().ndim == 4)


def _plant(parameters: list[nn.Parameter], case: Case) -> None:
    """Weights of a size that keeps the signal's; scores around +10 and -10 in turn, so that a relu at the end shows and
    yet some scores are alive."""
    rng = np.random.default_rng(case["seed"])
    for parameter in parameters:
        shape = parameter.data().shape
        if len(shape) > 1:
            parameter.set_data(rng.normal(0, (2 / np.prod(shape[1:])) ** 0.5, shape))
        elif parameter.name.endswith("bias") and shape[0] < 16:
            parameter.set_data(10.0 * (-1) ** np.arange(shape[0]))


def _count(see: Observer, parameters: Iterable[nn.Parameter]) -> None:
    """How many kernels larger than a pixel there are, and how many statistics (two a normalization)."""
    known = [p for p in parameters if p.is_initialized]
    see["kernels"] = sum(p.data().ndim == 4 and p.data().shape[2:] != (1, 1) for p in known)
    see["statistics"] = sum(p.grad_req == "null" for p in known)


def _maps(net: Any, x: np.ndarray) -> list[list[int]]:
    """Channels, height and width of what each convolution gives, in the order of their calls."""
    found: list[list[int]] = []
    convolutions = [block for _, block in net.named_blocks() if isinstance(block, nn.Conv2D)]
    removers = [c.register_forward_hook(lambda b, i, out: found.append(list(out.shape[1:]))) for c in convolutions]
    try:
        net(nd.array(x))
    finally:
        for remove in removers:
            remove()
    return found


def _modes(see: Observer, net: Any, case: Case, order: list[nn.Parameter]) -> None:
    """What it gives, and what becomes of its statistics, in training and in use."""

    def statistics() -> list[np.ndarray]:
        return [p.data().asnumpy().copy() for p in order if p.grad_req == "null"]

    x = nd.array(case["x"])
    see["at first"] = statistics()
    net.train()
    net(x)
    see["after training"] = statistics()
    net.eval()
    see["in a batch"] = net(x)
    see["alone"] = net(x[:1])
    see["after use"] = statistics()


def _spread(net: Any, case: Case) -> np.ndarray:
    """How the scores differ between two batches of images; an array also where the network gives one number."""
    return np.asarray(net(nd.array(case["x"])).asnumpy() - net(nd.array(case["other"])).asnumpy())


def _silenced(net: Any, case: Case, order: list[nn.Parameter], shape: tuple[int, ...], last: int) -> Any:
    """The same with the last so many convolutions of this shape set to 0; None where there are fewer."""
    chosen = [p for p in order if p.shape == shape][-last:]
    if len(chosen) < last:
        return None
    kept = [p.data().asnumpy().copy() for p in chosen]
    for parameter in chosen:
        parameter.set_data(np.zeros(shape))
    try:
        return _spread(net, case)
    finally:
        for parameter, value in zip(chosen, kept):
            parameter.set_data(value)


def _learned(net: Any, case: Case) -> nd.Tensor:
    """A short training on some of the bundled digits, by a fixed recipe; the scores of the test digits."""
    x, y = (array.asnumpy() for array in data.digits(train=True).arrays)
    y = np.asarray(case["labels"])[y]  # which digit has which label is drawn: what was trained elsewhere is of no use
    net.initialize(init.He(), force_reinit=True)
    net(nd.array(x[:2]))
    optimizer, criterion = optim.Adam(net.collect_params(), lr=RATE), loss.SoftmaxCrossEntropyLoss()
    pieces = [piece for epoch in case["order"] for piece in np.split(epoch, len(epoch) // BATCH)]
    schedule = optim.Scheduler(optimizer, optim.cosine(len(pieces)))
    net.train()
    for piece in pieces:
        criterion(net(nd.array(x[piece])), nd.array(y[piece])).backward()
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
    net.eval()
    with autograd.no_grad():
        return net(data.digits(train=False).arrays[0])
