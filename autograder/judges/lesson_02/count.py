"""Count: the numbers of a network that are trained, frozen, constant, shared, and the bytes they take."""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.lesson_02.evidence import listed, strings
from autograder.judges.lesson_02.plans import (
    Plan,
    again,
    dense,
    flat,
    parameter,
    parameters,
    part,
    places,
    sequential,
    shapes_in_words,
    size,
    tied,
)

count = Exercise(
    "02-count",
    "Count",
    section="Counting",
    source="S1, section 4.2.1.2",
    minutes=20,
    difficulty="medium",
    hints=(
        "Every parameter counts once. `net.collect_params().values()` gives each once.",
        "The shape tells how many numbers: `math.prod(parameter.shape)`. The dtype tells their size: `np.dtype(parameter.dtype).itemsize` bytes each.",
        "`isinstance(parameter, nn.Constant)` first; `parameter.grad_req` for the others.",
        "A shared parameter is found at several paths, and `checkpoint.paths_of(net)` has an entry for each. How often does one and the same object (`id(parameter)`) occur there?",
    ),
)

KEYS = ("trainable", "frozen", "constant", "shared", "bytes")
STEP = "count"


@count.cases
def _(rng: np.random.Generator) -> list[Case]:
    def case(situation: str, plan: Plan, initialize: bool = True) -> Case:
        return {"situation": situation, "plan": plan, "initialize": initialize}

    a, b, c = (int(v) for v in rng.permutation(np.arange(3, 9))[:3])
    return [
        case("plain", flat([a, b, c], b)),
        case("kinds", _kinds(a, b, c)),
        case("shared", _shared(a, b, c)),
        case("dtypes", _dtypes(a, b, c)),
        case("declared", flat([b, c], a), initialize=False),
        case("unknown", [*flat([a, b], c), dense("2", "dense2_", c, 0)]),
    ]


def _kinds(a: int, b: int, c: int) -> Plan:
    return [
        part("", "fancymlp0_", parameter("mix", a, b, role="constant"), parameter("scale", 1)),
        dense("encoder", "dense0_", a, b, role="frozen"),
        part("middle", "middle0_", parameter("table", a, b, c), parameter("mask", c, role="constant")),
        dense("output", "dense1_", c, a),
    ]


def _shared(a: int, b: int, c: int) -> Plan:
    """One block at four places; two blocks with the parameters of one; and a layer of the same sizes that shares nothing."""
    twice, first = dense("1", "dense1_", a, a), dense("5", "dense2_", b, c)
    return [
        sequential("", "sequential0_"),
        dense("0", "dense0_", a, a),
        twice,
        again("2", twice),
        again("3", twice),
        again("4", twice),
        first,
        tied("6", "dense3_", first),
    ]


def _dtypes(a: int, b: int, c: int) -> Plan:
    return [
        sequential("", "sequential0_"),
        dense("0", "dense0_", a, b, dtype="float64"),
        dense("1", "dense1_", c, a, dtype="float16"),
        dense("2", "dense2_", b, c),
        part("3", "lookup0_", parameter("index", c, b, role="constant", dtype="int64")),
    ]


def _tried(case: Case) -> str:
    state = {"declared": " (not initialized)", "unknown": " (not yet called)"}.get(case["situation"], "")
    return f"count(net){state}; net holds {shapes_in_words(case['plan'])}"


def _counted(case: Case, seen: Seen, key: str) -> int:
    """The learner's number under a key; raises what is in its way."""
    if error := seen.error(STEP):
        if error.type in ("DeferredInitializationError", "InitializationError"):
            cause = "Values were asked for, and shapes would do: a parameter of known shape can be counted before it has values."
            raise NoEvidence(Mistake("needs-values", "no error", str(error), cause, _tried(case)))
        if error.type == "RuntimeError" and "grad" in error.message:
            cause = "The gradient of a frozen parameter, or of a constant, was asked for: there is none. `grad_req` says so beforehand."
            raise NoEvidence(Mistake("asks-for-gradient", "no error", str(error), cause, _tried(case)))
        raise NoEvidence(Mistake("stopped", "no error", str(error), "The code stopped with an error.", _tried(case)))
    if "keys" not in seen:
        cause = "One dictionary is wanted, with five keys. Is a `return` missing?"
        raise NoEvidence(Mistake("not-a-dictionary", "a dictionary", describe(seen["returned"]), cause, _tried(case)))
    if key not in strings(seen, "keys"):
        found = listed(strings(seen, "keys"), 6)
        raise NoEvidence(
            Mistake("key-missing", f"the key {key!r}", f"keys {found}", "The dictionary lacks this key.", _tried(case))
        )
    value = seen[f"counted {key}"]
    value = value.item() if isinstance(value, np.ndarray) and value.size == 1 else value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        cause = "A number is wanted here."
        raise NoEvidence(
            Mistake("not-a-count", f"{key}: a whole number", f"{key}: {describe(value)}", cause, _tried(case))
        )
    return int(value) if value == value and abs(value) < 1e15 and value == int(value) else -1


