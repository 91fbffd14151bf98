"""Looking at the backward walk and at what runs: the numbers are torch's, and looking changes nothing."""

from collections import defaultdict

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from miniblocks import autograd, errors, nd
from miniblocks.replay import known_values
from miniblocks.tensor import Tensor

UNARY = ("exp", "tanh", "sigmoid", "sin", "neg", "relu", "square", "halves")
BINARY = ("add", "sub", "mul", "matmul", "div")
CHOICES = st.lists(
    st.tuples(st.sampled_from(UNARY + BINARY), st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=12
)


def apply(name, a, b, library):
    """One operation, by miniblocks or by torch."""
    match name:
        case "exp":
            return (a * 0.1).exp()
        case "sin":
            return nd.sin(a) if library == "ours" else torch.sin(a)
        case "neg":
            return -a
        case "relu":
            return nd.relu(a) if library == "ours" else torch.relu(a)
        case "square":
            return a**2 * 0.1
        case "halves":
            return a.sum(0) * 0.5 + a
        case "tanh" | "sigmoid":
            return getattr(a, name)()
        case "add":
            return a + b
        case "sub":
            return a - b
        case "mul":
            return a * b
        case "div":
            return a / (b * b + 1)
        case "matmul":
            return (a @ b).tanh()


def both(choices, seed):
    """All values of a random expression of two leaves and a constant, by both; torch's keep their gradients."""
    numbers = np.random.default_rng(seed).normal(size=(3, 3, 3))
    ours = [nd.array(n, dtype="float64") for n in numbers]
    theirs = [torch.tensor(n) for n in numbers]
    for leaf in (*ours[:2], *theirs[:2]):
        leaf.requires_grad = True
    for name, i, j in choices:
        a, b = i % len(ours), j % len(ours)
        ours.append(apply(name, ours[a], ours[b], "ours"))
        theirs.append(apply(name, theirs[a], theirs[b], "torch"))
    ours.append(sum((x for x in ours[1:]), ours[0]).sum())
    theirs.append(sum((x for x in theirs[1:]), theirs[0]).sum())
    return ours, theirs


@given(CHOICES, st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_what_each_node_gets_is_torchs_gradient(choices, seed):
    ours, theirs = both(choices, seed)
    for value in theirs:
        if value.requires_grad and not value.is_leaf:
            value.retain_grad()
    theirs[-1].backward()
    nodes = autograd.recorded(ours[-1])
    position = {node.key: i for i, node in enumerate(nodes)}
    sums, incoming = defaultdict(float), {}
    for step in autograd.backward_steps(ours[-1]):
        at = position[step.key]
        incoming[at] = step.incoming.asnumpy()
        for argument, share in step.shares:
            sums[nodes[at].parents[argument]] += share.asnumpy()
    for mine, its in zip(ours, theirs):
        if its.requires_grad:
            i = next(i for i, node in enumerate(nodes) if node.made(mine))
            arrived = sums[i] if mine is not ours[-1] else 1.0
            np.testing.assert_allclose(arrived, its.grad.numpy(), rtol=1e-9, atol=1e-12)
            if i in incoming:
                np.testing.assert_allclose(incoming[i], its.grad.numpy(), rtol=1e-9, atol=1e-12)
    assert all(leaf.grad is None for leaf in ours[:2])
    ours[-1].backward()  # the graph is still there
    np.testing.assert_allclose(ours[0].grad.asnumpy(), theirs[0].grad.numpy(), rtol=1e-9, atol=1e-12)


@given(CHOICES, st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_values_that_the_tape_knows_are_those_that_were_computed(choices, seed):
    ours, _ = both(choices, seed)
    nodes = autograd.recorded(ours[-1])
    found = known_values(nodes, ours[-1])
    for i, node in enumerate(nodes):
        for value in ours:
            if node.made(value) and found[i] is not None:
                assert torch.equal(found[i], value.raw)
    assert found[-1] is not None and all(v is not None for v, n in zip(found, nodes) if n.leaf is not None)


@given(CHOICES, st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_a_share_is_the_incoming_gradient_times_the_slope(choices, seed):
    ours, _ = both(choices, seed)
    for step in autograd.backward_steps(ours[-1]):
        for argument, share in step.shares:
            slope = step.slope(argument)
            if slope is not None and share.shape == step.incoming.shape:
                np.testing.assert_allclose((step.incoming * slope).asnumpy(), share.asnumpy(), rtol=1e-9, atol=1e-12)
            if step.incoming.size * share.size <= 81 and slope is None:
                through = step.incoming.asnumpy().reshape(-1) @ step.jacobian(argument).asnumpy()
                np.testing.assert_allclose(through.reshape(share.shape), share.asnumpy(), rtol=1e-9, atol=1e-12)


def test_a_value_used_twice_by_one_operation_gets_two_shares():
    x = nd.array([3.0])
    x.requires_grad = True
    [step] = autograd.backward_steps(x * x)
    assert [(i, share.item()) for i, share in step.shares] == [(0, 3.0), (1, 3.0)]


def test_it_stops_where_backward_would():
    x = nd.array([3.0])
    with pytest.raises(errors.GraphError, match="requires a gradient"):
        list(autograd.backward_steps(x * x))
    x.requires_grad = True
    y = x * x
    y.backward()
    with pytest.raises(errors.FreedGraphError):
        list(autograd.backward_steps(y))
    z = x.exp() * x
    x.raw.add_(1)
    with pytest.raises(errors.OverwrittenError):
        list(autograd.backward_steps(z))


def test_hooks_are_not_called():
    x = nd.array([3.0])
    x.requires_grad = True
    y = x * 2
    called = []
    y.register_hook(called.append)
    list(autograd.backward_steps(y.exp()))
    assert not called


class Doubled(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g * 2


def test_what_ran_is_told_with_where_and_how():
    x = nd.array([3.0])
    x.requires_grad = True
    with autograd.watch() as ran:
        y = Doubled.apply(x) * 5
        with autograd.no_grad():
            z = y + 1
        y *= 2  # moves the handle; what was noted stays
    assert [(r.op, r.key is not None, r.recording) for r in ran] == [
        ("mul", True, True),
        ("add", False, False),
        ("mul", True, True),
    ]
    assert [float(r.value[0]) for r in ran] == [30.0, 31.0, 60.0] and z.item() == 31
    assert ran[0].place.text == "y = Doubled.apply(x) * 5"
    key, raw = ran[1].sources[0]
    assert key is ran[0].key and float(raw[0]) == 30
    assert isinstance(y, Tensor) and y.node is ran[2].key
    x * 2
    assert len(ran) == 3


def test_watching_does_not_disturb_anomaly_mode():
    with autograd.detect_anomaly(), autograd.watch() as ran, pytest.raises(errors.AnomalyError):
        nd.log(nd.array([-1.0]))
    assert ran == []
