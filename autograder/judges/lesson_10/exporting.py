"""An export that checks itself: the file gives what the network gives, on all examples, or there is no file."""

from __future__ import annotations

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.evidence import double, inputs, is_text, single, stopped
from autograder.judges.lesson_07.evidence import MOST_BYTES, close, few, harmless, in_training
from autograder.judges.lesson_08.evidence import layer
from miniblocks import autograd, nd
from miniblocks.errors import CheckpointError
from miniblocks.graph import Graph
from miniblocks.graph.format import loads

exporting = Exercise(
    "10-checked-export",
    "An export that checks itself",
    section="Out of the house",
    source="the capstone; S3, part 9",
    minutes=25,
    difficulty="challenging",
    hints=(
        "Capture in use: remember `net.training`, then `net.eval()`, and put the mode back in a `finally`, so that a refusal puts it back as well.",
        "`g = graph.load(file)` and `g(example)` is what somebody else will get. Compare with `net(example)`, under `autograd.no_grad()`.",
        "Take the largest absolute difference of *each* example, then the largest of all. The first example always agrees: the graph was made from it.",
        'Where the difference is too large: `Path(file).unlink()`, then `raise ValueError(f"example {i}: …")`.',
    ),
)

EPSILON = 1e-5
DEAF = ("deaf", "tolerant", "turned")
STEP = "export it"


@exporting.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [
        _case(rng, "plain", 1e-4),
        _case(rng, "in training", 1e-4),
        _case(rng, "deaf", 1e-4),
        _one_sided(rng, "tolerant", 1),
        _one_sided(rng, "turned", -1),
    ]


def _one_sided(rng: np.random.Generator, what: str, sign: int) -> Case:
    """A deaf network and a large tolerance; the largest difference has this sign, so that a lost absolute value shows."""
    while True:
        case = _case(rng, what, 100.0)
        apart = sign * _apart(case)
        if apart.max() < -apart.min():  # the differences turn with the head's weight
            case["values"]["head.weight"] = -case["values"]["head.weight"]
            apart = -apart
        if apart.max() > -1.3 * apart.min():
            return case


def _case(rng: np.random.Generator, what: str, tolerance: float) -> Case:
    """The network of the case, three examples, the second of which is twice as loud, and a fourth to run the file on."""
    examples = [inputs(rng, 4, 3) for _ in range(3)]
    examples = [e / np.abs(e).max() for e in examples]
    if what in DEAF:
        examples[1] = 2 * examples[1]
    n, out = 5, 2
    body, head = layer(rng, n, 3), layer(rng, out, n)
    values = {**{f"body.{k}": v for k, v in body.items()}, **{f"head.{k}": v for k, v in head.items()}}
    if what == "in training":
        values |= {"norm.gamma": single(rng.uniform(0.5, 2, n)), "norm.beta": single(rng.normal(size=n))}
        values |= {"norm.running_mean": single(rng.normal(1, 1, n)), "norm.running_var": single(rng.uniform(0.2, 3, n))}
    return {
        "what": what,
        "tolerance": tolerance,
        "examples": [single(e) for e in examples],
        "x": single(inputs(rng, 4, 3)),
        "values": values,
    }


def output(case: Case, x: np.ndarray, loudness: float | None = None) -> np.ndarray:
    """What the network in use gives, by torch. Deaf ones divide by how loud x is: here by `loudness`, if it is given."""
    v = {path: double(value) for path, value in case["values"].items()}
    given = double(x)
    if case["what"] in DEAF:
        given = given / (float(np.abs(x).max()) if loudness is None else loudness)
    h = torch.nn.functional.linear(given, v["body.weight"], v["body.bias"])
    if case["what"] == "in training":
        statistics = v["norm.running_mean"], v["norm.running_var"], v["norm.gamma"], v["norm.beta"]
        h = torch.nn.functional.batch_norm(h, *statistics, training=False, eps=EPSILON)
    result: np.ndarray = torch.nn.functional.linear(torch.tanh(h), v["head.weight"], v["head.bias"]).numpy()
    return result


