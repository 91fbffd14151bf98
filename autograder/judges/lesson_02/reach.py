"""S1, exercise 1: every parameter of FancyMLP, by attribute, by name and by collection."""

from __future__ import annotations

import math

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.lesson_02.evidence import listed, numbers, strings

reach = Exercise(
    "02-reach-every-parameter",
    "Reach every parameter",
    section="Parameters and constants",
    source="S1, exercise 1",
    minutes=15,
    hints=(
        "`print(net)`, `print(net.params)` and `print(net.dense.params)` show what there is, and where.",
        "A parameter is the object that holds values and gradient: `net.dense.weight`, without `.data()`.",
        'A full name begins with the prefix of the block that made it: `net.params[net.prefix + "…"]`. The prefix is not always `fancymlp0_`.',
        "A constant is an `nn.Constant`, and `isinstance` can tell. `grad_req` alone cannot: a parameter may be frozen.",
    ),
)

SINGLES = ("weight", "bias", "mix", "scale")
GROUPS = {"parameters": ("weight", "bias", "scale"), "constants": ("mix",)}
WORDS = {
    "first": "net = FancyMLP(), called once",
    "later": "net = FancyMLP(), made after {before} others, called once",
    "named": "net = FancyMLP(prefix={prefix!r}), called once",
    "waiting": "net = FancyMLP(), initialized and not yet called",
    "frozen": "net = FancyMLP() with net.dense frozen",
}


@reach.cases
def _(rng: np.random.Generator) -> list[Case]:
    words = ["left_", "right_", "encoder_", "critic_", "teacher_", "student_"]

    def case(situation: str) -> Case:
        return {
            "situation": situation,
            "before": int(rng.integers(2, 6)) if situation == "later" else 0,
            "prefix": str(rng.choice(words)) if situation == "named" else None,
            "inputs": int(rng.integers(3, 9)),
            "marks": [round(float(v), 3) for v in rng.permutation(80)[:40] + rng.uniform(2, 2.9, 40)],
        }

    return [case(situation) for situation in WORDS]


def _tried(case: Case) -> str:
    return f"{WORDS[case['situation']].format(**case)}; reach(net)"


def _names(case: Case) -> dict[str, str]:
    """The full names in this case. Blocks of one class are counted as they are made."""
    own = case["prefix"] or f"fancymlp{case['before']}_"
    layer = f"dense{case['before']}_"
    return {"weight": f"{layer}weight", "bias": f"{layer}bias", "mix": f"{own}mix", "scale": f"{own}scale"}


def _usable(case: Case, seen: Seen) -> None:
    """Raise what keeps any further look from making sense."""
    error = seen.error("reach the parameters")
    if error is not None:
        raise NoEvidence(_stopped(case, error.type, str(error)))
    if "keys" not in seen:
        shown = str(seen["returned"])
        cause = "One dictionary is wanted, with the six keys. Is a `return` missing?"
        raise NoEvidence(Mistake("not-a-dictionary", "a dictionary", shown, cause, _tried(case)))


def _stopped(case: Case, kind: str, error: str) -> Mistake:
    tried, expected = _tried(case), "no error"
    if kind in ("DeferredInitializationError", "InitializationError"):
        cause = (
            "`data()` was asked for values that are not there yet. The parameter is there: hand over the object itself."
        )
        return Mistake("values-asked-for", expected, error, cause, tried)
    if kind == "KeyError" and ("dense0_" in error or "fancymlp0_" in error) and (case["before"] or case["prefix"]):
        cause = "A name that was right for one network stands in the code. Names are counted, or chosen by whoever builds the network: put this one together from the block's own `prefix`."
        return Mistake("name-written-down", expected, error, cause, tried)
    if kind == "KeyError" and "there is no parameter" in error:
        cause = "A dictionary was asked for a name that it does not have. Names are full names, prefix and all; and `net.params` holds what this block made itself, not what lies in the blocks inside."
        return Mistake("no-such-name", expected, error, cause, tried)
    if kind == "AttributeError":
        cause = (
            "There is no such attribute. `print(net)` shows the children; what no attribute holds can be found by name."
        )
        return Mistake("no-such-attribute", expected, error, cause, tried)
    return Mistake("stopped", expected, error, "The code stopped with an error.", tried)


def _present(case: Case, seen: Seen, *wanted: str) -> None:
    keys = strings(seen, "keys")
    if missing := [key for key in wanted if key not in keys]:
        cause = "The dictionary lacks this key."
        raise NoEvidence(
            Mistake("key-missing", f"the key {missing[0]!r}", f"keys {listed(keys, 6)}", cause, _tried(case))
        )


