"""Lesson 07 beyond its known answers: passes on graphs at random, against igraph and the library; numbers against torch's; hostile evidence."""

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import igraph
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import answers
from autograder import lesson as lessons
from autograder.exercise import Seen
from autograder.judges.lesson_07 import (
    EXERCISES,
    dead_code,
    evidence,
    fuse,
    lies,
    merging,
    out_of_python_cases,
    read_graph,
    recursive_cases,
    two_weights_cases,
)
from autograder.probe import observe
from miniblocks import checkpoint, graph, nd, nn
from miniblocks.errors import InvalidGraphError
from miniblocks.graph import Ref, Step, ir, passes
from miniblocks.graph.format import dumps

SOURCE = Path(__file__).resolve().parents[3] / "solutions/07-dynamic-and-static-graphs/07-dynamic-and-static-graphs.md"
WRITTEN = [id for id, exercise in EXERCISES.items() if not exercise.prediction]
SEEDS = st.integers(0, 2**63)
QUICK = settings(max_examples=40, deadline=None)


@cache
def the_lesson():
    return lessons.read(SOURCE)


@cache
def right_answers(id):
    known = answers.of(the_lesson())
    return [answers.run_answer(the_lesson(), id, a.source) for a in known if (a.exercise, a.kind) == (id, "right")]


# -- graphs at random ---------------------------------------------------------------------------------------------------

SHAPE = (2, 3)


@st.composite
def graphs(draw):
    """A straight-line graph of layers, relus, sums and draws, over two inputs and one layer's parameters; several outputs."""
    refs = [Ref("x0", SHAPE, "float32"), Ref("x1", SHAPE, "float32")]
    w, b = Ref("p0", (3, 3), "float32"), Ref("p1", (3,), "float32")
    steps = []
    for i in range(draw(st.integers(1, 12))):
        kind = draw(st.sampled_from(["relu", "relu", "dense", "dense", "add", "tanh", "normal"]))
        result = Ref(f"v{i}", SHAPE, "float32")
        latest = st.sampled_from(refs[-4:])
        if kind == "normal":
            steps.append(Step(result, "normal", (), {"shape": SHAPE, "dtype": "float32", "loc": 0.0, "scale": 1.0}))
        elif kind == "dense":
            steps.append(Step(result, "dense", (draw(latest), w, b)))
        elif kind == "add":
            steps.append(Step(result, "add", (draw(latest), draw(latest))))
        else:
            steps.append(Step(result, kind, (draw(latest),)))
        refs.append(result)
    made = tuple(draw(st.lists(st.sampled_from(refs), min_size=1, max_size=2)))
    captured = {w: nd.ones((3, 3)), b: nd.ones((3,))}
    return graph.verify(graph.Graph(tuple(refs[:2]), captured, tuple(steps), made))


def alive(g):
    """The results of steps from which an output or a draw can be reached: igraph's word."""
    names = {ref.name: i for i, ref in enumerate((*g.inputs, *g.captured, *(s.result for s in g.steps)))}
    edges = [(names[ref.name], names[s.result.name]) for s in g.steps for ref in ir.reads(s)]
    picture = igraph.Graph(len(names), edges, directed=True)
    ends = {ref.name for ref in ir.results(g)} | {s.result.name for s in g.steps if s.operation == "normal"}
    found = set().union(*(picture.subcomponent(names[end], mode="in") for end in ends))
    return [s for s in g.steps if names[s.result.name] in found]


def on(g, after, **also):
    """A case with a graph, and what is seen when a pass makes `after` of it."""
    case = {"situation": "plain", "graph": evidence.sent(g), **also}
    kept = [str(step.results[0]) for step in after.steps]
    values = {"after": np.frombuffer(dumps(after), np.uint8), "before": evidence.sent(g), "kept": kept}
    return case, Seen(values)


def of_dead_code(g, after):
    case, seen = on(g, after)
    return verdict(dead_code._found, case, seen)


def of_fusing(g, after):
    case, seen = on(g, after, situation="two")
    return verdict(fuse._found, case, seen)


