"""Hooks, own Functions, gradient checks, anomaly mode, the view of the record, threads."""

import threading

import numpy as np
import pytest
import torch

from miniblocks import autograd, nd
from miniblocks.errors import AnomalyError, GraphError, ShapeError


def leaf(*values):
    x = nd.array(values, dtype="float64")
    x.requires_grad = True
    return x


class Cube(autograd.Function):
    @staticmethod
    def forward(ctx, x, k):
        ctx.save_for_backward(x)
        return x * x * x * k

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x * x, None


def test_a_function_records_one_node_with_its_own_backward():
    x = leaf(1.0, 2.0)
    y = Cube.apply(x, 1.0)
    assert [n.op for n in autograd.recorded(y)] == ["leaf", "Cube"]
    y.sum().backward()
    assert x.grad.tolist() == [3, 12]
    assert autograd.gradcheck(lambda x: Cube.apply(x, 1.0).exp(), [leaf(0.3, -0.5)])
    second = autograd.grad(autograd.grad(Cube.apply(x, 1.0).sum(), [x], create_graph=True)[0].sum(), [x])
    assert second[0].tolist() == [6, 12]


def test_a_saved_output_keeps_its_history_when_the_walk_is_recorded():
    """torch's own sigmoid, with the same saved output, is the oracle."""

    class Sigmoid(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x.sigmoid()
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            return g * y * (1 - y)

    x, t = leaf(-0.7, 1.9), torch.tensor([-0.7, 1.9], dtype=torch.float64, requires_grad=True)
    (first,) = autograd.grad((Sigmoid.apply(x) * x).sum(), [x], create_graph=True)
    (theirs,) = torch.autograd.grad((torch.sigmoid(t) * t).sum(), [t], create_graph=True)
    np.testing.assert_allclose(first.tolist(), theirs.tolist())
    np.testing.assert_allclose(
        autograd.grad(first.sum(), [x])[0].tolist(), torch.autograd.grad(theirs.sum(), [t])[0].tolist()
    )


def test_a_wrong_backward_is_found():
    class Wrong(Cube):
        @staticmethod
        def backward(ctx, g):
            return g, None

    with pytest.raises(GraphError, match="at element 0 is .*, and central differences give"):
        autograd.gradcheck(lambda x: Wrong.apply(x, 1.0), [leaf(1.0)])


@pytest.mark.parametrize(
    "returned, message", [(lambda g: g, "returned 1 gradients for 2"), (lambda g: (g.sum(), None), r"of shape \(\)")]
)
def test_a_backward_of_the_wrong_form_is_named(returned, message):
    class Wrong(Cube):
        backward = staticmethod(lambda ctx, g: returned(g))

    with pytest.raises((GraphError, ShapeError), match=message):
        Wrong.apply(leaf(1.0, 2.0), 1.0).sum().backward()


def test_hooks_see_the_whole_gradient_and_may_replace_it():
    x = leaf(1.0, 2.0)
    y = x * 2
    seen = []
    y.register_hook(lambda g: seen.append(g.tolist()))
    remove = x.register_hook(lambda g: g * 10)
    y.retain_grad()
    (y + y).sum().backward()
    assert seen == [[2, 2]] and y.grad.tolist() == [2, 2] and x.grad.tolist() == [40, 40]
    remove()
    x.zero_grad()
    (x * 2).sum().backward()
    assert x.grad.tolist() == [2, 2]


def test_the_view_shows_a_diamond_once():
    x = leaf(1.0)
    y = x.exp()
    nodes = autograd.recorded(y * y + 1)
    assert [n.op for n in nodes] == ["leaf", "exp", "mul", "add"]
    assert nodes[2].parents == (1, 1) and nodes[3].parents == (2, None) and nodes[0].leaf is x
    assert [n.made(x) for n in nodes] == [True, False, False, False] and [n.made(y) for n in nodes].index(True) == 1


def test_anomaly_mode_names_the_operation_and_the_line():
    x = leaf(-1.0, 4.0)
    assert np.isnan(x.log().asnumpy()).any()
    with autograd.detect_anomaly(), pytest.raises(AnomalyError, match=r"`log` made a nan .*x\.log\(\)"):
        x.log()


def test_a_detached_tensor_shares_storage_and_no_history():
    x = leaf(1.0)
    y = (x * 2).detach()
    assert not y.requires_grad and y.is_leaf


def test_threads_do_not_disturb_each_other(in_threads):
    """One thread computes without recording while the others record; each gets its own gradients."""
    barrier, wrong = threading.Barrier(4), []

    def work(k):
        x = leaf(float(k))
        barrier.wait()
        for _ in range(50):
            if k == 0:
                with autograd.no_grad():
                    y = x * x
                wrong.extend([k] * y.requires_grad)
            else:
                (g,) = autograd.grad(x * x, [x])
                wrong.extend([k] * (g.item() != 2 * k))

    in_threads(4, work)
    assert not wrong


def test_third_derivatives():
    x = leaf(0.7)
    first = autograd.grad(x.tanh(), [x], create_graph=True)[0]
    second = autograd.grad(first, [x], create_graph=True)[0]
    third = autograd.grad(second, [x])[0]
    t = torch.tanh(torch.tensor(0.7, dtype=torch.float64))
    np.testing.assert_allclose(third.item(), ((1 - t**2) * (6 * t**2 - 2)).item(), rtol=1e-10)
