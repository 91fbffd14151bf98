"""Products of aligned and misaligned matrices: what ran in the stopwatch, where, and how many operations a second that is."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.evidence import listed, no_evidence
from autograder.judges.lesson_09.evidence import near, number

products = Exercise(
    "09-aligned-products",
    "Aligned and misaligned products",
    section="Why widths are powers of two",
    source="S2, exercise 7",
    minutes=15,
    difficulty="medium",
    hints=(
        "Make the two matrices first, on the device asked for (`ctx=device`), and give the stopwatch a function that multiplies them and does nothing else: `lambda: nd.dot(a, b)`.",
        "Each of the n² numbers of the product is a sum of n products: n multiplications and n additions.",
        "Giga is 10⁹. Operations / seconds / 1e9.",
        "A function made in a loop looks up its variables when it is *called*. Time each product in the round of the loop that made it.",
    ),
)


@products.cases
def _(rng: np.random.Generator) -> list[Case]:
    base = int(rng.integers(40, 60))
    return [
        _case(rng, [base + k for k in (0, 1, 2, 4, 8)], device=0),
        _case(rng, [base + k for k in (9, -7, 3)], device=1),
    ]


def _case(rng: np.random.Generator, sizes: list[int], device: int) -> Case:
    seconds = [round(float(v), 7) for v in rng.uniform(1e-3, 9e-3, len(sizes))]
    return {"sizes": sizes, "seconds": seconds, "device": device}


# -- reading the evidence ---------------------------------------------------------------------------------------------


def _tried(case: Case) -> str:
    return f"speeds({case['sizes']}, stopwatch, cpu({case['device']}))"


def _timings(case: Case, seen: Seen) -> list[list[dict[str, Any]]]:
    """The operations that ran in each use of the stopwatch."""
    timings = listed(seen, "timings", list)
    if not all(isinstance(one, dict) and _is_operation(one) for ran in timings for one in ran):
        raise no_evidence("the operations timed", timings)
    error = seen.error("measure the products")
    if any(one["op"] == "not callable" for ran in timings for one in ran):
        cause = "The stopwatch was given a product that is already computed. Give it a function that computes it: `lambda: nd.dot(a, b)`."
        raise NoEvidence(
            Mistake("called-too-early", "stopwatch(function)", str(error), cause, _tried(case), error.line if error else "")
        )  # fmt: skip
    if error and error.type == "DeviceError":
        cause = "One operand lies on the device asked for, another one elsewhere. Make both with `ctx=device`, or move both with `.to(device)`."
        raise NoEvidence(Mistake("devices-mixed", f"both on cpu({case['device']})", str(error), cause, _tried(case), error.line))  # fmt: skip
    if error:
        cause = "The code stopped with an error."
        raise NoEvidence(Mistake("raised", "a measurement", str(error), cause, _tried(case), error.line))
    return timings


def _is_operation(one: dict[str, Any]) -> bool:
    return (
        isinstance(one.get("op"), str)
        and isinstance(one.get("shapes"), list)
        and all(isinstance(shape, list) and all(type(n) is int for n in shape) for shape in one["shapes"])
        and isinstance(one.get("devices"), list)
        and all(isinstance(place, str) for place in one["devices"])
    )


def _rows(case: Case, seen: Seen) -> dict[Any, Any]:
    """What was returned, by size."""
    _timings(case, seen)
    if "rows" not in seen:
        value = seen["returned"]
        cause = "The answer returns a dictionary: size → speed. Is a `return` missing?"
        raise NoEvidence(Mistake("no-dictionary", "a dictionary", describe(value), cause, _tried(case)))
    rows = listed(seen, "rows", list)
    if not all(len(row) == 2 and isinstance(row[0], (int, str, float)) for row in rows):
        raise no_evidence("an entry for each size", rows)
    return {row[0]: row[1] for row in rows}


# -- criteria ---------------------------------------------------------------------------------------------------------


@products.criterion("product", points=3, says="timed is the product of two n × n matrices, and nothing else")
def _(case: Case, seen: Seen) -> Mistake | None:
    timings, tried = _timings(case, seen), _tried(case)
    for ran in timings:
        if mistake := _not_one_product(case, ran, tried):
            return mistake
        shapes = ran[0]["shapes"]
        if any(shape not in [[n, n] for n in case["sizes"]] for shape in shapes) or len(shapes) != 2:
            cause = "Both matrices have n rows and n columns."
            return Mistake("other-shape", "two n × n matrices", f"shapes {' and '.join(map(str, shapes))}", cause, tried)  # fmt: skip
    found = [ran[0]["shapes"][0][0] for ran in timings]
    if len(found) > 1 and len(set(found)) == 1:
        cause = f"Every timing multiplied the matrices of size {found[0]}. A function made in a loop looks up `a` and `b` when it is called; by then they are the last ones."
        return Mistake("last-size-only", f"products of sizes {case['sizes']}", f"products of sizes {found}", cause, tried, "the lambda in your loop")  # fmt: skip
    if missing := [n for n in case["sizes"] if n not in found]:
        cause = "Every size of the list is measured."
        return Mistake("a-size-left-out", f"a product of size {missing[0]}", f"products of sizes {found}", cause, tried)
    return None


def _not_one_product(case: Case, ran: list[dict[str, Any]], tried: str) -> Mistake | None:
    names, expected = [one["op"] for one in ran], "one `matmul`"
    if names == ["matmul"]:
        return None
    observed = ", ".join(names[:6]) or "no operation of the framework"
    made = {"uniform", "normal", "randint", "transfer"} & set(names)
    if made and "matmul" in names:
        cause = "The matrices are made inside the function that is timed. Drawing random numbers takes longer than you think; make them before."
        return Mistake("operands-made-inside", expected, observed, cause, tried)
    if "matmul" in names:
        cause = "More than the product is timed: whatever else stands in the function costs time of its own."
        return Mistake("more-than-a-product", expected, observed, cause, tried)
    if "mul" in names:
        cause = "`a * b` multiplies element by element: n² multiplications. The matrix product is `nd.dot(a, b)` or `a @ b`."
        return Mistake("elementwise-product", expected, observed, cause, tried)
    cause = "No matrix product of the framework ran in the stopwatch. Does the function that you hand over call `nd.dot(a, b)`? (A product by NumPy or torch itself knows nothing of our devices.)"
    return Mistake("no-product", expected, observed, cause, tried)


@products.criterion("speed", points=3, says="the speed is 2n³ operations, divided by the seconds, in 10⁹ a second")
def _(case: Case, seen: Seen) -> Mistake | None:
    rows = _rows(case, seen)
    for n, time in zip(case["sizes"], case["seconds"]):
        if n not in rows:
            continue  # another criterion's business
        found, right = number(rows[n]), 2 * n**3 / time / 1e9
        if near(found, right) or near(found, n * n * (2 * n - 1) / time / 1e9):
            continue
        slips = {
            "factor-two-missing": (right / 2, "n³ counts the multiplications only. Each comes with an addition."),
            "squared-not-cubed": (2 * n**2 / time / 1e9, "n² counts the numbers of the product. Each of them is a sum of n products."),
            "squared-not-cubed ": (n**2 / time / 1e9, "n² counts the numbers of the product. Each of them is a sum of n products."),
            "not-giga": (right * 1e9, "This is in operations per second. Giga is 10⁹."),
            "not-giga ": (right * 1e3, "This is in 10⁶ operations per second. Giga is 10⁹."),
            "not-giga  ": (right * 1e9 / 2**30, "This was divided by 2³⁰ = 1.07 · 10⁹. In speeds giga is 10⁹."),
            "time-for-speed": (time, "This is the time. The speed is operations *per* second."),
            "upside-down": (1 / right, "This is seconds per 10⁹ operations: the speed is its inverse."),
            "multiplied-by-time": (2 * n**3 * time / 1e9, "Divide by the time; a product that takes longer is slower."),
            "bytes-for-operations": (3 * n * n * 4 / time / 1e9, "This counts the bytes of the three matrices, not operations."),
        }  # fmt: skip
        expected, observed = f"{right:.5g} for n = {n} in {time:.5g} s", describe(rows[n])
        for id, (wrong, cause) in slips.items():
            if near(found, wrong):
                return Mistake(id.strip(), expected, observed, cause, _tried(case))
        cause = "2 n³ operations, divided by what the stopwatch gave for *this* n, divided by 10⁹."
        return Mistake("other-speed", expected, observed, cause, _tried(case))
    if not any(n in rows for n in case["sizes"]):
        raise NoEvidence(_left_out(case, rows))
    return None


@products.criterion("each", points=2, says="the result has an entry for every size, in the order asked for")
def _(case: Case, seen: Seen) -> Mistake | None:
    rows = _rows(case, seen)
    if list(rows) == case["sizes"]:
        return None
    if sorted(map(str, rows)) == sorted(map(str, case["sizes"])) and all(isinstance(n, int) for n in rows):
        cause = "The entries stand in another order than the sizes that were asked for. There is nothing to sort."
        return Mistake("sorted", f"sizes {case['sizes']}", f"sizes {list(rows)}", cause, _tried(case))
    return _left_out(case, rows)


def _left_out(case: Case, rows: dict[Any, Any]) -> Mistake:
    shown = ", ".join(map(repr, rows)) or "nothing"
    cause = "The entries stand under the sizes that were given, as whole numbers, and there is one for each of them."
    return Mistake("a-size-left-out", f"entries for {case['sizes']}", f"entries for {shown}", cause, _tried(case))


@products.criterion("device", points=2, says="the products run on the device asked for")
def _(case: Case, seen: Seen) -> Mistake | None:
    wanted = f"cpu({case['device']})"
    combined = [one for ran in _timings(case, seen) for one in ran if len(one["shapes"]) > 1]
    places = [place for one in combined for place in one["devices"]]
    other = [place for place in places if place != wanted]
    if places and not other:
        return None
    cause = "Without `ctx=device` a new tensor is made on cpu(0). (`cpu(1)` stands in for a GPU here.)"
    return Mistake("device-ignored", f"matrices on {wanted}", f"on {other[0] if other else 'no device'}", cause, _tried(case))  # fmt: skip
