"""One value edited, and large arrays sampled."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from explorers.state.arrays import sample
from explorers.state.changes import Changes
from explorers.state.parameters import element, facts, index_at, portrait
from explorers.state.tree import rows
from explorers.view.net import NetExplorer
from miniblocks import nd, nn


def tell(explorer: NetExplorer, **command: object) -> None:
    explorer._handle_custom_msg({**command, "ticket": ["view", 1]}, [])


def test_an_edit_is_one_step_however_many_values_it_passes(called: nn.Block) -> None:
    parameter, changes = called[4].weight, Changes()
    before = parameter.data().asnumpy()
    for value in (1.0, 2.0, 3.0):
        changes.edit(parameter, [1, 2], value)
    now = parameter.data().asnumpy()
    assert now[1, 2] == 3 and (now != before).sum() == 1 and len(changes) == 1
    changes.edit(parameter, [0, 0], 5.0)
    assert len(changes) == 2
    changes.restore()
    assert np.array_equal(parameter.data().asnumpy(), before) and not parameter.data().node


def test_constants_and_deferred_parameters_are_not_edited(net: nn.Block) -> None:
    for parameter, reason in ((net[0].rand_weight, "constant"), (net[4].weight, "no values yet")):
        with pytest.raises(ValueError, match=reason):
            Changes().edit(parameter, [0, 0], 1.0)


@pytest.mark.parametrize("index", [[], [0], [0, 0, 0], [0, 99], [-1, 0]])
def test_an_index_that_is_none_is_refused(called: nn.Block, index: list[int]) -> None:
    with pytest.raises(IndexError, match="2 whole numbers"):
        element(called[4].weight, index)


@given(some.integers(1, 200), some.integers(1, 300), some.randoms(use_true_random=False))
def test_a_cell_of_the_heatmap_leads_to_the_element_it_shows(n: int, m: int, random: object) -> None:
    parameter = nn.Parameter(nd.array(np.random.default_rng(n * 1000 + m).normal(size=(n, m)).astype(np.float32)))
    shown = portrait(parameter.data()).heatmap.cells
    row, column = (random.randrange(size) for size in shown.shape)  # type: ignore[attr-defined]
    assert element(parameter, index_at(parameter, row, column)) == pytest.approx(float(shown[row, column]))
    with pytest.raises(IndexError, match="no cell"):
        index_at(parameter, shown.shape[0], 0)


def test_all_places_of_a_tie_light_up(called: nn.Block) -> None:
    explorer = NetExplorer(called, [nd.ones((3, 5))])
    tell(explorer, do="select", path="3.weight")
    tell(explorer, do="edit", index=[0, 1], value=2.5)
    assert explorer.flash == {"paths": ["2.weight", "3.weight"], "times": 1}
    assert called[2].weight.data()[0, 1].item() == 2.5 and "all of them moved" in explorer.status
    assert "before" in explorer.depth and explorer.picked["value"] == 2.5
    tell(explorer, do="undo")
    assert explorer.flash["times"] == 2 and called[2].weight.data()[0, 1].item() != 2.5
    tell(explorer, do="edit", index=[0, 99], value=1)
    assert "IndexError" in explorer.status


def test_a_network_that_raises_shows_its_error_and_can_be_explored() -> None:
    net = nn.Sequential(nn.Dense(2, in_units=3), nn.Dense(2, in_units=5))
    net.initialize()
    explorer = NetExplorer(net, [nd.ones((1, 3))])
    assert "ShapeError" in explorer.depth
    tell(explorer, do="edit", index=[0, 0], value=1)
    assert net[0].weight.data()[0, 0].item() == 1


def test_facts_say_what_kind_of_parameter_it_is(called: nn.Block) -> None:
    tree = {row.path: row for row in rows(called)}
    tied, constant = dict(facts(tree["2.weight"])), dict(facts(tree["0.rand_weight"]))
    assert tied["tied to"] == "3.weight" and tied["constant"] == "no" and tied["deferred"] == "no"
    assert (
        constant["constant"] == "yes" and constant["trained"] == "no, a constant" and constant["tied to"] == "nothing"
    )


@pytest.mark.parametrize("shape", [(2000, 3000), (5_000_000,), (3, 1_000_000), (1_000_000, 3)])
def test_a_sample_is_small_and_says_so(shape: tuple[int, ...]) -> None:
    values, note = sample(nd.ones(shape))
    assert 10_000 < values.size <= 140_000 and f"{np.prod(shape):,} elements" in note
    assert sample(nd.ones((20, 30)))[1] == "" and "Sampled" in portrait(nd.ones(shape)).note