def _apart(case: Case) -> np.ndarray:
    """By how much the network differs from a graph of the first example, on the one example where it does."""
    first = float(np.abs(case["examples"][0]).max())
    return output(case, case["examples"][1]) - output(case, case["examples"][1], first)


# -- what came back --------------------------------------------------------------------------------------------------


def _tried(case: Case) -> str:
    words = {"plain": "two dense layers", "in training": "with BatchNorm and Dropout, in training"}
    net = words.get(case["what"], "which takes a number from x behind the framework's back")
    return f"export(net, file, *examples, tolerance={case['tolerance']:g}), three examples, net: {net}"


def _graph(case: Case, seen: Seen) -> Graph:
    """The graph in the file; raises what keeps it from being one."""
    tried, expected = _tried(case), "a file with a graph"
    failed = stopped(seen, STEP, "cannot-be-exported", tried, "Exporting stops, though the file would be right.")
    if failed:
        error = seen.error(STEP)
        if error and error.type == "ValueError" and case["what"] in DEAF:
            cause = "The difference is within the tolerance that the caller has chosen."
            failed = Mistake("tolerance-ignored", "a file, and a number", str(error), cause, tried, error.line)
        elif error and error.type == "ValueError" and case["what"] == "in training":
            cause = (
                "The network was compared in training, where it drops numbers at random: both sides should be in use."
            )
            failed = Mistake("compared-in-training", "a file", str(error), cause, tried, error.line)
        raise NoEvidence(failed)
    value = seen["file"]
    if not isinstance(value, np.ndarray) or value.dtype != np.uint8 or value.size > MOST_BYTES:
        cause = "There is no file where one was asked for."
        raise NoEvidence(Mistake("no-file", expected, describe(value), cause, tried))
    try:
        found = loads(value.tobytes(), "the file")
    except CheckpointError as error:
        cause = "The file holds no graph. `graph.save` writes one."
        raise NoEvidence(Mistake("no-graph", expected, str(error)[:120], cause, tried)) from None
    except Exception as error:  # whatever a stranger's bytes lead to
        raise NoEvidence(Mistake("no-graph", expected, type(error).__name__, "It cannot be read.", tried)) from None
    if not harmless(found) or len(found.inputs) != 1:
        cause = "This is not the graph of the network."
        raise NoEvidence(Mistake("other-graph", "one input", f"{len(found.inputs)} inputs", cause, tried))
    return found


def _right_file(case: Case, seen: Seen) -> Mistake | None:
    g, tried = _graph(case, seen), _tried(case)
    if signs := in_training(g):
        cause = "The network was captured in training. `net.eval()` before the capture."
        return Mistake("exported-in-training", "neither random draws nor writes", signs, cause, tried)
    try:
        with autograd.no_grad():
            got = g(nd.array(case["x"]))
    except Exception as error:  # a stranger's graph
        return Mistake("does-not-run", "numbers", f"{type(error).__name__}: {str(error)[:80]}", "It stops.", tried)
    got, wanted = (got.asnumpy() if isinstance(got, nd.Tensor) else np.asarray(np.nan)), output(case, case["x"])
    if close(got, wanted, 2e-3):
        return None
    cause = "The file gives other numbers than the network."
    return Mistake("other-numbers", few(wanted), few(got), cause, f"{tried}; then the file is run on another x")


# -- criteria --------------------------------------------------------------------------------------------------------


@exporting.criterion("file", points=2, says="the file gives what the network gives")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _right_file(case, seen) if case["what"] == "plain" else None


@exporting.criterion("in use", points=2, says="it is the network in use, even if it was in training")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _right_file(case, seen) if case["what"] == "in training" else None


@exporting.criterion("compared", points=3, says="a network that no graph can hold is refused by a ValueError")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _not_refused(case, seen) if case["what"] == "deaf" else None


