"""A small residual network, judged by what passes through it, and by what it learns in a second."""

from __future__ import annotations

from collections import Counter

import numpy as np

from autograder.exercise import Case, Error, Exercise, Mistake, Seen, describe
from autograder.judges.evidence import count, inputs, listed, same, shapes, single, stopped
from miniblocks import data

EXAMPLES, EPOCHS = 512, 3
ENOUGH = 0.7  # right networks reach 0.93 and more; chance must not decide

resnet = Exercise(
    "08-small-resnet",
    "A small residual network",
    section="A small residual network",
    source="S4, and He, Zhang, Ren and Sun (2016)",
    minutes=30,
    difficulty="challenging",
    hints=(
        "A block has two paths: five layers in a row, and a shortcut. With `strides=1` the shortcut can be `nn.Identity()`.",
        "With strides=2 the first convolution of the main path halves height and width, and so must the shortcut: `nn.Conv2D(channels, 1, strides)`.",
        "`nn.GlobalAvgPool2D()` gives (batch, 32, 1, 1), and `nn.Dense` flattens that. The network gives scores: no softmax, no relu at the end.",
    ),
)


@resnet.cases
def _(rng: np.random.Generator) -> list[Case]:
    x, other = (single(rng.uniform(0, 1, (6, 1, 8, 8))) for _ in "12")
    structure = {"what": "structure", "classes": 7, "x": x, "other": other, "weigh": inputs(rng, 6, 10)}
    order = [rng.permutation(1400)[:EXAMPLES].astype(np.int64) for _ in range(EPOCHS)]
    labels = [int(n) for n in rng.permutation(10)]
    return [structure, {"what": "learning", "classes": 10, "order": order, "labels": labels}]


KERNELS: Counter[tuple[int, ...]] = Counter(
    {(16, 1, 3, 3): 1, (16, 16, 3, 3): 2, (32, 16, 3, 3): 1, (32, 32, 3, 3): 3, (32, 16, 1, 1): 1}
)
CONVOLUTIONS = KERNELS.total()


def _tried(case: Case) -> str:
    return f"net = SmallResNet(classes={case['classes']}); net(x) for 6 images of 8×8"


def _called(case: Case, seen: Seen) -> Mistake | None:
    cause = "Building it stops with an error."
    failed = stopped(seen, "build the network", "cannot-be-built", _tried(case), cause)
    if failed or case["what"] == "learning":
        return failed
    error = seen.error("call it")
    if error is None:
        return None
    if error.type == "ShapeError":
        cause = "Two shapes do not fit. Where channels double and the image is halved, the shortcut needs a 1×1 convolution with the same strides."
        return Mistake("shapes-do-not-fit", "scores", str(error), cause, _tried(case), error.line)
    cause = "The call stops with an error."
    return Mistake("cannot-be-called", "scores", str(error), cause, _tried(case), error.line)


def _structure(case: Case, seen: Seen, step: str = "") -> Mistake | None:
    """What keeps a look at the structure from making sense; `step` is the part of the probe that is looked at."""
    failed = _called(case, seen)
    if failed or not step:
        return failed
    return stopped(seen, step, "cannot-be-called", _tried(case), f"An error while the check tried to {step}.")


# -- the parts -------------------------------------------------------------------------------------------------------


