"""Networks built from a specification: what comes out of it, what is independent, and how faults are named."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Seen, describe
from autograder.judges.evidence import is_text, numbers, same, shapes, stopped
from autograder.judges.lesson_10.builder_cases import faulty, good, output

builder = Exercise(
    "10-build-from-a-specification",
    "Build from a specification",
    section="A language for networks",
    source="the capstone; S0, exercise 5",
    minutes=35,
    difficulty="challenging",
    hints=(
        "`build` calls itself: for each entry of a list, for the body of a repeat, for each branch of a parallel. Give it one more argument with a default, `place=()`, that grows on the way.",
        '`options = {k: v for k, v in spec.items() if k != "kind"}` leaves the specification alone. `spec.pop("kind")` empties it: the second build then finds nothing.',
        "`[block] * 3` is three times the same block. Build the body anew each time: `[build(…) for _ in range(times)]`.",
        'Around the call of the factory: `try: … except Exception as error: raise ValueError(f"at {place}: {error}") from error`. The place is `"/".join(map(str, place))`.',
    ),
)


@builder.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [*good(rng), *faulty(rng)]


GOOD = ("chain", "options", "repeat", "parallel", "nested", "kinds")


def _tried(case: Case) -> str:
    return f"build({case['text']}, kinds)"


def _unusable(case: Case, seen: Seen) -> Mistake | None:
    failed = stopped(
        seen, "build it", "cannot-be-built", _tried(case), "Building it stops, though nothing is wrong with it."
    )
    if failed and case["what"] == "kinds":
        cause = "The kinds have other names here. `kinds` says what there is; a list of names inside of `build` goes out of date."
        return Mistake("kinds-hard-coded", "kinds[kind](…)", failed.observed, cause, failed.tried)
    if failed and case["what"] in ("nested", "parallel", "repeat"):
        cause = "An entry inside of another one is not built. `build` has to call itself for whatever is inside, a list or one entry."
        return Mistake("not-recursive", "a network", failed.observed, cause, failed.tried)
    cause = "The network cannot be called. Is what comes back a block, such as `nn.Sequential(*blocks)`?"
    return failed or stopped(seen, "call it", "cannot-be-called", f"net = {_tried(case)}; net(x)", cause)


def _wrong(case: Case, seen: Seen) -> Mistake | None:
    failed = _unusable(case, seen) or _wrong_parts(case, seen)
    if failed or same(seen.array("output"), output(case)):
        return failed
    got, wanted, tried = seen["output"], output(case), f"net = {_tried(case)}; known weights; net(x)"
    for id, (change, cause) in SLIPS.items():
        other = _computed(case, change(json.loads(case["text"])))
        if other is not None and same(got, other):
            return Mistake(id, numbers(wanted), numbers(got), cause, tried)
    return Mistake(
        "wrong-output",
        numbers(wanted),
        numbers(got),
        "The blocks are there; they are put together in another way.",
        tried,
    )


def _computed(case: Case, spec: Any) -> np.ndarray | None:
    try:
        return output(case, spec)
    except Exception:  # this slip does not exist here: the layers do not fit
        return None


def _branches(spec: Any, order: Callable[[list[str]], list[str]]) -> Any:
    """The same with the branches in another order."""
    if isinstance(spec, list):
        return [_branches(one, order) for one in spec]
    found = {k: _branches(v, order) if k == "body" else v for k, v in spec.items()}
    if "branches" in found:
        names = order(list(found["branches"]))
        found["branches"] = {name: _branches(found["branches"][name], order) for name in names}
    return found


def _reversed(names: list[str]) -> list[str]:
    return names[::-1]


def _without_activations(spec: Any) -> Any:
    if isinstance(spec, list):
        return [_without_activations(one) for one in spec if isinstance(one, list) or "name" not in one]
    found = {k: _without_activations(v) if k == "body" else v for k, v in spec.items()}
    if "branches" in found:
        found["branches"] = {name: _without_activations(one) for name, one in found["branches"].items()}
    return found


SLIPS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "branches-sorted": (
        lambda spec: _branches(spec, sorted),
        "The branches stand in alphabetical order, not in the order of the specification.",
    ),
    "branches-reversed": (
        lambda spec: _branches(spec, _reversed),
        "The branches stand in the reverse order.",
    ),
    "entries-left-out": (_without_activations, "Some entries are left out: those without parameters."),
}


def _wrong_parts(case: Case, seen: Seen) -> Mistake | None:
    found = Counter(shapes(seen, "shapes"))
    wanted = Counter(value.shape for one in case["weights"] for value in one.values())
    if found == wanted:
        return None
    expected, observed = (f"{sum(c.values())} parameters" for c in (wanted, found))
    less = sum((wanted - found).values())
    if not found - wanted and found and case["what"] == "repeat" and all(found[s] for s in wanted):
        once = all(found[s] == 1 for s in wanted if len(s) > 1)
        id, cause = (
            ("same-block-repeated", "The same block stands there several times: build the body anew each time.")
            if once
            else ("times-wrong", "The body is repeated another number of times than `times` says.")
        )
        return Mistake(id, expected, observed, cause, _tried(case), "repeat")
    if not found - wanted and found and case["what"] == "nested" and all(found[s] for s in wanted):
        cause = "A body is repeated too seldom, or one block stands at several places, or something inside is left out."
        return Mistake("fewer-copies", expected, observed, cause, _tried(case), "repeat")
    if case["what"] == "options" and len(found - wanted) == 1:
        cause = "An option of the entry has not reached the factory: give it all of them, `kinds[kind](**options)`."
        return Mistake("options-lost", expected, observed, cause, _tried(case), "the call of the factory")
    if less and not found - wanted:
        cause = "Parameters are missing: blocks are left out, or are the same block twice, or are not registered."
        return Mistake("blocks-missing", expected, observed, cause, _tried(case))
    return Mistake(
        "times-wrong" if case["what"] == "repeat" else "other-blocks",
        expected,
        observed,
        "There are other blocks than those specified.",
        _tried(case),
    )


def _judged(what: str, points: int, says: str) -> None:
    @builder.criterion(what, points=points, says=says)
    def _(case: Case, seen: Seen) -> Mistake | None:
        return _wrong(case, seen) if case["what"] == what else None


_judged("chain", 2, "a list is a chain, in its order")
_judged("options", 1, "an entry's options reach its factory")
_judged("repeat", 2, "a repeat holds as many copies as it says, each with parameters of its own")
_judged("parallel", 2, "a parallel's branches are built, and handed over in their order")
_judged("nested", 2, "all this inside of each other, to any depth")
_judged("kinds", 1, "what kinds there are is the caller's to say")


@builder.criterion("anew", points=1, says="building twice gives two networks that share nothing")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "chain":
        return None
    failed = _unusable(case, seen)
    tried = f"net = {_tried(case)}; other = the same again; numbers written into other; net(x)"
    cause = (
        "The second build from the same specification stops, though the first went well: something was taken out of it."
    )
    failed = failed or stopped(seen, "build it again", "specification-used-up", tried, cause)
    if failed or same(seen.array("output after"), seen.array("output")):
        return failed
    cause = "What was made for one network is handed out again for the next: blocks are kept, in a dictionary or a default argument."
    return Mistake("blocks-kept", numbers(seen["output"]), numbers(seen["output after"]), cause, tried)


@builder.criterion("intact", points=1, says="the specification is afterwards as it was")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] not in GOOD:
        return None
    if "built" not in seen:
        return _unusable(case, seen) or Mistake("not-observed", "a network", "nothing", "It could not be observed.")
    if is_text(seen["text after"], case["text"]):
        return None
    cause = "`pop` and `del` change the dictionary they are called on, and it is the caller's. Make a new one of what you need."
    return Mistake("specification-changed", case["text"], describe(seen["text after"]), cause, _tried(case))


# -- faults ----------------------------------------------------------------------------------------------------------


def _refusal(case: Case, seen: Seen, fault: str) -> Mistake | None:
    """Whether a faulty specification is refused by a ValueError that shows the word."""
    error, expected = seen.error("build it"), f"a ValueError that mentions {case['word']!r}"
    if error is None:
        cause = "The fault goes unnoticed: something was built, and it is not what somebody wanted."
        return Mistake("fault-accepted", expected, "no error", cause, _tried(case))
    if error.type != "ValueError":
        cause = f"This is the error of a line of yours, or of a factory's. Whoever wrote the specification should hear what is wrong with *it*: {fault}."
        return Mistake("fault-not-caught", expected, str(error), cause, _tried(case), error.line)
    if case["word"] not in error.message:
        cause = "The message does not say what is wrong. Put the word that is not understood into it."
        return Mistake("fault-not-named", expected, str(error), cause, _tried(case), error.line)
    return None


FAULTS = {
    "unknown kind": "a kind that does not exist",
    "no kind": "an entry without a kind",
    "wrong option": "an option that the factory does not take",
}


def _refused(what: str, fault: str) -> None:
    @builder.criterion(what, points=1, says=f"{fault} is refused by a ValueError that names it")
    def _(case: Case, seen: Seen) -> Mistake | None:
        return _refusal(case, seen, fault) if case["what"] == what else None


for _what, _fault in FAULTS.items():
    _refused(_what, _fault)


@builder.criterion("place", points=2, says="the message says where, to any depth: 1/body/1/branches/left/1")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "deep":
        return None
    error = seen.error("build it")
    if error is None or error.type != "ValueError":
        return _refusal(case, seen, FAULTS["unknown kind"])
    if case["place"] in error.message:
        return None
    expected, place = f"a message with {case['place']}", case["place"].split("/")
    if sum(part in error.message for part in ("body", "branches", "left")):
        cause = "A part of the way is there. Each level adds its own step to the place it hands down."
        return Mistake("place-incomplete", expected, str(error), cause, _tried(case), error.line)
    cause = f"In a specification of a hundred entries nobody finds the wrong one. Hand the place down: it grows by one step at each level, here to {len(place)}."
    return Mistake("place-missing", expected, str(error), cause, _tried(case), error.line)
