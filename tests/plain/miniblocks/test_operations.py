"""Every operation against torch: values, gradients, and the gradients of gradients."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from miniblocks import autograd, nd
from miniblocks.errors import DtypeError, FreedGraphError, GraphError, OverwrittenError, ShapeError
from miniblocks.ops import TABLE
from miniblocks.tensor import Tensor, apply

RNG = np.random.default_rng(0)


def normal(*shape):
    return RNG.normal(size=shape)


def positive(*shape):
    return RNG.uniform(0.5, 2.0, size=shape)


# (operation, inputs, static arguments, the same in torch)
CASES = [
    ("add", [normal(3, 4), normal(4)], {}, torch.add),
    ("sub", [normal(3, 1), normal(1, 4)], {}, torch.sub),
    ("mul", [normal(2, 3, 4), normal(3, 1)], {}, torch.mul),
    ("div", [normal(3, 4), positive(4)], {}, torch.div),
    ("pow", [positive(3, 4), normal(4)], {}, torch.pow),
    ("neg", [normal(3)], {}, torch.neg),
    ("pow", [normal(3)], {"base": 2.0}, lambda x: 2.0**x),
    ("maximum", [normal(3, 4), normal(4)], {}, torch.maximum),
    ("minimum", [normal(3, 4), normal(3, 1)], {}, torch.minimum),
    ("exp", [normal(3, 4)], {}, torch.exp),
    ("log", [positive(3, 4)], {}, torch.log),
    ("sqrt", [positive(3, 4)], {}, torch.sqrt),
    ("abs", [normal(3, 4)], {}, torch.abs),
    ("sign", [normal(3, 4)], {}, torch.sign),
    ("sin", [normal(3, 4)], {}, torch.sin),
    ("cos", [normal(3, 4)], {}, torch.cos),
    ("tanh", [normal(3, 4)], {}, torch.tanh),
    ("sigmoid", [normal(3, 4)], {}, torch.sigmoid),
    ("relu", [normal(3, 4)], {}, torch.relu),
    ("clip", [normal(3, 4)], {"low": -0.5, "high": 0.5}, lambda x: x.clamp(-0.5, 0.5)),
    ("clip", [normal(3, 4)], {"low": 0.0, "high": None}, lambda x: x.clamp(min=0)),
    ("sum", [normal(3, 4)], {"axis": None, "keepdims": False}, torch.sum),
    ("sum", [normal(2, 3, 4)], {"axis": (0, 2), "keepdims": False}, lambda x: x.sum((0, 2))),
    ("mean", [normal(2, 3, 4)], {"axis": -1, "keepdims": True}, lambda x: x.mean(-1, keepdim=True)),
    ("amax", [normal(3, 4)], {"axis": 1, "keepdims": False}, lambda x: x.amax(1)),
    ("amax", [np.array([[1.0, 3.0, 3.0]])], {"axis": None, "keepdims": False}, torch.amax),
    ("norm", [normal(3, 4)], {}, torch.linalg.vector_norm),
    ("softmax", [normal(3, 4)], {"axis": 1}, lambda x: x.softmax(1)),
    ("log_softmax", [normal(3, 4)], {"axis": 0}, lambda x: x.log_softmax(0)),
    ("logsumexp", [normal(3, 4)], {"axis": 1}, lambda x: x.logsumexp(1)),
    ("sum_to", [normal(3, 4)], {"shape": (1, 4)}, lambda x: x.sum_to_size(1, 4)),
    ("reshape", [normal(3, 4)], {"shape": (2, 6)}, lambda x: x.reshape(2, 6)),
    ("transpose", [normal(2, 3, 4)], {"a": 0, "b": 2}, lambda x: x.transpose(0, 2)),
    ("permute", [normal(2, 3, 4)], {"axes": (2, 0, 1)}, lambda x: x.permute(2, 0, 1)),
    ("permute", [normal(2, 3, 4)], {"axes": (-1, 0, 1)}, lambda x: x.permute(-1, 0, 1)),
    ("expand", [normal(3, 1)], {"shape": (2, 3, 4)}, lambda x: x.expand(2, 3, 4)),
    ("getitem", [normal(4, 5)], {"index": (slice(1, None, 2), 0)}, lambda x: x[1::2, 0]),
    ("getitem", [normal(4, 5)], {"index": ([0, 1], [1, 1])}, lambda x: x[[0, 1], [1, 1]]),
    ("take", [normal(4, 5)], {"at": [[0, 2, 2]], "index": ("tensor",)}, lambda x: x[[0, 2, 2]]),
    ("take", [normal(4, 5)], {"at": [[1, 1], [0, 4]], "index": ("tensor", "tensor")}, lambda x: x[[1, 1], [0, 4]]),
    ("take", [normal(4, 5)], {"at": [2], "index": (slice(0, 3), "tensor")}, lambda x: x[:3, 2]),
    ("take", [normal(3)], {"at": [[True, False, True]], "index": ("tensor",)}, lambda x: x[[0, 2]]),
    (
        "put_at",
        [normal(4, 5), normal(5)],
        {"at": [1], "index": ("tensor",)},
        lambda x, v: torch.cat([x[:1], v[None], x[2:]]),
    ),
    ("put", [normal(4, 5), normal(5)], {"index": (1,)}, lambda x, v: torch.cat([x[:1], v[None], x[2:]])),
    ("concat", [normal(2, 3), normal(2, 4)], {"axis": -1}, lambda *p: torch.cat(p, -1)),
    ("stack", [normal(2, 3), normal(2, 3)], {"axis": 1}, lambda *p: torch.stack(p, 1)),
    (
        "take_along",
        [normal(3, 4)],
        {"positions": torch.tensor([[0, 0], [1, 3], [2, 2]]), "axis": 1},
        lambda x: x.gather(1, torch.tensor([[0, 0], [1, 3], [2, 2]])),
    ),
    (
        "conv2d",
        [normal(2, 3, 6, 5), normal(4, 3, 3, 2), normal(4)],
        {"stride": (2, 1), "padding": (1, 0)},
        lambda x, w, b: torch.conv2d(x, w, b, (2, 1), (1, 0)),
    ),
    (
        "conv2d_relu",
        [normal(2, 3, 6, 5), normal(4, 3, 3, 2), normal(4)],
        {"stride": (1, 1), "padding": (0, 1)},
        lambda x, w, b: torch.conv2d(x, w, b, (1, 1), (0, 1)).relu(),
    ),
    (
        "max_pool2d",
        [normal(2, 3, 6, 5)],
        {"size": (2, 3), "stride": (2, 1), "padding": (1, 1)},
        lambda x: torch.nn.functional.max_pool2d(x, (2, 3), (2, 1), (1, 1)),
    ),
    (
        "avg_pool2d",
        [normal(2, 3, 6, 5)],
        {"size": (2, 2), "stride": (2, 1), "padding": (1, 0)},
        lambda x: torch.nn.functional.avg_pool2d(x, 2, (2, 1), (1, 0)),
    ),
    (
        "cross_entropy",
        [normal(3, 4)],
        {"labels": torch.tensor([0, 3, 1])},
        lambda x: torch.nn.functional.cross_entropy(x, torch.tensor([0, 3, 1])),
    ),
    (
        "nll",
        [normal(3, 4)],
        {"labels": torch.tensor([0, 3, 1])},
        lambda x: torch.nn.functional.nll_loss(x, torch.tensor([0, 3, 1])),
    ),
    (
        "log_softmax_input",
        [normal(3, 4), normal(3, 4)],
        {"axis": 1},
        lambda g, y: g - y.exp() * g.sum(1, keepdim=True),
    ),
    ("descend", [normal(3, 4), normal(), normal(3, 4)], {}, lambda w, r, g: w - r * g),
    ("descend_matmul", [normal(3, 5), normal(), normal(3, 4), normal(4, 5)], {}, lambda w, r, a, b: w - r * (a @ b)),
    ("descend_sum", [normal(4), normal(), normal(3, 4)], {}, lambda w, r, g: w - r * g.sum(0)),
    (
        "add_conv2d",
        [normal(2, 4, 3, 4), normal(2, 3, 6, 5), normal(4, 3, 3, 2), normal(4)],
        {"stride": (2, 1), "padding": (1, 0)},
        lambda y, x, w, b: y + torch.conv2d(x, w, b, (2, 1), (1, 0)),
    ),
    (
        "add_conv2d_input",
        [normal(2, 3, 6, 5), normal(2, 4, 3, 4), normal(4, 3, 3, 2)],
        {"shape": (2, 3, 6, 5), "stride": (2, 1), "padding": (1, 0)},
        lambda y, g, w: y + torch.nn.grad.conv2d_input((2, 3, 6, 5), w, g, (2, 1), (1, 0)),
    ),
    (
        "chain",
        [normal(3, 4), normal(4)],
        {"of": (("sin", "x0"), ("mul", ".", "x1"), ("clip", ".", ("low", -0.5), ("high", None)), ("sub", 1.0, "."))},
        lambda x, y: 1 - (x.sin() * y).clamp(min=-0.5),
    ),
    (
        "chain",
        [normal(3, 4)],
        {"of": (("mul", "x0", "x0"), ("exp", "."), ("add", "x0", "."))},
        lambda x: x + (x * x).exp(),
    ),
    ("copy", [normal(3)], {}, torch.clone),
    ("cast", [normal(3)], {"dtype": "float64"}, torch.Tensor.double),
    ("matmul", [normal(3, 4), normal(4, 5)], {}, torch.matmul),
    ("matmul", [normal(2, 3, 4), normal(4, 5)], {}, torch.matmul),
    ("dense_relu", [normal(3, 4), normal(5, 4), normal(5)], {}, lambda x, w, b: (x @ w.T + b).relu()),
    ("dense", [normal(3, 4), normal(5, 4), normal(5)], {}, lambda x, w, b: x @ w.T + b),
]
NAMES = [f"{name}-{i}" for i, (name, *_) in enumerate(CASES)]


def leaves(inputs):
    mine = [Tensor(torch.tensor(a), requires_grad=True) for a in inputs]
    theirs = [torch.tensor(a, requires_grad=True) for a in inputs]
    return mine, theirs


def evaluated(name, tensors, static):
    if name == "take_along":  # its positions are a tensor, and no static argument
        return nd.take_along(*tensors, Tensor(static["positions"]), axis=static["axis"])
    if name in ("cross_entropy", "nll"):
        return apply(TABLE[name], *tensors, Tensor(static["labels"]))
    if "at" in static:  # the tensors of an index are arguments, and no static ones
        return apply(TABLE[name], *tensors, *(Tensor(torch.tensor(at)) for at in static["at"]), index=static["index"])
    if "base" in static:  # a number to the power of a tensor
        return apply(TABLE[name], static["base"], *tensors)
    return apply(TABLE[name], *tensors, **static)


def close(mine, theirs):
    np.testing.assert_allclose(mine.asnumpy(), theirs.numpy(force=True), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name, inputs, static, reference", CASES, ids=NAMES)
def test_values_and_gradients_agree_with_torch(name, inputs, static, reference):
    mine, theirs = leaves(inputs)
    y, z = evaluated(name, mine, static), reference(*theirs)
    close(y, z)
    weights = RNG.normal(size=y.shape)
    y.backward(Tensor(torch.tensor(weights)))
    z.backward(torch.tensor(weights))
    for m, t in zip(mine, theirs, strict=True):
        close(m.grad, t.grad)


@pytest.mark.parametrize("name, inputs, static, reference", CASES, ids=NAMES)
def test_gradients_of_gradients_agree_with_torch(name, inputs, static, reference):
    """The walk is recorded and walked again: the rules are differentiable themselves."""
    mine, theirs = leaves(inputs)
    weights = RNG.normal(size=tuple(reference(*theirs).shape))
    first = autograd.grad(
        (evaluated(name, mine, static) * Tensor(torch.tensor(weights))).sum(), mine, create_graph=True
    )
    wanted = torch.autograd.grad((reference(*theirs) * torch.tensor(weights)).sum(), theirs, create_graph=True)
    total, sought = sum(((g * g).sum() for g in first), Tensor(torch.zeros(()))), sum((g * g).sum() for g in wanted)
    close(total, sought)
    if sought.requires_grad:
        if total.requires_grad:  # a linear operation's gradient does not depend on its input: torch says zeros
            total.backward()
        sought.backward()
        for m, t in zip(mine, theirs, strict=True):
            close(
                m.grad if m.grad is not None else Tensor(torch.zeros_like(m.raw)),
                t.grad if t.grad is not None else torch.zeros_like(t),
            )


@pytest.mark.parametrize("name, inputs, static, reference", CASES, ids=NAMES)
def test_gradients_agree_with_finite_differences(name, inputs, static, reference):
    """An oracle without any library's gradients; where an element is a tie there is none."""
    if not (name in ("sign", "cast") or (name == "amax" and inputs[0].size == 3)):
        points = [Tensor(torch.tensor(a)) for a in inputs]
        assert autograd.gradcheck(lambda *x: evaluated(name, x, static), points)


