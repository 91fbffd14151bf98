"""A prediction: which of three pairs the pass `merge_common` makes one of. The judge runs it."""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case, Exercise, Mistake, Seen, one_of
from autograder.judges.lesson_07.programs import undrawn
from miniblocks import graph, nd, nn
from miniblocks.graph.passes import merge_common

# What one would have to believe to choose each letter.
CHOICES = {
    "a": ((1, 2, 3), "thinks-all-alike-merge", "that whatever looks alike is computed once"),
    "b": ((1, 2), "thinks-mathematics-is-known", "that the pass knows that x · 2 is 2 · x"),
    "c": ((1, 3), "thinks-draws-are-alike", "that two draws with the same arguments give the same"),
    "d": ((1,), "thinks-words-decide", "that steps are compared word by word, and draws never merge"),
    "e": ((), "thinks-variables-matter", "that two variables are two values, whatever they hold"),
    "f": (
        (2,),
        "thinks-one-step-only",
        "that only single steps can merge, and not a product with an exponential after it",
    ),
}

which_merge = Exercise(
    "07-which-merge",
    "Predict: which will merge?",
    section="Passes: a graph made better",
    source="S3, part 9",
    minutes=4,
    prediction=one_of(*CHOICES),
    hints=(
        "The pass keeps a table of the steps that it has seen: operation, arguments, static arguments. When are two entries equal?",
        "When the first step of a pair has become the other's first step, what are the arguments of the second steps then?",
    ),
)


@which_merge.cases
def _(rng: np.random.Generator) -> list[Case]:
    return [{"size": int(rng.integers(2, 9))}]


def truly_merged(size: int) -> tuple[int, ...]:
    """The pairs of which one is left: found by running the pass on each pair alone."""
    x, w, drop = nd.ones((size,)), nd.ones((size,)), nn.Dropout(0.5)
    pairs = {
        1: lambda x: ((x * w).exp(), (x * w).exp()),
        2: lambda x: (x * 2, 2 * x),
        3: lambda x: (drop(x), drop(x)),
    }
    merged = []
    with undrawn():
        for number, pair in pairs.items():
            first, second = merge_common(graph.trace(pair, x)).outputs
            merged += [number] if first == second else []
    return tuple(merged)


def _in_words(pairs: tuple[int, ...]) -> str:
    return f"merged: {', '.join(f'pair {n}' for n in pairs) or 'none'}"


@which_merge.criterion("merged", points=2, says="the prediction is what the pass does")
def _(case: Case, seen: Seen) -> Mistake | None:
    merged = truly_merged(case["size"])
    answer = seen["answer"]
    if not isinstance(answer, str) or answer not in CHOICES:
        cause = "Return the letter of your choice as a string."
        return Mistake("not-a-choice", f"one of {', '.join(CHOICES)}", repr(answer)[:80], cause)
    pairs, id, belief = CHOICES[answer]
    if pairs == merged:
        return None
    return Mistake(
        id,
        _in_words(merged),
        f"your prediction: {_in_words(pairs)}",
        f"Your choice supposes {belief}. Trace a function with one pair, and print the graph before and after.",
        "print(merge_common(graph.trace(f, x)))",
    )
