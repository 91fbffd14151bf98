"""The tree shows what is in the network, under the names that `collect_params` gives."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorers.state.parameters import Portrait, facts, gradient_of, values_of
from explorers.state.tree import Row, filtered, rows
from miniblocks import init, nd, nn
from miniblocks.errors import BlockError


def by_path(net: nn.Block) -> dict[str, Row]:
    return {row.path: row for row in rows(net)}


@st.composite
def networks(draw: st.DrawFn, depth: int = 3) -> nn.Block:
    """Nested networks, some of whose layers share their parameters."""
    made: list[nn.Block] = []

    def build(level: int) -> nn.Block:
        kind = draw(st.sampled_from(["dense", "tied", "nest"] if level else ["dense", "tied"]))
        if kind == "nest":
            inside = nn.Sequential()
            for _ in range(draw(st.integers(0, 3))):
                inside.add(build(level - 1))
            return inside
        shared = draw(st.sampled_from(made)) if kind == "tied" and made else None
        bias = draw(st.booleans()) if shared is None else shared.bias is not None
        made.append(nn.Dense(3, in_units=3, use_bias=bias, params=shared and shared.params))
        return made[-1]

    root = nn.Sequential()
    for _ in range(draw(st.integers(1, 4))):
        root.add(build(depth))
    return root


PATTERNS = ["", ".*weight", ".*bias", "dense[0-2]_", "dense1", ".*1.*", "$", "nothing"]


@given(networks(), st.sampled_from(PATTERNS))
def test_the_filter_gives_what_collect_params_gives(net: nn.Block, pattern: str) -> None:
    tree = rows(net)
    found = filtered(net, tree, pattern)
    collected = net.collect_params(pattern)
    assert [id(p) for p in found.parameters] == [id(p) for p in collected.values()]
    shown = {tree[index].name for index in found.visible if tree[index].parameter is not None}
    assert shown == {name for name in net.collect_params() if re.match(pattern, name)}


@given(networks(), st.sampled_from(PATTERNS))
def test_what_is_shown_stands_under_its_blocks(net: nn.Block, pattern: str) -> None:
    tree = rows(net)
    visible = {tree[index].path for index in filtered(net, tree, pattern).visible}
    for path in visible - {""}:
        parent = path.rpartition(".")[0]
        assert parent in visible


@given(networks())
def test_ties_are_identity(net: nn.Block) -> None:
    tree = [row for row in rows(net) if row.parameter is not None]
    for row in tree:
        others = [other.path for other in tree if other.parameter is row.parameter and other is not row]
        assert [note for note in row.notes if note.startswith("tied")] == (
            [f"tied to {', '.join(others)}"] if others else []
        )


@given(networks())
def test_a_path_leads_to_its_parameter(net: nn.Block) -> None:
    for row in rows(net):
        if row.parameter is not None:
            *blocks, attribute = row.path.split(".")
            block = net
            for name in blocks:
                block = block._children[name]
            assert getattr(block, attribute) is row.parameter


def test_names_and_notes_of_a_custom_block(net: nn.Block) -> None:
    tree = by_path(net)
    assert tree["0.rand_weight"].name == "fancy0_rand_weight"
    assert tree["0.rand_weight"].notes == ("constant",)
    assert tree["0.again"].notes == ("the same block as 0.dense",)
    assert tree["0"].notes == ("not registered: the blocks in the list `spare`",)
    assert tree["2.weight"].notes == ("deferred", "tied to 3.weight")
    assert tree["2.weight"].detail == "(4, ?)"


def test_the_first_call_ends_deferral(net: nn.Block, called: nn.Block) -> None:
    assert by_path(called)["4.weight"].detail == "(2, 4)"
    assert by_path(called)["4.weight"].notes == ()


def test_what_has_no_values_says_why() -> None:
    net = nn.Dense(2)
    assert "initialize()" in str(values_of(net.weight))
    assert by_path(net)["weight"].notes == ("not initialized",)
    net.initialize()
    assert "first call" in str(values_of(net.weight))
    assert isinstance(values_of(net.bias), Portrait)


def test_a_gradient_is_not_made_up(called: nn.Block) -> None:
    weight = called[4].weight
    assert "backward" in str(gradient_of(weight))
    assert weight.data().grad is None, "looking must not make zeros of a gradient that never was"
    called(nd.ones((3, 5))).sum().backward()
    shown = gradient_of(weight)
    assert isinstance(shown, Portrait)
    assert shown.statistics.max == weight.grad().asnumpy().max()
    assert "not trained" in str(gradient_of(called[0].rand_weight))


def test_facts_tell_the_initializer(called: nn.Block) -> None:
    tree = by_path(called)
    assert dict(facts(tree["4.weight"]))["initialized with"] == "Uniform(scale=0.07)"
    assert dict(facts(tree["0.rand_weight"]))["initialized with"] == "its own value"
    called[4].weight.initialize(init=init.Xavier(magnitude=2.0), force_reinit=True)
    assert "magnitude=2.0" in dict(facts(by_path(called)["4.weight"]))["initialized with"]


def test_a_frozen_parameter_is_told_from_a_constant(called: nn.Block) -> None:
    called[4].weight.grad_req = "null"
    assert by_path(called)["4.weight"].notes == ("frozen",)


@pytest.mark.parametrize("pattern", ["(", "[a", "*", "(?P<n"])
def test_a_broken_pattern_is_a_message(net: nn.Block, pattern: str) -> None:
    tree = rows(net)
    found = filtered(net, tree, pattern)
    assert not found.valid and "no regular expression" in found.text
    assert len(found.visible) == len(tree) and found.parameters == ()


def test_two_parameters_of_one_name_are_a_message_and_both_shown() -> None:
    net = nn.Sequential()
    net.add(nn.Dense(2, prefix="a_"), nn.Dense(2, prefix="a_"))
    found = filtered(net, rows(net), "")
    assert not found.valid and "a_weight" in found.text
    assert [row.path for row in rows(net) if row.name == "a_weight"] == ["0.weight", "1.weight"]


def test_a_block_inside_itself_ends() -> None:
    net = nn.Sequential()
    net.add(nn.Dense(2))
    net.register_child(net)
    assert [row.notes for row in rows(net)][-1] == ("the same block as net",)


def test_a_block_that_was_never_set_up_says_so() -> None:
    class Forgetful(nn.Block):
        def __init__(self) -> None:
            pass

    with pytest.raises(BlockError, match="super"):
        rows(Forgetful())


def test_a_plain_attribute_is_no_forgotten_block() -> None:
    class Keeper(nn.Block):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.layer = nn.Dense(2)
            self.kept: list[Any] = [self.layer]
            self.sizes, self.name_of = (1, 2), {"a": 1}

    assert rows(Keeper())[0].notes == ()