SHAPES = st.lists(st.integers(1, 4), max_size=4).map(tuple)
FLOATS = {"float64": 1e-9, "float32": 1e-4, "bfloat16": 0.1, "float16": 1e-2}
FUNCTIONS = ["exp", "sqrt", "tanh", "sigmoid", "relu", "abs", "neg", "sin", "log"]


@settings(deadline=None)
@given(SHAPES, st.sampled_from(sorted(FLOATS)), st.sampled_from(FUNCTIONS), st.integers(0, 9))
def test_functions_of_one_number_over_shapes_and_kinds_of_float(shape, dtype, name, seed):
    values = torch.tensor(np.random.default_rng(seed).uniform(0.5, 2, size=shape), dtype=getattr(torch, dtype))
    x, t = Tensor(values.clone(), requires_grad=True), values.clone().requires_grad_()
    y, z = apply(TABLE[name], x), getattr(torch, name)(t)
    y.sum().backward()
    z.sum().backward()
    assert y.dtype == x.grad.dtype == dtype
    for mine, theirs in ((y, z), (x.grad, t.grad)):
        np.testing.assert_allclose(mine.asnumpy(), theirs.detach().double().numpy(), rtol=FLOATS[dtype])


@settings(deadline=None)
@given(SHAPES.filter(len), st.data(), st.sampled_from(["sum", "mean", "amax"]), st.booleans(), st.integers(0, 9))
def test_reductions_over_shapes_and_axes(shape, data, name, keepdims, seed):
    axes = data.draw(st.sets(st.integers(0, len(shape) - 1), min_size=1).map(tuple))
    axes = tuple(a - len(shape) if data.draw(st.booleans()) else a for a in axes)
    (x,), (t,) = leaves([np.random.default_rng(seed).normal(size=shape)])
    y = apply(TABLE[name], x, axis=axes, keepdims=keepdims)
    z = getattr(t, name)(axes, keepdim=keepdims)
    close(y, z)
    (y * y).sum().backward()
    (z * z).sum().backward()
    close(x.grad, t.grad)


