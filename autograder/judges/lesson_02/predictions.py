"""Predictions: the name of one bias in a nested network, and what loading into another nesting does."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Seen, one_of
from miniblocks import nd, nn

# What one would have to believe to choose each letter. The truth is found by trying, below.
NAMES = {
    "a": ("thinks-each-block-counts", "dense1_bias", "that each block counts its own layers, from 0"),
    "b": ("thinks-counting-from-one", "dense6_bias", "that the first one is called dense1, or that the outer layers are counted first"),
    "c": ("thinks-the-path-is-the-name", "0_2_1_bias", "that the positions are the name"),
    "d": ("thinks-names-are-counted", "dense5_bias", "that layers are numbered in the order of their making"),
    "e": ("thinks-names-carry-the-outer-blocks", "sequential0_sequential1_sequential4_dense5_bias", "that a name carries those of all blocks around it"),
    "f": ("thinks-one-counter-for-all", "dense10_bias", "that all blocks are numbered by one counter, whatever their class"),
}  # fmt: skip
LOADS = {
    "a": ("thinks-order-decides", "it loads: they are the same layers, in the same order"),
    "b": ("thinks-names-decide", "it loads: the parameters have the same names and shapes"),
    "c": ("thinks-it-loads-what-fits", "it loads what it finds and leaves the rest, without a word"),
    "d": ("thinks-it-stops-halfway", "it stops with an error, after the first layers have been filled"),
    "e": ("thinks-it-checks-first", "it stops with an error, and nothing has changed"),
}

name_that_parameter = Exercise(
    "02-name-that-parameter",
    "Predict: name that parameter",
    section="Names in nested networks",
    source="S1, section 4.2.1.3",
    minutes=4,
    prediction=one_of(*NAMES),
    hints=(
        "A name is given when the layer is made. In which order does this code make the layers?",
        "The number in a name counts blocks of one class. Which ones were made before?",
    ),
)


@name_that_parameter.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [{"units": [int(n) for n in rng.integers(4, 40, 3)]}]


def true_name(units: list[int]) -> str:
    """Build the network of the question, and ask it."""

    def block1() -> nn.Block:
        return nn.Sequential(nn.Dense(units[0], activation="relu"), nn.Dense(units[1], activation="relu"))

    def block2() -> nn.Block:
        net = nn.Sequential()
        for _ in range(4):
            net.add(block1())
        return net

    with nn.fresh_names():
        rgnet = nn.Sequential()
        rgnet.add(block2())
        rgnet.add(nn.Dense(units[2]))
        return str(rgnet[0][2][1].bias.name)


@name_that_parameter.criterion("name", points=2, says="the prediction is the name that the network gives")
def _(case: Case, seen: Seen) -> Mistake | None:
    name = true_name(case["units"])
    letter = next(letter for letter, (_, choice, _) in NAMES.items() if choice == name)
    if mistake := _no_choice(seen, tuple(NAMES)):
        return mistake
    answer = seen["answer"]
    if answer == letter:
        return None
    id, choice, belief = NAMES[answer]
    cause = f"Your choice supposes {belief}. Print all names, and follow in which order the layers were made."
    return Mistake(id, name, f"your prediction: {choice}", cause, "rgnet[0][2][1].bias.name")


load_predict = Exercise(
    "02-load-predict",
    "Predict: into another nesting",
    section="Into another nesting",
    source="S1, section 4.2.1.2",
    minutes=3,
    prediction=one_of(*LOADS),
    hints=(
        "Under which keys does the file hold its arrays: names, or paths? Which of these are the same in both networks?",
        "When is a check of any use: before something is written, or after?",
    ),
)


@load_predict.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [{"units": int(rng.integers(3, 9))}]


def true_outcome(units: int) -> tuple[str, str]:
    """Save the flat network, load into the nested one: the letter of what happens, and what came out."""

    def layers() -> list[nn.Block]:
        return [nn.Dense(units, in_units=units) for _ in range(3)]

    with nn.fresh_names():
        flat = nn.Sequential(*layers())
    with nn.fresh_names():
        a, b, c = layers()
        nested = nn.Sequential(nn.Sequential(a, b), c)
    for value, net in enumerate((flat, nested)):
        net.initialize()
        for parameter in net.collect_params().values():
            parameter.set_data(nd.full(parameter.shape, float(value)))
    said = ""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "flat.safetensors"
        flat.save_parameters(file)
        try:
            nested.load_parameters(file)
        except ValueError as error:
            said = str(error).partition("fit this network. ")[2]
    filled = [not p.data().asnumpy().any() for p in nested.collect_params().values()]
    if said:
        return ("d", said) if any(filled) else ("e", said)
    return ("a" if all(filled) else "c"), f"{sum(filled)} of {len(filled)} parameters filled"


@load_predict.criterion("outcome", points=2, says="the prediction is what happens")
def _(case: Case, seen: Seen) -> Mistake | None:
    letter, said = true_outcome(case["units"])
    if mistake := _no_choice(seen, tuple(LOADS)):
        return mistake
    answer = seen["answer"]
    if answer == letter:
        return None
    id, belief = LOADS[answer]
    return Mistake(
        id,
        f"{LOADS[letter][1]} ({said})",
        f"your prediction: {belief}",
        "A file knows paths, and the two networks have other paths: `2.weight` and `1.weight`. Everything is compared before anything is written.",
        "flat.save_parameters(file); nested.load_parameters(file)",
    )


def _no_choice(seen: Seen, choices: tuple[str, ...]) -> Mistake | None:
    answer = seen["answer"]
    if isinstance(answer, str) and answer in choices:
        return None
    return Mistake(
        "not-a-choice",
        f"one of {', '.join(choices)}",
        repr(answer)[:80],
        "Return the letter of your choice as a string.",
    )
