"""The code cells of the two Gluon chapters run with only their import lines changed, and print the same.

`seeds/*.txt` holds them cell by cell with the text that MXNet printed. Only array values are normalized, and the
class that an array names itself by; names, shapes, devices, nesting and line breaks must agree.
"""

import ast
import contextlib
import io
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from miniblocks import nn

SEEDS = Path(__file__).parent / "seeds"
NUMBER = r"(?:[-+]?\d+\.?\d*(?:e[-+]\d+)?|True|False|\.\.\.)"  # comparisons give bool here, and 0. or 1. in MXNet
ARRAY = re.compile(rf"\n?\[(?:{NUMBER}|[\s\[\]])*\]\n<(?:NDArray|Tensor) (\S+) @(\S+)>")


def cells(name):
    """[(number, code, printed text, shown text)]"""
    parts = re.split(r"#### (In|Prints|Shows) \[(\d+)\]\n", (SEEDS / name).read_text())[1:]
    found = {}
    for kind, number, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        found.setdefault(int(number), {})[kind] = body.rstrip("\n")
    return [(n, c["In"], c.get("Prints", ""), c.get("Shows", "")) for n, c in found.items()]


def run(code, namespace):
    """What the cell prints, and what its last expression shows."""
    tree = ast.parse(code)
    last = ast.Expression(tree.body.pop().value) if isinstance(tree.body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "<cell>", "exec"), namespace)
        if last is not None:
            value = eval(compile(last, "<cell>", "eval"), namespace)
    return printed.getvalue().rstrip("\n"), "" if value is None else repr(value)


def normalized(text):
    return ARRAY.sub(r"\n<array \1 @\2>", "\n" + text).strip("\n")


@pytest.fixture
def names():
    with nn.fresh_names():
        yield


def played(name, until=None):
    namespace = {}
    for number, code, printed, shown in cells(name):
        yield number, run(code, namespace), (printed, shown), namespace
        if number == until:
            return


@pytest.mark.parametrize("name, count", [("layers_and_blocks.txt", 8), ("parameter_management.txt", 17)])
def test_every_cell_prints_the_same(name, count, names):
    numbers = []
    for number, (printed, shown), (should_print, should_show), _ in played(name):
        assert normalized(printed) == normalized(should_print), f"cell {number} prints"
        if should_show:
            assert normalized(shown) == normalized(should_show), f"cell {number} shows"
        numbers.append(number)
    assert numbers == list(range(1, count + 1))


def test_the_normalization_hides_values_and_nothing_else():
    shown = "\n[[ 1.5 -2e-08]\n [0. 3.]]\n<NDArray 2x2 @cpu(0)>"
    assert normalized(shown) == "<array 2x2 @cpu(0)>"
    assert normalized("Dense(20 -> 32, linear)") == "Dense(20 -> 32, linear)"
    assert normalized(shown) != normalized(shown.replace("2x2", "2x3"))


def test_the_values_of_the_parameter_chapter(names):
    """What the normalization hides: the distributions and the writes in place."""
    rows = {
        n: space["net"][0].weight.data().asnumpy().copy()
        for n, _, _, space in played("parameter_management.txt", 16)
        if n >= 12
    }
    assert 0.008 < rows[12].std() < 0.012
    assert (rows[13] == 1).all()
    bound = np.sqrt(3 / ((20 + 256) / 2))
    assert np.abs(rows[14]).max() <= bound and rows[14].std() > bound / 2
    assert ((rows[15] == 0) | (np.abs(rows[15]) >= 5)).all() and 0.4 < (rows[15] == 0).mean() < 0.6
    expected = rows[15] + 1
    expected[0, 0] = 42
    np.testing.assert_array_equal(rows[16], expected)


def test_tied_layers_stay_one_parameter(names):
    *_, (_, _, _, space) = played("parameter_management.txt")
    net = space["net"]
    assert net[1].weight is net[2].weight
    assert net[2].weight.data()[0, 0].item() == 100
    assert len(net.collect_params()) == 6


@pytest.mark.parametrize("scale", [0.05, 1.0, 30.0])
def test_fancy_mlp_has_the_gradients_that_torch_finds(names, scale):
    """Both branches and any number of loop rounds; the same dense layer twice; a constant in between."""
    *_, (_, _, _, space) = played("layers_and_blocks.txt", 7)
    net, x = space["net"], space["x"]
    net.dense.weight.set_data(net.dense.weight.data().asnumpy() * scale)
    net.zero_grad()
    y = net(x)
    y.backward()

    w, b = (torch.tensor(p.data().asnumpy(), requires_grad=True) for p in (net.dense.weight, net.dense.bias))
    h = torch.relu(torch.tensor(x.asnumpy()) @ w.T + b)
    h = torch.relu(h @ torch.tensor(net.rand_weight.data().asnumpy()) + 1)
    h = torch.relu(h @ w.T + b)
    while h.norm().item() > 1:
        h = h / 2
    if h.norm().item() < 0.8:
        h = h * 10
    h.sum().backward()

    np.testing.assert_allclose(y.item(), h.sum().item(), rtol=1e-4)
    np.testing.assert_allclose(net.dense.weight.grad().asnumpy(), w.grad.numpy(), rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(net.dense.bias.grad().asnumpy(), b.grad.numpy(), rtol=1e-3, atol=1e-5)
    with pytest.raises(RuntimeError, match="frozen"):
        net.rand_weight.grad()


def test_a_hybridized_fancy_mlp_runs_its_graph_and_not_its_python(names):
    *_, (_, _, _, space) = played("layers_and_blocks.txt", 7)
    net, x, calls = space["net"], space["x"], []
    forward = type(net).forward
    type(net).forward = lambda self, x: calls.append(1) or forward(self, x)
    expected = net(x).item()
    net.hybridize()
    with pytest.warns(UserWarning, match="looked at a value"):
        captured = net(x).item()
    before = len(calls)
    assert net(x).item() == captured == expected
    assert len(calls) == before and len(net.graph) > 5
