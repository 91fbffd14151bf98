"""Surgery: move parameters from a file into a network of another nesting, by a table of paths."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.lesson_02.evidence import listed
from autograder.judges.lesson_02.surgery_cases import draw

surgery = Exercise(
    "02-surgery",
    "Save, load, surgery",
    section="Into another nesting",
    source="S1, section 4.2.1.2",
    minutes=30,
    difficulty="challenging",
    hints=(
        "`load_file(file)` gives path → array, `checkpoint.paths_of(net)` path → parameter. What is left is to find, for each array that moves, the path it moves to.",
        'A path lies below a block when it begins with the block\'s path *and a dot*: `path.startswith(old + ".")`. Only this beginning is exchanged; the rest of the path stays.',
        "First work out everything: a new dictionary, path in the net → array. Check it. Then write, with `set_data`, in a loop of its own.",
        "A shape fits when it has as many sizes and each is the same, or 0 here: a size that the first call would have told.",
    ),
)

REFUSED = {
    "shape": "the arrays of the second move do not fit",
    "no-source": "the file has nothing below the second path",
    "no-goal": "the network has nothing at the second goal",
}
STEP = "move the parameters"


@surgery.cases
def _(rng: np.random.Generator) -> list[Case]:
    return draw(rng)


def _tried(case: Case) -> str:
    state = " (not yet called)" if case["situation"] == "waiting" else ""
    return f"transplant(file, net, {case['moves']}); file: {listed(case['file'], 6)}; net{state}: {listed(_paths(case), 6)}"


def _paths(case: Case) -> list[str]:
    return [
        ".".join(filter(None, (r["path"], p["name"].rsplit("_", 1)[-1]))) for r in case["plan"] for p in r["parameters"]
    ]


def _sources(case: Case) -> dict[str, str]:
    """Path in the network → the path in the file whose values belong there."""
    return {there: here for there in _paths(case) for here in case["file"] if _belongs(case["moves"], here, there)}


def _belongs(moves: dict[str, str], here: str, there: str) -> bool:
    """Whether some move leads from one path to the other: below its two ends they go on alike."""
    ends = ((here.partition(f"{old}."), there.partition(f"{new}.")) for old, new in moves.items())
    return any(a[:1] == b[:1] == ("",) and a[2] == b[2] != "" for a, b in ends)


def _states(case: Case, seen: Seen, when: str) -> dict[str, Any]:
    """Path → values, or a word on what it waits for."""
    value = seen[when]
    if not isinstance(value, dict) or set(value) != set(_paths(case)):
        raise NoEvidence(
            Mistake("not-observed", "the network's parameters", str(value)[:60], "The check could not observe this.")
        )
    return value


def _after(case: Case, seen: Seen) -> tuple[dict[str, Any], dict[str, Any]]:
    """Before and after; raises where moving stopped with an error."""
    error = seen.error(STEP)
    if error is None:
        return _states(case, seen, "before"), _states(case, seen, "after")
    tried, situation, observed = _tried(case), case["situation"], str(error)
    if situation == "waiting" and error.type in ("DeferredInitializationError", "InitializationError"):
        cause = (
            "`data()` was asked for values that wait for a shape. `set_data` does without: the array tells the shape."
        )
        raise NoEvidence(Mistake("needs-values", "no error", observed, cause, tried))
    if situation == "waiting":
        cause = "A 0 in a shape is a size that is not known yet. Any size fits there; compare the others only."
        raise NoEvidence(Mistake("open-sizes-refused", "no error: the file tells the sizes", observed, cause, tried))
    if error.type == "CheckpointError" and "does not fit this network" in error.message:
        cause = "`load_parameters` wants the very paths of this network, and here they are others: that is what the table is for."
        raise NoEvidence(Mistake("paths-not-translated", "no error", observed, cause, tried))
    if situation == "digits":
        cause = '`10.weight` begins with `1`, and does not lie below the block `1`. The dot belongs to the question: `startswith("1.")`.'
        raise NoEvidence(Mistake("beginning-without-dot", "no error", observed, cause, tried))
    if situation in ("blocks", "crossed") and error.type in ("AttributeError", "KeyError", "TypeError"):
        cause = "What lies below a path can be deeper than one block, and its parameters can have any name. Work with whole paths."
        raise NoEvidence(Mistake("one-level-only", "no error", observed, cause, tried))
    raise NoEvidence(Mistake("stopped", "no error", observed, "The code stopped with an error.", tried))


def _holds(value: Any, wanted: np.ndarray) -> bool:
    return isinstance(value, np.ndarray) and value.shape == wanted.shape and np.array_equal(value, wanted)


def _same(a: Any, b: Any) -> bool:
    return _holds(a, b) if isinstance(b, np.ndarray) else isinstance(a, str) and a == b


def _held(case: Case, before: dict[str, Any], path: str, value: Any) -> str:
    """What a parameter holds now, in words: which of the file's arrays, or what it had before."""
    if _same(value, before[path]):
        return "what it held before"
    found = next((p for p, array in case["file"].items() if _holds(value, array)), None)
    return f"the file's {found}" if found else "other numbers"


