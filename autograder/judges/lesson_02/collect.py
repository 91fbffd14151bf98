"""Your own `collect`: all parameters of a tree of blocks, each once, chosen by a regular expression."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import numpy as np

from autograder.exercise import Case, Error, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.lesson_02.collect_cases import draw
from autograder.judges.lesson_02.evidence import listed, numbers, strings
from autograder.judges.lesson_02.plans import depth, in_words, parameters, places

collect = Exercise(
    "02-own-collect",
    "Your own collect",
    section="How collecting works",
    source="S1, section 4.2.1.2",
    minutes=25,
    difficulty="medium",
    hints=(
        "Two things are to be done at each block: take what stands in `block.params`, and do the same for each of `block.children()`. Any block can have both.",
        "“The same for each child” is a call of the function itself. Or keep a list of blocks still to be visited, and go on until it is empty.",
        "`re.match(pattern, name)` asks whether the pattern fits from the beginning of the name, as `collect_params` does.",
        "When a name is there already, ask whether it is the same object: `found[name] is parameter`. If so, it is shared; if not, two parameters fight for one name.",
    ),
)


@collect.cases
def _(rng: np.random.Generator) -> list[Case]:
    return draw(rng)


def _tried(case: Case) -> str:
    call = "collect(net)" if case["select"] is None else f"collect(net, {case['select']!r})"
    before = "collect(another network), then " if case["first"] is not None else ""
    return f"{before}{call}; net: {in_words(case['plan'])}"


def _wanted(case: Case) -> list[str]:
    names = parameters(case["plan"])
    return [name for name in names if re.match(case["select"] or "", name)]


def _collected(case: Case, seen: Seen) -> list[str]:
    """The names collected; raises what keeps them from being looked at."""
    for step in ("collect from another network first", "collect"):
        error = seen.error(step)
        if error is not None:
            raise NoEvidence(_stopped(case, error))
    if "names" not in seen:
        cause = (
            "A dictionary is wanted, from full name to parameter. Is a `return` missing, in a recursive call perhaps?"
        )
        raise NoEvidence(Mistake("not-a-dictionary", "a dictionary", str(seen["returned"]), cause, _tried(case)))
    return strings(seen, "names")


def _stopped(case: Case, error: Error) -> Mistake:
    tried, observed = _tried(case), str(error)
    if case["situation"] == "shared" and "Error" in error.type and error.type not in ("TypeError", "AttributeError"):
        cause = "One parameter was met at two places. That is no clash: it is the same object. Compare with `is`."
        expected = "no error: the shared parameter once"
        return Mistake("tie-taken-for-clash", expected, observed, cause, tried)
    if error.type in ("ValueError", "NameClashError"):
        cause = "All names in this network are different. Is something kept from an earlier call: a dictionary as a default value, or outside of the function?"
        return Mistake("clash-without-reason", "no error", observed, cause, tried)
    if case["select"] is None and error.type in ("TypeError", "error", "PatternError"):
        cause = "Called without a pattern, `select` is None, and None is no regular expression. All parameters are wanted then."
        return Mistake("none-as-pattern", "all parameters", observed, cause, tried)
    if error.type in ("DeferredInitializationError", "InitializationError"):
        cause = "`data()` was asked for values. Collecting looks for parameters, whether they have values yet or not."
        return Mistake("values-asked-for", "parameters without values, too", observed, cause, tried)
    if error.type == "RecursionError":
        cause = "The function calls itself without end: on the same block again, and not on its children?"
        return Mistake("endless-recursion", "an end", observed, cause, tried)
    return Mistake("stopped", "no error", observed, "The code stopped with an error.", tried)


def _complete(case: Case, seen: Seen) -> Mistake | None:
    """Whether just the wanted parameters are there, each under its name, and each the network's own."""
    got, wanted = _collected(case, seen), _wanted(case)
    if set(got) != set(wanted):
        return _other_names(case, got, wanted)
    return _others_held(case, seen, got)


def _others_held(case: Case, seen: Seen, got: list[str]) -> Mistake | None:
    kinds, held, where = strings(seen, "kinds"), numbers(seen, "held"), places(case["plan"])
    for name, kind, mark in zip(got, kinds, case["marks"]):
        if kind not in ("Parameter", "Constant"):
            cause = "The dictionary should hold the parameters themselves: objects with values, gradient and name."
            return Mistake("values-not-parameters", f"{name}: a parameter", f"{name}: a {kind}", cause, _tried(case))
        if not math.isclose(held.get(where[name][0], math.nan), mark, rel_tol=1e-5):
            cause = "A number was written into the parameter collected, and the network's own did not change: another one, or a copy."
            return Mistake("copies", f"{name}: the network's own", f"{name}: another one", cause, _tried(case))
    if len(kinds) != len(got):
        raise NoEvidence(
            Mistake("not-observed", "a kind for each", f"{len(kinds)}", "The check could not observe this.")
        )
    return None


def _other_names(case: Case, got: list[str], wanted: list[str]) -> Mistake:
    plan, tried = case["plan"], _tried(case)
    missing, extra = [n for n in wanted if n not in got], [n for n in got if n not in wanted]
    expected = f"{len(wanted)} parameter{'s' * (len(wanted) != 1)}: {listed(wanted)}"
    observed = f"{len(got) - len(extra)} of them" + (f", without {listed(missing)}" if missing else "")
    observed += f", and {listed(extra)}" if extra else ""
    if set(extra) - set(parameters(plan)):
        if missing:
            cause = "Some keys are paths, or parts of names. The key of a parameter is its full name: `parameter.name`."
            return Mistake("other-keys", expected, observed, cause, tried)
        cause = "Parameters of a network before are still there. Is something kept between two calls: a dictionary as a default value, or outside of the function?"
        return Mistake("remembers-the-last-network", expected, observed, cause, tried)
    if case["select"] is not None and (way := _compared_otherwise(case["select"], list(parameters(plan)), got)):
        return Mistake(way[0], expected, observed, way[1], tried, "how pattern and name are compared")
    id, cause = _what_is_missing(case, got, missing)
    return Mistake(id, expected, observed, cause, tried)