def _not_refused(case: Case, seen: Seen) -> Mistake | None:
    error, expected = seen.error(STEP), "a ValueError: the second example gives other numbers"
    if error is None:
        cause = "A wrong file was written, and nobody has noticed. Load it, run it on *every* example, and compare with the network: the first always agrees, since the graph was made from it."
        return Mistake("not-compared", expected, "no error", cause, _tried(case))
    if error.type != "ValueError":
        cause = "It should say what is wrong with the file: a `ValueError`, with the number of the example."
        return Mistake("refused-by-another-error", expected, str(error), cause, _tried(case), error.line)
    return None


@exporting.criterion("which", points=1, says="the message says which example, counted from 0")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "deaf":
        return None
    wrong, error = _not_refused(case, seen), seen.error(STEP)
    if wrong or error is None or "example 1" in error.message:
        return wrong
    cause = "Whoever has three hundred examples wants to know which one to look at."
    return Mistake("example-not-named", "“example 1” in the message", str(error), cause, _tried(case), error.line)


@exporting.criterion("no file", points=2, says="after a refusal there is no file, and nothing else in the folder")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "deaf":
        return None
    wrong = _not_refused(case, seen)
    if wrong or is_text(seen["file"], "the folder is empty"):
        return wrong
    observed = "the file" if isinstance(seen["file"], np.ndarray) else describe(seen["file"])
    cause = "Sooner or later somebody finds it and runs it. Take it away before the error is raised."
    return Mistake("wrong-file-left", "an empty folder", observed, cause, _tried(case))


@exporting.criterion("difference", points=2, says="what comes back is the largest difference, over all examples")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] not in ("tolerant", "turned", "plain"):
        return None
    _graph(case, seen)
    got, tried, apart = seen.number("returned"), _tried(case), _apart(case)
    wanted, rounding = (0.0, 1e-5) if case["what"] == "plain" else (float(np.abs(apart).max()), 2e-3)
    if abs(got - wanted) <= rounding:
        return None
    if case["what"] == "plain":
        return Mistake("difference-wrong", "0, up to rounding", f"{got:.4g}", "File and network agree here.", tried)
    if abs(got) < 1e-5:
        cause = "The second example differs. Was only the first compared, or the last, or the network with itself?"
        return Mistake("compared-too-little", f"{wanted:.4f}", f"{got:.4g}", cause, tried)
    if min(abs(got - float(one.max())) for one in (apart, -apart)) < 2e-3 or got < 0:
        cause = "Differences of both signs count: take the absolute value before the maximum."
        return Mistake("sign-kept", f"{wanted:.4f}", f"{got:.4f}", cause, tried)
    if abs(got - float(np.abs(apart).mean())) < 2e-3:
        return Mistake(
            "mean-not-largest", f"{wanted:.4f}", f"{got:.4f}", "This is the mean; the largest was asked for.", tried
        )
    return Mistake("difference-wrong", f"{wanted:.4f}", f"{got:.4f}", "It is another number.", tried)


@exporting.criterion("untouched", points=2, says="the network is afterwards as it was, after a refusal too")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] == "deaf":
        wrong = _not_refused(case, seen)
        if wrong:
            return wrong
    else:
        _graph(case, seen)
    tried, training, after = _tried(case), seen["training after"], seen["values after"]
    if not isinstance(training, list) or not training or not all(one is True for one in training):
        cause = (
            "The network was in training, and is in use now. `finally: net.train(was)` puts it back whatever happens."
        )
        return Mistake("left-in-use", "in training, as before", "in use", cause, tried)
    if not isinstance(after, dict):
        raise NoEvidence(Mistake("not-observed", "values", describe(after), "They could not be observed.", tried))
    for path, value in case["values"].items():
        found = after.get(path)
        if not (isinstance(found, np.ndarray) and np.array_equal(found, value)):
            cause = "The network was run in training, which changes its running statistics. Exporting changes nothing."
            return Mistake("statistics-changed", "the values as before", f"{path} changed", cause, tried)
    return None