def _numbers(plan: Plan, *roles: str) -> int:
    return sum(size(p) for p in parameters(plan).values() if p["role"] in roles)


def _at_each_place(plan: Plan, *roles: str) -> int:
    return sum(size(p) for row in plan for p in row["parameters"] if p["role"] in roles)


def _itemsize(p: dict[str, object]) -> int:
    return int(np.dtype(str(p["dtype"])).itemsize)


def _shared_ones(plan: Plan) -> list[dict[str, object]]:
    return [p for name, p in parameters(plan).items() if len(places(plan)[name]) > 1]


def _right(plan: Plan) -> dict[str, int]:
    return {
        **{role: _numbers(plan, role) for role in ("trainable", "frozen", "constant")},
        "shared": sum(size(p) for p in _shared_ones(plan)),
        "bytes": sum(size(p) * _itemsize(p) for p in parameters(plan).values()),
    }


def _wrong(case: Case, seen: Seen, *keys: str) -> Mistake | None:
    """The first of these counts that is not right, with the likeliest reason."""
    right = _right(case["plan"])
    for key in keys:
        got = _counted(case, seen, key)
        if got != right[key]:
            id, cause = _why(case["plan"], key, got)
            return Mistake(id, f"{key}: {right[key]:,}", f"{key}: {got:,}", cause, _tried(case))
    return None


def _why(plan: Plan, key: str, got: int) -> tuple[str, str]:
    slips = {"shared": _shared_slips, "bytes": _bytes_slips}.get(key, lambda plan: _number_slips(plan, key))(plan)
    found = ((id, cause) for id, cause, value in slips if value == got)
    return next(
        found,
        (
            "wrong-count",
            "None of the slips known here leads to this number. Write down by hand what each parameter adds.",
        ),
    )


Slip = tuple[str, str, int]


def _number_slips(plan: Plan, key: str) -> list[Slip]:
    mine = [(name, p) for name, p in parameters(plan).items() if p["role"] == key]
    every, constants = list(parameters(plan).values()), _numbers(plan, "constant")
    known = _numbers(plan, key)
    return [
        ("arrays-counted", "Parameters were counted, as arrays. The numbers in them are wanted: the product of the sizes of each.", len(mine)),
        ("counted-at-each-place", "A shared parameter was counted at each of its places. It is one array, however often it is met.", _at_each_place(plan, key)),
        ("biases-left-out", "Biases are parameters as well.", sum(size(p) for n, p in mine if not n.endswith("bias"))),
        ("sizes-added", "The sizes of a shape are multiplied, not added: (4, 3) holds 12 numbers.", sum(sum(p["shape"]) for _, p in mine)),
        ("rows-counted", "`len` of an array is its first size only.", sum(p["shape"][0] for _, p in mine)),
        ("all-counted", "All parameters were counted, of whatever kind.", sum(map(size, every))),
        ("frozen-not-told-apart", "Constants were counted here. A constant has `grad_req` 'null', too; `isinstance(…, nn.Constant)` tells the two apart.", known + constants if key == "frozen" else -2),
        ("constants-among-them", "Constants were counted here. They have a key of their own.", known + constants),
        ("frozen-not-told-apart", "Frozen parameters were counted here. They have a key of their own: `grad_req` is 'null', and they are no `nn.Constant`.", known + _numbers(plan, "frozen")),
        ("kind-not-found", "There are some of this kind in the network.", 0),
    ]  # fmt: skip


def _shared_slips(plan: Plan) -> list[Slip]:
    shared, where = _shared_ones(plan), places(plan)
    times = [(size(p), len(where[str(p["name"])])) for p in shared]
    blocks = {p["name"] for row in plan if row["same_as"] is not None for p in row["parameters"]}
    ties = {p["name"] for row in plan if row["shares"] is not None for p in row["parameters"]}
    return [
        ("sharing-not-seen", "Nothing was found that is shared. `collect_params` has each parameter once, so it cannot tell; paths can.", 0 if shared else -2),
        ("shared-counted-at-each-place", "What is shared was counted at each of its places.", sum(n * k for n, k in times)),
        ("further-places-counted", "The further places were counted, which is what sharing saves. What is shared is one array: count it once.", sum(n * (k - 1) for n, k in times)),
        ("only-shared-blocks", "A block that stands at several places was found. Two blocks made with the same `params` share as well.", sum(size(p) for p in shared if p["name"] in blocks)),
        ("only-tied-blocks", "Two blocks made with the same `params` were found. One block that stands at several places shares as well.", sum(size(p) for p in shared if p["name"] in ties)),
        ("arrays-counted", "Parameters were counted, as arrays. The numbers in them are wanted.", len(shared)),
        ("equal-is-not-shared", "Parameters that hold equal numbers were taken for shared. Two biases of zeros are two arrays; `is` and `id` tell.", _equal(plan)),
        ("equal-is-not-shared", "Parameters of one shape were taken for shared. Only one and the same object is.", _alike(plan)),
    ]  # fmt: skip


