"""Blocks and parameters: registration, names, deferred shapes, ties, sharing, devices, messages."""

import threading
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from miniblocks import autograd, cpu, init, nd, nn
from miniblocks.errors import (
    BlockError,
    DeferredInitializationError,
    DeviceError,
    InitializationError,
    NameClashError,
    ShapeError,
)


@pytest.fixture(autouse=True)
def names():
    with nn.fresh_names():
        nd.random.seed(0)
        yield


def mlp(**kwargs):
    net = nn.Sequential(**kwargs)
    net.add(nn.Dense(4, activation="relu"), nn.Dense(3))
    return net


def test_a_dense_layer_is_torchs_linear():
    x, layer = nd.random.normal(shape=(5, 7)), nn.Dense(3, activation="tanh")
    layer.initialize(init.Normal(1.0))
    y = layer(x)
    wanted = torch.tanh(torch.nn.functional.linear(x.raw, layer.weight.data().raw, layer.bias.data().raw))
    np.testing.assert_allclose(y.asnumpy(), wanted.numpy(), rtol=1e-5)


@given(st.lists(st.integers(1, 4), min_size=2, max_size=4), st.booleans(), st.booleans())
def test_dense_shapes(shape, flatten, bias):
    layer = nn.Dense(3, flatten=flatten, use_bias=bias)
    layer.initialize()
    y = layer(nd.ones(shape))
    assert y.shape == ((shape[0], 3) if flatten else (*shape[:-1], 3))
    assert layer.weight.shape[1] == (np.prod(shape[1:]) if flatten else shape[-1])


def test_the_missing_super_call_is_named():
    class MLP(nn.Block):
        def __init__(self):
            self.hidden = nn.Dense(3)

    with pytest.raises(BlockError, match=r"call super\(\).__init__\(\*\*kwargs\) first in MLP.__init__"):
        MLP()
    assert issubclass(BlockError, AttributeError)


def test_a_list_of_layers_is_named_as_a_likely_cause():
    class InAList(nn.Block):
        def __init__(self):
            super().__init__()
            self.layers = [nn.Dense(3, in_units=2)]

        def forward(self, x):
            return self.layers[0](x)

    net = InAList()
    net.initialize()
    with pytest.raises(InitializationError, match="kept in a plain list"):
        net(nd.ones((1, 2)))


def test_deferred_shapes_are_told_by_the_first_call():
    net = mlp()
    with pytest.raises(InitializationError, match="call initialize"):
        net[0].weight.data()
    net.initialize()
    assert net[0].weight.shape == (4, 0) and net[0].bias.data().shape == (4,)
    with pytest.raises(DeferredInitializationError, match="only the first call tells"):
        net[0].weight.data()
    net(nd.ones((2, 5)))
    assert net[0].weight.data().shape == (4, 5)
    with pytest.raises(ShapeError, match="dense0 takes 5 inputs"):
        net(nd.ones((2, 6)))


def test_an_own_layer_tells_its_shape_by_infer_shape():
    class Scale(nn.Block):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.gain = self.params.get("gain", shape=(0,), init="ones")

        def forward(self, x):
            return x * self.gain.data()

    layer = Scale()
    layer.initialize()
    with pytest.raises(DeferredInitializationError, match="define infer_shape"):
        layer(nd.ones((2, 3)))
    Scale.infer_shape = lambda self, x: setattr(self.gain, "shape", (x.shape[1],))
    assert layer(nd.ones((2, 3))).shape == (2, 3)


def test_names_nest_inside_a_name_scope_and_count_from_zero_when_fresh():
    class Outer(nn.Block):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            with self.name_scope():
                self.a, self.b = nn.Dense(2), nn.Dense(2)

    assert [list(Outer().collect_params()) for _ in range(2)][1][2] == "outer1_dense1_weight"
    with nn.fresh_names():
        assert nn.Dense(1).name == "dense0"
    assert nn.Dense(1).name == "dense0"  # those inside of Outer were counted by Outer


def test_names_of_one_thread_do_not_disturb_another():
    found = []
    nn.Dense(1)
    thread = threading.Thread(target=lambda: found.append(nn.Dense(1).name))
    thread.start()
    thread.join()
    assert found == ["dense0"] and nn.Dense(1).name == "dense1"


def test_a_replaced_child_is_gone_and_a_list_registers_nothing():
    net = nn.Block()
    net.a = nn.Dense(1)
    net.a = nn.Dense(2)
    net.b = [nn.Dense(3)]
    assert [c.units for c in net.children()] == [2]
    net.a = None
    assert not list(net.children())


def test_an_attribute_does_not_replace_a_child_that_was_registered_under_its_name():
    """Names of children may come from data; an attribute of the same name is another thing."""
    net = nn.Block()
    net.register_child(nn.Dense(2), "merge")
    net.merge = "sum"
    net.merge = "mean"
    assert [path for path, _ in net.named_blocks()] == ["", "merge"]


def test_tied_layers_share_one_parameter_and_add_up_their_gradients():
    x = nd.random.normal(shape=(2, 4))
    shared = nn.Dense(4)
    tied = nn.Sequential(shared, nn.Dense(4, params=shared.params))
    tied.initialize(init.Normal(1.0))
    tied(x).sum().backward()
    assert len(tied.collect_params()) == 2 and tied[1].weight is shared.weight

    twin = nn.Sequential(nn.Dense(4), nn.Dense(4))
    twin.initialize()
    twin(x)
    for layer in twin:
        layer.weight.set_data(shared.weight.data())
    twin(x).sum().backward()
    total = twin[0].weight.grad() + twin[1].weight.grad()
    np.testing.assert_allclose(shared.weight.grad().asnumpy(), total.asnumpy(), rtol=1e-5)


