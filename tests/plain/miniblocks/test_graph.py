"""Capture, the rules that a graph keeps, training steps, and compiled programs, one behaviour at a time."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from miniblocks import autograd, graph, init, loss, nd, nn, optim
from miniblocks.errors import CaptureError, InvalidGraphError
from miniblocks.graph import Cond, Graph, Loop, Ref, Step, verify
from miniblocks.graph.passes import PASSES, drop_dead, fold_constants, merge_common, simplify
from miniblocks.tensor import Tensor

CRITERION = loss.SoftmaxCrossEntropyLoss()


def mlp(**options):
    net = nn.Sequential(nn.Dense(6, activation="relu", in_units=4, **options), nn.Dense(3, in_units=6, **options))
    net.initialize(init.Normal(0.5))
    return net


def batch(rows=5, columns=4):
    return nd.random.normal(shape=(rows, columns)), nd.random.randint(0, 3, shape=(rows,))


# -- capture ------------------------------------------------------------------------------------------------------


def test_an_index_that_is_an_input_stays_one():
    """It used to be frozen: an embedding gave the rows of the indices that it was captured with."""
    layer = nn.Embedding(5, 2)
    layer.initialize(init.Normal(1.0))
    first, second = nd.array([[0, 2]], dtype="int64"), nd.array([[4, 1]], dtype="int64")
    layer.hybridize()
    layer(first)
    table = layer.weight.data().asnumpy()
    np.testing.assert_array_equal(layer(second).asnumpy(), table[[[4, 1]]])
    assert [s.operation for s in layer.graph.steps] == ["take"]


def test_random_numbers_and_copies_of_inputs_are_steps():
    g = graph.trace(lambda x: nd.array(x) + nd.random.uniform(shape=(2,)), nd.ones((2,)))
    assert [s.operation for s in g.steps] == ["detach", "copy", "uniform", "add"] and not g.captured
    assert (g(nd.zeros((2,))).asnumpy() != g(nd.zeros((2,))).asnumpy()).any()


def test_a_tensor_made_inside_starts_anew_at_every_call():
    """It used to be taken for one from outside, and to be written from call to call."""

    def counting(x):
        total = nd.zeros((2,))
        total += x
        return total

    g = graph.trace(counting, nd.ones((2,)))
    assert len(g.constants) == 1 and not g.writes and not g.captured
    assert g(nd.ones((2,))).tolist() == g(nd.ones((2,))).tolist() == [1, 1]


def test_one_hot_follows_its_input():
    g = graph.trace(lambda x: nd.one_hot(x, 3), nd.array([0, 1]))
    assert g(nd.array([2, 2])).tolist() == [[0, 0, 1]] * 2


def test_a_mask_as_an_index_is_refused_and_a_parameter_is_not_written():
    with pytest.raises(CaptureError, match="nd.where"):
        graph.trace(lambda x: x[x > 0], nd.ones((2,)))
    w = Tensor(torch.ones(2), requires_grad=True)

    def writing(x):
        with autograd.no_grad():
            w[0] = 5.0
        return x * w

    with pytest.raises(CaptureError, match="written in place"):
        graph.trace(writing, nd.ones((2,)))
    assert w.tolist() == [1, 1] and w.requires_grad


def test_a_failed_capture_leaves_running_statistics_alone():
    layer = nn.BatchNorm(in_channels=4)
    layer.initialize()
    before = layer.running_mean.data().asnumpy()
    with pytest.raises(ZeroDivisionError):
        graph.trace(lambda x: layer(x) * (1 / 0), batch()[0])
    np.testing.assert_array_equal(layer.running_mean.data().asnumpy(), before)


def test_parameters_that_are_first_filled_inside_of_a_capture_are_captured_filled():
    net = nn.Dense(3)
    net.initialize()
    g = graph.trace(lambda x: net(x), nd.ones((2, 4)))
    assert [s.operation for s in g.steps] == ["dense"] and len(g.captured) == 2


def test_a_graph_names_parameters_and_counts_its_work():
    net = mlp()
    text = str(graph.trace(net, batch()[0]))
    assert "p0: captured float32[6, 4]  # " in text and "weight" in text
    found = graph.statistics(graph.trace(net, batch()[0]))
    assert found.operations == {"dense_relu": 1, "dense": 1}
    assert (found.parameters, found.flops) == (6 * 4 + 6 + 3 * 6 + 3, 2 * 5 * (4 * 6 + 6 * 3))


def test_equality_is_up_to_names():
    x = nd.ones((2,))
    g = graph.trace(lambda x: (x + 1) * x, x)
    assert graph.same(g, graph.trace(lambda y: (y + 1) * y, x))
    assert not graph.same(g, graph.trace(lambda y: (y + 2) * y, x))
    assert not graph.same(g, graph.trace(lambda y: y * (y + 1), x))
    assert not graph.same(g, graph.trace(lambda y: (y + 1.0) * y, x))


# -- the rules ----------------------------------------------------------------------------------------------------

A, B, C = (Ref(name, (2,), "float32") for name in "abc")
ASKED = Ref("asked", (), "bool")
NEG = Step(B, "neg", (A,))
INNER = Graph((A,), {}, (NEG,), (B,))
BROKEN = {
    "used before defined": Graph((A,), {}, (Step(C, "neg", (B,)), NEG), C),
    "defined twice": Graph((A,), {}, (NEG, NEG), B),
    "wrong shape": Graph((A,), {}, (Step(Ref("b", (3,), "float32"), "neg", (A,)),), A),
    "wrong dtype": Graph((A,), {}, (Step(Ref("b", (2,), "float64"), "neg", (A,)),), A),
    "used as another kind": Graph((A,), {}, (Step(B, "neg", (Ref("a", (3,), "float32"),)),), B),
    "no such operation": Graph((A,), {}, (Step(B, "launch", (A,)),), B),
    "cannot be computed": Graph((A,), {}, (Step(B, "matmul", (A, 3)),), B),
    "code for a name": Graph((Ref("a): import os  #", (2,), "float32"),), {}, (), ()),
    "a keyword for a name": Graph((Ref("lambda", (2,), "float32"),), {}, (), ()),
    "an object as an argument": Graph((A,), {}, (Step(B, "reshape", (A,), {"shape": object()}),), B),
    "output not defined": Graph((A,), {}, (), B),
    "output no nest of refs": Graph((A,), {}, (), {"a": 3}),
    "constant of another kind": Graph((), {}, (), A, constants={A: Tensor(torch.ones(3))}),
    "written and not captured": Graph((A,), {}, (NEG,), B, writes={A: B}),
    "written as another kind": Graph(
        (A,), {C: Tensor(torch.ones(2))}, (Step(ASKED, "less", (A, 0)),), A, writes={C: ASKED}
    ),
    "a predicate of two": Graph((A,), {}, (Cond((C,), A, (A,), INNER, INNER),), C),
    "branches that take more": Graph((A, ASKED), {}, (Cond((C,), ASKED, (A, A), INNER, INNER),), C),
    "branches that capture": Graph(
        (A, ASKED), {}, (Cond((C,), ASKED, (A,), INNER, replace(INNER, captured={C: Tensor(torch.ones(2))})),), C
    ),
    "a number for a branch": Graph((A, ASKED), {}, (Cond((C,), ASKED, (2.0,), INNER, INNER),), C),
    "a loop without a first value": Graph((A,), {}, (Loop((C,), (), INNER, INNER),), C),
    "a loop whose condition is no bool": Graph((A,), {}, (Loop((C,), (A,), INNER, INNER),), C),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_graph_that_breaks_a_rule_is_refused(name):
    with pytest.raises(InvalidGraphError):
        verify(BROKEN[name])


def test_what_keeps_the_rules_passes():
    verify(Graph((A, ASKED), {}, (NEG, Cond((C,), ASKED, (B,), INNER, INNER)), {"x": [C], "y": (A, B)}))


# -- passes, one by one -------------------------------------------------------------------------------------------


def operations(g):
    return [s.operation for s in g.steps]


def test_each_pass_does_what_its_name_says():
    x = nd.ones((2, 3))
    g = graph.trace(lambda x: [nd.exp(x), nd.sin(x) * 0][0], x)
    assert operations(drop_dead(g)) == ["exp"]
    g = graph.trace(lambda x: (x * 2 + x * 2, x * 2.0), x)
    assert operations(merge_common(g)) == ["mul", "add", "mul"]  # 2 and 2.0 are not the same number
    g = graph.trace(lambda x: x + nd.exp(nd.ones((3,))), x)
    assert operations(fold_constants(g)) == ["add"]
    g = graph.trace(lambda x: -(((x + 0) * 1).T.T.reshape(3, 2).reshape(2, 3) ** 1).__neg__(), x)
    assert drop_dead(simplify(g)).outputs == g.inputs[0]


def test_nothing_is_simplified_that_would_change_infinities():
    g = graph.trace(lambda x: x * 0 + (x - x), nd.ones((2,)))
    assert "mul" in operations(graph.optimize(g, (simplify, drop_dead)))
    assert np.isnan(graph.optimize(g)(nd.array([np.inf, 1.0])).asnumpy()).tolist() == [True, False]


def test_the_report_shows_each_pass_and_any_tuple_of_passes_will_do():
    net = mlp()
    step = graph.joint_graph(net, CRITERION, optim.SGD(net.collect_params()), *batch())
    report = graph.report(step)
    assert [c.name for c in report.changes] == [p.__name__ for p in PASSES]
    assert "+2 descend_matmul" in str(report) and graph.same(report.graph, graph.optimize(step))
    assert graph.optimize(step, ()) is step
    assert len(graph.optimize(step, PASSES[:5])) > len(graph.optimize(step))


# -- compiled programs --------------------------------------------------------------------------------------------


def test_a_program_is_readable_and_sees_every_change_of_a_parameter():
    net, (x, _) = mlp(), batch()
    program = graph.compile(graph.trace(net, x))
    assert [line.split("(")[0].strip() for line in program.code.splitlines() if "(" in line and "copy_" not in line][
        -3:
    ] == [
        "_addmm_activation",  # product, bias and relu
        "dense0 = addmm",
        "return Tensor",
    ]
    weight = net[0].weight
    with autograd.no_grad():
        for change in (
            lambda: None,
            lambda: weight.data().__imul__(2),  # in place
            lambda: weight.set_data(np.ones((6, 4))),  # new storage
            lambda: net.initialize(init.Normal(1.0), force_reinit=True),
            lambda: net[1].bias.data().__setitem__(0, 3.0),
            lambda: net[1].weight.data().__imul__(2),  # of which `prepare` reads nothing
        ):
            change()
            np.testing.assert_allclose(program(x).asnumpy(), net(x).asnumpy(), rtol=1e-5)


def test_results_are_copies_and_inputs_stay_as_they_are():
    p = Tensor(torch.ones(2, 2))
    program = graph.compile(
        graph.trace(lambda x: (x.T, p, p[0], nd.relu(x).reshape(-1), nd.ones((2,))), nd.ones((2, 2)))
    )
    x = nd.array([[1.0, -2.0], [3.0, 4.0]])
    first = program(x)
    kept = [t.asnumpy() for t in first]
    program(x * 10)
    for t, values in zip(first, kept):
        np.testing.assert_array_equal(t.asnumpy(), values)
    for t in first:
        t.raw.add_(100)
    np.testing.assert_array_equal(program(x)[1].asnumpy(), np.ones((2, 2)))
    assert p.tolist() == [[1, 1], [1, 1]] and x.tolist() == [[1, -2], [3, 4]]


def test_a_program_refuses_what_it_was_not_captured_for():
    net, (x, _) = mlp(), batch()
    program = graph.compile(graph.trace(net, x))
    for wrong in (nd.ones((6, 4)), x.astype("float64"), 3.0):
        with pytest.raises(CaptureError, match="captured for"):
            program(wrong)
    with pytest.raises(CaptureError, match="takes 1"):
        program(x, x)
    net.cast("float64")
    with pytest.raises(CaptureError, match="capture again"):
        program(x)
    with pytest.raises(ValueError, match="no backend"):
        graph.compile(graph.trace(lambda x: x, x), backend="cobol")


def test_buffers_are_shared_by_values_that_do_not_live_together():
    net = nn.Sequential(*(nn.Dense(16, "tanh", in_units=16) for _ in range(8)))
    net.initialize()
    buffers = graph.compile(graph.trace(net, nd.ones((4, 16)))).buffers
    assert buffers.planned <= buffers.unplanned / 4


def test_threads_do_not_disturb_one_another(in_threads):
    net, (x, _) = mlp(), batch(40)
    program = graph.compile(graph.trace(net, x))
    wanted = [net(x * i).asnumpy() for i in range(4)]
    wrong = []

    def work(i):
        for _ in range(200):
            if not np.allclose(program(x * i).asnumpy(), wanted[i], atol=1e-5):
                wrong.append(i)

    in_threads(4, work)
    assert not wrong


def test_a_hybridized_network_runs_a_program_without_gradients_and_the_tape_with_them():
    net, (x, _) = mlp(), batch()
    plain = net(x).asnumpy()
    net.hybridize()
    net(x)
    with autograd.no_grad():
        for other in (x, nd.ones((2, 4)), x, nd.ones((3, 4))):
            assert net(other).shape == (len(other), 3)
            np.testing.assert_allclose(net(x).asnumpy(), plain, rtol=1e-5)
        assert not net(x).requires_grad
    y = net(x)
    y.sum().backward()
    assert y.requires_grad and net[0].weight.grad().norm().item() > 0


def test_a_hybridized_network_in_use_and_in_training_are_two():
    net = nn.Sequential(nn.Dropout(0.5))
    net.hybridize()
    x = nd.ones((50, 50))
    with autograd.no_grad():
        for _ in range(3):
            assert (net.train()(x).asnumpy() == 0).any()
            assert (net.eval()(x).asnumpy() == 1).all()


# -- training steps -----------------------------------------------------------------------------------------------


def test_a_step_learns_and_takes_the_learning_rate_of_the_moment():
    net, (x, y) = mlp(), batch(30)
    trainer = optim.SGD(net.collect_params(), lr=0.5)
    step = graph.joint(net, CRITERION, trainer, x, y)
    first = step(x, y).item()
    assert [step(x, y).item() for _ in range(100)][-1] < first / 2
    trainer.lr = 0.0
    before = net[0].weight.data().asnumpy()
    assert step(x, y).item() == step(x, y).item()
    np.testing.assert_array_equal(net[0].weight.data().asnumpy(), before)


def test_capturing_a_step_changes_nothing_and_draws_nothing():
    net = nn.Sequential(nn.Dense(6, in_units=4), nn.BatchNorm(in_channels=6), nn.Dropout(0.5), nn.Dense(3, in_units=6))
    net.initialize()
    x, y = batch()
    before = [p.data().asnumpy() for p in net.collect_params().values()]
    state = nd.random.generator().get_state()
    graph.joint(net, CRITERION, optim.Adam(net.collect_params()), x, y)
    assert nd.random.generator().get_state().equal(state)
    for p, values in zip(net.collect_params().values(), before):
        np.testing.assert_array_equal(p.data().asnumpy(), values)


def test_dropout_draws_anew_and_as_often_as_it_should():
    """The share of zeros in the gradient's columns, over many calls, against its standard error."""
    net = nn.Sequential(nn.Dropout(0.25), nn.Dense(1, use_bias=False, in_units=100))
    net.initialize(init.Constant(0.0))
    trainer = optim.SGD(net.collect_params(), lr=1.0)
    step = graph.joint(net, loss.L2Loss(), trainer, nd.ones((1, 100)), nd.ones((1, 1)))
    zeros, calls = [], 200
    for _ in range(calls):
        net[1].weight.set_data(np.zeros((1, 100)))
        step(nd.ones((1, 100)), nd.ones((1, 1)))
        zeros.append(net[1].weight.data().asnumpy() == 0)
    share = np.mean(zeros, axis=0)
    error = np.sqrt(0.25 * 0.75 / calls)
    assert abs(share.mean() - 0.25) < 5 * error / 10 and (abs(share - 0.25) < 5 * error).all()
    assert len({tuple(z.ravel()) for z in zeros}) == calls