def _equal(plan: Plan) -> int:
    """What would be called shared by comparing values: biases of one length are all zero at first."""
    biases = [p["shape"] for name, p in parameters(plan).items() if name.endswith("bias")]
    alone = [p for name, p in parameters(plan).items() if len(places(plan)[name]) == 1 and name.endswith("bias")]
    return sum(size(p) for p in _shared_ones(plan)) + (
        sum(size(p) for p in alone if biases.count(p["shape"]) > 1) or -1
    )


def _alike(plan: Plan) -> int:
    """What would be called shared by comparing shapes."""
    shapes = [p["shape"] for row in plan for p in row["parameters"]]
    return sum(size(p) for p in parameters(plan).values() if shapes.count(p["shape"]) > 1)


def _bytes_slips(plan: Plan) -> list[Slip]:
    every = list(parameters(plan).values())
    numbers = sum(map(size, every))
    trained = [p for p in every if p["role"] != "constant"]
    return [
        ("numbers-not-bytes", "That is how many numbers there are. Each takes several bytes.", numbers),
        ("four-bytes-assumed", "Not every number takes 4 bytes: float64 and int64 take 8, float16 takes 2. The dtype tells.", 4 * numbers),
        ("eight-bytes-assumed", "Not every number takes 8 bytes. The dtype tells.", 8 * numbers),
        ("constants-take-bytes-too", "Constants were left out, and they take memory as well.", sum(size(p) * _itemsize(p) for p in trained)),
        ("constants-take-bytes-too", "Only what is trained was counted; the rest takes memory as well.", sum(size(p) * _itemsize(p) for p in every if p["role"] == "trainable")),
        ("counted-at-each-place", "A shared parameter lies in memory once, however often it is met.", sum(size(p) * _itemsize(p) for row in plan for p in row["parameters"])),
        ("bits-counted", "A byte has eight bits; bytes are wanted.", 8 * sum(size(p) * _itemsize(p) for p in every)),
    ]  # fmt: skip


def _in(case: Case, *situations: str) -> bool:
    return case["situation"] in situations


@count.criterion("trainable", points=2, says="trainable: the numbers that get a gradient")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _wrong(case, seen, "trainable") if _in(case, "plain", "kinds") else None


@count.criterion("kinds", points=2, says="frozen and constant: what training leaves alone, told apart")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _wrong(case, seen, "frozen", "constant") if _in(case, "kinds", "plain") else None


@count.criterion("shared", points=3, says="shared: what has several places, counted once, there and elsewhere")
def _(case: Case, seen: Seen) -> Mistake | None:
    if _in(case, "plain"):
        return _wrong(case, seen, "shared")
    return _wrong(case, seen, "shared", "trainable", "bytes") if _in(case, "shared") else None


@count.criterion("bytes", points=2, says="bytes: of all of them, by their dtype")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _wrong(case, seen, "bytes") if _in(case, "dtypes", "kinds") else None


@count.criterion(
    "before",
    points=1,
    says="a shape is enough; one that is not known yet is refused by a ValueError that names the parameter",
)
def _(case: Case, seen: Seen) -> Mistake | None:
    if _in(case, "declared"):
        return _wrong(case, seen, "trainable", "bytes")
    if not _in(case, "unknown"):
        return None
    name, error = case["plan"][-1]["parameters"][0]["name"], seen.error(STEP)
    expected = f"a ValueError that names {name}"
    if error is None:
        value = _counted(case, seen, "trainable")
        cause = f"The weight's shape has a 0, which stands for a size not known yet. Multiplied, it makes the whole weight count nothing: {value:,} is no count of anything."
        return Mistake("unknown-counts-nothing", expected, f"trainable: {value:,}", cause, _tried(case))
    if error.type not in ("ValueError", "ShapeError"):
        return Mistake(
            "another-error", expected, str(error), "Look at the shape, and raise a `ValueError`.", _tried(case)
        )
    if name not in error.message:
        return Mistake("parameter-not-named", expected, str(error), "Say which parameter it is.", _tried(case))
    return None
