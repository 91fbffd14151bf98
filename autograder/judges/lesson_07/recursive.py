"""A recursive network over trees: values and gradients by torch on a stack, and the number of graphs that trees need."""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case, Error, Exercise, Mistake, Seen, describe
from autograder.judges.lesson_07.evidence import close, few, numbers, stopped
from autograder.judges.lesson_07.recursive_cases import JOIN, Network, depth_of, draw, in_brackets, shape_of

recursive = Exercise(
    "07-recursive",
    "A recursive network",
    section="What only dynamic graphs do",
    source="S3, part 9",
    minutes=25,
    difficulty="medium",
    hints=(
        "A tree is either a word (an int) or a pair of trees. `isinstance(tree, int)` asks which; `left, right = tree` opens a pair.",
        "For a pair: the vector of the left part, that of the right part, put side by side, through `self.join`. The vector of a part is what this very function gives for it.",
        'A layer looks at rows. So the vector of a word has the shape (1, units), which `self.words(nd.array([word], dtype="int64"))` has; and side by side means along axis 1.',
        "Two trees can use one graph when they are alike up to their words. Make of each tree something that can be compared and forgets the words: None for a word, a pair for a pair. A set keeps each of them once.",
    ),
)

recursive.cases(draw)


def _tried(case: Case, tree: list[int] | None = None) -> str:
    if tree is None:
        return f"TreeNet({len(case['words'])}, {case['units']}) on {len(case['trees'])} trees"
    return f"net({in_brackets(tree)}), net = TreeNet({len(case['words'])}, {case['units']})"


def _meaning(error: Error) -> tuple[str, str] | None:
    if error.type in ("ShapeError", "ValueError", "RuntimeError", "IndexError") and (
        "shape" in error.message or "dim" in error.message or "axis" in error.message
    ):
        return (
            "joined-along-rows",
            "The shapes do not fit. Each part is a row, of shape (1, units); side by side (axis 1) they make (1, 2·units).",
        )
    if error.type == "RecursionError":
        return "endless-recursion", "The function calls itself without end: on the tree itself, and not on its parts?"
    if error.type in ("TypeError", "AttributeError") or "unpack" in error.message:
        return (
            "one-level-only",
            "A part of a pair can be a word or a pair again, and a whole tree can be a word. Ask at each step which it is.",
        )
    return None


def _outputs(case: Case, seen: Seen) -> list[np.ndarray]:
    tried = _tried(case)
    stopped(seen, "build the network", tried)
    stopped(seen, "call it on the trees", tried, _meaning)
    return numbers(seen, "outputs", len(case["trees"]), tried)


def _values(case: Case, seen: Seen) -> Mistake | None:
    """Whether every tree's vector is right."""
    net = Network(case)
    got = _outputs(case, seen)
    for tree, a in zip(case["trees"], got):
        b = net(tree).detach().numpy()
        if close(a, b):
            continue
        tried, expected, observed = _tried(case, tree), few(b), few(a)
        if a.size == b.size and close(a.reshape(b.shape), b):
            cause = "The numbers are right and the shape is not: a row is wanted, (1, units), for a word as for a pair."
            return Mistake("other-shape", f"shape {b.shape}", f"shape {a.shape}", cause, tried)
        if type(seen["parameters"]) is not int or seen["parameters"] != 3:
            cause = "The network has other parameters now than after it was made: a layer was made inside `forward`, and is new, and untrained, at every call."
            return Mistake("layer-made-in-forward", "three parameters", describe(seen["parameters"]), cause, tried)
        ways = (
            ("exchanged", net.exchanged, "Left and right are exchanged. (`the dog bites` is not `bites the dog`.)"),
            (
                "structure-ignored",
                net.in_a_row,
                "This is what comes out when the words are taken one after the other, whatever the tree: a recurrent network. Join the two parts of each pair.",
            ),
            (
                "words-added",
                net.added,
                "The words were added up. The tree says what is joined with what, by `self.join`.",
            ),
        )
        for id, way, cause in ways:
            if close(a, way(tree).detach().numpy()):
                return Mistake(id, expected, observed, cause, tried)
        if tree != case["trees"][0] and close(a, net(case["trees"][0]).detach().numpy()):
            cause = "This is the vector of the first tree once more. Is something kept from one call to the next?"
            return Mistake("remembers-the-first-tree", expected, observed, cause, tried)
        cause = "A word is its row of `self.words`; a pair is `self.join` of both parts side by side, and nothing else."
        return Mistake("wrong-vector", expected, observed, cause, tried)
    return None


