"""The arithmetic of a memory bus, and of an elementwise operation that is bound by it or not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe, one_of
from autograder.judges.lesson_09.evidence import near, number, reported

memory = Exercise(
    "09-memory-bus",
    "The memory bus",
    section="Memory or arithmetic?",
    source="S2, exercise 7.2",
    minutes=15,
    difficulty="medium",
    hints=(
        "A bus of so many lines carries that many *bits* at each transfer; eight bits are a byte. Twice a clock for DDR memory: that is `per_clock`.",
        "The width is the same equation, solved for the other unknown.",
        "Every input is read once and the output written once: `x.size` numbers of `np.dtype(x.dtype).itemsize` bytes each. A broadcast input is as small as it is.",
        "Moving and computing go on at the same time, so the longer of the two decides.",
    ),
)


@memory.cases
def _(rng: np.random.Generator) -> list[Case]:
    n, m = (int(v) for v in rng.integers(20, 60, 2))
    return [
        _case(rng, [[n, m], [n, m], [n, m]], ["float32"] * 3, operations=1, per_clock=2),
        _case(rng, [[n, m], [m], [n, m]], ["float64"] * 3, operations=2, per_clock=4),
        _case(rng, [[n, m], [n, m]], ["float16", "float16"], operations=int(rng.integers(3000, 6000)), per_clock=2),
        _case(rng, [[n, m]] * 3, ["float32", "float16", "float64"], operations=1, per_clock=1),
    ]  # fmt: skip


def _case(
    rng: np.random.Generator, shapes: list[list[int]], dtypes: list[str], operations: int, per_clock: int
) -> Case:
    """Memory at 20 to 60 GB/s, arithmetic at 200 to 600 · 10⁹ operations a second."""
    clock = round(float(rng.uniform(1.1e9, 2.9e9)), -6)
    return {
        "width": int(rng.choice([64, 128, 192, 384])), "clock": clock, "per_clock": per_clock,
        "measured": round(float(rng.uniform(2e10, 9e10)), -7), "shapes": shapes, "dtypes": dtypes, "operations": operations,
        "bandwidth": round(float(rng.uniform(2e10, 6e10)), -7), "peak": round(float(rng.uniform(2e11, 6e11)), -8),
    }  # fmt: skip


# -- the arithmetic ---------------------------------------------------------------------------------------------------


def moved(case: Case) -> list[int]:
    """The bytes of each array: inputs, then the output."""
    return [math.prod(shape) * np.dtype(dtype).itemsize for shape, dtype in zip(case["shapes"], case["dtypes"])]


def times(case: Case) -> dict[str, float]:
    """How long the bus and the arithmetic need, in seconds."""
    operations = math.prod(case["shapes"][-1]) * case["operations"]
    return {"memory": sum(moved(case)) / case["bandwidth"], "arithmetic": operations / case["peak"]}


Slips = dict[str, tuple[Any, str]]


def _named(found: Any, slips: Slips, expected: str, tried: str, id: str, cause: str) -> Mistake:
    """The slip that gives this number; `id` and `cause`, where none does."""
    for name, (wrong, why) in slips.items():
        if near(found, wrong):
            return Mistake(name.strip(), expected, describe(found), why, tried)
    return Mistake(id, expected, describe(found), cause, tried)


def _evidence(seen: Seen, step: str, name: str, tried: str) -> Any:
    if error := seen.error(step):
        cause = "The code stopped with an error."
        raise NoEvidence(Mistake("raised", "a number", str(error), cause, tried, error.line))
    return seen[name]


# -- criteria ---------------------------------------------------------------------------------------------------------


@memory.criterion("bandwidth", points=2, says="bandwidth from width, clock and transfers per clock, in bytes a second")
def _(case: Case, seen: Seen) -> Mistake | None:
    width, clock, per = case["width"], case["clock"], case["per_clock"]
    tried = f"bandwidth({width}, clock={clock:.4g}, per_clock={per})"
    found, right = _evidence(seen, "ask for the bandwidth", "bandwidth", tried), width / 8 * clock * per
    if near(found, right):
        return None
    slips: Slips = {
        "bits-for-bytes": (right * 8, "This is in bits a second. The lines of a bus carry a bit each; eight of them make a byte."),
        "transfers-ignored": (right / per, "Memory transfers several times a clock (twice, for DDR): `per_clock`."),
        "always-double": (right / per * 2, "This takes two transfers a clock, whatever `per_clock` says."),
        "giga-for-bytes": (right / 1e9, "This is in 10⁹ bytes a second. Compute in bytes, and convert where you print."),
        "clock-divided": (width / 8 / clock * per, "More clocks a second carry more: multiply."),
    }  # fmt: skip
    return _named(
        found,
        slips,
        f"{right:.6g} bytes a second",
        tried,
        "other-bandwidth",
        "Bits at each transfer, transfers in a second, eight bits a byte.",
    )


@memory.criterion("width", points=2, says="the width of a bus from a measured bandwidth, in bits")
def _(case: Case, seen: Seen) -> Mistake | None:
    measured, clock, per = case["measured"], case["clock"], case["per_clock"]
    tried = f"bus_width({measured:.4g}, clock={clock:.4g}, per_clock={per})"
    found, right = _evidence(seen, "ask for the width of the bus", "width", tried), measured * 8 / (clock * per)
    if near(found, right):
        return None
    slips: Slips = {
        "bytes-for-bits": (right / 8, "These are bytes at each transfer. The width of a bus is given in bits."),
        "divided-by-eight": (right / 64, "Divided by eight where it should be multiplied: bandwidth is in bytes, the width in bits."),
        "transfers-ignored": (right * per, "Memory transfers several times a clock (twice, for DDR): `per_clock`."),
        "always-double": (right * per / 2, "This takes two transfers a clock, whatever `per_clock` says."),
        "rounded": (round(right), "Do not round: what was measured lies below what the bus could carry, and the difference is worth seeing."),
        "rounded ": (int(right), "Do not round: what was measured lies below what the bus could carry, and the difference is worth seeing."),
        "upside-down": (1 / right, "Turned around: the width is what is carried in a second, divided by the transfers in a second."),
    }  # fmt: skip
    return _named(
        found,
        slips,
        f"{right:.6g} bits",
        tried,
        "other-width",
        "Bits carried in a second, divided by transfers in a second.",
    )


def _reported(case: Case, seen: Seen) -> tuple[dict[str, Any], str]:
    shapes = " and ".join(f"{tuple(s)} of {d}" for s, d in zip(case["shapes"][:-1], case["dtypes"]))
    tried = f"least_time for inputs {shapes}, an output {tuple(case['shapes'][-1])} of {case['dtypes'][-1]}, {case['operations']} operations an element"
    _evidence(seen, "ask for the least time", "returned", tried)
    found = reported(seen, "returned", tried)
    if missing := [key for key in ("bytes", "seconds", "bound") if key not in found]:
        cause = 'The result has the keys "bytes", "seconds" and "bound".'
        raise NoEvidence(Mistake("no-such-key", f'"{missing[0]}"', f"the keys {', '.join(found)}", cause, tried))
    return found, tried


@memory.criterion(
    "bytes", points=2, says="the bytes that cross the bus: every input read once, the output written once"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    found, tried = _reported(case, seen)
    each = moved(case)
    if near(found["bytes"], sum(each)):
        return None
    *read, written = each
    sizes = [math.prod(shape) for shape in case["shapes"]]
    one, other = (np.dtype(case["dtypes"][i]).itemsize * sum(sizes) for i in (0, -1))
    slips: Slips = {
        "writing-forgotten": (sum(read), "The inputs are counted. The output has to be written as well."),
        "reading-forgotten": (written, "The output is counted. The inputs have to be read first."),
        "numbers-for-bytes": (sum(sizes), "These are numbers, not bytes. A float32 takes four of them."),
        "one-dtype-assumed": (one, "Inputs and output have kinds of number of their own; ask each for its dtype."),
        "one-dtype-assumed ": (other, "Inputs and output have kinds of number of their own; ask each for its dtype."),
        "four-bytes-assumed": (4 * sum(sizes), "Not every number takes four bytes: float64 takes 8, float16 takes 2. The dtype tells."),
        "eight-bytes-assumed": (8 * sum(sizes), "Not every number takes eight bytes. The dtype tells."),
        "broadcast-read-in-full": (sizes[-1] * sum(np.dtype(d).itemsize for d in case["dtypes"]), "A bias that is broadcast is read once, as small as it is: it stays close to the arithmetic from then on."),
        "bits-counted": (8 * sum(each), "A byte has eight bits; bytes are asked for."),
    }  # fmt: skip
    return _named(
        found["bytes"], slips, f"{sum(each)} bytes", tried, "other-bytes", "Numbers times bytes a number, array by array."
    )  # fmt: skip


@memory.criterion("seconds", points=2, says="the least time: what takes longer, moving or computing")
def _(case: Case, seen: Seen) -> Mistake | None:
    found, tried = _reported(case, seen)
    needs = times(case)
    count, computed = number(found["bytes"]), needs["arithmetic"]
    right = max((count or 0) / case["bandwidth"], computed)  # from the bytes reported: those are judged for themselves
    if near(found["seconds"], right):
        return None
    move = (count or 0) / case["bandwidth"]
    slips: Slips = {
        "times-added": (move + computed, "Moving and computing overlap: while some numbers are under way, others are computed with. The longer of the two decides, not the sum."),
        "arithmetic-only": (computed, "This is the time of the arithmetic, the shorter of the two here. Both have to be finished."),
        "memory-only": (move, f"This is the time of the moving. Each element of the output takes {case['operations']} operations: `output.size * operations / peak` is longer."),
    }  # fmt: skip
    expected = f"{right:.6g} s: {move:.4g} s to move, {computed:.4g} s to compute"
    return _named(
        found["seconds"], slips, expected, tried, "other-seconds", "max(bytes / bandwidth, operations / peak)"
    )


@memory.criterion("bound", points=2, says='what bounds it: "memory" or "arithmetic"')
def _(case: Case, seen: Seen) -> Mistake | None:
    found, tried = _reported(case, seen)
    needs, answer = times(case), found["bound"]
    right = max(needs, key=lambda kind: needs[kind])
    if not isinstance(answer, str) or answer not in needs:
        cause = 'The answer is the word "memory" or the word "arithmetic".'
        return Mistake("not-a-bound", '"memory" or "arithmetic"', describe(answer), cause, tried)
    if answer == right:
        return None
    cause = "It is bound by what takes *longer*; the other one waits."
    shown = ", ".join(f"{kind} {value:.3g} s" for kind, value in needs.items())
    return Mistake(f"says-{answer}", f'"{right}" ({shown})', f'"{answer}"', cause, tried)


# -- the prediction ---------------------------------------------------------------------------------------------------

BOUND = {
    "a": ("thinks-arithmetic-decides", "about 0.02 ms: twenty million operations"),
    "b": ("thinks-numbers-are-bytes", "about 0.5 ms: fifty million numbers, a byte each"),
    "c": ("thinks-writing-is-free", "about 1.2 ms: three arrays are read"),
    "d": ("thinks-right", "about 2 ms: three arrays are read and two are written"),
    "e": ("thinks-each-moves-three", "about 2.4 ms: each of the two operations moves three arrays"),
}


def bound_outcome(n: int, itemsize: int, bandwidth: float, peak: float) -> tuple[str, str]:
    """relu(a + b), as two operations: the letter, and the least time in words."""
    move = (2 + 1) * n * itemsize / bandwidth + (1 + 1) * n * itemsize / bandwidth
    least = max(move, 2 * n / peak)
    near_to = {"a": 0.02e-3, "b": 0.5e-3, "c": 1.2e-3, "d": 2e-3, "e": 2.4e-3}
    return min(near_to, key=lambda letter: abs(math.log(near_to[letter] / least))), f"at least {1e3 * least:.3g} ms"


predict_bound = Exercise(
    "09-predict-bound",
    "Predict: bound by memory or by arithmetic?",
    section="Memory or arithmetic?",
    source="S2, exercise 7.2",
    minutes=4,
    prediction=one_of(*BOUND),
    hints=(
        "How many bytes are ten million float32? How long does the bus need for one such array?",
        "Two operations, one after the other: the first writes its result into memory, the second reads it from there.",
    ),
)


@predict_bound.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [{"n": 10_000_000, "itemsize": 4, "bandwidth": 1e11, "peak": 1e12}]


@predict_bound.criterion("outcome", points=2, says="the prediction is what the arithmetic of the bus gives")
def _(case: Case, seen: Seen) -> Mistake | None:
    answer = seen["answer"]
    if not isinstance(answer, str) or answer not in BOUND:
        cause = "Return the letter of your choice as a string."
        return Mistake("not-a-choice", f"one of {', '.join(BOUND)}", repr(answer), cause)
    letter, shown = bound_outcome(case["n"], case["itemsize"], case["bandwidth"], case["peak"])
    if answer == letter:
        return None
    id, believed = BOUND[answer]
    cause = "Count the journeys of each array over the bus: `a` and `b` in, `a + b` out, and in again, the result out."
    tried = "nd.relu(a + b) for ten million float32, at 100 GB/s and 10¹² operations a second"
    return Mistake(id, f"{BOUND[letter][1]} ({shown})", f"your prediction: {believed}", cause, tried)