@resnet.criterion(
    "parts", points=2, says="the convolutions and the dense layer of the table, each with its own parameters"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    return _parts_mistake(case, seen) if case["what"] == "structure" else None


def _parts_mistake(case: Case, seen: Seen) -> Mistake | None:
    failed = _structure(case, seen)
    if failed:
        return failed
    all_shapes = shapes(seen, "shapes")
    found: Counter[tuple[int, ...]] = Counter(shape for shape in all_shapes if len(shape) == 4)
    dense = [shape for shape in all_shapes if len(shape) == 2]
    if found != KERNELS:
        id, cause = _which_kernels(found, len(shapes(seen, "maps")))
        return Mistake(id, f"kernels {_in_words(KERNELS)}", _in_words(found), cause, _tried(case))
    if dense == [(case["classes"], 32)]:
        return None
    expected, observed = f"one dense weight {(case['classes'], 32)}", ", ".join(map(str, dense)) or "none"
    id, cause = "dense-wrong", "After the pooling one dense layer gives a score for each class."
    if len(dense) == 1 and dense[0][1] > 32:
        id, cause = "not-pooled", "The dense layer gets whole images: the global average pooling is missing."
    elif len(dense) == 1 and dense[0][1] == 32:
        id, cause = "classes-ignored", "The number of classes is the caller's argument."
    return Mistake(id, expected, observed, cause, _tried(case))


def _which_kernels(found: Counter[tuple[int, ...]], calls: int) -> tuple[str, str]:
    missing, extra = KERNELS - found, found - KERNELS
    if not found:
        return "no-convolutions", "No convolution was found. Are the layers made in `forward`?"
    if missing == Counter({(32, 16, 1, 1): 1}) and not extra:
        return "projection-missing", "The shortcut of the second block needs a 1×1 convolution from 16 to 32 channels."
    if not extra and calls >= CONVOLUTIONS:
        return (
            "layers-shared",
            "Layers that should be different are one and the same: a block or a convolution stands at several places.",
        )
    if all(shape[2:] == (1, 1) for shape in extra) and not missing:
        return (
            "shortcut-not-identity",
            "Where the shapes agree, the shortcut gives its input as it is, without a convolution.",
        )
    if missing and not extra:
        return (
            "blocks-missing",
            "Convolutions are missing. There are three residual blocks, of two 3×3 convolutions each.",
        )
    return "other-kernels", "The convolutions are not those of the table."


def _in_words(found: Counter[tuple[int, ...]]) -> str:
    return ", ".join(f"{n} of {shape}" for shape, n in sorted(found.items())) or "none"


@resnet.criterion("half size", points=1, says="16 channels of 8×8, then 32 channels of 4×4")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "structure":
        return None
    failed = _structure(case, seen, "look at its feature maps")
    if failed:
        return failed
    maps = shapes(seen, "maps")
    there = sum(len(shape) == 4 for shape in shapes(seen, "shapes"))
    if len(maps) < there:
        cause = "A plain list registers nothing. Blocks in it are not initialized, not trained, and not told about `eval()`."
        return Mistake(
            "not-registered", f"{there} convolutions registered", f"{len(maps)} of them", cause, _tried(case)
        )
    wrong = [m for m in maps if len(m) != 3 or m[1:] != {16: (8, 8), 32: (4, 4)}.get(m[0])]
    if not maps or not wrong:
        return None if maps else _parts_mistake(case, seen)
    cause = "The first convolution of the second block and its shortcut have `strides=2`, the others 1; 3×3 needs `padding=1`."
    return Mistake("not-halved", "16 maps of 8×8, 32 of 4×4", f"{wrong[0]}", cause, _tried(case))


# -- the shortcuts ---------------------------------------------------------------------------------------------------

WORDS = {"first": "both 3×3 convolutions", "second": "the first 3×3 convolution", "third": "both 3×3 convolutions"}


def _shortcut(name: str, points: int) -> None:
    @resnet.criterion(
        f"{name} shortcut", points=points, says=f"with the {name} block's main path silenced, the image still arrives"
    )
    def _(case: Case, seen: Seen) -> Mistake | None:
        if case["what"] != "structure":
            return None
        failed = _structure(case, seen, "silence a part")
        if failed:
            return failed
        whole, silenced = seen.array("whole"), seen[f"without the {name} main path"]
        if not whole.ndim:  # one number for all images
            return _scores_mistake(case, seen, whole, len(case["x"]))
        if silenced is None:
            return _parts_mistake(case, seen)
        silenced = seen.array(f"without the {name} main path")
        before, after = float(np.abs(whole).max(initial=0)), float(np.abs(silenced).max(initial=0))
        tried = f"{WORDS[name]} of the {name} block set to 0; the scores of two images compared"
        if not before > 0:
            cause = "All images get the same scores, whatever is in them."
            return Mistake("blind", "different scores", "the same scores", cause, _tried(case))
        if after > 1e-4 * before:
            return None
        cause = "Without the main path nothing passes: there is no shortcut around it, or what is added is not the block's input."
        return Mistake(
            f"{name}-shortcut-missing",
            "different scores",
            "the same scores for every image",
            cause,
            tried,
            "ResidualBlock.forward",
        )


_shortcut("first", 1)
_shortcut("second", 2)
_shortcut("third", 1)


# -- what it gives ---------------------------------------------------------------------------------------------------


@resnet.criterion("scores", points=1, says="a score for each class, of any size and sign")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "structure":
        return None
    failed = _structure(case, seen, "train and evaluate")
    if failed:
        return failed
    return _scores_mistake(case, seen, seen.array("in a batch"), len(case["x"]))


def _scores_mistake(case: Case, seen: Seen, got: np.ndarray, images: int) -> Mistake | None:
    wanted, tried = (images, case["classes"]), _tried(case)
    if got.shape != wanted or not np.isfinite(got).all():
        cause = "One row for each image, one finite score for each class."
        parts = _parts_mistake(case, seen) if case["what"] == "structure" else None
        return parts or Mistake("wrong-shape", f"scores {wanted}", describe(got), cause, tried)
    if np.allclose(got.sum(1), 1, atol=1e-3) and (got >= 0).all():
        cause = "These are probabilities: a softmax stands at the end. The loss takes scores, and applies the softmax itself."
        return Mistake("softmax-inside", "scores", "rows that sum to 1", cause, tried)
    if np.allclose(np.exp(got).sum(1), 1, atol=1e-3):
        cause = "These are logarithms of probabilities. The loss takes scores, and applies the softmax itself."
        return Mistake("softmax-inside", "scores", "log-probabilities", cause, tried)
    if (got >= 0).all() and (got == 0).any():
        cause = "No score is negative: a relu stands at the end."
        return Mistake("scores-clipped", "scores of both signs", "none below 0", cause, tried)
    return None


@resnet.criterion(
    "normalized", points=1, says="each convolution of a main path is followed by a batch normalization of its own"
)
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "structure":
        return None
    failed = _structure(case, seen, "train and evaluate")
    if failed:
        return failed
    missing = _normalization_mistake(case, seen)
    if missing:
        return missing
    before, after = _statistics(seen, "at first"), _statistics(seen, "after training")
    if len(before) == len(after) and not any(map(np.array_equal, before, after)):
        return None
    cause = "A call in training should move the running mean and variance of every normalization. Is it called, and in training mode?"
    return Mistake("statistics-stand-still", "all statistics moved", "some did not", cause, _tried(case))


def _normalization_mistake(case: Case, seen: Seen) -> Mistake | None:
    kernels, norms = count(seen, "kernels"), count(seen, "statistics") // 2
    if norms >= kernels > 0:
        return None
    cause = "Each 3×3 convolution has a batch normalization of its own (and the 1×1 one may have one). It is not shared between two."
    expected = f"a normalization for each of {kernels} convolutions"
    return Mistake("normalization-missing", expected, f"{norms} of them", cause, _tried(case))


def _statistics(seen: Seen, name: str) -> list[np.ndarray]:
    return listed(seen, name, np.ndarray)


@resnet.criterion("evaluation", points=1, says="in use, an image's scores depend on that image alone")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "structure":
        return None
    failed = _structure(case, seen, "train and evaluate")
    if failed:
        return failed
    together, alone = seen.array("in a batch"), seen.array("alone")
    tried = "net.eval(); net(x) for six images, and for the first of them alone"
    trained, used = _statistics(seen, "after training"), _statistics(seen, "after use")
    still = len(trained) == len(used) and all(map(np.array_equal, trained, used))
    if together.ndim and same(alone, together[:1]) and still:
        return None
    if together.ndim != 2:
        return _scores_mistake(case, seen, together, len(case["x"]))
    cause = "The batch decides in use, too: `eval()` does not reach every normalization (kept in a list?), or something calls `train()`."
    observed = "other scores alone" if still else "statistics that move in use"
    return Mistake("stays-in-training", "the same scores", observed, cause, tried)


@resnet.criterion("gradient", points=1, says="a gradient reaches the first convolution")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "structure":
        return None
    failed = _structure(case, seen) or stopped(
        seen, "send a gradient back", "gradient-cut", _tried(case), "Sending a gradient back stops.", "a gradient"
    )
    if failed:
        return failed
    slope = seen.array("gradient")
    if slope.ndim == 4 and np.isfinite(slope).all() and np.abs(slope).max(initial=0) > 0:
        return None
    cause = "Nothing comes back to the first convolution. Was a value taken out of the record (`detach`, `asnumpy`, `no_grad`)?"
    return Mistake("gradient-cut", "a gradient", "zeros", cause, f"{_tried(case)}, and a gradient sent back")


@resnet.criterion(
    "learns",
    points=3,
    says=f"normalized, and giving scores, it reads {ENOUGH:.0%} of the test digits after {EPOCHS} short epochs",
)
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["what"] != "learning":
        return None
    failed = _called(case, seen)
    if failed:
        return failed
    tried = f"three passes over {EXAMPLES} digits by Adam, then the 397 test digits in eval mode"
    error = seen.error("train it")
    if error is not None:
        return _training_mistake(error, tried)
    scores, labels = seen.array("scores"), np.asarray(case["labels"])[data.digits(train=False).arrays[1].asnumpy()]
    unfit = _scores_mistake(case, seen, scores, len(labels)) or _normalization_mistake(case, seen)
    if unfit:
        return unfit
    share = float((scores.argmax(1) == labels).mean())
    if share >= ENOUGH:
        return None
    cause = "It does not learn as it should. The criteria above tell why; if they are content: are there other layers, or another order, than the table says?"
    return Mistake("does-not-learn", f"{ENOUGH:.0%} of the test digits", f"{share:.0%}", cause, tried)


def _training_mistake(error: Error, tried: str) -> Mistake:
    """The same fault may have shown itself in the call already; then it has the same name."""
    id, cause = (
        "cannot-be-trained",
        "Training stops with an error. Does the network give scores, and has it parameters?",
    )
    if error.type == "ShapeError":
        id, cause = (
            "shapes-do-not-fit",
            "Two shapes do not fit. What does each block give, and what does the next one take?",
        )
    elif error.type in ("InitializationError", "ValueError"):
        id, cause = "not-registered", "Training and `initialize()` find no parameters, or not all of them."
    return Mistake(id, "a training", str(error), cause, tried, error.line)
