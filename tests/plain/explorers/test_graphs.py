"""`view_graph`: what a pass changed, boxes in boxes, folding; a mock front end; what stays without a kernel."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from xml.etree import ElementTree

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorers import view_graph
from explorers.state.became import DROPPED, FUSED, KNOWN, MERGED, REPLACED, UNREAD, changes
from explorers.state.boxes import OPEN, folded, folded_at_first
from explorers.state.graphs import views
from explorers.view.graphs import GraphViewer
from explorers.view.graphs_still import GraphsStill
from explorers.view.graphs_svg import drawing
from miniblocks import graph, nd, nn
from miniblocks.errors import CaptureError
from miniblocks.graph import passes
from miniblocks.graph.ir import Ref

X = nd.ones((3, 2))
X.requires_grad = True


def sample(x):
    scale = nd.array([2.0, 4.0]) * nd.array([0.5, 0.25])
    a = nd.relu(x * scale + 0)
    b = nd.relu(x * scale)
    (a - b).norm()
    return (a + b).tanh()


def branching(x, t):
    y = x
    while y.norm() > 1:
        y = y / 2
    if y.sum() > t:
        y = y + 1
    else:
        y = y * 3
    return y


def everything(function, *inputs):
    blocks = [function] if isinstance(function, nn.Block) else []
    return views(function, inputs, blocks, graph.PASSES, dict)


def all_boxes(stage):
    return [box for top in stage.boxes for box in top.all()]


def test_each_pass_tells_what_became_of_what():
    g = graph.trace(sample, X)
    dropped = changes(g, passes.drop_dead(g))
    assert dropped.how == {"sub0": DROPPED, "norm0": UNREAD}
    folded_ = passes.fold_constants(g)
    known = changes(g, folded_)
    assert known.how == {"mul0": KNOWN} and known.became["mul0"] in {ref.name for ref in folded_.constants}
    simple = passes.simplify(folded_)
    assert (
        changes(folded_, simple).became == {"add0": "x0", "mul2": "x0"}
        and changes(folded_, simple).how["add0"] == REPLACED
    )
    merged = changes(simple, passes.merge_common(simple))
    assert merged.how == {"relu1": MERGED} and merged.became == {"relu1": "relu0"}
    chain = passes.drop_dead(passes.merge_common(simple))
    fused = changes(chain, passes.fuse_chains(chain))
    assert fused.how == {"add1": FUSED, "tanh0": FUSED} and set(fused.part_of.values()) == set(fused.new)
    assert merged.sentences() == ["relu1 computed the same as relu0: merged with it"]


OPERATIONS = st.lists(
    st.tuples(st.sampled_from("+*tr0"), st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=12
)


@given(OPERATIONS)
@settings(max_examples=40, deadline=None)
def test_what_stands_in_the_place_of_a_value_has_its_numbers(choices):
    """Both graphs are run with all their values as outputs: a value and what became of it are equal."""

    def function(x):
        values = [x]
        for kind, i, j in choices:
            a, b = values[i % len(values)], values[j % len(values)]
            values.append({"+": a + b, "*": a * b, "t": a.tanh(), "r": nd.relu(a), "0": a + 0}[kind])
        return values[-1]

    x = nd.array([[0.3, -0.7], [1.2, 0.1]])
    before = graph.trace(function, x)
    for apply in graph.PASSES:
        after = graph.verify(apply(before))
        found = changes(before, after)
        old, new = values_of(before, x), values_of(after, x)
        for name, other in found.became.items():
            torch.testing.assert_close(old[name], new[other])
        gone = {s.result.name for s in before.steps} - {s.result.name for s in after.steps}
        assert gone <= set(found.how)
        before = after


def values_of(g, x):
    refs = [*g.inputs, *(s.result for s in g.steps)]
    whole = replace(g, outputs=tuple(refs))
    return {ref.name: value.raw for ref, value in zip(refs, whole(x))} | {r.name: t.raw for r, t in g.constants.items()}


def test_a_pass_of_ones_own_is_followed_as_well():
    def no_zeros(g):
        instead, steps = {}, []
        for step in g.steps:
            step = graph.Step(
                step.result,
                step.operation,
                tuple(instead.get(a, a) if isinstance(a, Ref) else a for a in step.args),
                step.static,
            )
            if step.operation == "add" and step.args[1:] == (0,):
                instead[step.result] = step.args[0]
            else:
                steps.append(step)
        return replace(g, steps=tuple(steps))

    shown = views(sample, (X,), (), (no_zeros,), dict)
    [pass_] = shown.comparisons[1:]
    assert pass_.title == "no_zeros" and pass_.left_tags == {"add0": REPLACED} and pass_.links == (("add0", "mul1"),)


def test_all_passes_together_follow_each_value_to_its_end():
    shown = everything(sample, X)
    together = shown.comparisons[-1]
    assert (together.left, together.right) == (1, len(shown.stages) - 1)
    assert together.left_tags["relu1"] == MERGED and dict(together.links)["relu1"] == "relu0"
    assert together.left_tags["mul0"] == KNOWN and together.left_tags["tanh0"] == FUSED


def test_conditions_and_loops_hold_their_sides():
    shown = everything(branching, X * 5, nd.array(1.0))
    boxes = {box.name: box for box in all_boxes(shown.stages[1])}
    sides = sorted(title for box in boxes.values() if box.kind == "control" for title, _ in box.sides)
    assert sides == ["do", "else", "then", "while"] and "Scripted" in shown.notes[0]
    # the loop's body ran several times in this one run, always from the same line
    run = [right for _, right in shown.comparisons[0].links]
    body = next(name for name, box in boxes.items() if "/do/" in name and box.title.startswith("div"))
    assert run.count(body) > 2


def test_what_cannot_be_scripted_is_traced_and_says_that_it_may_lie():
    def two_shapes(x):
        if x.sum() > 0:
            return x
        return x.sum(axis=0)

    shown = everything(two_shapes, X)
    assert "may lie" in shown.notes[0] and "cannot be scripted" in shown.notes[1]


def test_code_lines_name_the_box_that_they_carry_out():
    for stage in everything(branching, X * 5, nd.array(1.0)).stages[1:] + everything(sample, X).stages[1:]:
        names = {box.name for box in all_boxes(stage)}
        for rows in (stage.code, stage.compiled):
            assert rows and {box for _, box in rows if box} <= names
        written = {box for _, box in stage.code if box}
        assert {box.name for box in all_boxes(stage) if box.kind in ("step", "control")} == written


def deep_net(depth=60):
    net = nn.Sequential()
    for _ in range(depth):
        net.add(nn.Sequential())
        net[-1].add(nn.Dense(8, activation="relu"), nn.LayerNorm())
    net.initialize()
    net(X)
    return net


def test_operations_lie_in_their_blocks_and_large_graphs_are_folded_at_first():
    net = deep_net()
    shown = everything(net, X)
    for stage in shown.stages[1:]:
        groups = [box for box in stage.boxes if box.kind == "group"]
        assert len(groups) == 60 and groups[0].title == "0: Sequential"
        closed = folded_at_first(stage.boxes)
        visible = [box for top in folded(stage.boxes, closed) for box in top.all()]
        assert len(visible) <= OPEN + 60 and len(all_boxes(stage)) > 600
    assert "earlier ones" in shown.stages[0].title
    assert "forward" not in vars(net[0])  # nothing is left on the learner's blocks


def test_a_graph_without_blocks_is_folded_in_runs_and_nothing_is_lost():
    def long(x):
        for i in range(1000):
            x = x + i
        return x

    stage = views(long, (X,), (), (), dict).stages[1]
    assert len(stage.boxes) <= OPEN
    assert sum(box.kind == "step" for box in all_boxes(stage)) == 1000


def rectangles(svg):
    """(left, top, right, bottom, depth) of each box."""

    def walk(element, x, y, depth):
        for part in element:
            if not part.tag.endswith("g"):
                continue
            dx, dy = map(float, re.findall(r"-?[\d.]+", part.get("transform", "0 0")))
            inner = depth + ("data-node" in part.attrib)
            if "data-node" in part.attrib:
                rect = next(p for p in part if p.tag.endswith("rect"))
                left, top = x + dx, y + dy
                yield (
                    left,
                    top,
                    left + float(rect.get("width")),
                    top + float(rect.get("height")),
                    part.get("data-node"),
                    inner,
                )
            yield from walk(part, x + dx, y + dy, inner)

    root = ElementTree.fromstring(svg)
    return list(walk(root, 0.0, 0.0, 0)), [float(n) for n in root.get("viewBox").split()]


@pytest.mark.parametrize("case", ["sample", "branching", "net"])
def test_boxes_lie_within_the_picture_and_beside_each_other(case):
    shown = {
        "sample": lambda: everything(sample, X),
        "branching": lambda: everything(branching, X * 5, nd.array(1.0)),
        "net": lambda: everything(deep_net(6), X),
    }[case]()
    for stage in shown.stages:
        boxes, (x0, y0, width, height) = rectangles(drawing(stage.boxes, frozenset()))
        assert {box[4] for box in boxes} == {box.name for box in all_boxes(stage)}
        for left, top, right, bottom, *_ in boxes:
            assert x0 <= left < right <= x0 + width and y0 <= top < bottom <= y0 + height
        for i, a in enumerate(boxes):
            for b in boxes[i + 1 :]:
                apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
                within = a[0] <= b[0] and b[2] <= a[2] and a[1] <= b[1] and b[3] <= a[3]
                assert apart or (within and a[5] < b[5]), (a, b)


def test_folding_comes_as_a_command_and_goes_as_new_pictures():
    viewer = GraphViewer(everything(deep_net(4), X))
    name = next(box.name for box in viewer.views.stages[1].boxes if box.kind == "group")

    def tell(**command):
        viewer._handle_custom_msg({**command, "ticket": ["view", 1]}, [])

    tell(do="fold", box=name, close=True)
    assert set(viewer.redrawn) >= {"1"} and 'aria-expanded="false"' in viewer.redrawn["1"]
    inside = viewer.views.stages[1].boxes[1].sides[0][1][0].name
    assert f'data-node="{inside}"' not in viewer.redrawn["1"]
    tell(do="fold", box=name, close=False)
    assert f'data-node="{inside}"' in viewer.redrawn["1"]
    tell(do="fold", box="nowhere", close=True)
    assert "there is no box" in viewer.status and viewer.answered == ["view", 1]
    viewer.set_state({"comparison": 99})
    assert viewer.comparison == len(viewer.comparisons) - 1
    assert json.dumps(viewer.get_state(["stages", "comparisons"]))


def test_what_the_widget_carries_stays_small_and_asks_nobody():
    source = str(GraphViewer._esm) + str(GraphViewer._css)
    assert len(source.encode()) < 60_000 and not re.search(r"https?://|\bimport\s*\(|\bimport .* from", source)


def test_without_a_kernel_pictures_and_words_stay():
    still = view_graph(sample, X)
    assert isinstance(still, GraphsStill)
    shown = still._repr_mimebundle_()
    for text in shown.values():
        assert "relu1 computed the same as relu0: merged with it" in text and "chain0" in text
    assert shown["text/html"].count("<svg") == 3
    assert not re.search(r'(?:src|href)="(?!data:)|url\(|@import|<script', shown["text/html"])


def test_hidden_names_are_escaped():
    net = nn.Dense(2, in_units=2, prefix="<img src=x onerror=alert(1)>_")
    net.initialize()
    assert "<img" not in view_graph(net, X)._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize(
    ("wrong", "inputs", "mend"),
    [
        (nn.Dense, (X,), r"view_graph\(Dense\(\), x\)"),
        (3, (X,), r"view_graph\(net, x\)"),
        (sample, (), "no inputs"),
        (sample, (1.0,), "a float"),
        (graph.trace(sample, X), (X,), r"view_graph\(f, x\)"),
    ],
)
def test_misuse_is_refused_with_the_mend(wrong, inputs, mend):
    with pytest.raises(TypeError, match=mend):
        view_graph(wrong, *inputs)


def test_what_cannot_be_captured_at_all_raises_with_the_reason():
    with pytest.raises(CaptureError, match="booleans"):
        view_graph(lambda x: x[x > 0].sum(), X)


def test_a_still_picture_needs_no_widget_library():
    code = (
        "import sys; from miniblocks import nd; from explorers import view_graph; "
        "print(view_graph(lambda x: x * 2, nd.ones((2,))).__class__.__name__, "
        "[m for m in ('anywidget', 'ipywidgets', 'comm', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split(maxsplit=1) == ["GraphsStill", "[]\n"]