def test_every_operation_with_a_gradient_is_among_the_cases():
    tested = {name for name, *_ in CASES}
    only_used_by_rules_or_special = {"relu_backward", "zeros_with", "where", "transfer"} | {
        "conv2d_input",
        "max_pool2d_input",
        "max_pool2d_at",
        "conv2d_kernel",
        "avg_pool2d_input",
        "put_along",
        "cross_entropy_input",
        "softmax_minus_one_hot",
        "add_at",
        "nll_input",
    }
    assert {name for name, op in TABLE.items() if op.vjps} == tested | only_used_by_rules_or_special


def test_where_sends_the_gradient_to_the_side_taken():
    condition = nd.array([1.0, -1.0]) > 0
    (a, b), _ = leaves([normal(2), normal(2)])
    nd.where(condition, a, b).sum().backward()
    assert a.grad.tolist() == [1, 0] and b.grad.tolist() == [0, 1]


@given(
    st.lists(st.integers(1, 4), min_size=0, max_size=3),
    st.lists(st.booleans(), min_size=3, max_size=3),
    st.sampled_from(["add", "sub", "mul"]),
)
def test_broadcast_arguments_get_gradients_of_their_own_shape(shape, stretched, name):
    other = [1 if s else n for n, s in zip(shape, stretched, strict=False)]
    mine, theirs = leaves([normal(*shape), normal(*other)])
    apply(TABLE[name], *mine).sum().backward()
    getattr(torch, name)(*theirs).sum().backward()
    for m, t in zip(mine, theirs, strict=True):
        assert m.grad.shape == m.shape
        close(m.grad, t.grad)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["add", "mul", "div", "tanh", "again", "halve in place", "write an element"]), max_size=12)
)
def test_programs_with_writes_in_place_agree_with_torch(program):
    """A write in place either gives torch's gradient of the same program without it, or is refused: never silently wrong."""
    (x,), (t,) = leaves([positive(3)])
    y, z = x * 1, t * 1
    for step in program:
        if step in ("add", "mul", "div"):
            y, z = apply(TABLE[step], y, x + 2), getattr(torch, step)(z, t + 2)
        elif step == "tanh":
            y, z = y.tanh(), z.tanh()
        elif step == "again":
            y, z = y * y + y, z * z + z
        elif step == "halve in place":
            y /= 2
            z = z / 2
        else:
            y[0] = 0.25
            z = torch.cat([torch.tensor([0.25]), z[1:]])
    y.sum().backward()
    z.sum().backward()
    np.testing.assert_allclose(x.grad.asnumpy(), t.grad.numpy(), rtol=1e-6, atol=1e-9)


