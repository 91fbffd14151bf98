"""Lesson 02 beyond its known answers: what its judges know of a network, against torch's modules; and hostile evidence."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import answers
from autograder import lesson as lessons
from autograder.exercise import Seen
from autograder.judges.lesson_02 import EXERCISES, count, plans, predictions, surgery
from autograder.probe import observe
from autograder.probes.lesson_02 import planned

SOURCE = Path(__file__).resolve().parents[3] / "solutions" / "02-parameter-access" / "02-parameter-access.md"
SEEDS = st.integers(0, 2**63)
ROLES = ("trainable", "frozen", "constant")


# -- networks at random, and torch's idea of them -------------------------------------------------------------------


@st.composite
def networks(draw, ties=True, dtypes=("float32", "float64", "float16")):
    """A plan: blocks in blocks, with parameters of every role and dtype; with `ties` some at several places."""
    size = st.integers(1, 5)
    own = st.lists(own_parameters(), max_size=3, unique_by=lambda p: p["name"])
    rows = [plans.part("", "root_", *draw(own))]
    for i in range(1, draw(st.integers(1, 9))):
        parent = draw(st.sampled_from([row for row in rows if row["kind"] != "dense" and row["same_as"] is None]))
        siblings = sum(row["path"].rpartition(".")[0] == parent["path"] and row["path"] != "" for row in rows)
        path = ".".join(filter(None, (parent["path"], f"{'' if parent['kind'] == 'sequential' else 'b'}{siblings}")))
        layers = [row for row in rows if row["kind"] == "dense" and row["same_as"] is None and row["shares"] is None]
        kind = draw(st.sampled_from(["part", "sequential", "dense", *(["again", "tied"] if layers and ties else [])]))
        if kind == "part":
            rows.append(plans.part(path, f"part{i}_", *draw(own)))
        elif kind == "sequential":
            rows.append(plans.sequential(path, f"sequential{i}_"))
        elif kind == "dense":
            role, dtype = draw(st.sampled_from(ROLES[:2])), draw(st.sampled_from(dtypes))
            rows.append(plans.dense(path, f"dense{i}_", draw(size), draw(size), role=role, dtype=dtype))
        elif kind == "again":
            rows.append(plans.again(path, draw(st.sampled_from(layers))))
        else:
            rows.append(plans.tied(path, f"dense{i}_", draw(st.sampled_from(layers))))
    return rows


@st.composite
def own_parameters(draw):
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    name = draw(st.sampled_from(["gamma", "table", "mix", "bias2"]))
    return plans.parameter(name, *shape, role=draw(st.sampled_from(ROLES)))


def twin(plan):
    """The network as torch modules: parameters, frozen parameters, and buffers for constants."""
    modules = {}
    for row in plan:
        if row["same_as"] is not None:
            module = modules[row["same_as"]]
        else:
            module = torch.nn.Module()
            like = None if row["shares"] is None else modules[row["shares"]]
            for p in row["parameters"]:
                short = p["name"].rsplit("_", 1)[-1]
                values = torch.zeros(p["shape"], dtype=getattr(torch, p["dtype"]))
                if like is not None:
                    module.register_parameter(short, getattr(like, short))
                elif p["role"] == "constant":
                    module.register_buffer(short, values)
                else:
                    module.register_parameter(short, torch.nn.Parameter(values, requires_grad=p["role"] == "trainable"))
        modules[row["path"]] = module
        if row["path"]:
            where, _, name = row["path"].rpartition(".")
            modules[where].add_module(name, module)
    return modules[""]


def everywhere(module):
    """Path → tensor, at each place that torch finds it."""
    return dict(module.named_parameters(remove_duplicate=False)) | dict(module.named_buffers(remove_duplicate=False))


@settings(max_examples=40, deadline=None)
@given(networks())
def test_a_plan_has_the_paths_that_torch_finds_and_the_probe_builds(plan):
    wanted = {path for paths in plans.places(plan).values() for path in paths}
    net, own = planned.build(plan)
    assert wanted == set(everywhere(twin(plan))) == set(own)
    assert {p.name for p in own.values()} == set(plans.parameters(plan)) == set(net.collect_params())


@settings(max_examples=40, deadline=None)
@given(networks())
def test_the_counts_are_torchs(plan):
    module = twin(plan)
    times = Counter(id(tensor) for tensor in everywhere(module).values())
    once = list(module.parameters()) + list(module.buffers())
    assert count._right(plan) == {
        "trainable": sum(p.numel() for p in module.parameters() if p.requires_grad),
        "frozen": sum(p.numel() for p in module.parameters() if not p.requires_grad),
        "constant": sum(b.numel() for b in module.buffers()),
        "shared": sum(tensor.numel() for tensor in once if times[id(tensor)] > 1),
        "bytes": sum(tensor.nbytes for tensor in once),
    }


@settings(max_examples=60, deadline=None)
@given(networks(), st.sampled_from(count.KEYS), st.data())
def test_a_slip_is_told_by_the_number_it_leads_to(plan, key, data):
    """Whichever known slip makes a wrong count: the finding is one of those that lead to this very number."""
    right = count._right(plan)
    slips = {"shared": count._shared_slips, "bytes": count._bytes_slips}.get(key, lambda p: count._number_slips(p, key))
    wrong = [(id, value) for id, _, value in slips(plan) if value >= 0 and value != right[key]]
    if not wrong:
        return
    _, value = data.draw(st.sampled_from(wrong))
    case = {"situation": "kinds", "plan": plan}
    mistake = count._wrong(case, Seen({"keys": list(count.KEYS), f"counted {key}": value}), key)
    assert mistake.id in {id for id, number in wrong if number == value}
    assert f"{value:,}" in mistake.observed and f"{right[key]:,}" in mistake.expected


@settings(max_examples=40, deadline=None)
@given(networks(), networks(), st.data())
def test_what_moves_where_is_torchs_submodules(source, target, data):
    """Below two paths the names go on alike: as in the state dictionaries of the two submodules."""
    old = data.draw(st.sampled_from([row["path"] for row in source if row["path"]] or ["b0"]))
    new = data.draw(st.sampled_from([row["path"] for row in target if row["path"]] or ["b0"]))
    file = {path: np.zeros(1) for path in everywhere(twin(source))}
    there = set(everywhere(twin(target)))
    inside = [path for path in file if path in {f"{old}.{k}" for k in _below(twin(source), old)}]
    wanted = {new + path.removeprefix(old): path for path in inside if new + path.removeprefix(old) in there}
    assert surgery._sources({"moves": {old: new}, "file": file, "plan": target}) == wanted


def _below(module, path):
    try:
        return everywhere(module.get_submodule(path))
    except AttributeError:
        return {}


# -- answers on networks at random ------------------------------------------------------------------------------------


@cache
def source():
    return lessons.read(SOURCE)


@cache
def right_answers(id):
    found = [a for a in answers.of(source()) if a.exercise == id and a.kind == "right"]
    return [answers.run_answer(source(), id, a.source) for a in found]


def judged(id, answer, case):
    """Criterion → its finding's id, on one case."""
    report = EXERCISES[id].judge([case], [observe(id, answer, {"seed": 1, **case})])
    return {outcome.name: outcome.mistake and outcome.mistake.id for outcome in report.outcomes}


