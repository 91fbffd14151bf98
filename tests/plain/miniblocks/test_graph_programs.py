"""Random programs: as a graph, optimized, and compiled, each gives the values, gradients, draws and writes of the Python code.

A program is a list of moves on a growing list of values; hypothesis draws it. The same programs show that the checks would
notice: ten passes that are wrong on purpose are each found out.
"""

import os
from collections import Counter
from dataclasses import dataclass, replace
from random import Random

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from miniblocks import autograd, graph, init, loss, nd, nn, optim
from miniblocks.errors import InvalidGraphError
from miniblocks.graph import Cond, Graph, Loop, Ref, Step, verify
from miniblocks.graph.ir import leaves, renamed
from miniblocks.graph.passes import PASSES
from miniblocks.graph.passes.rewriting import Rewriting
from miniblocks.ops import TABLE
from miniblocks.tensor import Tensor, apply

ROWS, COLUMNS = 3, 4


# -- moves: functions of tensors (ROWS, COLUMNS) that give one again -----------------------------------------------


def move(name, *args, **static):
    return apply(TABLE[name], *args, **static)


CONSTANT = np.linspace(-1.0, 1.0, ROWS * COLUMNS).reshape(ROWS, COLUMNS)
ONE = {  # of one value
    "neg": lambda x: -x,
    "exp": lambda x: nd.exp(nd.tanh(x)),
    "log": lambda x: nd.log(nd.abs(x) + 0.5),
    "sqrt": lambda x: nd.sqrt(nd.abs(x) + 0.5),
    "abs": nd.abs,
    "sign": nd.sign,
    "sin": nd.sin,
    "cos": nd.cos,
    "tanh": nd.tanh,
    "sigmoid": nd.sigmoid,
    "relu": nd.relu,
    "clip": lambda x: x.clip(-0.7, 0.6),
    "cube": lambda x: nd.tanh(x) ** 3,
    "square": lambda x: nd.tanh(x) ** 2,
    "one more": lambda x: 1 - x,
    "half": lambda x: x * (nd.array(1.0, dtype="float64") / 2),
    "inverse": lambda x: 1 / (nd.abs(x) + 0.5),
    "power": lambda x: 2.0 ** nd.tanh(x),
    "softmax": lambda x: nd.softmax(x, axis=1),
    "log_softmax": lambda x: nd.log_softmax(x, axis=0),
    "sum": lambda x: x - x.sum(axis=1, keepdims=True) / COLUMNS,
    "mean": lambda x: x - x.mean(0),
    "max": lambda x: x - x.max(axis=1, keepdims=True),
    "argmax": lambda x: x + x.argmax(axis=0).astype("float64"),
    "logsumexp": lambda x: x - nd.logsumexp(x, axis=1).reshape(-1, 1),
    "norm": lambda x: x / (x.norm() + 1),
    "total": lambda x: x * nd.tanh(x.sum()),
    "reshape": lambda x: x.reshape(COLUMNS, ROWS).reshape(2, -1).reshape(ROWS, COLUMNS),
    "turn": lambda x: nd.tanh(x.T).T,
    "permute": lambda x: x.reshape(1, ROWS, COLUMNS).permute((2, 0, 1)).permute((1, 2, 0)).reshape(ROWS, COLUMNS),
    "same": lambda x: x.permute((0, 1)).T.T * 1 + 0,
    "twice": lambda x: -nd.relu(nd.relu(x)).__neg__(),
    "expand": lambda x: x + x[0].broadcast_to((2, COLUMNS)).sum(0),
    "rows": lambda x: nd.concat(x[1:], x[:1], dim=0),
    "columns": lambda x: nd.stack(x[:, 0], x[:, 1], x[:, 3], x[:, 2], axis=1),
    "put": lambda x: put(x.copy()),
    "pick": lambda x: x + nd.take_along(x, nd.array([[0], [3], [1]], dtype="int64"), axis=1),
    "take": lambda x: x[nd.array([2, 0, 2], dtype="int64")],
    "put at": lambda x: put_at(x.copy()),
    "cast": lambda x: nd.where(x.astype("float32").astype("float64") > 0, x, 0.5 * x),
    "not": lambda x: nd.where(~(x < 0.1), x, nd.array(CONSTANT, dtype="float64")),
    "constant": lambda x: x * (nd.array(CONSTANT, dtype="float64") + 1),
    "dropout": lambda x: x * move("dropout_mask", x, keep=0.5),
    "noise": lambda x: x + nd.random.uniform(shape=(COLUMNS,), dtype="float64"),
    "normal": lambda x: x + nd.random.normal(shape=(ROWS, 1), dtype="float64"),
    "image": lambda x: images(x),
    "average": lambda x: (
        x
        + move("avg_pool2d", x.reshape(1, 1, ROWS, COLUMNS), size=(3, 3), stride=(1, 1), padding=(1, 1)).reshape(
            ROWS, COLUMNS
        )
    ),
    "cross_entropy": lambda x: x * loss.SoftmaxCrossEntropyLoss()(x, nd.array([0, 3, 1], dtype="int64")),
}
TWO = {  # of two values
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: nd.tanh(x) * y,
    "div": lambda x, y: x / (nd.abs(y) + 0.5),
    "pow": lambda x, y: (nd.abs(x) + 0.5) ** nd.tanh(y),
    "maximum": nd.maximum,
    "minimum": nd.minimum,
    "where": lambda x, y: nd.where(x > y, x, 2 * y),
    "less_equal": lambda x, y: nd.where(x <= y, x, y * y.mean()),
    "greater_equal": lambda x, y: x * (x >= y).astype("float64"),
    "equal": lambda x, y: x + (x == y).astype("float64") * (x != -y).astype("float64"),
    "matmul": lambda x, y: nd.tanh(x @ y.T) @ x / 4,
    "column": lambda x, y: x * y[:, 1:2],
    "dense": lambda x, y: nd.relu(x @ y[1:].T.permute((1, 0)).T.T.mT.mT.T.T.T + y[0, 1:3]) @ y[:2] / 4,
    "affine": lambda x, y: (x @ y.T + y[0, :3]) @ y / 4,
    "layer": lambda x, y: nd.relu(x @ y.T + y[0, :3]) @ y / 4,
}


