"""Trees, written as words and joins in the order in which one would compute them (`3 5 +` is the pair (3, 5)).

What a network gives for a tree is computed on a stack, by torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from autograder.exercise import Case

JOIN = -1
VOCABULARY, COMB = 20, 30
BALANCED = "ww+ww++ww+ww+++"
SHAPES = {
    "pair": ["w", "ww+"],
    "shapes": ["ww+w+", "www++", "ww+ww++", "www+w++", BALANCED],
    "deep": ["w" + "w+" * COMB, "w" * COMB + "+" * (COMB - 1)],
    # six shapes, of four sizes and three depths
    "graphs": ["ww+", "ww+", "ww+", "ww+w+", "ww+w+", "www++", "ww+ww++", "ww+ww++", "ww+w+w+", BALANCED],
}


def draw(rng: np.random.Generator) -> list[Case]:
    """One case for each group of shapes; words and values vary."""
    return [{"situation": name, **_case(name, shapes, rng)} for name, shapes in SHAPES.items()]


def _case(name: str, shapes: list[str], rng: np.random.Generator) -> Case:
    units = int(rng.integers(3, 7))
    trees = [_tree(shape, rng) for shape in shapes]
    if name == "graphs":
        trees[1] = list(trees[0])  # the very same tree
        trees[2][0] = (trees[0][0] + 1) % VOCABULARY
        trees[4][0], trees[7][0] = (trees[3][0] + 1) % VOCABULARY, (trees[6][0] + 1) % VOCABULARY
    scale = 1 / np.sqrt(2 * units)
    return {
        "units": units,
        "trees": trees,
        "words": np.asarray(rng.normal(size=(VOCABULARY, units)), np.float32),
        "weight": np.asarray(rng.normal(size=(units, 2 * units)) * scale, np.float32),
        "bias": np.asarray(rng.normal(size=units) * 0.3, np.float32),
    }


def _tree(shape: str, rng: np.random.Generator) -> list[int]:
    """Words at random, all different as long as there are enough: alike words would hide an exchange of left and right."""
    words = iter(np.resize(rng.permutation(VOCABULARY), len(shape)))
    return [JOIN if letter == "+" else int(next(words)) for letter in shape]


def folded(tree: list[int], leaf: Callable[[int], Any], join: Callable[[Any, Any], Any]) -> Any:
    """What comes out when every word is made something, and pairs of these are joined."""
    stack: list[Any] = []
    for item in tree:
        if item == JOIN:
            right, left = stack.pop(), stack.pop()
            stack.append(join(left, right))
        else:
            stack.append(leaf(item))
    return stack.pop()


class Network:
    """The network of a case, by torch."""

    def __init__(self, case: Case) -> None:
        self.values = {n: torch.tensor(case[n], requires_grad=True) for n in ("words", "weight", "bias")}

    def leaf(self, word: int) -> torch.Tensor:
        return self.values["words"][word][None]

    def join(self, left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        both = torch.cat([left, right], dim=1)
        return torch.tanh(torch.nn.functional.linear(both, self.values["weight"], self.values["bias"]))

    def __call__(self, tree: list[int]) -> torch.Tensor:
        result: torch.Tensor = folded(tree, self.leaf, self.join)
        return result

    def exchanged(self, tree: list[int]) -> torch.Tensor:
        """With left and right exchanged."""
        result: torch.Tensor = folded(tree, self.leaf, lambda a, b: self.join(b, a))
        return result

    def in_a_row(self, tree: list[int]) -> torch.Tensor:
        """The words one after the other, whatever the tree."""
        leaves = list(self.leaves(tree))
        state = leaves[0]
        for one in leaves[1:]:
            state = self.join(state, one)
        return state

    def added(self, tree: list[int]) -> torch.Tensor:
        return torch.stack(list(self.leaves(tree))).sum(dim=0)

    def leaves(self, tree: list[int]) -> Iterator[torch.Tensor]:
        return (self.leaf(word) for word in tree if word != JOIN)

    def gradients(self, trees: list[list[int]]) -> dict[str, np.ndarray]:
        """Of the sum of all outputs."""
        total = torch.stack([self(tree).sum() for tree in trees]).sum()
        found = torch.autograd.grad(total, list(self.values.values()), allow_unused=True)
        return {
            name: (torch.zeros_like(v) if g is None else g).numpy() for (name, v), g in zip(self.values.items(), found)
        }


def shape_of(tree: list[int]) -> tuple[int, ...]:
    return tuple(min(item, 0) for item in tree)


def depth_of(tree: list[int]) -> int:
    depth: int = folded(tree, lambda word: 0, lambda a, b: 1 + max(a, b))
    return depth


def in_brackets(tree: list[int]) -> str:
    """A tree for a message."""
    text: str = folded(tree, str, lambda a, b: f"({a}, {b})")
    return text if len(text) < 60 else f"{text[:57]}…"
