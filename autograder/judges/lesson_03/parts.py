"""Different initializers for different parts: each rule where it matches, the rest untouched to the bit."""

from __future__ import annotations

import re

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.lesson_03.evidence import both

parts = Exercise(
    "03-parts-by-regex",
    "Different initializers for different parts",
    section="One block, one parameter",
    source="S1, section 4.2.2.1 and exercise 2",
    minutes=15,
    difficulty="medium",
    hints=(
        "`net.collect_params()` gives all parameters by name. Go through them one by one, and for each through the rules.",
        "`re.fullmatch(pattern, name)` asks whether the pattern describes the whole name; `re.match` is content with its beginning, `re.search` with any part.",
        "Initializing a collection leaves those parameters alone that have an initializer of their own: biases have one. `parameter.initialize(init=…, force_reinit=True)` overrules it.",
    ),
)


# The networks: parameter names are those a learner would see. `rules` are (pattern, value); the initializer is Constant(value).
@parts.cases
def _(rng: np.random.Generator) -> list[Case]:
    def case(situation: str, net: str, *patterns: str) -> Case:
        values = (rng.permutation(40)[: len(patterns)] + 2 + rng.uniform(0.1, 0.9)).round(3)
        rules = [[pattern, float(value)] for pattern, value in zip(patterns, values, strict=True)]
        return {"situation": situation, "net": net, "layers": int(rng.integers(12, 15)), "rules": rules}

    return [
        case("some", "flat", r"dense1_weight", r"dense[4-6]_weight"),
        case("whole-name", "flat", r"dense1|dense2_weight", r"dense\d_weigh|dense3_weight"),
        case("whole-name", "nested", r"dense0_weight", r"dense1_weight"),
        case("nested", "nested", r"dense0_weight", r"encoder_.*weight", r"(encoder|decoder)_dense1_weight"),
        case("first", "flat", r"dense[0-3]_weight", r".*_weight"),
        case("biases", "flat", r"dense1_bias", r"dense1\d_.*"),
        case("no-match", "flat", r"dense4_weight", r"dense99_.*"),
        case("no-match", "nested", r"dense1_weight", r"weight"),
    ]


def _values(case: Case, seen: Seen) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    if error := seen.error("initialize the parts"):
        raise NoEvidence(
            Mistake(
                "raised",
                "no error: every pattern matches a name",
                str(error),
                "The code stopped with an error.",
                _tried(case),
                error.line,
            )
        )
    return both(seen)


def _tried(case: Case) -> str:
    rules = ", ".join(f"({pattern!r}, Constant({value:g}))" for pattern, value in case["rules"])
    return f"initialize_parts(net, [{rules}]) on {case['layers']} dense layers" + (
        " in two named blocks" if case["net"] == "nested" else ""
    )


def _rule(case: Case, name: str) -> int | None:
    """The place of the rule that governs a parameter."""
    return next((i for i, (pattern, _) in enumerate(case["rules"]) if re.fullmatch(pattern, name)), None)


def _has(value: np.ndarray, number: float) -> bool:
    return bool(np.abs(value - number).max() < 1e-4)


def _matched(case: Case, seen: Seen) -> Mistake | None:
    """The first parameter that a rule governs and that did not get its value."""
    before, after = _values(case, seen)
    for name in before:
        rule = _rule(case, name)
        if rule is None or _has(after[name], case["rules"][rule][1]):
            continue
        pattern, number = case["rules"][rule]
        expected, got = f"{name} = {number:g}, by the rule {pattern!r}", after[name]
        observed = f"{name} holds {got.flat[0]:.4g}" + (", as before" if np.array_equal(before[name], got) else "")
        later = [value for _, value in case["rules"][rule + 1 :] if _has(got, value)]
        if later:
            return Mistake(
                "last-rule-wins",
                expected,
                observed,
                "A later rule overwrote an earlier one. The first that matches decides.",
                _tried(case),
                "the order of the two loops",
            )
        if name.endswith("bias") and not np.array_equal(before[name], got):
            cause = "The bias has an initializer of its own (zeros), which goes before the one given to a whole collection. Initialize the parameter itself: `parameter.initialize(init=…)`."
            return Mistake("biases-keep-zeros", expected, observed, cause, _tried(case))
        if np.array_equal(before[name], got):
            if all(np.array_equal(before[n], after[n]) for n in before):
                cause = "Nothing was changed at all. An initialized parameter is initialized again only with `force_reinit=True`."
                return Mistake("nothing-changed", expected, observed, cause, _tried(case))
            if name.endswith("bias"):
                cause = "Only weights were looked at. A rule governs whatever its pattern matches, biases too."
                return Mistake("biases-skipped", expected, observed, cause, _tried(case))
            if case["net"] == "nested":
                cause = "The layer lies inside another block. `collect_params()` reaches every depth."
                return Mistake("nested-missed", expected, observed, cause, _tried(case))
            return Mistake(
                "not-matched",
                expected,
                observed,
                "The pattern describes this name, and the rule was not applied. Patterns are regular expressions.",
                _tried(case),
                "how the pattern is compared",
            )
        return Mistake(
            "other-values",
            expected,
            observed,
            "The parameter was initialized, but not by the rule's initializer.",
            _tried(case),
        )
    return None


