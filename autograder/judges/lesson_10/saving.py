"""A network in a folder: specification and numbers together are enough, for whoever has `build` and nothing else."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, Seen, describe
from autograder.judges.evidence import double, inputs, is_text, numbers, plain, same, single, stopped
from autograder.judges.lesson_08.evidence import layer

saving = Exercise(
    "10-save-and-load",
    "Save, and load",
    section="A network in a folder",
    source="the capstone; S1, section 4.2.1",
    minutes=20,
    difficulty="medium",
    hints=(
        "Two files do it: the specification as JSON, and `net.save_parameters(…)` for the numbers.",
        "`Path(folder).mkdir(parents=True, exist_ok=True)` makes the folder, and does not mind if it is there.",
        "`load` reads the specification, calls `build` on it, and lets the new network load the numbers. `load_parameters` needs no `initialize` before, and knows paths, ties and running statistics.",
        "Everything that `load` needs has to lie in the folder. A global name is empty in the next session, and the folder may have been moved.",
    ),
)

EPSILON = 1e-5
STATISTICS = "Running statistics are numbers of the network, too, though no gradient trains them."


@saving.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [
        _case(rng, "plain", [_dense(5), {"kind": "tanh"}, _dense(3)]),
        _case(rng, "ordered", [{"kind": "branches", "zeta": 4, "alpha": 2}, _dense(3)]),
        _case(rng, "normalized", [_dense(5), {"kind": "norm"}, _dense(3)]),
        _case(rng, "tied", [_dense(3), {"kind": "tanh"}, {"kind": "same"}, {"kind": "tanh"}, _dense(2)]),
    ]


def _dense(units: int) -> dict[str, Any]:
    return {"kind": "dense", "units": units}


def _case(rng: np.random.Generator, what: str, spec: list[dict[str, Any]]) -> Case:
    """A network, and another one of the same kind and other sizes, with all their numbers by path."""
    other = [*spec[:-1], {**spec[-1], "units": spec[-1]["units"] + 1}]
    x, values = inputs(rng, 4, 3), _values(rng, spec)
    return {
        "what": what,
        "text": json.dumps(spec),
        "other": json.dumps(other),
        "x": x,
        "values": values,
        "marker": float(rng.uniform(2, 3)),
    }


def _values(rng: np.random.Generator, spec: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    n = 3
    for place, one in enumerate(spec):
        if one["kind"] == "dense":
            found |= {f"{place}.{k}": v for k, v in layer(rng, one["units"], n).items()}
            n = one["units"]
        if one["kind"] == "norm":
            found |= {f"{place}.gamma": single(rng.uniform(0.5, 2, n)), f"{place}.beta": single(rng.normal(size=n))}
            found[f"{place}.running_mean"] = single(rng.normal(2, 1, n))
            found[f"{place}.running_var"] = single(rng.uniform(0.2, 3, n))
        if one["kind"] == "branches":
            widths = {name: width for name, width in one.items() if name != "kind"}
            for name, width in widths.items():
                found |= {f"{place}.{name}.{k}": v for k, v in layer(rng, width, n).items()}
            n = sum(widths.values())
    return found


def _first_bias(case: Case) -> str:
    return next(path for path in case["values"] if path.startswith("0.") and path.endswith("bias"))


def output(case: Case, changed: bool = False, fresh_statistics: bool = False) -> np.ndarray:
    """What the network gives in use, by torch; `changed`: with the marker in its first bias."""
    v = {path: double(value) for path, value in case["values"].items()}
    if fresh_statistics:
        v |= {path: torch.zeros_like(value) for path, value in v.items() if path.endswith("mean")}
        v |= {path: torch.ones_like(value) for path, value in v.items() if path.endswith("var")}
    if changed:
        v[_first_bias(case)].fill_(case["marker"])
    x, linear = double(case["x"]), torch.nn.functional.linear
    for place, one in enumerate(json.loads(case["text"])):
        if one["kind"] == "dense":
            x = linear(x, v[f"{place}.weight"], v[f"{place}.bias"])
        elif one["kind"] == "same":
            x = linear(x, v["0.weight"], v["0.bias"])
        elif one["kind"] == "tanh":
            x = torch.tanh(x)
        elif one["kind"] == "norm":
            statistics = v[f"{place}.running_mean"], v[f"{place}.running_var"], v[f"{place}.gamma"], v[f"{place}.beta"]
            x = torch.nn.functional.batch_norm(x, *statistics, training=False, eps=EPSILON)
        else:
            names = [name for name in one if name != "kind"]
            x = torch.cat([linear(x, v[f"{place}.{n}.weight"], v[f"{place}.{n}.bias"]) for n in names], 1)
    result: np.ndarray = x.numpy()
    return result


# -- criteria --------------------------------------------------------------------------------------------------------


def _tried(case: Case) -> str:
    return "save(net, spec, folder), the folder is moved, then load(folder, build)"


def _unusable(case: Case, seen: Seen) -> Mistake | None:
    failed = stopped(seen, "save it", "cannot-be-saved", _tried(case), "Saving stops.")
    return failed or _not_loaded(case, seen)


def _not_loaded(case: Case, seen: Seen) -> Mistake | None:
    error = seen.error("load it")
    if error is None:
        return None if seen["is block"] is True else _no_network(case, seen)
    tried, expected, observed = _tried(case), "a network", str(error)
    asked = seen.values.get("asked of build")
    if plain(asked) == [case["other"]]:
        cause = "`build` got the specification of another network, which was saved later: it was kept in a name of this session."
        return Mistake("not-in-the-folder", expected, observed, cause, tried, error.line)
    if isinstance(asked, list) and asked and not (isinstance(asked[0], str) and asked[0].startswith("[")):
        return _no_specification(case, asked)
    if error.type == "KeyError" and "_" in error.message and ("weight" in error.message or "bias" in error.message):
        cause = "The numbers are looked up by names such as dense0_weight, and the new network has other names: they count on. Paths (0.weight) stay; `save_parameters` uses them."
        return Mistake("names-not-paths", expected, observed, cause, tried, error.line)
    if error.type in ("FileNotFoundError", "KeyError", "CheckpointError") and "folder" not in error.message:
        if error.type == "CheckpointError" and "there is no file" not in error.message:
            if "running" in error.message:
                return Mistake("statistics-lost", expected, observed, STATISTICS, tried, error.line)
            return Mistake(
                "numbers-do-not-fit",
                expected,
                observed,
                "What was saved does not fit the network that `build` makes.",
                tried,
                error.line,
            )
        cause = "`load` looks in another place than the folder it is given: at where it was saved, or in a name of this session. A folder can be moved, and the next session has no memory."
        return Mistake("not-in-the-folder", expected, observed, cause, tried, error.line)
    if error.type in ("InitializationError", "DeferredInitializationError"):
        cause = "A new network has no values yet, and not all its shapes. `load_parameters` gives it both; `data()` and `set_data` need values that are there."
        return Mistake("network-not-ready", expected, observed, cause, tried, error.line)
    return Mistake("cannot-be-loaded", expected, observed, "Loading stops.", tried, error.line)


def _no_specification(case: Case, asked: list[Any]) -> Mistake:
    cause = "`build` got something else: the text of the specification, perhaps, and not what it says (`json.loads`)."
    return Mistake("not-the-specification", case["text"], describe(asked[0]), cause, _tried(case), "load")


def _no_network(case: Case, seen: Seen) -> Mistake:
    cause = "`load` should give back the network that `build` made, with its numbers."
    return Mistake("no-network", "a network: a block", describe(seen["is block"]), cause, _tried(case), "return")


def _wrong(case: Case, seen: Seen) -> Mistake | None:
    failed = _unusable(case, seen) or stopped(
        seen,
        "call the loaded network",
        "numbers-missing",
        _tried(case),
        "The loaded network has no values yet: are the numbers loaded?",
    )
    if failed or same(seen.array("output"), output(case)):
        return failed
    got, wanted, tried = seen["output"], numbers(output(case)), _tried(case)
    if same(got, seen.values.get("output of the other")):
        cause = "What was loaded is not what lay in the folder: another network was saved afterwards, to another folder, and this one came back. It was kept in a name of this session."
        return Mistake("not-in-the-folder", wanted, numbers(got), cause, tried)
    if same(got, output(case, changed=True)):
        cause = "After saving, a number in the network was changed, and the loaded one has the new number: it was not read from the folder."
        return Mistake("not-in-the-folder", wanted, numbers(got), cause, tried)
    if case["what"] == "normalized" and same(got, output(case, fresh_statistics=True)):
        return Mistake("statistics-lost", wanted, numbers(got), STATISTICS, tried)
    asked = seen.values.get("asked of build")
    if isinstance(asked, list) and len(asked) == 1 and isinstance(asked[0], str) and asked[0] != case["text"]:
        return _other_specification(case, asked[0])
    cause = "The network that came back computes something else than the one that was saved: some of its numbers are not those of the file."
    return Mistake("other-numbers", wanted, numbers(got), cause, tried)


def _judged(what: str, points: int, says: str) -> None:
    @saving.criterion(what, points=points, says=says)
    def _(case: Case, seen: Seen) -> Mistake | None:
        return _wrong(case, seen) if case["what"] == what else None


_judged("plain", 3, "the loaded network gives the outputs of the saved one")
_judged("ordered", 1, "also where the order of the keys matters")
_judged("normalized", 2, "also where it has running statistics")


@saving.criterion("tied", points=2, says="what was tied is tied")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "tied":
        return None
    wrong = _wrong(case, seen)
    if wrong or same(seen.array("output written"), output(case, changed=True)):
        return wrong
    cause = "A number written into the first use of a shared layer does not show in the second."
    wanted = numbers(output(case, changed=True))
    return Mistake("tie-lost", wanted, numbers(seen["output written"]), cause, _tried(case))


@saving.criterion("specification", points=2, says="`build` gets an equal specification, keys in their order")
def _(case: Case, seen: Seen) -> Mistake | None:
    failed = _unusable(case, seen)
    if failed:
        return failed
    asked, tried = seen["asked of build"], _tried(case)
    if plain(asked) == [case["text"]]:
        return None
    if not isinstance(asked, list) or not asked:
        cause = "The network is made without `build`. It is the caller who knows how a specification becomes a network."
        return Mistake("build-not-used", case["text"], "`build` was not called", cause, tried, "load")
    if not isinstance(asked[0], str) or not asked[0].startswith("["):
        return _no_specification(case, asked)
    return _other_specification(case, asked[0])


def _other_specification(case: Case, asked: str) -> Mistake:
    observed, tried = describe(asked), _tried(case)
    if asked == case["other"]:
        cause = "`build` got the specification of another network, which was saved later: it was kept in a name of this session."
        return Mistake("not-in-the-folder", case["text"], observed, cause, tried, "load")
    if _sorted(asked) == _sorted(case["text"]):
        cause = "The keys are in another order, and for branches the order means something. Leave `sort_keys` out."
        return Mistake("keys-sorted", case["text"], observed, cause, tried, "save")
    return Mistake("other-specification", case["text"], observed, "It is not what was saved.", tried)


def _sorted(text: str) -> str | None:
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except (ValueError, RecursionError):
        return None


@saving.criterion("folder", points=1, says="the folder is made where it is missing")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "plain":
        return None
    tried = 'save(net, spec, "runs/first"), and there is neither of the two folders'
    cause = "Somebody's first run has no folder yet. Make it: `Path(folder).mkdir(parents=True, exist_ok=True)`."
    failed = stopped(seen, "save into a new folder", "folder-not-made", tried, cause, "a folder with files")
    return failed or _unusable(case, seen)


@saving.criterion("again", points=1, says="a network can be saved over an older one")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "plain":
        return None
    tried = "save(net1, spec1, folder); save(net2, spec2, folder); load(folder, build)"
    cause = "Saving into a folder that already holds a network stops."
    failed = _unusable(case, seen) or stopped(seen, "save over it", "cannot-save-again", tried, cause)
    failed = failed or stopped(
        seen, "load what was saved over it", "cannot-save-again", tried, "What is in the folder now cannot be loaded."
    )
    if failed or same(seen.array("output of the later"), seen.array("output of the other")):
        return failed
    cause = "The folder gives back something else than what was saved last."
    return _wrong(case, seen) or Mistake(
        "older-one-came-back", numbers(seen["output of the other"]), numbers(seen["output of the later"]), cause, tried
    )


@saving.criterion("untouched", points=1, says="saving leaves network and specification as they were")
def _(case: Case, seen: Seen) -> Mistake | None:
    failed = stopped(seen, "save it", "cannot-be-saved", _tried(case), "Saving stops.")
    if failed:
        return _unusable(case, seen)
    if seen["training after"] is not True:
        cause = "The network is in use now, and was in training. Saving needs no `eval()`."
        return Mistake(
            "left-in-use", "in training, as before", describe(seen["training after"]), cause, _tried(case), "save"
        )
    before = case["values"][_first_bias(case)]
    if is_text(seen["text after"], case["text"]) and same(seen.array("first bias after"), before):
        return None
    cause = "Saving has changed what was the caller's."
    return Mistake("changed-by-saving", case["text"], describe(seen["text after"]), cause, _tried(case), "save")