def put(x):
    x[0, 1:3] = 0.25
    return x


def put_at(x):
    x[nd.array([0, 2], dtype="int64")] = x[1] * 0.5
    return x


def images(x):
    """Convolutions with relu, one that is added to its input, and a pool, on the values as one image."""
    image, kernel = x.reshape(1, 1, ROWS, COLUMNS), x[:, :3].reshape(1, 1, 3, 3)
    y = nd.relu(nd.conv2d(image, nd.tanh(kernel), padding=1))
    y = nd.conv2d(y, kernel * 0.1, padding=1, activation="relu")
    y = y + nd.conv2d(y, nd.sin(kernel), padding=1)
    return x + nd.max_pool2d(y, 3, 1, 1).reshape(ROWS, COLUMNS)


# -- programs -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Program:
    """Moves as (name, positions of its arguments), from two inputs and two parameters; all its last values are returned."""

    moves: tuple[tuple[str, tuple[int, ...]], ...]
    returned: int

    def __call__(self, *values):
        values = list(values)
        for name, places in self.moves:
            values.append((ONE | TWO)[name](*(values[p] for p in places)))
        return tuple(values[-self.returned :])


def drawn(seed, length):
    """The first so many moves of the endless program with this seed: hypothesis shortens it to what matters."""
    moves, random = [], Random(seed)
    for i in range(length):
        name = random.choice(sorted(ONE) + sorted(TWO))
        places = [random.randrange(4 + i) for _ in range(1 if name in ONE else 2)]
        if moves and random.random() < 0.2:  # one that was there already, a common subexpression; or nearly
            name, places = random.choice(moves)
            places = random.choice([places, places[::-1]])
        moves.append((name, tuple(places)))
    return Program(tuple(moves), min(length, 1 + seed % 2))


def programs(least=1, most=9):
    return st.builds(drawn, st.integers(0, 2**32), st.integers(least, most))


