"""A network of one's own library that reads digits within a budget: its specification, counted and trained by the judge.

The specification is all that is asked for, and it is plain data: so the judge itself builds it (in torch), counts its parameters and
trains it. Nothing that a learner's process says about accuracy is needed, nothing has to be secret, and the training is seeded: grading
finds the number that the learner's own check has shown.
"""

from __future__ import annotations

import math

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, NoEvidence, Seen, describe
from autograder.judges.evidence import stopped
from autograder.judges.lesson_10.reader_network import CLASSES, INPUTS, Fault, Network, accuracy, read

reader = Exercise(
    "10-reader",
    "A reader, specified",
    section="Your library reads",
    source="the capstone",
    minutes=25,
    difficulty="medium",
    hints=(
        "Start small: one named dense layer, one repeat around one parallel, the tied part, and a dense layer of 10 units. Then make it better.",
        "A dense layer from n to m numbers costs n · m + m. The first one, from 64, is the expensive one. The tied part costs its bias alone: 64.",
        "`transposed` takes as many numbers as the layer it names has units. What comes before it has to end with that many.",
        "The last entry gives the ten scores: no activation. A relu there makes negative scores 0, and those units stop learning.",
    ),
)

BUDGET, SHARE = 5000, 0.85


@reader.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [{"inputs": INPUTS, "classes": CLASSES, "budget": BUDGET}]


TRIED = "reader_spec(), written as JSON and read again"
CAUSES = {
    "no-kind": "Every entry is a dictionary with a `kind`.",
    "unknown-kind": "The library of this lesson has dense, transposed, parallel and repeat.",
    "unknown-option": "The table of the library says which options there are.",
    "bad-option": "The table of the library says what an option may be.",
    "unknown-name": "`transposed` names a dense layer that stands before it and has this `name`.",
    "sizes-do-not-fit": "Go through the specification with a pencil, and write down after each entry how many numbers come out.",
    "too-large": "The specification asks for far more than the budget allows.",
    "not-plain-data": "A specification is made of lists, dictionaries with words as keys, words and numbers.",
}


def _network(seen: Seen) -> Network:
    """What the specification describes; raises what is wrong with it."""
    cause = "A specification is plain data: lists, dictionaries, words and numbers. No functions, classes or tensors."
    failed = stopped(seen, "ask for the specification", "no-specification", "reader_spec()", "It stops with an error.")
    failed = failed or stopped(seen, "write it as JSON", "not-plain-data", TRIED, cause, "text")
    if failed:
        raise NoEvidence(failed)
    text = seen["text"]
    if not isinstance(text, str):
        raise NoEvidence(Mistake("not-plain-data", "a specification", describe(text), cause, TRIED))
    try:
        return read(text)
    except Fault as fault:
        observed = f"at {fault.place}: {fault.words}"
        raise NoEvidence(
            Mistake(fault.id, "a specification that can be built", observed, CAUSES[fault.id], TRIED, fault.place)
        ) from None


@reader.criterion("builds", points=2, says="it is plain data, and every entry can be built")
def _(case: Case, seen: Seen) -> Mistake | None:
    network = _network(seen)
    return None if network.parameters else _empty()


def _empty() -> Mistake:
    return Mistake("empty", "a network", "a specification without layers", "Is a `return` missing?", TRIED)


@reader.criterion("scores", points=2, says="from 64 numbers to 10 scores, with no activation after them")
def _(case: Case, seen: Seen) -> Mistake | None:
    network = _network(seen)
    if not network.parameters:
        return _empty()
    if network.width != CLASSES:
        cause = "There is one score for each digit."
        return Mistake("not-ten-scores", "10 numbers", f"{network.width} numbers", cause, TRIED, "the last entry")
    return _activated(network)


def _activated(network: Network) -> Mistake | None:
    if network.last_activation is None:
        return None
    cause = "The last layer has an activation. The loss wants scores of both signs, and applies softmax itself."
    return Mistake("scores-activated", "no activation", network.last_activation, cause, TRIED, "the last entry")


def _part(kind: str, words: str, why: str) -> None:
    @reader.criterion(kind, points=1, says=f"there is {words} in it")
    def _(case: Case, seen: Seen) -> Mistake | None:
        network = _network(seen)
        if kind not in network.kinds:
            observed = ", ".join(dict.fromkeys(network.kinds)) or "nothing"
            return Mistake(f"no-{kind}", words, observed, why, TRIED)
        if kind == "parallel" and network.same_branches:
            cause = "The branches are all alike, or there is only one. Parallel blocks are there to look at x in different ways."
            return Mistake("branches-alike", "branches that differ", "branches alike", cause, TRIED)
        if kind == "repeat" and network.kinds.count("dense") < 2:
            return Mistake("nothing-repeated", words, "no layer in it", why, TRIED)
        return None


_part("parallel", "a parallel of different branches", "Use your container: put two ways of looking at x side by side.")
_part("repeat", "a repeat", "Use your builder: let it write out what comes several times.")
_part("transposed", "a tied part", "Use your tied part: a second layer for the price of a bias.")


@reader.criterion("budget", points=2, says="it has at most 5,000 parameters, shared ones counted once")
def _(case: Case, seen: Seen) -> Mistake | None:
    network = _network(seen)
    if not network.parameters:
        return _empty()
    if network.count <= BUDGET:
        return None
    largest = max(network.parameters, key=lambda p: p.numel())
    cause = (
        f"The largest parameter has {largest.numel():,} numbers ({' × '.join(map(str, largest.shape))}). Start there."
    )
    return Mistake("over-budget", f"at most {BUDGET:,}", f"{network.count:,}", cause, TRIED)


@reader.criterion("learns", points=4, says="trained as described, it reads 85 percent of the test digits")
def _(case: Case, seen: Seen) -> Mistake | None:
    network = _network(seen)
    if not network.parameters:
        return _empty()
    if network.width != CLASSES:
        return Mistake("not-ten-scores", "10 numbers", f"{network.width} numbers", "There are ten digits.", TRIED)
    if network.count > 10 * BUDGET:
        cause = "So large a network is not trained here. Bring it near the budget first."
        return Mistake("over-budget", f"at most {BUDGET:,}", f"{network.count:,}", cause, TRIED)
    if wrong := _activated(network):
        return wrong
    share, tried = accuracy(seen["text"]), "the specification built, and trained for 8 passes by Adam"
    if share >= SHARE:
        return None
    if math.isnan(share):
        cause = "The numbers overflow. Are there gains far above 1, one after the other?"
        return Mistake("overflows", "finite scores", "nan or infinite", cause, tried)
    if any(p.ndim == 2 and not p.detach().any() for p in read(seen["text"]).parameters):
        cause = "A gain of 0 makes all weights 0: units that start alike stay alike, and here no gradient passes."
        return Mistake("weights-zero", f"{SHARE:.0%}", f"{share:.1%}", cause, tried)
    narrow = min(min(p.shape) for p in network.parameters if p.ndim == 2)
    if narrow < 4:
        cause = (
            f"Everything has to pass through {narrow} number{'s' * (narrow > 1)} somewhere. Ten digits need more room."
        )
        return Mistake("bottleneck", f"{SHARE:.0%}", f"{share:.1%}", cause, tried)
    cause = "It learns too slowly, or not at all. Do the gains fit the activations? Is it deeper than it need be?"
    return Mistake("learns-too-little", f"{SHARE:.0%}", f"{share:.1%}", cause, tried)