def verdict(judge, case, seen):
    """The mistake's id, or None."""
    try:
        mistake = judge(case, seen)
    except Exception as missing:
        mistake = missing.mistake
    return mistake and mistake.id


@QUICK
@given(graphs())
def test_dead_code_is_what_igraph_cannot_reach(g):
    after = replace(g, steps=tuple(alive(g)))
    assert of_dead_code(g, after) is None
    assert passes.drop_dead(g).steps == after.steps


@QUICK
@given(graphs(), st.integers(0, 3))
def test_every_right_answer_drops_just_that(g, which):
    after = right_answers("07-dead-code")[which](g)
    assert after.steps == tuple(alive(g)) and of_dead_code(g, after) is None


@QUICK
@given(graphs(), st.data())
def test_one_step_less_or_one_more_is_found(g, data):
    kept = alive(g)
    if kept:
        gone = data.draw(st.sampled_from(kept))
        after = replace(g, steps=tuple(s for s in kept if s is not gone))
        assert of_dead_code(g, after) in {"needed-dropped", "drawn-from-nothing", "outputs-forgotten", "draw-dropped"}
    dead = [s for s in g.steps if s not in kept]
    if dead:
        after = replace(g, steps=tuple(s for s in g.steps if s in kept or s is dead[-1]))
        try:
            graph.verify(after)
        except InvalidGraphError:
            return
        assert of_dead_code(g, after) in {"dead-left", "chain-left"}


@QUICK
@given(graphs())
def test_another_order_is_found(g):
    kept = alive(g)
    after = replace(g, steps=tuple(reversed(kept)))
    assert of_dead_code(g, after) == ("order-changed" if len(kept) > 1 else None)


@QUICK
@given(graphs(), st.integers(0, 3))
def test_fusing_is_the_librarys_where_nothing_is_dead(g, which):
    g = passes.drop_dead(g)
    library = passes.drop_dead(passes.fuse_layers(g))
    fused = [s for s in library.steps if s.operation == "dense_relu"]
    assert len(fuse.pairs(g)) == len(fused)
    assert of_fusing(g, library) is None
    own = right_answers("07-fuse")[which](g)
    assert of_fusing(g, own) is None
    inputs = [nd.random.normal(shape=SHAPE) for _ in range(2)]
    if all(s.operation != "normal" for s in g.steps):
        for a, b in zip(own(*inputs), g(*inputs)):
            assert np.allclose(a, b)


@QUICK
@given(graphs(), st.data())
def test_a_pair_left_or_fused_wrongly_is_found(g, data):
    g = passes.drop_dead(g)
    relus = [s for s in g.steps if s.operation == "relu"]
    pairs = fuse.pairs(g)
    if pairs:
        assert of_fusing(g, g) in {"not-fused", "only-side-by-side"}
    others = [s for s in relus if s not in pairs]
    if others:  # a relu of something else, or of what is needed elsewhere, is taken for one of a dense layer
        wrong = data.draw(st.sampled_from(others))
        made = {s.result: s for s in g.steps}
        dense = made.get(wrong.args[0])
        args = dense.args if dense and dense.operation == "dense" else (wrong.args[0], *g.captured)
        new = Step(wrong.result, "dense_relu", args)
        after = replace(g, steps=tuple(new if s is wrong else s for s in g.steps))
        assert of_fusing(g, after) in {"computed-twice", "other-values"}


@QUICK
@given(graphs())
def test_the_counts_are_those_of_the_printed_lines(g):
    for one in read_graph.after_each(g, ["merge_common", "drop_dead"]):
        lines = re.findall(r"^ +[\w, ]+ = (\w+)\(", str(one), flags=re.MULTILINE)
        assert read_graph.counts(one) == Counter(lines)


# -- numbers --------------------------------------------------------------------------------------------------------------


@QUICK
@given(SEEDS)
def test_the_lies_are_the_same_under_every_secret(seed):
    """And every right answer finds them."""
    cases = EXERCISES["07-trace-that-lied"].draw(seed)
    found = {case["situation"]: lies.guilty(case) for case in cases}
    assert found == {
        "if": [0, 2, 4],
        "while": [0, 2, 3],
        "agreeing": [],
        "nan": [1, 3],
        "one_element": [0, 2, 4],
        "honest": [],
    }