def _moved(case: Case, seen: Seen) -> Mistake | None:
    """The first parameter that should have come from the file and holds something else."""
    before, after = _after(case, seen)
    sources, tried = _sources(case), _tried(case)
    wrong = [path for path, source in sources.items() if not _holds(after[path], case["file"][source])]
    if not wrong:
        return None
    path = wrong[0]
    held = _held(case, before, path, after[path])
    expected, observed = f"{path} holds the file's {sources[path]}", f"{path} holds {held}"
    if all(_same(after[p], before[p]) for p in sources):
        cause = (
            "Nothing was written into this network. Was another one made, or a name bound anew in place of `set_data`?"
        )
        return Mistake("nothing-moved", expected, observed, cause, tried)
    if case["situation"] == "crossed":
        cause = "The moves were carried out one after the other, or a number was exchanged wherever it stands in a path. Translate each path once, and at its beginning only."
        return Mistake("moved-twice", expected, observed, cause, tried, "how a path is translated")
    if held.startswith("the file's"):
        cause = "The arrays were dealt out in order, or by shape. The table says which goes where."
        return Mistake("dealt-by-order", expected, observed, cause, tried)
    if all(p.endswith("bias") for p in wrong) or all(not p.endswith(("weight", "bias")) for p in wrong):
        cause = "Some kinds of parameter were left behind. Whatever lies below a path moves, whatever it is called; constants, too."
        return Mistake("some-left-behind", expected, observed, cause, tried)
    if case["situation"] == "blocks":
        cause = "What lies below a path can be deeper than one block. Everything below it moves."
        return Mistake("one-level-only", expected, observed, cause, tried)
    return Mistake("not-moved", expected, observed, "This one did not get the file's values.", tried)


def _rest(case: Case, seen: Seen) -> Mistake | None:
    """The first parameter that no move concerns and that changed all the same."""
    before, after = _after(case, seen)
    sources, tried = _sources(case), _tried(case)
    changed = [path for path in before if path not in sources and not _same(after[path], before[path])]
    if not changed:
        return None
    path = changed[0]
    held = _held(case, before, path, after[path])
    expected, observed = f"{path} as before", f"{path} holds {held}"
    if any(held.startswith(f"the file's {old}") for old in case["moves"]):
        cause = '`10.weight` begins with `1`, and does not lie below the block `1`. The dot belongs to the question: `startswith("1.")`.'
        return Mistake("beginning-without-dot", expected, observed, cause, tried)
    if held.startswith("the file's"):
        cause = "The arrays were dealt out in order, or by shape. The table says which goes where, and this one is not in it."
        return Mistake("dealt-by-order", expected, observed, cause, tried)
    cause = "No move speaks of it, so it keeps its values. Was the whole network initialized or loaded anew?"
    return Mistake("rest-touched", expected, observed, cause, tried)


@surgery.criterion(
    "moved", points=3, says="what lies below a path moves to the other path, at any depth, whatever it is called"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    return _moved(case, seen) if case["situation"] in ("plain", "blocks") else None


@surgery.criterion("rest", points=2, says="what no move concerns stays as it was, to the bit")
def _(case: Case, seen: Seen) -> Mistake | None:
    return (_moved(case, seen) or _rest(case, seen)) if case["situation"] == "plain" else None


@surgery.criterion("paths", points=2, says="a path is names between dots: `10` is not below `1`, and moves may cross")
def _(case: Case, seen: Seen) -> Mistake | None:
    return (_rest(case, seen) or _moved(case, seen)) if case["situation"] in ("digits", "crossed") else None


@surgery.criterion("waiting", points=1, says="a network that waits for its first call takes the shapes from the file")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _moved(case, seen) if case["situation"] == "waiting" else None


@surgery.criterion("refused", points=2, says="a move that cannot be made is refused by a ValueError that says which")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["situation"] not in REFUSED:
        return None
    expected, error, tried = f"a ValueError: {REFUSED[case['situation']]}", seen.error(STEP), _tried(case)
    before, after = _states(case, seen, "before"), _states(case, seen, "after")
    if error is None:
        unchanged = all(_same(after[p], before[p]) for p in before)
        observed = "no error" + (", and nothing changed" if unchanged else ", and a network half moved")
        cause = "What cannot be done was passed over in silence, and whoever called will believe that all is well."
        return Mistake("silent", expected, observed, cause, tried)
    if error.type not in ("ValueError", "ShapeError", "CheckpointError"):
        return Mistake(
            "another-error", expected, str(error), "Find out before it happens, and raise a `ValueError`.", tried
        )
    old, new = list(case["moves"].items())[1]
    if old not in error.message and new not in error.message:
        return Mistake("move-not-named", expected, str(error), f"Say which move it was: {old!r} to {new!r}.", tried)
    return None


@surgery.criterion("whole", points=2, says="a refused operation leaves the network as it was")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["situation"] == "plain":
        return _moved(case, seen)  # who never moves anything need not be careful, and so shows nothing
    if case["situation"] not in REFUSED:
        return None
    before, after = _states(case, seen, "before"), _states(case, seen, "after")
    changed = [path for path in before if not _same(after[path], before[path])]
    if not changed:
        return None
    cause = "The first move was carried out before it was seen that the second cannot be. Work out and check all of them first, then write."
    return Mistake(
        "half-done",
        "a network as before",
        f"{changed[0]} was already changed",
        cause,
        _tried(case),
        "the order of checking and writing",
    )