def _single(case: Case, seen: Seen, item: str) -> Mistake | None:
    """Whether what is handed over under this key is the network's own parameter: a mark written there is read here."""
    _usable(case, seen)
    _present(case, seen, item)
    kinds, held = strings(seen, "kinds"), numbers(seen, "held")
    kind = kinds[SINGLES.index(item)] if len(kinds) == len(SINGLES) else "nothing"
    expected, tried = f"{item}: the parameter {_names(case)[item]}", _tried(case)
    if kind not in ("Parameter", "Constant"):
        cause = "Values were handed over, or something else that is no parameter. `.data()` gives the values; the parameter is the object that has them, their gradient and a name."
        return Mistake("values-not-parameter", expected, f"{item}: a {kind}", cause, tried)
    mark = case["marks"][SINGLES.index(item)]
    if item in held and math.isclose(held[item], mark, rel_tol=1e-5):
        return None
    for other, other_mark in zip(SINGLES, case["marks"]):
        found = held.get(item, math.nan)
        if other != item and math.isclose(found, other_mark, rel_tol=1e-5):
            cause = "Two keys were exchanged, or both lead to one and the same parameter."
            return Mistake("keys-mixed-up", expected, f"{item} is reached under the key {other!r}", cause, tried)
    cause = "A number was written into what you handed over, and the network's own parameter did not change: it is another one, or a copy."
    return Mistake("another-parameter", expected, f"{item} still holds another number", cause, tried)


def _group(case: Case, seen: Seen, group: str) -> Mistake | None:
    _usable(case, seen)
    _present(case, seen, group)
    names, wanted, tried = _names(case), GROUPS[group], _tried(case)
    expected = f"{group}: {', '.join(sorted(names[w] for w in wanted))}"
    if f"{group} names" not in seen:
        cause = "A dictionary is wanted here, from full name to parameter."
        return Mistake("group-not-a-dictionary", expected, f"{group}: {seen[f'{group} kind']}", cause, tried)
    got = strings(seen, f"{group} names")
    if set(got) != {names[w] for w in wanted}:
        return _wrong_group(case, group, got, expected)
    held, marks = numbers(seen, f"{group} held"), case["marks"][10 : 10 + len(got)]
    for name, value in zip(got, marks):
        item = next(w for w in wanted if names[w] == name)
        if not math.isclose(held.get(item, math.nan), value, rel_tol=1e-5):
            cause = "The name is right, and what stands under it is not the network's own parameter."
            return Mistake("another-parameter", expected, f"{name}: writing there does not reach it", cause, tried)
    return None


def _wrong_group(case: Case, group: str, got: list[str], expected: str) -> Mistake:
    names, tried, observed = _names(case), _tried(case), f"{group}: {listed(sorted(got), 6)}"
    there = {item for item, name in names.items() if name in got}
    if set(got) & {"weight", "bias", "mix", "scale"}:
        cause = "The keys should be the full names, as `collect_params()` has them."
        return Mistake("short-names", expected, observed, cause, tried)
    if case["situation"] == "frozen" and {"weight", "bias"} & (there ^ set(GROUPS[group])):
        cause = "The layer is frozen: its `grad_req` is 'null' for the time being. It is a parameter all the same, and can be thawed. A constant never can."
        return Mistake("frozen-taken-for-constant", expected, observed, cause, tried)
    if group == "parameters" and "mix" in there:
        cause = "`collect_params()` gives constants as well, and `mix` is one: training leaves it alone."
        return Mistake("constant-among-parameters", expected, observed, cause, tried)
    if group == "constants" and not there:
        return Mistake("constant-not-found", expected, observed, "The network has a constant, `mix`.", tried)
    if group == "constants":
        cause = "Parameters that training changes stand among the constants."
        return Mistake("parameter-among-constants", expected, observed, cause, tried)
    if not there & {"weight", "bias"}:
        cause = "`net.params` has only what this block made itself. `net.collect_params()` goes into the blocks inside, too."
        return Mistake("own-parameters-only", expected, observed, cause, tried)
    cause = "Parameters are missing. One is held by no attribute, and a bias is a parameter as well."
    return Mistake("parameters-missing", expected, observed, cause, tried)


@reach.criterion(
    "attribute",
    points=3,
    says="weight, bias and mix are the network's own parameters, whether they have values yet or not",
)
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["situation"] not in ("first", "waiting"):
        return None
    found = (_single(case, seen, item) for item in ("weight", "bias", "mix"))
    return next((mistake for mistake in found if mistake), None)


@reach.criterion("name", points=3, says="scale is found by its name, whatever the network is called")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _single(case, seen, "scale") if case["situation"] in ("later", "named") else None


@reach.criterion(
    "collection", points=2, says="parameters holds all that training changes, by full name; constants the constant"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["situation"] != "first":
        return None
    return _group(case, seen, "parameters") or _group(case, seen, "constants")


@reach.criterion("kinds", points=2, says="a frozen parameter is a parameter, and a constant is a constant")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["situation"] != "frozen":
        return None
    return _group(case, seen, "constants") or _group(case, seen, "parameters")