def test_tied_parameters_are_updated_once_and_frozen_ones_never():
    shared = nn.Dense(4, "relu", in_units=4)
    net = nn.Sequential(shared, nn.Dense(4, "relu", in_units=4, params=shared.params), nn.Dense(3, in_units=4))
    net.initialize(init.Normal(0.5))
    net[2].weight.grad_req = "null"
    x, y = batch()
    wanted = {}
    for kind in ("dynamic", "static"):
        nd.random.seed(1)
        net.initialize(init.Normal(0.5), force_reinit=True)
        trainer = optim.SGD([p for p in net.collect_params().values() if p.grad_req != "null"], lr=0.1)
        if kind == "static":
            graph.joint(net, CRITERION, trainer, x, y)(x, y)
        else:
            CRITERION(net(x), y).backward()
            trainer.step()
            trainer.zero_grad()
        wanted[kind] = [p.data().asnumpy() for p in net.collect_params().values()]
    for a, b in zip(*wanted.values()):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_a_step_goes_on_from_a_saved_optimizer():
    def run(interrupted):
        nd.random.seed(2)
        net = mlp()
        x, y = batch()
        trainer = optim.Adam(net.collect_params(), lr=0.05)
        step = graph.joint(net, CRITERION, trainer, x, y)
        for i in range(6):
            if interrupted and i == 3:
                trainer.load_state_dict(trainer.state_dict())
            value = step(x, y)
        assert trainer.steps == 6
        return value.item()

    assert run(False) == run(True)