@QUICK
@given(SEEDS, st.sampled_from(["w2a", "w2b"]))
def test_the_two_weights_by_hand(seed, second):
    """The judge's numbers by torch, against the gradient written out."""
    case = two_weights_cases.draw(np.random.default_rng(seed))[0]
    w1, w2 = (case["weights"][name].astype(np.float64) for name in ("w1", second))
    h = np.maximum(case["x"] @ w1, 0)
    apart = h @ w2 - case["y"]
    told = two_weights_cases.step(case["weights"], case["x"], case["y"], second)
    assert np.isclose(told["loss"], (apart**2).sum(), rtol=1e-4)
    assert np.allclose(told[second], h.T @ (2 * apart), rtol=1e-3, atol=1e-3)
    assert np.allclose(told["w1"], case["x"].T @ ((2 * apart @ w2.T) * (h > 0)), rtol=1e-3, atol=1e-3)


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_the_exported_networks_are_miniblocks_own(seed):
    for case in out_of_python_cases.draw(np.random.default_rng(seed)):
        namespace = {"nn": nn}
        exec(case["source"], namespace)
        net = namespace["f"](*case["sizes"])
        net.initialize()
        for path, values in case["values"].items():
            checkpoint.paths_of(net)[path].set_data(values)
        for level in case["levels"]:
            out = net.eval()(nd.array(case["x"]), nd.array(level))
            assert np.allclose(out, out_of_python_cases.outputs(case, level), rtol=1e-3, atol=1e-4)


@QUICK
@given(SEEDS)
def test_a_stack_gives_what_recursion_gives(seed):
    rng = np.random.default_rng(seed)
    for case in recursive_cases.draw(rng):
        net = recursive_cases.Network(case)
        w, b = case["weight"].astype(np.float64), case["bias"]

        def vector(tree, words=case["words"], w=w, b=b):
            if isinstance(tree, int):
                return words[tree].astype(np.float64)
            return np.tanh(w @ np.concatenate([vector(part) for part in tree]) + b)

        shapes = set()
        for tree in case["trees"]:
            nested = recursive_cases.folded(tree, int, lambda a, b: (a, b))
            assert np.allclose(net(tree).detach().numpy()[0], vector(nested), atol=1e-4)
            shapes.add(re.sub(r"\d+", "w", str(nested)))
        assert len(shapes) == len(set(map(recursive_cases.shape_of, case["trees"])))


def test_the_ways_to_count_trees_all_differ():
    """Six shapes, nine trees, four sizes, three depths, ten in all: no slip gives another slip's number."""
    for seed in range(30):
        trees = recursive_cases.draw(np.random.default_rng(seed))[-1]["trees"]
        sizes = {sum(item != recursive_cases.JOIN for item in tree) for tree in trees}
        counted = len(set(map(recursive_cases.shape_of, trees))), len(set(map(tuple, trees))), len(sizes)
        assert (*counted, len(set(map(recursive_cases.depth_of, trees))), len(trees)) == (6, 9, 4, 3, 10)


# -- predictions ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 9])
def test_what_merges_is_found_by_running_the_pass(size):
    assert merging.truly_merged(size) == (1,)


def test_the_choices_in_the_text_are_those_that_are_judged():
    section = SOURCE.read_text(encoding="utf-8").partition("### Predict: which will merge?")[2]
    assert re.findall(r"^- \*\*(\w)\*\*", section.partition("```")[0], flags=re.MULTILINE) == list(merging.CHOICES)


@pytest.mark.parametrize("id", EXERCISES)
def test_a_check_leaves_the_learners_random_numbers_alone(id):
    nd.random.seed(11)
    wanted = nd.random.normal(shape=(3,)).tolist()
    nd.random.seed(11)
    cases = EXERCISES[id].draw(3)
    EXERCISES[id].judge(cases, [observe(id, right_answers(id)[0], case) for case in cases])
    assert nd.random.normal(shape=(3,)).tolist() == wanted


# -- evidence from a hostile process ------------------------------------------------------------------------------------------

