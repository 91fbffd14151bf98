"""Scripting: the graph does what the Python function does, on every branch, in values and gradients; or says why not."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miniblocks import autograd, graph, init, nd, nn
from miniblocks.errors import CaptureError

numbers = st.floats(-8, 8, width=32)
vectors = st.lists(numbers, min_size=3, max_size=3)


# -- what people write ------------------------------------------------------------------------------------------------


def two_sides(x):
    if x.sum() > 0:
        y = x * 2
    else:
        y = x - 1
    return y


def one_side_in_place(x):
    h = x * 1
    if h.sum() > 0:
        h *= 3
    return h + x


def in_place_through_another_name(x):
    h = x * 1
    same = h
    if x.sum() > 0:
        h *= 3
    return same


def elif_chain(x):
    total = x.sum()
    if total > 5:
        y = x
    elif total > 0:
        y = x * x
    elif total > -5:
        y = -x
    else:
        y = x / 3
    return y


def early_returns(x):
    if x.sum() > 4:
        return x
    y = x * 2
    if y.sum() < -4:
        return y
    return x + y


def return_in_nested(x):
    if x.sum() > 0:
        if x[0] > 1:
            return x * 10
        x = x + 1
    return x * 2


def halving(x):
    while x.norm() > 1:
        x = x / 2
    return x


def halving_in_place(x):
    x = x * 1
    while x.norm().asscalar() > 1:
        x /= 2
    return x


def counting(x):
    rounds = 0
    while x.norm() > 1:
        x = x / 2
        rounds += 1
    return x * rounds


def leaving(x):
    y = x
    while y.sum() < 20:
        y = y + y.abs() + 1
        if y[0] > 6:
            break
        y = y + 0.5
    return y


def leaving_forever(x):
    while True:
        x = x / 2
        if x.norm() < 1:
            break
    return x


def skipping(x):
    total = x * 0
    for k in range(4):
        if x[0] > k:
            continue
        total = total + x * k
    return total


def returning_from_a_loop(x):
    y = x
    while y.norm() < 50:
        y = y * 2 + 1
        if y[1] > 9:
            return y
    return -y


def nested_loops(x):
    total = x.sum() * 0
    for row in (x, x * 2):
        h = row
        while h.norm() > 1:
            h = h / 2
            if h[0] < -0.5:
                break
        total = total + h.sum()
    return total


def rows_of_a_tensor(x):
    total = x[0] * 0
    for value in x:
        if value > 0:
            total = total + value
        else:
            total = total - value * 2
    return total


def expressions(x):
    big = x.norm() > 2
    y = x if big and x[0] > 0 else x * 2
    z = y if not big or x[1] > 0 else y + 1
    return z * (1 if 0 < x[2] < 3 else 5)


def numbers_become_tensors(x):
    scale = 1
    if x.sum() > 0:
        scale = 2.5
    return x * scale


def pairs(x):
    pair = (x, x * 2)
    if x.sum() > 0:
        pair = (pair[1], pair[0])
    named = {"a": pair[0], "b": pair[1]}
    if x[0] > 0:
        named = {"a": named["a"] + 1, "b": named["b"]}
    return named["a"] - named["b"] * 3


def helper(x, k):
    if x.sum() > k:
        return x - k
    return x


def through_helpers(x):
    for k in range(3):
        x = helper(x, k)
    return max_of(x, x * 0)


def max_of(a, b):
    return a if a.sum() > b.sum() else b


def closing_over(x):
    factor = x.sum()

    def scaled(y):
        if factor > 0:
            return y * factor
        return y

    return scaled(x) + scaled(x * 2)


def defaults(x, low=-2.0, *, high=3.0):
    total: float = x.sum()
    if total < low:
        return x * 0
    return x if total < high else x / 2


FUNCTIONS = [
    two_sides,
    one_side_in_place,
    in_place_through_another_name,
    elif_chain,
    early_returns,
    return_in_nested,
    halving,
    halving_in_place,
    counting,
    leaving,
    leaving_forever,
    skipping,
    returning_from_a_loop,
    nested_loops,
    rows_of_a_tensor,
    expressions,
    numbers_become_tensors,
    pairs,
    through_helpers,
    closing_over,
    defaults,
]
GRAPHS = {f.__name__: graph.script(f, nd.array([1.0, -2.0, 0.5])) for f in FUNCTIONS}


def value_and_gradient(function, values):
    x = nd.array(values)
    x.attach_grad()
    out = function(x)
    weights = nd.array([1.0, 2.0, 3.0]) if out.shape else 1
    if out.requires_grad:
        (out * weights).sum().backward()
    return out.tolist(), None if x.grad is None else x.grad.tolist()


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
@given(vectors)
@settings(max_examples=40)
def test_a_scripted_function_agrees_in_values_and_gradients(function, values):
    scripted = GRAPHS[function.__name__]
    value, gradient = value_and_gradient(function, values)
    got, its_gradient = value_and_gradient(scripted, values)
    assert got == pytest.approx(value, rel=1e-5, abs=1e-6, nan_ok=True)
    zeros = [0.0, 0.0, 0.0]
    assert (its_gradient or zeros) == pytest.approx(gradient or zeros, rel=1e-4, abs=1e-5, nan_ok=True)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
@given(vectors)
@settings(max_examples=10)
def test_the_example_does_not_matter(function, example):
    again = graph.script(function, nd.array(example))
    values = [1.5, -0.25, 2.0]
    assert again(nd.array(values)).tolist() == pytest.approx(function(nd.array(values)).tolist(), rel=1e-5)


def test_a_trace_forgets_what_a_script_keeps():
    with pytest.warns(graph.CaptureWarning):
        traced = graph.trace(two_sides, nd.array([1.0, 1.0, 1.0]))
    minus = nd.array([-2.0, -1.0, -3.0])
    assert traced(minus).tolist() != two_sides(minus).tolist() == GRAPHS["two_sides"](minus).tolist()


def straight_through(x):
    """Rounded forwards, as if nothing had happened backwards."""
    return x + (nd.sign(x) - x).detach()


def partly_unrecorded(x):
    with autograd.no_grad():
        scale = x.norm() + 1
    return x * x / scale


def unrecorded_branch_and_loop(x):
    with autograd.no_grad():
        scale = x.norm() + 1 if x.sum() > 0 else x.norm() + 2
        while scale > 3:
            scale = scale / 2
    return x * x / scale


@pytest.mark.parametrize(
    "capture, function",
    [
        (graph.trace, straight_through),
        (graph.trace, partly_unrecorded),
        (graph.script, straight_through),
        (graph.script, partly_unrecorded),
        (graph.script, unrecorded_branch_and_loop),
    ],
)
@given(vectors)
@settings(max_examples=20)
def test_a_graph_has_no_gradient_where_the_code_has_none(capture, function, values):
    captured = capture(function, nd.array([1.0, -2.0, 0.5]))
    value, gradient = value_and_gradient(function, values)
    got, its_gradient = value_and_gradient(captured, values)
    assert got == pytest.approx(value, rel=1e-5) and its_gradient == pytest.approx(gradient, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("first", [True, False])
def test_a_hybridized_block_knows_where_gradients_end(first):
    """Whether it was captured while recording or not: what was captured without a record serves there alone."""

    class Partly(nn.Block):
        def forward(self, x):
            return partly_unrecorded(x)

    net = Partly()
    net.hybridize()
    x = nd.array([1.0, 2.0, 3.0])
    with autograd.record() if first else autograd.no_grad():
        net(x)
    assert value_and_gradient(net, [1.0, 2.0, 3.0]) == value_and_gradient(partly_unrecorded, [1.0, 2.0, 3.0])


# -- blocks -----------------------------------------------------------------------------------------------------------


class FancyMLP(nn.Block):
    """A constant, a layer used twice, a loop and a condition."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.weight = self.params.get_constant("rand_weight", nd.random.uniform(shape=(20, 20)))
        self.dense = nn.Dense(20, activation="relu")

    def forward(self, x):
        x = self.dense(x)
        x = nd.relu(nd.dot(x, self.weight.data()) + 1)
        x = self.dense(x)
        while x.norm().asscalar() > 1:
            x /= 2
        if x.norm().asscalar() < 0.8:
            x *= 10
        return x.sum()


