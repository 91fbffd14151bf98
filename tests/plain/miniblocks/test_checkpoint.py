"""Saving, loading, summaries: ties, constants and deferred shapes survive; what does not fit is named."""

import numpy as np
import pytest
import safetensors.torch
import torch

from miniblocks import init, nd, nn
from miniblocks.errors import CheckpointError, ShapeError
from miniblocks.summary import summary


class Part(nn.Block):
    def __init__(self, units=4, **kwargs):
        super().__init__(**kwargs)
        self.scale = self.params.get_constant("scale", [2.0, 3.0, 4.0, 5.0])
        self.hidden = nn.Dense(units)
        self.tied = nn.Dense(units, params=self.hidden.params)

    def forward(self, x):
        return self.tied(self.hidden(x)) * self.scale.data()


@pytest.fixture(autouse=True)
def fresh():
    with nn.fresh_names():
        yield


def network(units=4):
    net = nn.Sequential(Part(units), nn.Dense(3))
    net.initialize(init.Normal(1.0))
    return net


def test_another_instance_gives_the_same_outputs(tmp_path):
    x, net = nd.random.normal(shape=(2, 4)), network()
    y = net(x)
    net.save_parameters(tmp_path / "net.safetensors")
    other = network()  # other names, and deferred still
    other.load_parameters(tmp_path / "net.safetensors")
    np.testing.assert_array_equal(other(x).asnumpy(), y.asnumpy())
    assert other[0].hidden.weight is other[0].tied.weight
    assert set(safetensors.torch.load_file(tmp_path / "net.safetensors")) == {
        "0.scale",
        "0.hidden.weight",
        "0.hidden.bias",
        "1.weight",
        "1.bias",
    }


def test_deferred_parameters_stay_deferred(tmp_path):
    network().save_parameters(tmp_path / "net.safetensors")
    other = network()
    other.load_parameters(tmp_path / "net.safetensors")
    assert other[1].weight.is_deferred
    assert other(nd.ones((1, 4))).shape == (1, 3)


def test_everything_that_does_not_fit_is_named_and_nothing_changes(tmp_path):
    net = network()
    net(nd.ones((1, 4)))
    net.save_parameters(tmp_path / "net.safetensors")
    other = nn.Sequential(nn.Dense(5, in_units=4), nn.Dense(3, in_units=9), nn.Dense(1, in_units=3))
    other.initialize(init.One())
    with pytest.raises(CheckpointError) as caught:
        other.load_parameters(tmp_path / "net.safetensors")
    message = str(caught.value)
    assert "missing in the file: 0.weight, 0.bias, 2.weight, 2.bias" in message
    assert (
        "in the file only: 0.hidden.bias, 0.hidden.weight, 0.scale, 0.tied" in message
        and "1.weight: (3, 4) in the file, (3, 9) here" in message
    )
    assert (other[1].weight.data().asnumpy() == 1).all()


def test_a_network_tied_otherwise_is_refused(tmp_path):
    net = network()
    net(nd.ones((1, 4)))
    net.save_parameters(tmp_path / "net.safetensors")
    other = network()
    other[0].tied = nn.Dense(4)
    other.initialize()
    with pytest.raises(CheckpointError, match="tied in the file and not here"):
        other.load_parameters(tmp_path / "net.safetensors")


@pytest.mark.parametrize("content", [b"", b"not a tensor file", bytes(200)])
def test_a_damaged_or_foreign_file_is_refused(tmp_path, content):
    (tmp_path / "bad").write_bytes(content)
    with pytest.raises(CheckpointError, match="damaged"):
        network().load_parameters(tmp_path / "bad")
    safetensors.torch.save_file({"a": torch.ones(1)}, tmp_path / "foreign")
    with pytest.raises(CheckpointError, match="not written by save_parameters"):
        network().load_parameters(tmp_path / "foreign")
    with pytest.raises(CheckpointError, match="no file"):
        network().load_parameters(tmp_path / "absent")


def test_the_summary_counts_each_parameter_once():
    net = network()
    found = summary(net, nd.ones((2, 4)))
    assert (found.trained, found.frozen, found.unknown) == (4 * 4 + 4 + 4 * 3 + 3, 4, 0)
    by_path = {r.path: r for r in found.rows}
    assert by_path["0.tied"].count == 0 and by_path["0.tied"].shared == 20
    assert by_path["1"].outputs == ((2, 3),) and "0.hidden" in str(found)
    assert found.size == 4 * (35 + 4)
    assert summary(network()).unknown == 2


def test_an_error_deep_inside_names_the_path():
    with nn.fresh_names():
        net = nn.Sequential(nn.Sequential(nn.Dense(3, in_units=4)))
        net.initialize()
        with pytest.raises(ShapeError, match=r"\[in sequential\d → sequential\d → dense0\]"):
            net(nd.ones((1, 5)))


def test_drawings_show_every_block_and_every_operation():
    import xml.etree.ElementTree as ET

    net = network()
    x = nd.ones((2, 4))
    net(x)
    tree, computation = net.plot(), net.plot(x)
    labels = [
        [t.text for t in ET.fromstring(d.svg).iter("{http://www.w3.org/2000/svg}text")] for d in (tree, computation)
    ]
    assert [label.split(":")[0] for label in labels[0]] == ["net", "0", "hidden", "tied", "1"]
    assert sum(label.startswith("dense(") for label in labels[1]) == 3 and labels[1][0].startswith("input x0")
    assert str(computation).startswith("graph(x0):") and "Dense(4 -> 3, linear)" in str(tree)
    edges = [p.get("d") for p in ET.fromstring(computation.svg).iter("{http://www.w3.org/2000/svg}path")]
    assert len(edges) == 5  # a chain: three dense layers, a product with a constant, and what is returned
