"""A timer that can be trusted: tried on a machine whose every cost is known, and whose device works behind the host's back."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.evidence import first, listed, no_evidence
from autograder.judges.lesson_09.evidence import all_near, numbers, reported, seconds, some, wrong_median

timer = Exercise(
    "09-trustworthy-timer",
    "A timer you can trust",
    section="Measuring honestly",
    minutes=20,
    difficulty="medium",
    hints=(
        "Write one sample first: wait for the device, read the clock, call the function `calls` times, wait for the device, read the clock.",
        "Waiting comes before *both* readings: what the warm-up left in the queue must not fall into the first sample, and what the sample itself put there must not fall out of it.",
        "A sample is the time between its two readings, divided by the calls between them. The clock counts seconds; leave them so.",
        "`statistics.median` takes a list of any length. The list of samples itself stays in the order of measuring.",
    ),
)


@timer.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [
        _case("steady", rng, calls=4, repeats=5, warm_up=2),
        _case("cold", rng, calls=1, repeats=7, warm_up=3),
        _case("queue", rng, calls=3, repeats=5, warm_up=2),
        _case("noisy", rng, calls=1, repeats=7, warm_up=1),
        _case("noisy", rng, calls=1, repeats=6, warm_up=0),
    ]


def _case(situation: str, rng: np.random.Generator, calls: int, repeats: int, warm_up: int) -> Case:
    typical = round(float(rng.uniform(0.002, 0.008)), 6)
    launches, works = [typical], [0.0]
    if situation == "cold":
        first_calls = [round(float(v), 5) for v in np.sort(rng.uniform(0.4, 0.9, warm_up))[::-1]]
        launches = [*first_calls, *(_rounded(typical * v) for v in rng.uniform(1, 1.05, repeats)), typical]
    elif situation == "queue":
        works = [_rounded(typical * rng.uniform(5, 9))]
    elif situation == "noisy":
        launches = [typical] * warm_up + _disturbed(rng, typical, repeats) + [typical]
    return {
        "situation": situation, "launches": launches, "works": works, "start": round(float(rng.uniform(10, 99)), 3),
        "calls": calls, "repeats": repeats, "warm_up": warm_up,
    }  # fmt: skip


def _disturbed(rng: np.random.Generator, typical: float, repeats: int) -> list[float]:
    """Falling samples, of which the first and the one in the middle were interrupted: every wrong middle is another number."""
    quiet = typical * (1 + 0.1 * np.arange(repeats - 2) + rng.uniform(0, 0.05, repeats - 2))
    few, many = np.sort(typical * rng.uniform(5, 9, 2))
    order = [few, *quiet[::-1]]
    order.insert(repeats // 2, many)
    return [_rounded(v) for v in order]


def _rounded(value: float) -> float:
    return round(float(value), 8)


# -- reading the evidence ---------------------------------------------------------------------------------------------


def _tried(case: Case) -> str:
    asked = f"timed(function, clock, synchronize, calls={case['calls']}, repeats={case['repeats']}, warm_up={case['warm_up']})"
    where = {
        "steady": "a function that always takes the host the same time",
        "cold": "a function whose first calls are dear",
        "queue": "a function that leaves its work in a device's queue",
        "noisy": "a function that is interrupted now and then",
    }
    return f"{asked} on {where[case['situation']]}"


def _events(case: Case, seen: Seen) -> str:
    """What happened, a letter each; a timer that never looks at the clock it was given has its own finding."""
    if error := seen.error("measure"):
        cause = "The code stopped with an error while it measured."
        raise NoEvidence(Mistake("raised", "a measurement", str(error), cause, _tried(case), error.line))
    value = seen["events"]
    if not isinstance(value, str) or not set(value) <= set("fsc"):
        raise no_evidence("what happened", value)
    if "c" not in value:
        cause = "The clock that was given was never read. A timer that reads `time.perf_counter` by itself cannot be tried on another clock, and so not be checked."
        raise NoEvidence(Mistake("own-clock", "readings of `clock`", "none", cause, _tried(case), "clock()"))
    return value


def _samples(case: Case, seen: Seen) -> list[float]:
    """The samples that were returned, as many as were asked for."""
    _events(case, seen)
    if not isinstance(seen["returned"], dict):
        value = seen["returned"]
        cause = "One number hides how much the samples differ, and nobody can check it. Return the samples and their median."
        raise NoEvidence(
            Mistake("single-number", '{"median": …, "samples": […]}', describe(value), cause, _tried(case), "return")
        )
    found, want = reported(seen, "returned", _tried(case)), case["repeats"]
    samples = numbers(found.get("samples"))
    if samples is None:
        held = f'"samples": {describe(found["samples"])}' if "samples" in found else f"the keys {', '.join(found)}"
        raise NoEvidence(
            Mistake("no-samples", f'"samples": a list of {want} numbers', held, "All samples belong into the result, so that their spread can be seen.", _tried(case))
        )  # fmt: skip
    if len(samples) != want:
        cause = "Each repetition gives one sample."
        raise NoEvidence(
            Mistake("other-number-of-samples", f"{want} samples", f"{len(samples)} samples", cause, _tried(case))
        )
    return samples


def _between(events: str) -> list[str]:
    """What happened between each two readings of the clock."""
    return events.split("c")[1:-1]


# -- criteria ---------------------------------------------------------------------------------------------------------


@timer.criterion("calls", points=2, says="the function is called as often as asked: to warm up, and in each sample")
def _(case: Case, seen: Seen) -> Mistake | None:
    events = _events(case, seen)
    warm, calls, repeats = case["warm_up"], case["calls"], case["repeats"]
    before, inside = events.split("c")[0].count("f"), [part.count("f") for part in _between(events)]
    timed = [n for n in inside if n]
    if before == warm and timed == [calls] * repeats and events.count("f") == warm + calls * repeats:
        return None
    expected, tried = f"{warm} calls before the clock is read, then {repeats} times {calls}", _tried(case)
    observed = f"{before} before the clock is read, then {some(timed, 8)}"

    def found(id: str, cause: str) -> Mistake:
        return Mistake(id, expected, observed, cause, tried)

    if before != warm and timed == [calls] * repeats:
        if before == 0:
            return found("no-warm-up", "The function is timed from its first call on. First calls are dear (memory is asked for, code is loaded, graphs are captured): let `warm_up` of them pass before the clock is looked at.")  # fmt: skip
        return found("warm-up-count", "The number of calls to warm up is `warm_up`, which may be 0.")
    if calls > 1 and timed == [1] * repeats:
        return found("calls-ignored", "A sample times `calls` calls in a row, so that also a function can be measured that is over before the clock has ticked.")  # fmt: skip
    if timed == [1] * (calls * repeats):
        return found("each-call-timed", "The clock is read around every call. Its own cost and resolution then lie in every call; read it around all `calls` of a sample.")  # fmt: skip
    if len(timed) == 1:
        return found("one-long-sample", "The clock is read only once before and once after everything. One sample has no median, and a single interruption spoils it.")  # fmt: skip
    return found("other-calls", "Go through your loops with a pencil: what is called, and when is the clock read?")


@timer.criterion("warm", points=2, says="what only the first calls cost is in no sample")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["situation"] != "cold":
        return None
    samples = _samples(case, seen)
    if 0 < min(samples) and max(samples) < 10 * min(samples):
        return None
    cause = "The samples hold what the first calls cost. Warm up before the first reading of the clock, and leave these calls out of every sample."
    return Mistake(
        "first-calls-counted", "samples of one size", some(samples, 7), cause, _tried(case), "what comes before clock()"
    )


@timer.criterion("synchronized", points=2, says="the clock is read only when the device has nothing left to do")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["situation"] != "queue":
        return None
    events, pending = _events(case, seen), numbers(listed(seen, "pending")) or []
    if len(pending) != events.count("c"):
        raise no_evidence("what the device had to do", seen["pending"])
    expected, tried = "a device with nothing left to do, at each reading", _tried(case)
    if "s" not in events:
        cause = "A call returns when the work has been *ordered*. Without `synchronize()` you measure how long ordering takes."
        return Mistake("never-synchronized", expected, "synchronize() was never called", cause, tried, "synchronize()")
    for i, part in enumerate(events.split("c")[:-1]):
        if pending[i] < 1e-12:
            continue
        observed = f"{seconds(pending[i])} of work in the queue at reading {i + 1}"
        if i and "f" in part:
            cause = "The clock is stopped while the device is at work: what it still has to do is missing from the sample. Call `synchronize()` between the last call and the reading."
            return Mistake("stopped-too-early", expected, observed, cause, tried, "the reading after the calls")
        cause = "The clock is started while the device still works on what came before (the warm-up): that falls into the sample. Call `synchronize()` before this reading as well."
        return Mistake("started-too-early", expected, observed, cause, tried, "the reading before the calls")
    if any(re.search("fs+f", part) for part in _between(events)):
        cause = "Waiting for the device after every single call takes away what the queue is for: the host launches the next call while the device computes. Wait once, after all `calls`."
        return Mistake("synchronized-inside", "one wait after the calls of a sample", "a wait between calls", cause, tried)  # fmt: skip
    return None


@timer.criterion(
    "per call", points=2, says="a sample is the time of one call, in seconds; samples stand in their order"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["situation"] == "noisy":
        samples = _samples(case, seen)
        if min(samples) == max(samples):
            cause = "All samples are one number. Each has to be measured for itself: what they differ by is what they are there for."
            return Mistake("one-number-repeated", "samples that differ", some(samples, 7), cause, _tried(case))
        if samples != sorted(samples):
            return None
        cause = "The samples came back sorted. Their order tells whether the machine became slower while it was measured; sort a copy."
        return Mistake("order-lost", "samples in the order of measuring", some(samples, 7), cause, _tried(case))
    return _wrong_size(case, seen) if case["situation"] == "steady" else None


def _wrong_size(case: Case, seen: Seen) -> Mistake | None:
    samples, one, calls, repeats = _samples(case, seen), case["launches"][0], case["calls"], case["repeats"]
    if all_near(samples, [one] * repeats):
        return None
    slips: dict[str, tuple[list[Any], str]] = {
        "total-not-divided": ([one * calls] * repeats, "This is what `calls` calls take together; a sample is what one takes."),
        "divided-by-repeats": ([one * calls / repeats] * repeats, "Each sample holds `calls` calls, not `repeats`."),
        "divided-twice": ([one / calls] * repeats, "This was divided by `calls` once too often."),
        "milliseconds": ([one * 1e3] * repeats, "This is in milliseconds. Compute in seconds, the unit of the clock, and convert where you print."),
        "microseconds": ([one * 1e6] * repeats, "This is in microseconds. Compute in seconds, the unit of the clock, and convert where you print."),
        "start-minus-stop": ([-one] * repeats, "Negative times: the later reading minus the earlier one."),
        "start-never-moved": ([one * (i + 1) for i in range(repeats)], "Each sample holds all before it: the clock is read at the start of everything, and not at the start of each sample."),
    }  # fmt: skip
    expected, observed, tried = f"{repeats} samples of {seconds(one)}", some(samples, 7), _tried(case)
    for id, (wanted, cause) in slips.items():
        if all_near(samples, wanted):
            return Mistake(id, expected, observed, cause, tried, "the line that makes a sample")
    cause = "A sample is (second reading - first reading) / calls."
    return Mistake("other-samples", expected, observed, cause, tried, "the line that makes a sample")


@timer.criterion("median", points=2, says='"median" is the median of these samples')
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["situation"] != "noisy":
        return None
    samples, found = _samples(case, seen), reported(seen, "returned", _tried(case))
    if "median" not in found:
        cause = 'The result has a key "median".'
        return Mistake("no-median", '"median"', f"the keys {', '.join(found)}", cause, _tried(case))
    return first(wrong_median(found["median"], samples, _tried(case)))