def collecting(plan, **rest):
    return {"situation": "deep", "plan": plan, "select": None, "first": None, "marks": list(np.arange(2.0, 90))} | rest


@settings(max_examples=25, deadline=None)
@given(networks(), st.integers(0, 3))
def test_right_collections_are_right_on_any_network(plan, which):
    assert not any(judged("02-own-collect", right_answers("02-own-collect")[which], collecting(plan)).values())


@settings(max_examples=25, deadline=None)
@given(networks(), st.data())
def test_whatever_is_missing_or_too_much_is_seen(plan, data):
    names = sorted(plans.parameters(plan))
    if not names:
        return
    gone = data.draw(st.sampled_from(names))

    def without_one(net, select=None):
        found = dict(right_answers("02-own-collect")[0](net))
        del found[gone]
        return found

    def with_one_more(net, select=None):
        found = dict(right_answers("02-own-collect")[0](net))
        return found | {"dense99_weight": found[gone]}

    assert judged("02-own-collect", without_one, collecting(plan))["walk"]
    assert judged("02-own-collect", with_one_more, collecting(plan))["walk"] == "remembers-the-last-network"


@settings(max_examples=25, deadline=None)
@given(networks(), st.sampled_from([r".*\d_", "part", "dense1", "root_.*[a-m]$", "(part|dense).*(bias|mix)", ""]))
def test_a_pattern_chooses_what_collect_params_chooses(plan, pattern):
    net, _ = planned.build(plan)
    wanted = {name for name in plans.parameters(plan) if re.match(pattern, name)}
    assert set(net.collect_params(pattern)) == wanted
    for answer in right_answers("02-own-collect"):
        found = judged("02-own-collect", answer, collecting(plan, situation="select", select=pattern))
        assert found["select"] is None


@settings(max_examples=25, deadline=None)
@given(networks(), st.integers(0, 2))
def test_right_counts_are_right_on_any_network(plan, which):
    case = {"situation": "shared", "plan": plan, "initialize": False}
    assert judged("02-count", right_answers("02-count")[which], case)["shared"] is None
    case["situation"] = "kinds"
    found = judged("02-count", right_answers("02-count")[which], case)
    assert (found["trainable"], found["kinds"], found["bytes"]) == (None, None, None)


@settings(max_examples=25, deadline=None)
@given(networks(ties=False, dtypes=("float32",)), st.integers(0, 3), SEEDS)
def test_right_surgery_is_right_into_any_nesting(plan, which, seed):
    """Every child of a network moves below a block of another one, and nothing is lost on the way."""
    children = [row["path"] for row in plan[1:] if "." not in row["path"] and _below(twin(plan), row["path"])]
    deeper = [{**row, "path": ".".join(filter(None, ("wrapped", row["path"])))} for row in plan]
    rng = np.random.default_rng(seed)

    def values(rows):
        found = {plans.path_of(row, p["name"]): p for row in rows for p in row["parameters"]}
        return {path: rng.uniform(-1, 1, p["shape"]).astype(p["dtype"]) for path, p in found.items()}

    target = [plans.part("", "outer_"), *deeper]
    case = {"situation": "plain", "source": plan, "plan": target, "moves": {c: f"wrapped.{c}" for c in children}}
    case |= {"file": values(plan), "values": values(target)}
    found = judged("02-surgery", right_answers("02-surgery")[which], case)
    assert (found["moved"], found["rest"]) == (None, None)


# -- predictions -----------------------------------------------------------------------------------------------------


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=3, max_size=3))
def test_the_name_is_the_same_whatever_the_sizes(units):
    assert predictions.true_name(units) == predictions.NAMES["d"][1]


def test_what_loading_does_is_found_by_trying():
    letter, said = predictions.true_outcome(4)
    assert letter == "e" and "missing in the file: 0.0.weight" in said


def test_the_choices_in_the_text_are_those_that_are_judged():
    text = SOURCE.read_text(encoding="utf-8")
    for letter, (_, name, _) in predictions.NAMES.items():
        assert f"- **{letter}** `{name}`\n" in text
    for letter, (_, outcome) in predictions.LOADS.items():
        assert f"- **{letter}** {outcome[0].upper()}{outcome[1:]}.\n" in text