def test_what_cannot_be_a_step_is_said():
    net, (x, y) = mlp(), batch()

    class Mine(optim.SGD):
        pass

    with pytest.raises(CaptureError, match="Mine"):
        graph.joint(net, CRITERION, Mine(net.collect_params()), x, y)
    with pytest.raises(CaptureError, match="depends on no parameter"):
        graph.joint(lambda x: x[:, :3], CRITERION, optim.SGD(net.collect_params()), x, y)
    with pytest.raises(CaptureError, match="captured for"):
        graph.joint(net, CRITERION, optim.SGD(net.collect_params()), x, y)(*batch(6))


def test_a_parameter_that_the_tape_still_needs_is_not_silently_overwritten():
    from miniblocks.errors import OverwrittenError

    net, (x, y) = mlp(), batch()
    step = graph.joint(net, CRITERION, optim.SGD(net.collect_params(), lr=0.1), x, y)
    pending = CRITERION(net(x), y)
    step(x, y)
    with pytest.raises(OverwrittenError):
        pending.backward()


def test_values_that_change_places_are_written_all_at_once():
    a, b = Tensor(torch.zeros(2)), Tensor(torch.ones(2))

    def exchange(x):
        kept = a * 1
        a[:] = b
        b[:] = kept
        return x + a

    g = graph.trace(exchange, nd.ones((2,)))
    a.raw, b.raw = torch.zeros(2), torch.ones(2)
    simpler = replace(g, steps=(), outputs=g.inputs[0], writes=dict(zip(g.captured, reversed(list(g.captured)))))
    for run in (simpler, graph.compile(simpler)):
        run(nd.ones((2,)))
        run(nd.ones((2,)))
        run(nd.ones((2,)))
        assert (a.tolist(), b.tolist()) in (([1, 1], [0, 0]), ([0, 0], [1, 1]))
    assert (a.tolist(), b.tolist()) == ([0, 0], [1, 1])