def test_tied_layers_of_different_sizes_are_refused():
    shared = nn.Dense(4, in_units=4)
    with pytest.raises(ShapeError, match="tied layers"):
        nn.Dense(5, params=shared.params)


def test_two_parameters_of_one_name_are_refused():
    net = nn.Sequential(nn.Dense(2, prefix="a_"), nn.Dense(3, prefix="a_"))
    with pytest.raises(NameClashError, match="a_weight"):
        net.collect_params()


def test_a_pytorch_like_parameter_is_registered_and_named_by_its_attribute():
    class Scratch(nn.Block):
        def __init__(self):
            super().__init__()
            self.W = nn.Parameter(nd.randn(3, 2) * 0.1)

        def forward(self, x):
            return nd.matmul(x, self.W.data())

    net = Scratch()
    net(nd.ones((1, 3))).sum().backward()
    assert list(net.collect_params()) == ["scratch0_W"] and net.W.grad().shape == (3, 2)


def test_initializing_twice_warns_and_keeps_the_values():
    layer = nn.Dense(2, in_units=2)
    layer.initialize(init.One())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        layer.initialize(init.Zero())
    assert len(caught) == 2 and "force_reinit" in str(caught[0].message)
    assert layer.weight.data().tolist() == [[1, 1], [1, 1]]


def test_set_data_while_recording_keeps_the_gradient_right():
    layer = nn.Dense(1, in_units=2, use_bias=False)
    layer.initialize(init.One())
    x = nd.array([[2.0, 3.0]])
    x.requires_grad = True
    y = layer(x)
    layer.weight.set_data(nd.zeros((1, 2)))
    y.backward()
    assert x.grad.tolist() == [[1, 1]] and layer.weight.data().tolist() == [[0, 0]]


def test_freezing_stops_gradients():
    net = mlp()
    net.initialize()
    net[0].collect_params().setattr("grad_req", "null")
    net(nd.ones((2, 5))).sum().backward()
    with pytest.raises(RuntimeError, match="frozen"):
        net[0].weight.grad()
    assert np.abs(net[1].weight.grad().asnumpy()).sum() > 0


def test_a_logical_second_device_shows_device_mistakes():
    net = mlp()
    net.initialize(ctx=cpu(1))
    with pytest.raises(DeviceError, match=r"cpu\(0\) and cpu\(1\)"):
        net(nd.ones((2, 5)))
    x = nd.ones((2, 5), ctx=cpu(1))
    y = net(x)
    y.sum().backward()
    assert y.device == cpu(1) == net[0].weight.grad().device
    net.collect_params().reset_ctx(cpu())
    assert net(nd.ones((2, 5))).device == cpu()


def test_a_graph_sees_new_parameter_values_and_gives_gradients():
    net, x = mlp(), nd.random.normal(shape=(2, 5))
    net.initialize(init.Normal(1.0))
    net.hybridize()
    net(x)
    assert [s.op.name for s in net.graph.steps] == ["dense_relu", "dense"]
    net.initialize(init.Normal(1.0), force_reinit=True)
    y = net(x)
    y.sum().backward()
    mine = net[0].weight.grad().asnumpy()
    net.zero_grad()
    net.hybridize(False)
    plain = net(x)
    plain.sum().backward()
    np.testing.assert_array_equal(y.asnumpy(), plain.asnumpy())
    np.testing.assert_array_equal(mine, net[0].weight.grad().asnumpy())


def test_a_new_shape_captures_again():
    net = nn.Sequential(nn.Lambda(lambda x: x * len(x)))
    net.hybridize()
    assert net(nd.ones((2, 1))).tolist() == [[2], [2]] and net(nd.ones((3, 1))).tolist() == [[3], [3], [3]]


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 2, 2)])
def test_random_numbers_are_reproducible(shape):
    nd.random.seed(7)
    first = nd.random.normal(shape=shape).asnumpy()
    nd.random.seed(7)
    np.testing.assert_array_equal(first, nd.random.normal(shape=shape, ctx=cpu(1)).asnumpy())


def test_no_grad_is_undone_by_an_error():
    with pytest.raises(ZeroDivisionError), autograd.no_grad():
        _ = 1 / 0
    assert autograd.is_recording()


def test_a_captured_call_runs_less_python_than_a_plain_one():
    """One line an operation: the calls of blocks and of `forward` are gone."""
    import sys

    def calls(net, x):
        count = [0]

        def see(frame, event, argument):
            count[0] += event == "call"

        sys.setprofile(see)
        try:
            net(x)
        finally:
            sys.setprofile(None)
        return count[0]

    net, x = nn.Sequential(*(nn.Sequential(nn.Dense(4, "tanh"), nn.Dense(4)) for _ in range(5))), nd.ones((2, 3))
    net.initialize()
    net(x)
    plain = calls(net, x)
    net.hybridize()
    net(x)
    assert calls(net, x) < plain
    assert net.graph.code.count("apply(") == len(net.graph) == 15


def test_an_empty_network_opens_a_scope_as_well():
    net = nn.Sequential(prefix="enc_")
    with net.name_scope():
        net.add(nn.Dense(2, in_units=2))
    assert list(net.collect_params()) == ["enc_dense0_weight", "enc_dense0_bias"]