def test_overwriting_what_backward_needs_is_refused_by_name():
    (w,), _ = leaves([normal(3)])
    y = (w * w).sum()
    w[0] = 5
    with pytest.raises(OverwrittenError, match="`mul` needs a value of shape \\(3,\\)"):
        y.backward()


def test_set_data_like_replacement_keeps_what_was_recorded():
    (w,), _ = leaves([normal(3)])
    y = (w * w).sum()
    before = w.asnumpy()
    w.raw = torch.zeros(3, dtype=torch.float64)
    y.backward()
    np.testing.assert_allclose(w.grad.asnumpy(), 2 * before)


def test_writing_another_leafs_history_into_a_leaf_is_refused():
    (v, w), _ = leaves([normal(3), normal(3)])
    with pytest.raises(GraphError, match="detach"):
        w[:] = v * 2


def test_the_graph_is_freed_unless_kept():
    (x,), _ = leaves([normal(3)])
    y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward()
    np.testing.assert_allclose(x.grad.asnumpy(), 4 * x.asnumpy())
    with pytest.raises(FreedGraphError, match="retain_graph"):
        y.backward()


def test_nothing_to_differentiate_is_said():
    with pytest.raises(GraphError, match="requires_grad"):
        nd.ones((2,)).sum().backward()


