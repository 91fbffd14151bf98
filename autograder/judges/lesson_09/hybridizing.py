"""Hybridize and measure: were the right calls timed, and does the result tell when capturing pays?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.evidence import listed, no_evidence
from autograder.judges.lesson_09.evidence import near, number, reported, seconds, wrong_median

KEYS = ("dynamic", "preparation", "static", "pays_after")

hybridizing = Exercise(
    "09-hybridize-and-measure",
    "Hybridize and measure",
    section="What a static graph gains",
    source="S0, section 4.1.4",
    minutes=25,
    difficulty="challenging",
    hints=(
        "All of it happens `with autograd.no_grad():`, as in use. Call `net(x)` once before anything is timed: it may still have to learn its shapes.",
        "A list of `rounds` times as written; then `net.hybridize()`; then two times that are added up (the first call captures, the second compiles); then a list of `rounds` times again.",
        "`net.hybridize(False)` leaves the network as it was found.",
        "Each static call saves dynamic - static. Preparing has paid when the calls together have saved as much: `math.ceil(preparation / (dynamic - static))`; never, where nothing is saved.",
    ),
)


@hybridizing.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [_case(rng, gain=True, rounds=5), _case(rng, gain=False, rounds=6)]


def _case(rng: np.random.Generator, gain: bool, rounds: int) -> Case:
    """Static calls are faster (by about a third), or slower."""
    dynamic = float(rng.uniform(2e-4, 4e-4))
    static = dynamic * float(rng.uniform(0.6, 0.7) if gain else rng.uniform(1.5, 1.8))
    capture, compiling = (dynamic * float(v) for v in rng.uniform((20, 45), (30, 60)))
    times = {
        "first": [60 * dynamic], "written": _times(rng, dynamic, rounds), "static": _times(rng, static, rounds),
        "capture": [float(f"{capture:.6g}")], "compile": [float(f"{compiling:.6g}")], "taped": _times(rng, 1.3 * dynamic, rounds),
        "nothing": [1e-7], "several": [2 * dynamic],
    }  # fmt: skip
    shapes = {"hidden": int(rng.integers(3, 7)), "units": int(rng.integers(2, 5))}
    return {**shapes, "x": rng.normal(size=(3, 4)).astype(np.float32), "times": times, "rounds": rounds, "gain": gain}


def _times(rng: np.random.Generator, typical: float, rounds: int) -> list[float]:
    """One slow sample among `rounds`: repeated round and round, any `rounds` in a row are the same set."""
    times = typical * (1 + 0.05 * np.arange(rounds) + rng.uniform(0, 0.02, rounds))
    times[-1] = typical * float(rng.uniform(5, 9))
    order = [*times[1::2], *times[::2]]
    return [float(f"{v:.6g}") for v in order]


# -- reading the evidence ---------------------------------------------------------------------------------------------


def _tried(case: Case) -> str:
    which = "faster" if case["gain"] else "slower"
    return f"hybridize_and_measure(net, x, stopwatch, rounds={case['rounds']}) for a network whose graph is {which}"


def _kinds(case: Case, seen: Seen) -> list[str]:
    """What was timed, call by call."""
    kinds = listed(seen, "kinds", str)
    if "not callable" in kinds:
        error = seen.error("measure")
        cause = "The stopwatch was given an output. Hand over a function that calls the network: `lambda: net(x)`."
        raise NoEvidence(
            Mistake("called-too-early", "stopwatch(function)", str(error), cause, _tried(case), error.line if error else "")
        )  # fmt: skip
    if error := seen.error("measure"):
        cause = "The code stopped with an error while it measured."
        raise NoEvidence(Mistake("raised", "a measurement", str(error), cause, _tried(case), error.line))
    if len(kinds) != len(listed(seen, "recorded", bool)):
        raise no_evidence("what was timed", kinds)
    return kinds


def _value(case: Case, seen: Seen, key: str) -> Any:
    _kinds(case, seen)
    found = reported(seen, "returned", _tried(case))
    if key not in found:
        cause = f"The result has the keys {', '.join(KEYS)}."
        raise NoEvidence(Mistake("no-such-key", f'"{key}"', f"the keys {', '.join(found)}", cause, _tried(case)))
    return found[key]


def _recorded(case: Case, seen: Seen) -> Mistake | None:
    if not any(seen["recorded"]):
        return None
    cause = "The calls were timed while operations are recorded for a backward pass. In use nothing is: `with autograd.no_grad():`. (Only there does a hybridized network run as a compiled program.)"
    return Mistake("recorded", "calls under no_grad", "calls that record", cause, _tried(case))


# -- criteria ---------------------------------------------------------------------------------------------------------


@hybridizing.criterion("dynamic", points=2, says="dynamic: the median of the calls as written")
def _(case: Case, seen: Seen) -> Mistake | None:
    kinds, rounds, tried = _kinds(case, seen), case["rounds"], _tried(case)
    if "several" in kinds or "nothing" in kinds:
        cause = "The stopwatch times one call of the network: `lambda: net(x)`."
        which = "several calls" if "several" in kinds else "no call"
        return Mistake("not-one-call", "one call of the network in the stopwatch", which, cause, tried)
    if mistake := _recorded(case, seen):
        return mistake
    found = _value(case, seen, "dynamic")
    if kinds.count("written") < rounds:
        observed = f"{kinds.count('written')} calls as written" + (", and the very first" if "first" in kinds else "")
        if "first" in kinds and kinds.count("written") == rounds - 1:
            cause = "The first call of all was timed among them, in which the network learns its shapes and draws its values. Call it once before."
            return Mistake("no-warm-up", f"{rounds} calls as written", observed, cause, tried)
        cause = "There are `rounds` timed calls as written. Once `hybridize()` has been called, no call is as written any more."
        return Mistake("too-few-as-written", f"{rounds} calls as written", observed, cause, tried)
    return wrong_median(found, case["times"]["written"], tried, "dynamic")


@hybridizing.criterion(
    "preparation", points=2, says="preparation: the first call, which captures, and the second, which compiles"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    found, times, tried = _value(case, seen, "preparation"), case["times"], _tried(case)
    capture, compiling = times["capture"][0], times["compile"][0]
    if near(found, capture + compiling):
        return None
    expected, observed = f"{seconds(capture)} + {seconds(compiling)}", seconds(found)
    if "capture" not in _kinds(case, seen):
        if mistake := _recorded(case, seen):
            return mistake
        cause = "No capture was timed. The calls after `net.hybridize()` are timed from the very first on, to learn what preparing costs."
        return Mistake("capture-not-timed", expected, observed, cause, tried)
    if near(found, capture):
        cause = (
            "The first call captures the graph. The second one compiles a program from it, which takes time as well."
        )
        return Mistake("only-the-first-call", expected, observed, cause, tried)
    if near(found, compiling):
        cause = "This is the second call, which compiles. The first one, which captures, belongs to it."
        return Mistake("only-the-second-call", expected, observed, cause, tried)
    if near(found, (capture + compiling) / 2):
        cause = "This is the mean of both. What is asked for is how long they take together."
        return Mistake("mean-of-both", expected, observed, cause, tried)
    if near(found, capture + compiling + times["static"][0]):
        cause = "Three calls were added up; two are needed to prepare."
        return Mistake("three-calls", expected, observed, cause, tried)
    cause = "The preparation is the sum of the times of the first two calls after `net.hybridize()`."
    return Mistake("other-preparation", expected, observed, cause, tried)


@hybridizing.criterion("static", points=3, says="static: the median of the calls of the compiled program")
def _(case: Case, seen: Seen) -> Mistake | None:
    kinds, rounds, tried = _kinds(case, seen), case["rounds"], _tried(case)
    if mistake := _recorded(case, seen):
        return mistake
    found, static = _value(case, seen, "static"), kinds.count("static")
    if static >= rounds:
        return wrong_median(found, case["times"]["static"], tried, "static")
    expected = f"{rounds} calls of the compiled program"
    observed = f"{static} of them, {kinds.count('capture')} that captured, {kinds.count('compile')} that compiled"
    if kinds.count("capture") > 1:
        cause = "`hybridize()` throws away the graphs there are, so that the next call captures anew. Call it once, before the loop."
        return Mistake("captured-again", expected, observed, cause, tried, "net.hybridize()")
    if not kinds.count("capture") and not static:
        cause = "The network was never hybridized while it was timed: the calls ran its Python code. `net.hybridize()` changes the network itself."
        return Mistake("never-captured", expected, f"{kinds.count('written')} calls as written", cause, tried)
    cause = "Calls that prepare were counted among those of the program. They belong to the preparation; time `rounds` more."
    return Mistake("preparation-counted", expected, observed, cause, tried)


@hybridizing.criterion(
    "pays", points=2, says="pays_after: the number of calls that make up for the preparation, None where none do"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    found = _value(case, seen, "pays_after")
    values = {key: number(_value(case, seen, key)) for key in KEYS[:3]}
    tried = ", ".join(f"{key} {seconds(v)}" for key, v in values.items())
    if any(v is None for v in values.values()):
        cause = "The three times have to be there first."
        return Mistake("times-missing", "three times", tried, cause, _tried(case))
    dynamic, preparation, static = (float(values[key] or 0.0) for key in ("dynamic", "preparation", "static"))
    saved = dynamic - static
    if saved <= 0:
        if found is None:
            return None
        cause = "The static calls are no faster, so no number of them makes up for anything: `None`."
        return Mistake("never-is-none", "None", describe(found), cause, tried)
    exact = preparation / saved
    wanted = math.ceil(exact) if math.isfinite(exact) and exact < 1e15 else 0
    if type(found) is int and (found == wanted or near(exact, round(exact), 1e-9) and abs(found - exact) < 1.5):
        return None
    expected = f"{preparation:.5g} / {saved:.5g}, rounded up: {wanted}"
    slips = {
        "not-a-whole-number": (exact, "After so many calls and a half? Round up, to a whole number (`math.ceil`)."),
        "not-a-whole-number ": (float(wanted), "The number is right, as a whole number it would be an `int` (`math.ceil` gives one)."),
        "rounded-down": (wanted - 1, "Rounded down: after that many calls the preparation has not quite been made up for."),
        "saving-forgotten": (math.ceil(preparation / dynamic), "What makes up for the preparation is what each call *saves*, dynamic - static, not what it takes."),
        "saving-forgotten ": (math.ceil(preparation / static) if static else -1, "What makes up for the preparation is what each call *saves*, dynamic - static, not what it takes."),
    }  # fmt: skip
    if found is None:
        cause = "The static calls are faster here, so that some number of calls makes up for the preparation."
        return Mistake("pays-after-all", expected, "None", cause, tried)
    for id, (wrong, cause) in slips.items():
        if near(found, wrong):
            return Mistake(id.strip(), expected, describe(found), cause, tried)
    cause = "The number of calls n from which on n · (dynamic - static) is at least the preparation."
    return Mistake("other-number", expected, describe(found), cause, tried)


@hybridizing.criterion("restored", points=1, says="the network is left as it was found")
def _(case: Case, seen: Seen) -> Mistake | None:
    _value(case, seen, "static")
    kinds = _kinds(case, seen)
    if not {"capture", "static"} & set(kinds):
        cause = "Nothing was hybridized, so nothing was left behind either."
        return Mistake("never-captured", "a network hybridized for a while", "none", cause, _tried(case))
    if number(seen["walked"]) == 2:
        return None
    cause = "The network is still hybridized afterwards, without its owner knowing: `net.hybridize(False)`."
    return Mistake("left-hybridized", "a network whose Python code runs again", "it runs a captured graph", cause, _tried(case))  # fmt: skip