def _gradients(case: Case, seen: Seen) -> Mistake | None:
    tried = f"{_tried(case)}: backward() of the sum of all outputs"
    stopped(
        seen,
        "differentiate",
        tried,
        lambda error: (
            "no-gradient",
            "The result has no history: numbers were taken out of tensors on the way. Stay with tensors.",
        ),
    )
    wanted = Network(case).gradients(case["trees"])
    for name, b in wanted.items():
        a = seen["gradients"].get(name) if isinstance(seen["gradients"], dict) else None
        if not isinstance(a, np.ndarray) or a.shape != b.shape or _rows_without(a, b):
            cause = "Some rows take part and get no gradient. Numbers were taken out of tensors on the way (`asnumpy`, `item`, `detach`), or another array was used."
            got = f"none for {_rows_without(a, b)} rows" if isinstance(a, np.ndarray) and a.shape == b.shape else "none"
            return Mistake("no-gradient", f"a gradient of {name}", got, cause, tried)
        if not close(a, b, 3e-3):
            cause = "A gradient arrives, and it is another one."
            return Mistake("wrong-gradient", f"{name}: {few(b)}", few(a), cause, tried)
    return None


def _rows_without(a: np.ndarray, b: np.ndarray) -> int:
    """How many rows should have a gradient and have none."""
    rows = (len(b), -1)
    return int((np.any(np.abs(b.reshape(rows)) > 1e-6, axis=1) & ~np.any(a.reshape(rows), axis=1)).sum())


def _graphs(case: Case, seen: Seen) -> Mistake | None:
    trees = case["trees"]
    tried = f"net.graphs_needed([{in_brackets(trees[0])}, …]), {len(trees)} trees"
    stopped(seen, "count the graphs", tried, _meaning)
    got, wanted = seen["graphs"], len(set(map(shape_of, trees)))
    expected, observed = f"{wanted} graphs", describe(got)
    if type(got) is not int:
        return Mistake("not-a-number", expected, observed, "The number of graphs is wanted: an int.", tried)
    if got == wanted:
        return None
    beliefs = (
        (len(trees), "every-tree-its-own", "Trees of the same shape share a graph: the words come in as its input."),
        (
            len(set(map(tuple, trees))),
            "words-taken-for-shape",
            "Two trees that differ in their words only share a graph: the words are its input, not part of it.",
        ),
        (
            len({sum(item != JOIN for item in tree) for tree in trees}),
            "leaves-counted",
            "Trees with as many words can be joined in different ways: ((1, 2), 3) and (1, (2, 3)) are different computations.",
        ),
        (
            len(set(map(depth_of, trees))),
            "depth-counted",
            "Trees of the same depth can be different: compare the whole shape.",
        ),
        (
            1,
            "one-for-all",
            "A traced graph is a fixed list of steps. It holds the joins of one shape of tree, and no others.",
        ),
    )
    for number, id, cause in beliefs:
        if got == number:
            return Mistake(id, expected, observed, cause, tried)
    return Mistake(
        "wrong-number", expected, observed, "Two trees share a graph when they are alike up to their words.", tried
    )


def _criterion(name: str, points: int, says: str, *situations: str) -> None:
    @recursive.criterion(name, points=points, says=says)
    def _(case: Case, seen: Seen) -> Mistake | None:
        return _values(case, seen) if case["situation"] in situations else None


_criterion("words", 2, "a word is its vector, and a pair of words is joined, left before right", "pair")
_criterion("trees", 3, "trees of any shape, however deep, by one and the same layer", "shapes", "deep")


@recursive.criterion("gradients", points=2, says="gradients reach the words and the layer, by way of every join")
def _(case: Case, seen: Seen) -> Mistake | None:
    if case["situation"] not in ("pair", "shapes"):
        return None
    _outputs(case, seen)
    return _gradients(case, seen)


@recursive.criterion("graphs", points=3, says="as many graphs are needed as there are shapes of trees")
def _(case: Case, seen: Seen) -> Mistake | None:
    return _graphs(case, seen) if case["situation"] == "graphs" else None
