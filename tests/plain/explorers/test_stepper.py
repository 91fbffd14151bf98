"""`step_through`: the story is the tape's, with torch as the oracle; a mock front end; what stays without a kernel."""

import json
import re
import subprocess
import sys

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorers import step_through
from explorers.state import record as records
from explorers.state.record import CONSTANT, FREED, LEAF, NO_GRAD, OPERATION, UNRECORDED, of_run, of_tensor
from explorers.state.rules import rule
from explorers.state.tape import story
from explorers.state.words import full, short
from explorers.view.stepper import Stepper
from explorers.view.stepper_still import StepperStill
from explorers.view.stepper_svg import drawing
from miniblocks import autograd, nd, nn
from miniblocks.nd import Tensor


def leaf(value):
    x = nd.array(value, dtype="float64")
    x.requires_grad = True
    return x


def diamond(x):
    u = x**2
    v = 3 * x
    return u * v


def told(function, *inputs):
    return story(of_run(function, inputs, dict))


def node(told, label):
    return next(node for node in told.nodes if node.label == label)


STEPS = st.lists(st.tuples(st.sampled_from("+-*se"), st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=10)


KINDS = {
    "+": lambda library, a, b: a + b,
    "-": lambda library, a, b: a - b,
    "*": lambda library, a, b: a * b * 0.5,
    "s": lambda library, a, b: library.sin(a),
    "e": lambda library, a, b: a.tanh(),
}


@given(STEPS)
@settings(max_examples=50, deadline=None)
def test_every_gradient_that_is_shown_is_torchs(choices):
    def expression(values, library):
        for kind, i, j in choices:
            values.append(KINDS[kind](library, values[i % len(values)], values[j % len(values)]))
        return values

    numbers = ([0.3, -0.7], [1.1, 0.2])
    ours = expression([leaf(n) for n in numbers], nd)
    theirs = expression([torch.tensor(n, dtype=torch.float64, requires_grad=True) for n in numbers], torch)
    for value in theirs[2:]:
        value.retain_grad()
    theirs[-1].sum().backward()
    names = {id(value.node or value): f"v{i}" for i, value in reversed(list(enumerate(ours)))}
    shown = story(of_tensor(ours[-1].sum(), names))
    for i, value in enumerate(theirs):
        if value.grad is not None:
            arrived = node(shown, f"v{i}").arrivals
            assert arrived[-1].total == short(value.grad) and arrived[-1].whole == full(value.grad)
            assert node(shown, f"v{i}").value == short(value.detach())


@given(STEPS)
@settings(max_examples=30, deadline=None)
def test_a_run_and_its_record_tell_the_same_gradients(choices):
    def expression(x):
        values = [x, x * 2]
        for _, i, j in choices:
            values.append(values[i % len(values)] * values[j % len(values)] * 0.5)
        return values[-1].sum()

    x = leaf([0.5, -1.0])
    run, read = told(expression, x), story(of_tensor(expression(x), {}))
    assert [step.says for step in run.steps if step.kind == "end"][-1].split(":")[0] == read.steps[-1].says.split(":")[
        0
    ]
    final = [n.arrivals[-1].total for n in run.nodes if n.kind == LEAF and n.arrivals]
    assert final == [n.arrivals[-1].total for n in read.nodes if n.kind == LEAF and n.arrivals]


def test_a_value_used_twice_adds_up():
    x = leaf(2.0)
    shown = told(diamond, x)
    arrived = node(shown, "x" if any(n.label == "x" for n in shown.nodes) else "leaf").arrivals
    assert [(a.amount, a.sum) for a in arrived] == [("12", "12"), ("24", "12 + 24 = 36")]
    assert arrived[0].step < arrived[1].step
    assert any("12 + 24 = 36" in step.says for step in shown.steps)
    twice = told(lambda x: x * x, leaf(3.0))
    assert twice.nodes[0].arrivals[-1].sum == "3 + 3 = 6"


def test_results_are_called_as_their_lines_call_them():
    shown = told(diamond, leaf(2.0))
    assert [n.label for n in shown.nodes if n.kind == OPERATION] == ["u", "v", "mul"]
    assert node(shown, "u").place == "u = x**2" and node(shown, "u").call == "pow(leaf, 2)"


def test_local_derivatives_and_rules():
    shown = told(diamond, leaf(2.0))
    assert [(s.rule, s.text, s.amount) for s in node(shown, "u").slopes] == [("g * b * pow(a, b - 1)", "4", "24")]
    assert (
        rule("matmul", 0) == "matmul(g, b.mT)" and rule("greater", 0) == "" and rule("Mine", 0) == "your own backward"
    )
    product = told(lambda a: a @ nd.array([[1.0], [2.0]], dtype="float64"), leaf([[3.0, 4.0]]))
    assert [n.slopes[0].text for n in product.nodes if n.slopes] == ["[[1 2]]"]


def test_what_is_not_recorded_is_told_with_the_reason():
    def function(x, w):
        scaled = x * 10
        with autograd.no_grad():
            a = (w * 2).sum()
            b = a + 1
        mask = w > 0
        return (scaled * w * b * mask).sum() + w.detach().sum()

    shown = told(function, nd.array([1.0, 2.0], dtype="float64"), leaf([3.0, -4.0]))
    assert [n.kind for n in shown.nodes if n.label in ("scaled", "a", "b", "mask")] == [
        UNRECORDED,
        NO_GRAD,
        NO_GRAD,
        UNRECORDED,
    ]
    assert len({n.region for n in shown.nodes if n.kind == NO_GRAD}) == 1
    assert "has no gradient" in node(shown, "mask").notes[0]
    detached = next(n for n in shown.nodes if n.call == "sum(leaf)" and n.kind == UNRECORDED)
    assert detached.sources == [(shown.nodes.index(next(n for n in shown.nodes if n.kind == LEAF)), False)]
    assert sum(n.kind == CONSTANT for n in shown.nodes) == 1


def test_what_was_in_grad_before_is_added_to():
    x = leaf(2.0)
    (x * 5).backward()
    assert told(diamond, x).nodes[0].arrivals[-1].sum == "5 + 12 + 24 = 41"
    assert x.grad.item() == 5


def test_a_freed_graph_says_so_and_how_to_mend_it():
    x = leaf(2.0)
    y = x * 3
    z = y.exp()
    z.backward()
    shown = story(of_tensor(y + 1, {}))
    assert [n.kind for n in shown.nodes] == [FREED, OPERATION]
    assert "freed" in shown.nodes[0].notes[0] and "retain_graph" in shown.problem
    assert shown.steps[-1].kind == "end" and all(step.kind != "seed" for step in shown.steps)


def test_an_overwritten_value_and_no_gradient_at_all_are_told():
    x = leaf([1.0])
    y = x * x
    with autograd.no_grad():
        x += 1
    assert "overwritten" in story(of_tensor(y, {})).problem
    assert "requires a gradient" in told(lambda x: x * 2, nd.array([1.0])).problem


def test_a_function_of_ones_own_is_one_node():
    class Square(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            return g * 2 * ctx.saved_tensors[0]

    shown = told(lambda x: Square.apply(x) + 1, leaf([3.0]))
    assert [n.call for n in shown.nodes] == ["leaf", "Square(leaf)", "add(Square, 1)"]
    assert shown.nodes[1].value == "9" and shown.nodes[1].slopes[0].text == "6"


def test_a_network_with_open_shapes_shows_its_parameters_by_name():
    net = nn.Sequential()
    net.add(nn.Dense(4, activation="relu"), nn.Dense(1))
    net.initialize()
    still = step_through(net, nd.ones((2, 3)))
    leaves = {n.label for n in still.story.nodes if n.kind == LEAF}
    assert leaves == set(net.collect_params())
    net.zero_grad()
    net(nd.ones((2, 3))).backward()
    for name, parameter in net.collect_params().items():
        assert node(still.story, name).arrivals[-1].total == short(parameter.grad().raw)


def test_the_callers_variables_give_names_and_keywords_win():
    x = leaf(2.0)
    u = x * x
    still = step_through(u + 1, square=u)
    assert [n.label for n in still.story.nodes] == ["x", "square", "add"]


def test_large_records_show_the_last_operations_and_say_so():
    x = leaf(1.0)
    y = x
    for _ in range(records.LIMIT + 200):
        y = y * 1.001
    shown = story(of_tensor(y, {}))
    assert len(shown.nodes) == records.LIMIT and "200 earlier operations" in shown.hidden
    assert drawing(shown).count("data-node=") == records.LIMIT
    still = StepperStill(shown)
    assert "are not" in repr(still) and "<svg" not in still._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize(
    ("wrong", "mend"),
    [(3, r"step_through\(f, x\)"), (nn.Dense, r"step_through\(Dense\(\), x\)"), (lambda: 3, "return one tensor")],
)
def test_misuse_is_refused_with_the_mend(wrong, mend):
    with pytest.raises(TypeError, match=mend):
        step_through(wrong)
    with pytest.raises(TypeError, match="takes no inputs"):
        step_through(leaf(1.0), leaf(2.0))


def test_looking_changes_nothing():
    x = leaf(2.0)
    z = diamond(x)
    step_through(z)
    assert x.grad is None
    z.backward()
    assert x.grad.item() == 36


def test_the_drawing_has_a_box_for_each_entry_and_escapes_names():
    x = leaf(2.0)
    still = step_through(diamond(x), **{"<img src=x onerror=alert(1)>": x})
    page = still._repr_mimebundle_()["text/html"]
    assert page.count("data-node=") == len(still.story.nodes) and "<img" not in page and "&lt;img" in page
    assert not re.search(r'(?:src|href)="(?!data:)|url\(|@import|<script', page)


def test_without_a_kernel_words_say_what_the_picture_shows():
    x = leaf(2.0)
    still = step_through(diamond(x))
    assert isinstance(still, StepperStill)
    for text in still._repr_mimebundle_().values():
        assert "12 + 24 = 36" in text and "hands on 24 to x" in text


def test_the_widget_holds_text_alone_and_its_position_stays_within():
    shown = told(diamond, leaf(2.0))
    widget = Stepper(shown)
    assert json.loads(json.dumps(widget.story)) == json.loads(json.dumps(shown.as_data()))
    widget.position = 99
    assert widget.position == len(shown.steps) - 1
    widget.set_state({"position": 3})
    assert widget.position == 3
    widget.set_state({"position": -5})
    assert widget.position == 0

    def tensors(thing, depth=0):
        if isinstance(thing, (Tensor, torch.Tensor)):
            return 1
        inside = (
            thing.values()
            if isinstance(thing, dict)
            else thing
            if isinstance(thing, (list, tuple))
            else vars(thing).values()
            if hasattr(thing, "__dataclass_fields__")
            else ()
        )
        return sum(tensors(one, depth + 1) for one in inside)

    assert tensors(shown) == 0


def test_what_the_widget_carries_stays_small_and_asks_nobody():
    source = str(Stepper._esm) + str(Stepper._css)
    assert len(source.encode()) < 60_000
    assert not re.search(r"https?://|\bimport\s*\(|\bimport .* from", source)


def test_a_still_picture_needs_no_widget_library():
    code = (
        "import sys; from miniblocks import nd; from explorers import step_through; x = nd.ones((2,)); x.requires_grad = True; "
        "print(step_through(x * x).__class__.__name__, [m for m in ('anywidget', 'ipywidgets', 'comm', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split(maxsplit=1) == ["StepperStill", "[]\n"]


def test_numbers_in_words():
    assert short(torch.tensor(0.123456)) == "0.1235" and short(torch.tensor([1.0, 2.0])) == "[1, 2]"
    assert short(torch.ones(32, 10)) == "[1, 1, 1, …] 32×10" and full(torch.tensor([[True]])) == "True"
    assert "784×256" in full(torch.zeros(784, 256)) and len(full(torch.zeros(784, 256))) < 300
    assert short(torch.zeros(0, 3)).startswith("[]") and short(torch.ones(3, dtype=torch.bfloat16)) == "[1, 1, 1]"