class TwoWeights(nn.Block):
    """One of two weights, chosen by the loss of the step before."""

    def __init__(self):
        super().__init__()
        self.first = nn.Dense(16, activation="relu", in_units=8)
        self.w2a, self.w2b = nn.Dense(4, in_units=16), nn.Dense(4, in_units=16)

    def forward(self, x, y, before):
        h = self.first(x)
        out = self.w2a(h) if before < 5.0 else self.w2b(h)
        return ((out - y) ** 2).sum()


def gradients(net):
    return {name: p.grad().asnumpy() for name, p in net.collect_params().items() if p.grad_req != "null"}


@given(st.floats(0.01, 100), st.integers(0, 100))
@settings(max_examples=30)
def test_the_fancy_mlp_keeps_its_loop_and_its_condition(scale, seed):
    nd.random.seed(seed)
    net = FancyMLP()
    net.initialize(init.Normal(0.5))
    x = nd.random.normal(shape=(2, 20)) * scale
    net(x)
    scripted = graph.script(net, nd.ones((2, 20)))
    found = []
    for run in (net, scripted):
        net.zero_grad()
        run(x).backward()
        found.append((run(x).item(), gradients(net)))
    (value, grads), (its_value, its_grads) = found
    assert its_value == pytest.approx(value, rel=1e-4)
    for name in grads:
        assert its_grads[name] == pytest.approx(grads[name], rel=1e-3, abs=1e-5)


