"""Framework against from-scratch: is each size measured fairly, and is the ratio that of the medians?"""

from __future__ import annotations

import statistics
from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.evidence import listed, no_evidence
from autograder.judges.lesson_09.evidence import near, number, seconds, wrong_median

SIDES = ("framework", "scratch")
NOT_CALLABLE = ["given", "not callable", ""]

compare = Exercise(
    "09-framework-against-scratch",
    "Framework against from-scratch",
    section="A fair comparison",
    source="S2, exercise 6",
    minutes=20,
    difficulty="medium",
    hints=(
        "For each size: build both steps once, with `make_framework(size)` and `make_scratch(size)`. What they return is what the stopwatch takes; don't call it yourself.",
        "One round times both, one right after the other. Collect the times of each side in a list of its own.",
        "In every second round the other side begins: `for side in (sides if round % 2 == 0 else reversed(sides))`.",
        "Only then the medians, and of the two medians the ratio.",
    ),
)


@compare.cases
def _(rng: np.random.Generator) -> list[Case]:
    sizes = [int(2**k + rng.integers(0, 3)) for k in (4, 6, 8)]
    return [_case(rng, sizes, rounds=5), _case(rng, [sizes[2], sizes[0]], rounds=6)]


def _case(rng: np.random.Generator, sizes: list[int], rounds: int) -> Case:
    times = {
        side: [_times(rng, base * scale, rounds, turned) for scale in np.linspace(1, 4, len(sizes))]
        for turned, (side, base) in enumerate(zip(SIDES, rng.uniform(1e-4, 3e-4, 2) * (1.0, 2.6)))
    }
    return {"sizes": sizes, "times": times, "rounds": rounds}