def covering(seed):
    """Programs of four moves in which every move occurs, so that what is asked of random ones below never hangs on luck."""
    random, names = Random(seed), [*sorted(ONE), *sorted(TWO)]
    random.shuffle(names)
    for start in range(0, len(names), 4):
        moves = [
            (name, tuple(random.randrange(4 + i) for _ in range(1 if name in ONE else 2)))
            for i, name in enumerate(names[start : start + 4])
        ]
        yield Program(tuple(moves), 1)


def tensors(seed, count=4):
    rng = np.random.default_rng(seed)
    return [Tensor(torch.tensor(rng.normal(size=(ROWS, COLUMNS))), requires_grad=True) for _ in range(count)]


def run(function, inputs, parameters):
    """Values and gradients, with the same random draws each time."""
    nd.random.seed(1)
    for t in (*inputs, *parameters):
        t.grad = None
    outputs = function(*inputs)
    total = sum(((o * (i + 1)).sum() for i, o in enumerate(outputs)), Tensor(torch.zeros(())))
    total.backward()
    grads = [torch.zeros_like(t.raw) if t.grad is None else t.grad.raw for t in (*inputs, *parameters)]
    return [o.raw for o in outputs] + grads


def captured(program, seed):
    """The graph of a program (parameters captured), the inputs, and the parameters."""
    values = tensors(seed)
    inputs, parameters = values[:2], values[2:]
    return graph.trace(lambda *x: program(*x, *parameters), *inputs), inputs, parameters


def close(found, wanted):
    assert len(found) == len(wanted)
    for a, b in zip(found, wanted):
        torch.testing.assert_close(a, b.to(a.dtype), rtol=1e-8, atol=1e-10, equal_nan=True)


def check(program, seed, passes=PASSES, hits=None):
    """Everything that must hold of one program: raises where it does not."""
    g, _, parameters = captured(program, seed)
    for other in (seed + 1, seed):  # also on other numbers than it was captured with
        inputs = tensors(other)[:2]
        wanted = run(lambda *x: program(*x, *parameters), inputs, parameters)
        close(run(g, inputs, parameters), wanted)
        better = graph.optimize(g, passes)
        close(run(better, inputs, parameters), wanted)
        with autograd.no_grad():
            for ready in (graph.compile(g, passes=()), graph.compile(g, passes=passes)):
                for _ in range(2):  # buffers are used again
                    nd.random.seed(1)
                    close([o.raw for o in ready(*inputs)], wanted[: program.returned])
        assert nd.random.generator().get_state().equal(state_after(program, inputs, parameters))
        for p, q in zip(parameters, tensors(other + 7)[2:]):
            p.raw = q.raw  # new values of a parameter are seen
    if hits is not None:
        hits.update(s.operation for s in g.steps)
        hits.update(s.operation for s in better.steps)
        hits.update(
            change.name for change in graph.report(g, passes).changes if not graph.same(change.before, change.after)
        )


def state_after(program, inputs, parameters):
    """The generator's state after the program ran: passes keep the number of draws."""
    nd.random.seed(1)
    with autograd.no_grad():
        program(*inputs, *parameters)
    return nd.random.generator().get_state()


FORWARD = {  # what random programs without a training step must have met; the others arise from gradients and updates
    *"add sub mul div pow neg maximum minimum exp log sqrt abs sign sin cos tanh sigmoid relu clip where equal not_equal".split(),
    *"less less_equal greater greater_equal logical_not cast sum mean amax argmax norm softmax log_softmax logsumexp".split(),
    *"reshape transpose permute expand getitem put take put_at concat stack copy take_along matmul dense dense_relu".split(),
    *"conv2d conv2d_relu add_conv2d max_pool2d avg_pool2d cross_entropy nll dropout_mask uniform normal chain".split(),
}
# Random programs in a slow run; `PROGRAMS=10000` takes half an hour on two cores.
PROGRAMS = int(os.environ.get("PROGRAMS", "1000"))
PASS_NAMES = {p.__name__ for p in PASSES}
ON_TRAINING = {"fuse_updates", "update_early"}