@pytest.mark.parametrize("before", [0.0, 4.99, 5.0, 80.0])
def test_the_weight_chosen_by_the_last_loss_gets_the_gradient(before):
    net = TwoWeights()
    net.initialize()
    x, y = nd.random.normal(shape=(5, 8)), nd.random.normal(shape=(5, 4))
    scripted = graph.script(net, x, y, nd.array(0.0))
    results = []
    for run in (net, scripted):
        net.zero_grad()
        loss = run(x, y, nd.array(before))
        loss.backward()
        results.append((loss.item(), gradients(net)))
    assert results[1][0] == pytest.approx(results[0][0], rel=1e-5)
    for name, gradient in results[0][1].items():
        assert results[1][1][name] == pytest.approx(gradient, rel=1e-4, abs=1e-6)
    other = net.w2b if before < 5 else net.w2a
    assert not other.weight.grad().asnumpy().any()


class Halver(nn.Block):
    def __init__(self):
        super().__init__()
        self.dense = nn.Dense(3, in_units=3)

    def forward(self, x):
        x = self.dense(x)
        while x.norm() > 1:
            x = x / 2
        return x


class Doubler(Halver):
    def forward(self, x):
        if x.sum() > 0:
            return super().forward(x) * 2
        return super().forward(-x)


def test_blocks_inside_of_blocks_are_scripted_and_left_as_they_were():
    net = nn.Sequential(Doubler(), nn.Sequential(Halver(), nn.Dense(2, in_units=3)))
    net.initialize(init.Normal(2.0))
    scripted = graph.script(net, nd.ones((1, 3)))
    assert all("forward" not in vars(block) for _, block in net.named_blocks())
    for x in (nd.ones((1, 3)), -nd.ones((1, 3)), nd.array([[30.0, -9.0, 2.0]])):
        assert scripted(x).asnumpy() == pytest.approx(net(x).asnumpy(), rel=1e-5)


def test_parameters_stay_live():
    net = Halver()
    net.initialize()
    scripted = graph.script(net, nd.ones((1, 3)))
    net.dense.weight.set_data(nd.ones((3, 3)) * 5)
    assert scripted(nd.ones((1, 3))).asnumpy() == pytest.approx(net(nd.ones((1, 3))).asnumpy())


class Counted(nn.Block):
    """Writes into a tensor of its own, in a condition."""

    def __init__(self):
        super().__init__()
        self.seen = nd.zeros((1,))

    def forward(self, x):
        if x.sum() > 0:
            self.seen += 1
        return x * 1


def test_a_write_in_a_condition_happens_when_the_condition_holds():
    net = Counted()
    scripted = graph.script(net, nd.ones((2,)))
    assert net.seen.tolist() == [0.0]
    for sign in (1, -1, 1):
        scripted(nd.ones((2,)) * sign)
    assert net.seen.tolist() == [2.0]