def _times(rng: np.random.Generator, typical: float, rounds: int, turned: int) -> list[float]:
    """One slow sample in the middle; the last and the first are neither the least nor the median.

    Turned on one side, so that no round has the ratio of the medians.
    """
    steady = typical * (1 + 0.08 * np.arange(rounds - 1) + rng.uniform(0, 0.04, rounds - 1))
    order = [*steady[1:], steady[0]][::-1]
    order = [order[1], order[0], *order[2:]]
    order.insert(rounds // 2, typical * float(rng.uniform(4, 8)))
    return [float(f"{v:.6g}") for v in np.roll(order, turned)]


# -- reading the evidence ---------------------------------------------------------------------------------------------


def _tried(case: Case) -> str:
    return f"compare(make_framework, make_scratch, {case['sizes']}, stopwatch, rounds={case['rounds']})"


def _log(case: Case, seen: Seen) -> list[list[Any]]:
    log = listed(seen, "log", list)
    if not all(_is_event(event) or _is_timing(event) for event in log):
        raise no_evidence("what happened in which order", log)
    if ["time", NOT_CALLABLE] in log:
        cause = "The stopwatch was given what a step *returns*. Hand over the step itself, without brackets: the stopwatch calls it."
        raise NoEvidence(
            Mistake("called-too-early", "stopwatch(step)", str(seen.error("compare")), cause, _tried(case), _line(seen))
        )
    if error := seen.error("compare"):
        cause = "The code stopped with an error while it compared."
        raise NoEvidence(Mistake("raised", "a comparison", str(error), cause, _tried(case), error.line))
    return log


def _is_event(event: Any) -> bool:
    """[what, side, size]; what begins with "time" is a timing or nothing."""
    return (
        isinstance(event, list)
        and len(event) == 3
        and isinstance(event[0], str)
        and event[0] != "time"
        and isinstance(event[1], str)
        and isinstance(event[2], (int, str))
    )


def _is_timing(event: list[Any]) -> bool:
    """["time", and the events in it …]."""
    return bool(event) and isinstance(event[0], str) and event[0] == "time" and all(map(_is_event, event[1:]))


def _line(seen: Seen) -> str:
    error = seen.error("compare")
    return error.line if error else ""


def _timed(case: Case, seen: Seen) -> list[list[Any]]:
    """What ran in each use of the stopwatch: lists of [what, side, size]."""
    return [event[1:] for event in _log(case, seen) if event[0] == "time"]


def _order(case: Case, seen: Seen, size: int) -> list[Any]:
    """The sides in the order in which this size was timed."""
    runs = [[one for one in events if one[0] == "run"] for events in _timed(case, seen)]
    return [events[0][1] for events in runs if len(events) == 1 and events[0][2] == size]


def _row(case: Case, seen: Seen, size: int) -> dict[str, Any]:
    """What the answer reports about one size."""
    _log(case, seen)
    rows = {row[0]: row[1] for row in _rows(case, seen)}
    if size not in rows:
        cause = "The result has an entry for every size, under the size itself."
        held = f"entries for {', '.join(map(str, rows)) or 'nothing'}"
        raise NoEvidence(Mistake("a-size-left-out", f"an entry for {size}", held, cause, _tried(case)))
    row = rows[size]
    if not isinstance(row, dict) or not {*SIDES, "ratio"} <= row.keys():
        cause = 'Each size has a dictionary with the keys "framework", "scratch" and "ratio".'
        held = f"the keys {', '.join(row)}" if isinstance(row, dict) else describe(row)
        raise NoEvidence(Mistake("other-entries", 'both medians, and their "ratio"', held, cause, _tried(case)))
    return row


def _rows(case: Case, seen: Seen) -> list[list[Any]]:
    if "rows" not in seen:
        value = seen["returned"]
        cause = "The answer returns a dictionary with an entry for each size. Is a `return` missing?"
        raise NoEvidence(Mistake("no-dictionary", "a dictionary", describe(value), cause, _tried(case)))
    rows = listed(seen, "rows", list)
    if all(len(row) == 2 and isinstance(row[0], (int, str, float)) for row in rows):
        return rows
    raise no_evidence("an entry for each size", rows)


# -- criteria ---------------------------------------------------------------------------------------------------------


@compare.criterion("measured", points=2, says="each step is built once, and timed alone, once in every round")
def _(case: Case, seen: Seen) -> Mistake | None:
    timed, tried, rounds = _timed(case, seen), _tried(case), case["rounds"]
    built = [event for events in timed for event in events if event[0] == "build"]
    if built:
        cause = "The stopwatch times the building of the network along with the step. Build first; time afterwards."
        return Mistake("building-timed", "steps built before they are timed", f"size {built[0][2]} was built inside the stopwatch", cause, tried)  # fmt: skip
    together = [events for events in timed if len(events) != 1]
    if together:
        names = " and ".join(f"{side} {size}" for _, side, size in together[0]) or "nothing"
        cause = "The stopwatch gives the time of everything that runs in it. Give it one step at a time."
        return Mistake("timed-together", "one step in the stopwatch", f"{names} in one", cause, tried)
    log = _log(case, seen)
    for size in case["sizes"]:
        for side in SIDES:
            times, builds = _order(case, seen, size).count(side), log.count(["build", side, size])
            if builds != 1:
                id, cause = ("made-again", "A step built anew in each round is always a cold one, and its parameters are others. Build it once, before the rounds.") if builds else ("a-size-left-out", "Every size is measured, on both sides; `make_framework` and `make_scratch` take the size.")  # fmt: skip
                return Mistake(id, f"{side} {size} built once", f"built {builds} times", cause, tried)
            if times != rounds:
                cause = "Each round times each side once; there are `rounds` rounds for every size."
                return Mistake("other-number-of-rounds", f"{side} {size} timed {rounds} times", f"{times} times", cause, tried)  # fmt: skip
    return None


@compare.criterion("interleaved", points=2, says="both sides take turns, round by round")
def _(case: Case, seen: Seen) -> Mistake | None:
    for size in case["sizes"]:
        order = _order(case, seen, size)
        if not order:
            raise NoEvidence(_nothing_timed(case, size))
        pairs = [order[i : i + 2] for i in range(0, len(order), 2)]
        if all(sorted(map(str, pair)) == list(SIDES) for pair in pairs):
            continue
        cause = "All rounds of one side are over before the other begins. If the machine gets slower meanwhile (it warms up, someone else starts work), one side pays for it all. Time both in every round."
        return Mistake("one-after-the-other", "both sides in every round", _shown(order), cause, _tried(case), "the order of your loops")  # fmt: skip
    return None


@compare.criterion("turns", points=1, says="the side that begins changes from round to round")
def _(case: Case, seen: Seen) -> Mistake | None:
    for size in case["sizes"]:
        order = _order(case, seen, size)
        begins = order[::2]
        if not begins:
            raise NoEvidence(_nothing_timed(case, size))
        if all(a != b for a, b in zip(begins, begins[1:])):
            continue
        cause = "What runs first in a round leaves caches and clock rates behind for the other. Let the other side begin in every second round."
        return Mistake("same-side-first", "another side first in every second round", _shown(order), cause, _tried(case))  # fmt: skip
    return None


def _nothing_timed(case: Case, size: int) -> Mistake:
    cause = "For this size nothing was timed. Does the function that the stopwatch gets *call* the step?"
    return Mistake("nothing-timed", f"both steps of size {size} in the stopwatch", "none", cause, _tried(case))


def _shown(order: list[Any]) -> str:
    return " ".join("F" if side == "framework" else "S" for side in order) + " (F: framework, S: scratch)"


@compare.criterion("medians", points=3, says="for each side the median of its times")
def _(case: Case, seen: Seen) -> Mistake | None:
    tried = _tried(case)
    for i, size in enumerate(case["sizes"]):
        row = _row(case, seen, size)
        wanted = {side: statistics.median(case["times"][side][i]) for side in SIDES}
        if near(row["framework"], wanted["scratch"]) and near(row["scratch"], wanted["framework"]):
            cause = (
                "The two sides have changed places: with `reversed`, what is timed first is no longer the framework."
            )
            return Mistake("sides-exchanged", f"framework {seconds(wanted['framework'])}", seconds(row["framework"]), cause, tried)  # fmt: skip
        for side in SIDES:
            if mistake := wrong_median(row[side], case["times"][side][i], tried, f"{side} {size}: the median"):
                return mistake
    return None


@compare.criterion("ratio", points=2, says="the ratio is that of the medians: framework to from-scratch")
def _(case: Case, seen: Seen) -> Mistake | None:
    for i, size in enumerate(case["sizes"]):
        row = _row(case, seen, size)
        ours, theirs, ratio = (number(row[key]) for key in (*SIDES, "ratio"))
        if not ours or not theirs:
            cause = "Without both medians there is no ratio."
            return Mistake("other-entries", "two medians", f"{describe(row)}", cause, _tried(case))
        if near(ratio, ours / theirs):
            continue
        each = [a / b for a, b in zip(*(case["times"][side][i] for side in SIDES))]
        slips = {
            "ratio-upside-down": (theirs / ours, "This is from-scratch to framework. Below 1 should mean that the framework is faster."),
            "difference-for-ratio": (ours - theirs, "This is a difference, in seconds. A ratio says the same on a fast and on a slow machine."),
            "difference-for-ratio ": (theirs - ours, "This is a difference, in seconds. A ratio says the same on a fast and on a slow machine."),
            "percent": (100 * ours / theirs, "This is a percentage. The ratio itself is asked for."),
            "median-of-ratios": (statistics.median(each), "This is the median of the rounds' ratios. That is a good number, too (`benchmarks` uses it), but not the one asked for: the ratio of the two medians reported beside it."),
            "mean-of-ratios": (statistics.fmean(each), "This is the mean of the rounds' ratios. One disturbed round moves it as far as it likes."),
        }  # fmt: skip
        expected, observed = f"{ours / theirs:.4g} for size {size}", describe(row["ratio"])
        for id, (wrong, cause) in slips.items():
            if near(ratio, wrong):
                return Mistake(id.strip(), expected, observed, cause, _tried(case))
        cause = 'The "ratio" is "framework" divided by "scratch", as they stand beside it.'
        return Mistake("other-ratio", expected, observed, cause, _tried(case))
    return None