def _what_is_missing(case: Case, got: list[str], missing: list[str]) -> tuple[str, str]:
    """The rule by which parameters were left out, as far as one is known."""
    plan, gone = case["plan"], set(missing)
    rows = {p["name"]: row for row in reversed(plan) for p in row["parameters"]}
    parents = {row["path"].rpartition(".")[0] for row in plan if row["path"]}
    known = {n: row for n, row in rows.items() if n in gone or n in got}

    def left_out(rule: Callable[[str], bool]) -> bool:
        return all(rule(name) == (name in gone) for name in known)

    slips = (
        (
            "only-the-blocks-own",
            lambda n: depth(rows[n]) > 0,
            "What the blocks inside own is missing. `net.params` has what this block made itself; and what a recursive call gives back must be taken in.",
        ),
        (
            "one-level-deep",
            lambda n: depth(rows[n]) > 1,
            "The search ends one level down. A child has children of its own: do the same for them.",
        ),
        (
            "only-leaves-asked",
            lambda n: rows[n]["path"] in parents,
            "Blocks that have children were passed through, and their own parameters were not taken. A block can have both.",
        ),
        (
            "only-weight-and-bias",
            lambda n: not n.endswith(("weight", "bias")),
            "A parameter can be called anything. Take all that stands in `block.params`.",
        ),
        (
            "constants-left-out",
            lambda n: parameters(plan)[n]["role"] == "constant",
            "Constants belong to the collection, too: they are saved and moved with the rest.",
        ),
        (
            "attributes-searched",
            lambda n: _by_number(rows[n]["path"]),
            "The search went by attributes. Blocks added to a `Sequential` are held by no attribute; `block.children()` gives all.",
        ),
    )
    for id, rule, cause in slips:
        if left_out(rule):
            return id, cause
    if not got:
        return "nothing-collected", "Not a single parameter was found."
    return (
        "incomplete",
        "Parameters are missing. Does a `return` stand inside a loop, so that only the first child is visited?",
    )


def _by_number(path: str) -> bool:
    """Whether some block on the way stands in a Sequential, where attributes do not lead."""
    return any(name.isdigit() for name in path.split("."))


def _compared_otherwise(pattern: str, names: list[str], got: list[str]) -> tuple[str, str] | None:
    """Another way to compare pattern and name that would have chosen just these names."""
    ways = (
        (
            "pattern-ignored",
            lambda n: True,
            "The pattern was not used, or not handed on to the recursive call.",
        ),
        (
            "matches-anywhere",
            lambda n: re.search(pattern, n),
            "The pattern was found in the middle of names. `collect_params`, and so `collect`, wants it at the beginning: `re.match`.",
        ),
        (
            "matches-whole-names",
            lambda n: re.fullmatch(pattern, n),
            "The pattern had to fit the whole name. It is enough that it fits from the beginning: `re.match`.",
        ),
        (
            "not-a-regular-expression",
            lambda n: n.startswith(pattern) or pattern in n,
            "The pattern was compared as plain text. In a regular expression `.` stands for any character, `.*` for any number of them.",
        ),
    )
    return next(((id, cause) for id, rule, cause in ways if set(got) == set(filter(rule, names))), None)


@collect.criterion("walk", points=3, says="every block's own parameters are found, at any depth")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _complete(case, seen) if case["situation"] in ("flat", "deep") else None


@collect.criterion("shared", points=2, says="a shared parameter is collected once, and is no clash")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _complete(case, seen) if case["situation"] == "shared" else None


@collect.criterion("select", points=2, says="the pattern fits from the beginning of a name")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _complete(case, seen) if case["situation"] == "select" else None


@collect.criterion(
    "clash", points=2, says="two different parameters of one name are refused by a ValueError that names it"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["situation"] == "flat":
        return _complete(case, seen)  # who stumbles here has not told the two apart
    if case["situation"] != "clash":
        return None
    clashing = [p["name"] for p in case["plan"][-1]["parameters"]]
    expected, error = f"a ValueError that names {clashing[0]}", seen.error("collect")
    if error is None:
        got, wanted = _collected(case, seen), _wanted(case)
        if set(got) != set(wanted):
            return _other_names(case, got, wanted)
        cause = "Two different parameters have this name, and one of them has taken the other's place in silence: it would not be trained, nor saved."
        return Mistake("clash-unnoticed", expected, f"{len(got)} parameters, no error", cause, _tried(case))
    if error.type not in ("ValueError", "NameClashError"):
        return Mistake("another-error", expected, str(error), "Raise a `ValueError`.", _tried(case))
    if not any(name in error.message for name in clashing):
        cause = "Say which name it is; the network may have hundreds."
        return Mistake("clash-not-named", expected, str(error), cause, _tried(case))
    return None


@collect.criterion("again", points=1, says="nothing is kept from one call to the next, and the network stays as it was")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["situation"] not in ("deep", "again"):
        return None
    before, after = strings(seen, "before"), strings(seen, "after")
    if before != after:
        new = [what for what in after if what not in before] or ["something is gone"]
        cause = "Collecting wrote into a block's own dictionary: `found = net.params` is no new dictionary, it is that of the block."
        return Mistake("network-changed", "the network as before", f"new: {listed(new)}", cause, _tried(case))
    return _complete(case, seen) if case["situation"] == "again" else None