def test_what_python_knows_python_decides():
    net = nn.Sequential(nn.Dense(4, in_units=3), nn.Dropout(0.5), nn.Dense(2, in_units=4))
    net.initialize()

    def run(x, deep=True):
        for layer in net:
            if deep:
                x = layer(x)
        return x

    scripted = graph.script(run, nd.ones((1, 3)))
    assert not any(isinstance(step, (graph.Cond, graph.Loop)) for step in scripted.steps)


def test_values_are_called_as_in_the_code():
    text = str(GRAPHS["early_returns"])
    assert "y = mul(" in text and "result = if" in text


def test_a_graph_that_was_scripted_can_be_scripted_into_another():
    inner = GRAPHS["halving"]
    outer = graph.script(lambda x: inner(x) * 2, nd.ones((3,)))
    x = nd.array([9.0, 1.0, -3.0])
    assert outer(x).asnumpy() == pytest.approx(halving(x).asnumpy() * 2)


def test_the_function_itself_is_untouched():
    before = copy.copy(vars(two_sides)), two_sides.__code__
    graph.script(two_sides, nd.ones((3,)))
    assert (vars(two_sides), two_sides.__code__) == before
    with autograd.no_grad():
        assert two_sides(nd.ones((3,))).tolist() == [2.0, 2.0, 2.0]


# -- what cannot be scripted is refused, with the line and a way out ---------------------------------------------------


def uneven(x):
    if x.sum() > 0:
        y = x
    else:
        y = x[:2]
    return y


def only_sometimes(x):
    if x.sum() > 0:
        y = x
    return y


def only_in_a_loop(x):
    while x.sum() > 0:
        x = x - 1
        last = x
    return last


def chooses_a_block(x):
    layer = nn.Dense(3) if x.sum() > 0 else nn.Dense(3)
    return layer(x)


def growing(x):
    while x.sum() < 10:
        x = nd.concat(x, x, dim=0)
    return x


def takes_a_number(x):
    return x * float(x.sum().asnumpy())


def yields(x):
    yield x


def nothing_or_something(x):
    if x.sum() > 0:
        return x


def tries(x):
    try:
        return x
    except ValueError:
        return x * 2


def loop_with_else(x):
    while x.sum() > 0:
        x = x - 1
    else:
        x = x * 2
    return x


REFUSED = {
    uneven: ("`y` is float32[3] or float32[2]", "shapes and dtypes are fixed"),
    only_sometimes: ("`y` has no value here", "give it one on both"),
    only_in_a_loop: ("`last` has no value here", "before the loop"),
    chooses_a_block: ("a Dense or a Dense", "inside of the condition"),
    growing: ("float32[3] before a round of this loop and float32[6] after it", "fixed"),
    takes_a_number: ("no number here yet", "nd.where"),
    yields: ("`yield` cannot be scripted", "return a list"),
    nothing_or_something: ("None", "choose between tensors"),
    tries: ("a jump out of `try`", "no exceptions"),
    loop_with_else: ("`else` after a loop", "set a variable"),
}


@pytest.mark.parametrize("function", REFUSED, ids=lambda f: f.__name__)
def test_what_cannot_be_scripted_is_refused_with_a_way_out(function):
    with pytest.raises(CaptureError) as refused:
        graph.script(function, nd.array([1.0, -2.0, 0.5]))
    for words in REFUSED[function]:
        assert words in str(refused.value)


@pytest.mark.parametrize("function", [uneven, growing, takes_a_number, yields, loop_with_else, chooses_a_block])
def test_a_refusal_names_the_line(function):
    with pytest.raises(CaptureError) as refused:
        graph.script(function, nd.array([1.0, -2.0, 0.5]))
    first = function.__code__.co_firstlineno
    lines = range(first, first + 8)
    assert any(f"test_graph_script.py:{line}:" in str(refused.value) for line in lines), refused.value


@pytest.mark.parametrize("capture", [graph.trace, graph.script])
def test_an_example_that_is_no_tensor_is_refused_with_the_mend(capture):
    with pytest.raises(CaptureError, match=r"input 1 is of type float; wrap it: nd.array"):
        capture(lambda x, y: x * y, nd.ones((2,)), 5.0)