def _untouched(case: Case, seen: Seen) -> Mistake | None:
    """The first parameter that no rule governs and that changed all the same."""
    before, after = _values(case, seen)
    for name in before:
        if _rule(case, name) is not None or np.array_equal(before[name], after[name]):
            continue
        got = after[name]
        by = next((pattern for pattern, value in case["rules"] if _has(got, value)), None)
        expected = f"{name} as before, to the bit: no pattern matches its whole name"
        if by is not None:
            cause = f"{by!r} matches only a part of this name. A part is enough for `collect_params` and `re.match` (the beginning) and for `re.search` (anywhere); `re.fullmatch` wants all of it."
            return Mistake(
                "matches-too-much",
                expected,
                f"{name} = {got.flat[0]:.4g}, by the rule {by!r}",
                cause,
                _tried(case),
                "how the pattern is compared",
            )
        what = "zeros" if not got.any() else "new random numbers"
        cause = "The whole network was initialized again, and with it what no rule governs."
        return Mistake(
            "rest-touched", expected, f"{name} holds {what}", cause, _tried(case), "what `initialize` is called on"
        )
    return None


def _in(situations: tuple[str, ...], case: Case) -> bool:
    return case["situation"] in situations


@parts.criterion("rules", points=2, says="each rule's parameters get its initializer, at any depth")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _matched(case, seen) if _in(("some", "nested"), case) else None


@parts.criterion("rest", points=2, says="what no rule governs stays as it was, to the bit")
def _(case: Case, seen: Seen) -> Mistake | None:
    if not _in(("some", "first"), case):
        return None
    before, after = _values(case, seen)
    if all(np.array_equal(before[name], after[name]) for name in before):
        return _matched(case, seen)  # who touches nothing shows nothing
    return _untouched(case, seen)


@parts.criterion("whole-name", points=2, says="a pattern has to match the whole name")
def _(case: Case, seen: Seen) -> Mistake | None:
    return (_untouched(case, seen) or _matched(case, seen)) if _in(("whole-name",), case) else None


@parts.criterion("first", points=1, says="where several rules match, the first one decides")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _matched(case, seen) if _in(("first",), case) else None


@parts.criterion("biases", points=1, says="a rule that names a bias governs it too")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _matched(case, seen) if _in(("biases",), case) else None


@parts.criterion(
    "no-match", points=2, says="a pattern that matches no name raises ValueError before anything is changed"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    if not _in(("no-match",), case):
        return None
    pattern = case["rules"][1][0]
    expected = f"a ValueError: {pattern!r} matches no name"
    error, (before, after) = seen.error("initialize the parts"), both(seen)
    if error is None:
        cause = (
            "A rule without any parameter is nearly always a slip of the pen, and passing it over in silence hides it."
        )
        return Mistake("silent", expected, "no error", cause, _tried(case))
    if error.type != "ValueError":
        return Mistake(
            "another-error",
            expected,
            str(error),
            "The error should be a ValueError that names the pattern.",
            _tried(case),
            error.line,
        )
    if pattern not in error.message:
        return Mistake(
            "pattern-not-named",
            f"{expected}, naming it",
            str(error),
            'Say which pattern it was: `raise ValueError(f"… {pattern!r} …")`.',
            _tried(case),
            error.line,
        )
    changed = [name for name in before if not np.array_equal(before[name], after[name])]
    if changed:
        cause = "The error came after the first rules had been carried out, and the network is left half done. Look through all rules first, then initialize."
        return Mistake("half-done", "a network as before", f"{changed[0]} was already changed", cause, _tried(case))
    return None