def test_no_grad_records_nothing_and_record_inside_does():
    (x,), _ = leaves([normal(3)])
    with autograd.no_grad():
        assert not (x * 2).requires_grad
        with autograd.record():
            assert (x * 2).requires_grad
    assert (x * 2).requires_grad


@pytest.mark.parametrize("depth", [20_000])
def test_a_deep_chain_and_a_deep_diamond_need_no_recursion(depth):
    x = Tensor(torch.tensor(1.0, dtype=torch.float64), requires_grad=True)
    y = x
    for _ in range(depth):
        y = (y + y) * 0.5
    y.backward()
    assert x.grad.item() == 1


def test_a_gradient_does_not_share_storage_with_anything():
    (a, b), _ = leaves([normal(3), normal(3)])
    (a + b).sum().backward()
    a.grad.raw += 1
    assert b.grad.tolist() == [1, 1, 1]
    a.grad.raw.fill_(7)  # an expanded view could not be written


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64, np.int32, np.bool_])
def test_a_number_of_numpy_is_taken_as_a_number(kind):
    x = nd.array([1.5, -2.0])
    x.requires_grad = True
    y = x * kind(1) + kind(1) * x
    y.sum().backward()
    assert y.tolist() == [3, -4] and y.dtype == "float32" and x.grad.tolist() == [2, 2]


def test_kinds_of_number_that_do_not_mix_are_named():
    with pytest.raises(DtypeError, match="matmul cannot mix float32 and float64"):
        nd.ones((2, 3)) @ nd.ones((3, 2), dtype="float64")


def test_shape_errors_name_operation_and_shapes():
    with pytest.raises(ShapeError, match=r"matmul cannot combine \(2, 3\), \(2, 3\)"):
        nd.ones((2, 3)) @ nd.ones((2, 3))
    with pytest.raises(ShapeError, match="reduce it first"):
        bool(nd.ones((2,)))
