"""S4, the loop over one block: how many parameters are there, when it is declared once and called three times?"""

from __future__ import annotations

import numpy as np
import torch

from autograder.exercise import Case, Exercise, Mistake, Seen, one_of

BELIEFS = {
    "a": (4_160, "thinks-layers-share", "those of one dense layer"),
    "b": (8_192, "forgets-the-biases", "those of two layers without their biases"),
    "c": (8_320, "counts-once", "those of two layers, once"),
    "d": (12_480, "counts-a-layer-for-each-call", "those of three layers, one for each call"),
    "e": (24_960, "counts-each-call", "those of two layers, for each of three calls"),
}

how_many = Exercise(
    "08-how-many-parameters",
    "Predict: how many parameters?",
    section="One block, called three times",
    source="S4, the loop over one block",
    minutes=3,
    prediction=one_of(*BELIEFS),
    hints=(
        "What is stored when a block is made? What is stored when it is called?",
        "A dense layer from 64 to 64 has a matrix, and a bias for each of its units.",
    ),
)


@how_many.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [{"layers": 2, "neurons": 64, "calls": 3}]


@how_many.criterion("outcome", points=2, says="the prediction is what happens")
def _(case: Case, seen: Seen) -> Mistake | None:
    answer = seen["answer"]
    if not isinstance(answer, str) or answer not in BELIEFS:
        cause = "Return the letter of your choice as a string."
        return Mistake("not-a-choice", f"one of {', '.join(BELIEFS)}", repr(answer), cause)
    number, id, words = BELIEFS[answer]
    happened = _count(case)
    if number == happened:
        return None
    return Mistake(
        id,
        f"{happened:,}",
        f"your prediction: {number:,}, {words}",
        "Run the next cell: it counts before the first call and after the third. What makes parameters, declaring or calling?",
        tried="DNNResidual(2, 64), declared once and called three times",
    )


def _count(case: Case) -> int:
    """The numbers in a block that was called as often as the case says, as torch counts them."""
    layers = [torch.nn.Linear(case["neurons"], case["neurons"]) for _ in range(case["layers"])]
    block, x = torch.nn.Sequential(*layers), torch.zeros(1, case["neurons"])
    for _ in range(case["calls"]):
        x = x + block(x)
    return sum(p.numel() for p in block.parameters())