@pytest.mark.parametrize("examples", [200, pytest.param(PROGRAMS, marks=pytest.mark.slow)])
def test_graphs_of_random_programs_do_what_the_programs_do(examples):
    """Among 200 programs each operation occurs at least 3 times and each pass changes at least 3; of more, one in a hundred."""
    hits = Counter()

    @settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True
    )
    @given(programs(), st.integers(0, 1000))
    def each(program, seed):
        check(program, seed, hits=hits)

    for seed in range(3):
        for program in covering(seed):
            check(program, seed, hits=hits)
    each()
    least = max(3, examples // 100)
    assert {name: hits[name] for name in FORWARD if hits[name] < least} == {}
    assert {name: hits[name] for name in PASS_NAMES - ON_TRAINING if hits[name] < least} == {}


# -- training steps -----------------------------------------------------------------------------------------------


# Where a gradient is zero but for rounding, adaptive rules divide it by epsilon: theirs is larger here than by default.
OPTIMIZERS = {
    "sgd": lambda p: optim.SGD(p, lr=0.1),
    "decay": lambda p: optim.SGD(p, lr=0.1, weight_decay=0.01),
    "momentum": lambda p: optim.SGD(p, lr=0.1, momentum=0.9),
    "nesterov": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    "adam": lambda p: optim.Adam(p, lr=0.01, epsilon=1e-3),
    "adamw": lambda p: optim.AdamW(p, lr=0.01, epsilon=1e-3),
    "rmsprop": lambda p: optim.RMSProp(p, lr=0.01, epsilon=1e-3, weight_decay=0.01),
    "adagrad": lambda p: optim.Adagrad(p, lr=0.01, epsilon=1e-3),
}


class Net(nn.Block):
    """A random program between layers with parameters, running statistics and, where the program has it, dropout."""

    def __init__(self, program):
        super().__init__()
        self.program = replace(program, returned=len(program.moves))
        self.first, self.norm = nn.Dense(COLUMNS, "relu", dtype="float64"), nn.BatchNorm(dtype="float64")
        # Else what is normalized sums to zero but for rounding, and a program's relu or abs of that has either slope.
        self.norm.beta.init = init.Normal(1.0)
        self.last = nn.Dense(COLUMNS, dtype="float64")
        self.scale = self.params.get("scale", shape=(ROWS, COLUMNS), dtype="float64", init=init.Normal(1.0))

    def forward(self, x):
        h = self.norm(self.first(x))
        return self.last(sum(self.program(x, h, self.scale.data(), h * 0.5)))


def trained(program, optimizer, seed, step_of):
    """Losses, parameters and statistics after three steps, each with its own learning rate."""
    nd.random.seed(seed)
    with nn.fresh_names():
        net = Net(program)
    net.initialize(init.Normal(0.5))
    x = tensors(seed, 3)
    for t in x:
        t.requires_grad = False
    net(x[0])
    labels = nd.array([1, 0, 3], dtype="int64")
    rule = OPTIMIZERS[optimizer](net.collect_params())
    step = step_of(net, rule, x[0], labels)
    nd.random.seed(5)
    values = []
    for i, batch in enumerate(x):
        rule.lr = 0.05 * (i + 1)
        values.append(step(batch, labels).raw.clone())
    return values + [p.data().raw for p in net.collect_params().values()]


def dynamic(net, rule, *examples):
    criterion = loss.SoftmaxCrossEntropyLoss()

    def step(x, y):
        value = criterion(net(x), y)
        value.backward()
        rule.step()
        rule.zero_grad()
        return value

    return step


def joint(passes=PASSES, hits=None, backend="python"):
    def of(net, rule, *examples):
        step = graph.joint(net, loss.SoftmaxCrossEntropyLoss(), rule, *examples, passes=passes, backend=backend)
        if hits is not None:
            hits.update(s.operation for s in (*step.graph.steps, *step.program.graph.steps))
            changes = graph.report(step.graph, passes).changes
            hits.update(change.name for change in changes if not graph.same(change.before, change.after))
        return step

    return of


@pytest.mark.parametrize("examples", [50, pytest.param(PROGRAMS // 5, marks=pytest.mark.slow)])
def test_training_steps_as_graphs_train_as_the_dynamic_ones_do(examples):
    """Among 50 programs each operation that only gradients and updates make occurs, and each pass changes at least 2; of more, one in a hundred."""
    hits = Counter()

    @settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True
    )
    @given(programs(least=4, most=7), st.sampled_from(sorted(OPTIMIZERS)), st.integers(0, 1000))
    def each(program, optimizer, seed):
        compare(program, optimizer, seed)

    def compare(program, optimizer, seed):
        wanted = trained(program, optimizer, seed, dynamic)
        close(trained(program, optimizer, seed, joint(hits=hits)), wanted)
        close(trained(program, optimizer, seed, joint(passes=())), wanted)

    for i, program in enumerate(covering(0)):
        compare(program, sorted(OPTIMIZERS)[i % len(OPTIMIZERS)], i)
    each()
    only_here = "relu_backward sum_to zeros_with log_softmax_input nll_input descend descend_matmul descend_sum"
    only_here += " conv2d_input add_conv2d_input conv2d_kernel max_pool2d_input pool_positions avg_pool2d_input add_at put_along share inside"
    least = max(1, examples // 100)
    assert {name: hits[name] for name in only_here.split() if hits[name] < least} == {}
    assert {name: hits[name] for name in PASS_NAMES if hits[name] < 2 * least} == {}


# -- in generated C -----------------------------------------------------------------------------------------------
# Compiling takes time, so that these are fewer.


def native_values(program, seed, passes):
    """What the program compiled to C gives, twice, with the inputs and parameters of this seed."""
    g, inputs, _ = captured(program, seed)
    ready = graph.compile(g, backend="native", passes=passes)
    with autograd.no_grad():
        for _ in range(2):  # buffers are used again
            nd.random.seed(1)
            outputs = ready(*inputs)
    return [o.raw for o in outputs], ready.is_native


@pytest.mark.usefixtures("native")
@pytest.mark.parametrize("examples", [30, pytest.param(PROGRAMS, marks=pytest.mark.slow)])
def test_random_programs_in_c_do_what_the_programs_do(examples):
    """With all passes, and with none."""
    native = []

    def each(program, seed):
        inputs, parameters = tensors(seed)[:2], tensors(seed)[2:]
        wanted = run(lambda *x: program(*x, *parameters), inputs, parameters)[: program.returned]
        for passes in (PASSES, ()):
            found, is_native = native_values(program, seed, passes)
            close(found, wanted)
            native.append(is_native)

    for seed, program in enumerate(covering(0)):
        each(program, seed)
    settings(max_examples=examples, deadline=None, database=None, derandomize=True)(
        given(programs(), st.integers(0, 1000))(each)
    )()
    assert sum(native) > len(native) / 2


@pytest.mark.usefixtures("native")
@pytest.mark.parametrize("examples", [8, pytest.param(PROGRAMS // 5, marks=pytest.mark.slow)])
def test_random_training_steps_in_c_train_as_the_dynamic_ones_do(examples):
    for i in range(examples):
        program, optimizer = drawn(i, 4 + i % 4), sorted(OPTIMIZERS)[i % len(OPTIMIZERS)]
        wanted = trained(program, optimizer, i, dynamic)
        for passes in (PASSES, ()):
            close(trained(program, optimizer, i, joint(passes, backend="native")), wanted)


# -- branches and loops -------------------------------------------------------------------------------------------


def unary(moves):
    def function(x):
        for name in moves:
            x = ONE[name](x)
        return (x,)

    return function


X = Ref("x", (ROWS, COLUMNS), "float64")
TOTAL, ASKED, Y = Ref("total", (), "float64"), Ref("asked", (), "bool"), Ref("y", X.shape, X.dtype)
SUM = Step(TOTAL, "sum", (X,), {"axis": None, "keepdims": False})
N, M, ONWARD = Ref("n", (), "int64"), Ref("m", (), "int64"), Ref("onward", (), "bool")
PLAIN_MOVES = sorted(set(ONE) - {"dropout", "noise", "normal"})


def branching(moves, others):
    """y = f(x) if sum(x) > 0 else h(x), with a loop of three rounds of f afterwards."""
    one = tensors(0, 1)[0]
    then, orelse = graph.trace(unary(moves), one), graph.trace(unary(others), one)
    g = Graph((X,), {}, (SUM, Step(ASKED, "greater", (TOTAL, 0.0)), Cond((Y,), ASKED, (X,), then, orelse)), (Y,))

    def function(x):
        return unary(moves)(x) if x.sum() > 0 else unary(others)(x)

    return verify(g), function


def looping(moves, rounds):
    """x = f(x), n = n + 1 as long as n < rounds; a counted `for`."""
    body = graph.trace(unary(moves), tensors(0, 1)[0])
    add = Step(M, "add", (N, 1))
    body = Graph((body.inputs[0], N), {}, (*body.steps, add), (*body.outputs, M), constants=body.constants)
    condition = Graph((X, N), {}, (Step(ONWARD, "less", (N, rounds)),), (ONWARD,))
    last = Ref("last", (), "int64")
    zero = Ref("zero", (), "int64")
    loop = Loop((Y, last), (X, zero), condition, body)
    g = Graph((X,), {}, (loop,), (Y,), constants={zero: Tensor(torch.tensor(0))})

    def function(x):
        for _ in range(rounds):
            (x,) = unary(moves)(x)
        return (x,)

    return verify(g), function


def check_control(g, function, seed, passes=PASSES):
    for sign in (1, -1):
        x = Tensor(tensors(seed)[0].raw * sign, requires_grad=True)
        wanted = run(function, [x], [])
        close(run(g, [x], []), wanted)
        close(run(graph.optimize(g, passes), [x], []), wanted)
        with autograd.no_grad():
            for ready in (graph.compile(g, passes=()), graph.compile(g, passes=passes)):
                close([o.raw for o in ready(x)], wanted[:1])


@pytest.mark.usefixtures("native")
def test_branches_and_loops_stay_in_python_between_calls_of_c():
    for g, function in (branching(["sin", "softmax"], ["cos"]), looping(["tanh", "turn"], 3)):
        outer = graph.trace(lambda x, g=g: nd.exp(g(x * 2)[0] * 0.1), tensors(0)[0])
        ready = graph.compile(outer, backend="native")
        assert ready.code.count("\nint native") == 2
        for sign in (1, -1):
            x = Tensor(tensors(0)[0].raw * sign)
            with autograd.no_grad():
                close([ready(x).raw], [nd.exp(function(x * 2)[0] * 0.1).raw])


MOVES = st.lists(st.sampled_from(PLAIN_MOVES), max_size=3)


@settings(max_examples=60, deadline=None)
@given(MOVES, MOVES, st.integers(0, 99))
def test_a_branch_is_chosen_at_run_time_and_has_its_own_gradient(moves, others, seed):
    check_control(*branching(moves, others), seed)


@settings(max_examples=40, deadline=None)
@given(MOVES, st.integers(0, 3), st.integers(0, 99))
def test_a_loop_runs_as_often_as_it_must(moves, rounds, seed):
    check_control(*looping(moves, rounds), seed)


def test_a_graph_with_a_branch_is_captured_with_its_branch():
    g, _ = branching(["sin"], ["cos"])
    x = tensors(3)[0]
    outer = graph.trace(lambda x: g(x * 2)[0] + 1, x)
    assert [s.operation for s in outer.steps] == ["mul", "sum", "greater", "if", "add"]
    for sign in (1, -1):
        y = Tensor(x.raw * sign)
        close([outer(y).raw], [(g(y * 2)[0] + 1).raw])


# -- passes that are wrong on purpose ------------------------------------------------------------------------------


def each_step(change):
    """A pass that puts what `change` gives in the place of a step (None keeps it)."""

    def wrong(g):
        new = Rewriting(g)
        for instruction in new:
            value = change(instruction, new) if isinstance(instruction, Step) else None
            if value is None:
                new.keep(instruction)
            else:
                new.stands_for(instruction.result, value)
        return new.graph_now()

    return wrong


def merging(key):
    def wrong(g):
        seen = {}
        return each_step(lambda s, new: seen[key(s)] if seen.setdefault(key(s), s.result) is not s.result else None)(g)

    return wrong


def words(step):
    return tuple(map(repr, step.args))


def dropping_draws(g):
    while True:
        read = {repr(a) for s in g.steps for a in s.args} | {repr(r) for r in leaves(g.outputs)}
        steps = tuple(s for s in g.steps if repr(s.results[0]) in read)
        if len(steps) == len(g.steps):
            return g
        g = replace(g, steps=steps)


def freezing_parameters(g):
    kept = {ref: Tensor(tensor.raw.clone()) for ref, tensor in g.captured.items()}
    return replace(g, captured={}, constants={**g.constants, **kept})


def relu_for_all(g):
    """Replaces `dense` by its relu also for those who want it without."""
    env = {s.args[0]: s.result for s in g.steps if s.operation == "relu"}
    return replace(g, steps=tuple(s if s.operation == "relu" else renamed(s, env) for s in g.steps))


def first_branch(g):
    return replace(g, steps=tuple(replace(s, orelse=s.then) if isinstance(s, Cond) else s for s in g.steps))


def fewer_rounds(g):
    def shorter(loop):
        inner = loop.condition.steps[0]
        step = Step(inner.result, inner.operation, (inner.args[0], inner.args[1] - 1), {})
        return replace(loop, condition=replace(loop.condition, steps=(step,)))

    return replace(g, steps=tuple(shorter(s) if isinstance(s, Loop) else s for s in g.steps))


def swapped(step, new):
    if step.operation in ("sub", "div") and all(isinstance(a, Ref) for a in step.args):
        return new.emit(step.operation, *step.args[::-1]) if step.args[0].shape == step.args[1].shape else None
    return None


WRONG = {
    "merges what differs in its static arguments": merging(lambda s: (s.operation, words(s), s.shape)),
    "merges random draws": merging(lambda s: (s.operation, words(s), repr(s.static))),
    "takes subtraction for commutative": merging(
        lambda s: (s.operation, tuple(sorted(words(s))), repr(s.static), s.op.pure or s.result)
    ),
    "drops random draws that nobody reads": dropping_draws,
    "swaps the sides of sub and div": each_step(swapped),
    "drops transpositions": each_step(lambda s, new: s.args[0] if s.operation in ("transpose", "permute") else None),
    "drops casts": each_step(lambda s, new: s.args[0] if s.operation == "cast" else None),
    "takes parameters for constants": freezing_parameters,
    "applies relu for those who read the value before it": relu_for_all,
    "takes x ** 3 for x ** 2": each_step(
        lambda s, new: new.emit("mul", s.args[0], s.args[0]) if s.operation == "pow" and s.args[1] == 3 else None
    ),
    "forgets what is written": lambda g: replace(g, writes={}),
    "keeps the first branch only": first_branch,
    "ends loops a round too early": fewer_rounds,
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_pass_is_found_out(name):
    """By the very checks above, within a few hundred random programs."""
    passes = (WRONG[name], *PASSES)
    with pytest.raises((AssertionError, InvalidGraphError)):
        find(name, passes)


def find(name, passes):
    @settings(
        max_examples=400,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(st.data())
    def each(data):
        seed = data.draw(st.integers(0, 1000))
        if "branch" in name:
            g, function = branching(data.draw(MOVES), data.draw(MOVES))
            check_control(g, function, seed, passes)
        elif "loops" in name:
            g, function = looping(data.draw(MOVES), data.draw(st.integers(1, 3)))
            check_control(g, function, seed, passes)
        elif "written" in name:
            program = data.draw(programs(most=2))
            close(trained(program, "sgd", seed, joint(passes)), trained(program, "sgd", seed, dynamic))
        else:
            check(data.draw(programs()), seed, passes)

    each()