JUNK = st.sampled_from(
    [None, True, 0, -1, 3.5, float("nan"), float("inf"), 10**400, "words", [], [1, "a"], ["a"], {}, {"": "a"}]
    + [{"w1": 1.0}, [{}], [{"loss": "a"}] * 4, np.zeros(0, np.float32), np.full((3, 1), np.nan), np.array(7)]
    + [np.zeros(3, bool), np.zeros(40, np.uint8), np.full(9, 255, np.uint8), [True, True], [[]]]
)


def endless():
    """A graph that never ends."""

    x = Ref("x", (), "float32")
    always = graph.Graph((x,), {}, (), (Ref("c", (), "bool"),), constants={Ref("c", (), "bool"): nd.array(True)})
    body = graph.Graph((x,), {}, (), (x,))
    inputs = (Ref("x0", SHAPE, "float32"), Ref("x1", (), "float32"))
    loop = graph.Loop((Ref("y", (), "float32"),), (inputs[1],), always, body)
    return graph.verify(graph.Graph(inputs, {}, (loop,), loop.results[0]))


def enormous():
    """A graph that would take all memory there is."""
    inputs = (Ref("x0", SHAPE, "float32"), Ref("x1", (), "float32"))
    big = Ref("big", (1 << 20, 1 << 20), "float32")
    steps = (
        Step(big, "expand", (inputs[1],), {"shape": big.shape}),
        Step(Ref("two", big.shape, "float32"), "mul", (big, 2)),
    )
    return graph.verify(graph.Graph(inputs, {}, steps, steps[1].result))


@pytest.mark.parametrize("make", [endless, enormous])
def test_a_strangers_graph_that_never_ends_or_fills_memory_is_not_run(make):
    cases, seen = truly_seen("07-out-of-python")
    forged = [replace(one, values={**one.values, "file": np.frombuffer(dumps(make()), np.uint8)}) for one in seen]
    report = EXERCISES["07-out-of-python"].judge(cases, forged)
    assert "too-large" in {mistake.id for mistake in report.mistakes}


@pytest.mark.parametrize("id", EXERCISES)
def test_no_exercise_gives_points_for_nothing(id):
    cases = EXERCISES[id].draw(1)
    assert EXERCISES[id].judge(cases, []).score == 0
    assert EXERCISES[id].judge(cases, [Seen() for _ in cases]).score == 0
    assert EXERCISES[id].judge(cases, [Seen(written=False) for _ in cases]).score == 0


@cache
def truly_seen(id):
    cases = EXERCISES[id].draw(5)
    return cases, [observe(id, right_answers(id)[0], case) for case in cases]


@settings(max_examples=150, deadline=None)
@given(id=st.sampled_from(sorted(EXERCISES)), data=st.data())
def test_forged_evidence_stops_no_judge(id, data):
    """Some values of one case are replaced, and the judge comes to an end: what it cannot read is no evidence."""
    cases, seen = truly_seen(id)
    k = data.draw(st.integers(0, len(cases) - 1))
    forged = data.draw(st.dictionaries(st.sampled_from(sorted(seen[k].values) or ["answer"]), JUNK, min_size=1))
    observed = [*seen[:k], replace(seen[k], values={**seen[k].values, **forged}), *seen[k + 1 :]]
    assert EXERCISES[id].judge(cases, observed).score <= EXERCISES[id].points


@settings(max_examples=75, deadline=None)
@given(id=st.sampled_from(sorted(EXERCISES)), data=st.data())
def test_junk_earns_nothing(id, data):
    cases, seen = truly_seen(id)
    forged = [replace(one, values={name: data.draw(JUNK) for name in one.values}) for one in seen]
    assert EXERCISES[id].judge(cases, forged).score == 0


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(WRITTEN), SEEDS)
def test_cases_are_plain_data_that_a_wire_can_carry(id, seed):
    def plain(value):
        if isinstance(value, dict):
            return all(isinstance(k, str) and plain(v) for k, v in value.items())
        if isinstance(value, list):
            return all(map(plain, value))
        return value is None or type(value) in (bool, int, float, str, np.ndarray)

    assert all(plain(case) for case in EXERCISES[id].draw(seed))