def test_a_parameter_that_another_tensor_is_a_view_of_is_updated_last():
    net, (x, y) = mlp(), batch()
    row = Tensor(net[1].weight.data().raw[0])  # shares memory
    body = lambda x: net(x) + row[:3] * 0.1  # noqa: E731
    trainer = optim.SGD(net.collect_params(), lr=0.1)
    start = [p.data().asnumpy() for p in net.collect_params().values()]
    step = graph.joint(body, CRITERION, trainer, x, y)
    found = [step(x, y).item(), *(p.data().asnumpy() for p in net.collect_params().values())]
    for p, values in zip(net.collect_params().values(), start):
        p.data().raw.copy_(torch.from_numpy(values))
    value = CRITERION(body(x), y)
    value.backward()
    trainer.step()
    for a, b in zip(found, [value.item(), *(p.data().asnumpy() for p in net.collect_params().values())]):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_running_statistics_go_on_through_tape_and_program_alike():
    plain, captured = nn.BatchNorm(in_channels=4), nn.BatchNorm(in_channels=4)
    for layer in (plain, captured):
        layer.initialize()
    captured.hybridize()
    for i in range(6):
        x, _ = batch()
        with autograd.no_grad() if i % 2 else autograd.record():
            np.testing.assert_allclose(captured(x).asnumpy(), plain(x).asnumpy(), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(captured.running_var.data().asnumpy(), plain.running_var.data().asnumpy(), rtol=1e-5)


def test_equal_results_are_still_two():
    program = graph.compile(graph.trace(lambda x: (x + 1, x + 1, x.copy()), nd.zeros((2,))))
    x = nd.zeros((2,))
    first, second, third = program(x)
    first += 5
    third += 7
    assert second.tolist() == [1, 1] and x.tolist() == [0, 0]
