"""Fusing dense and relu: the same values by fewer instructions, told without running anything.

Every value gets a number by what it is: the operation, the numbers of its arguments, its static arguments. Values of two graphs
with the same number are equal. `dense_relu(x, w, b)` is given the number of `relu(dense(x, w, b))`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from autograder.exercise import Case, Error, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.lesson_07.evidence import came_back, given, named, stopped
from autograder.judges.lesson_07.fuse_cases import draw
from miniblocks.graph import Graph, Ref, Step, same
from miniblocks.graph.ir import Instruction, leaves, mapped, reads, results
from miniblocks.graph.printing import line

fuse = Exercise(
    "07-fuse",
    "Dense and relu in one",
    section="Passes: a graph made better",
    source="S3, part 9",
    minutes=35,
    difficulty="challenging",
    hints=(
        'Two tables help: from a value to the step that makes it, and from a value to how often it is read. A pair fits when the step is a relu, the step that makes its argument is a `"dense"`, and that argument is read once.',
        "How often: count what `ir.reads(step)` gives for every step, and what `ir.results(g)` gives: a value that is returned or written is needed too.",
        'The new step takes the place of the *relu*, and its result: `Step(relu.result, "dense_relu", dense.args)`. So nobody who reads the result has to be told. The dense step is left out.',
        "Find all pairs first, and write the new list of steps afterwards. Pairs need not stand side by side. `if`s and loops are kept as they are.",
    ),
)

fuse.cases(draw)

WORDS = {
    "two": "two dense layers, each with a relu after it, and one without",
    "apart": "a dense layer and its relu with other steps between them, and a dense layer without one",
    "read_twice": "a dense layer whose result is read by relu and by an addition",
    "returned": "a dense layer whose result is read by relu, and returned as well",
    "by_two_relus": "a dense layer whose result is read by two relus",
    "other_relus": "relus of an input, of a product and of a matrix product, and dense layers without relu",
    "returned_relu": "a dense layer with relu, which is returned in a dictionary",
    "branch": "a dense layer read by an `if` with a relu in it, and one with a relu of its own",
    "writes": "a dense layer with relu, and a batch normalization in training",
}


def _tried(case: Case) -> str:
    return f"fuse(g), where g has {WORDS[case['situation']]}"


def pairs(g: Graph) -> list[Step]:
    """The relus whose argument is made by `dense` and read by nobody else."""
    count = Counter(results(g))
    for step in g.steps:
        count.update(reads(step))
    dense = {s.result for s in g.steps if isinstance(s, Step) and s.operation == "dense"}
    relus = [s for s in g.steps if isinstance(s, Step) and s.operation == "relu"]
    return [s for s in relus if s.args[0] in dense and count[s.args[0]] == 1]


def _meaning(error: Error) -> tuple[str, str] | None:
    if "'Cond' object" in error.message or "'Loop' object" in error.message:
        return (
            "if-taken-for-a-step",
            "An `if` is an instruction as well, with `results` and without an operation of the table. Ask `isinstance(step, Step)` first.",
        )
    if error.type == "FrozenInstanceError":
        return (
            "written-into",
            "Steps and graphs cannot be changed. Make others: `Step(…)`, `replace(g, steps=tuple(…))`.",
        )
    return None


def _after(case: Case, seen: Seen) -> Graph:
    tried, before = _tried(case), given(case)
    stopped(seen, "fuse", tried, _meaning)
    after = came_back(seen, "after", tried)
    if not isinstance(after, Graph):
        raise NoEvidence(_broken(before, seen, after, tried))
    untouched = came_back(seen, "before", tried)
    if not isinstance(untouched, Graph) or not same(untouched, before):
        cause = "The graph that was given has changed. A pass makes a new one."
        raise NoEvidence(Mistake("input-changed", "g as it was", "another g", cause, tried))
    if {t.name for t in before.writes} != {t.name for t in after.writes}:
        cause = "The graph that came back does not write what the old one wrote. `replace(g, steps=…)` keeps everything else."
        observed = f"writes {named(list(after.writes)) or 'nothing'}"
        raise NoEvidence(Mistake("writes-lost", f"writes {named(list(before.writes))}", observed, cause, tried))
    return after


def _broken(before: Graph, seen: Seen, why: str, tried: str) -> Mistake:
    """What breaks a rule in the graph that came back, as far as it is known."""
    kept = [v for v in seen["kept"] if isinstance(v, str)] if isinstance(seen["kept"], list) else []
    expected = "a graph that keeps all rules"
    count = Counter(kept)
    twice = [name for name, n in count.items() if n > 1]
    gone = [step.results[0] for step in before.steps if step.results[0].name not in kept]
    if twice:
        cause = "Two steps make the same value. The new step takes the place of the relu, which has to go, and so has the dense step."
        return Mistake("defined-twice", expected, f"`{twice[0]}` is defined twice", cause, tried)
    for ref in gone:
        readers = [s for s in before.steps if ref in reads(s)]
        makers = [s for s in before.steps if ref in s.results and isinstance(s, Step)]
        if makers and makers[0].operation == "dense" and (len(readers) > 1 or ref in leaves(before.outputs)):
            cause = "What relu reads is needed by somebody else as well: another step, an `if`, or whoever called the graph. Then the pair stays as it is."
            return Mistake("intermediate-lost", expected, f"`{ref}` is gone, and is read elsewhere", cause, tried)
        if makers and makers[0].operation == "relu":
            cause = "The new step gave its result a new name, and those who read the relu's result still ask for the old one. Outputs read, too."
            return Mistake("readers-not-told", expected, f"`{ref}` is gone, and is read", cause, tried)
    if "before it is defined" in why or "never defined" in why:
        cause = "A step stands before one whose result it reads. Put the new step where the relu stood: what dense reads is known there."
        return Mistake("wrong-place", expected, why[:160], cause, tried)
    cause = "The new step needs what dense took, input, weight and bias, and a result of the relu's shape and dtype."
    return Mistake("step-does-not-fit", expected, why[:160], cause, tried)


class _Numbered:
    """Numbers for values, the same for equal ones, over several graphs."""

    def __init__(self) -> None:
        self.numbers: dict[Any, int] = {}

    def of(self, key: Any) -> int:
        return self.numbers.setdefault(key, len(self.numbers))

    def graph(self, g: Graph) -> tuple[str, dict[str, int]]:
        """What a graph returns and what it writes, by number."""
        env = {ref: self.of(("given", ref.name)) for ref in (*g.inputs, *g.captured, *g.constants)}
        for step in g.steps:
            for i, (ref, key) in enumerate(zip(step.results, [self.key(step, env)] * len(step.results))):
                env[ref] = self.of((i, key))
        outputs = mapped(g.outputs, Ref, lambda ref: env[ref])
        return repr(outputs), {target.name: env[value] for target, value in g.writes.items()}

    def key(self, step: Instruction, env: dict[Ref, int]) -> Any:
        args = tuple(("value", env[a]) if isinstance(a, Ref) else ("number", repr(a)) for a in step.args)
        if not isinstance(step, Step):
            return "control", line(step), tuple(env[r] for r in reads(step))
        if step.operation == "dense_relu":
            return "relu", (("value", self.of((0, ("dense", args, "{}")))),), "{}"
        return step.operation, args, repr(step.static)


def _values(before: Graph, after: Graph, tried: str) -> Mistake | None:
    """Whether what is returned and written is still the same."""
    numbered = _Numbered()
    if numbered.graph(before) == numbered.graph(after):
        return None
    cause = "Something else is computed now. Only a relu goes into `dense_relu`, only of what a dense layer made, with the dense layer's own arguments in their order."
    new = [s for s in after.steps if isinstance(s, Step) and s.operation == "dense_relu"]
    observed = f"{len(new)} `dense_relu` where {len(pairs(before))} fit" if len(new) > len(pairs(before)) else "others"
    return Mistake("other-values", "the same values returned and written", observed, cause, tried)


def _count(g: Graph, operation: str) -> int:
    return sum(step.operation == operation for step in g.steps)


def _fused(before: Graph, after: Graph, tried: str) -> Mistake | None:
    """Whether all pairs that fit are one step now, and no others, and nothing was left behind."""
    wanted, got = pairs(before), _count(after, "dense_relu")
    left = pairs(after)
    expected = f"{len(wanted)} `dense_relu`, {_count(before, 'dense') - len(wanted)} `dense`, {_count(before, 'relu') - len(wanted)} `relu`"
    observed = f"{got} `dense_relu`, {_count(after, 'dense')} `dense`, {_count(after, 'relu')} `relu`"
    if got > len(wanted):
        cause = "What relu reads is needed elsewhere as well, so dense has to be computed in any case: now it is computed twice."
        return Mistake("computed-twice", expected, observed, cause, tried)
    if _count(after, "dense") + got > _count(before, "dense"):
        cause = "The dense step is still there beside the fused one, and nobody reads it any more."
        return Mistake("dense-left", expected, observed, cause, tried)
    if left and _count(before, "dense") > 1 and not _side_by_side(before, left):
        cause = "Between a dense layer and its relu other steps may stand. Look up which step made the relu's argument."
        return Mistake("only-side-by-side", expected, observed, cause, tried)
    if left and got:
        cause = "Some pairs were fused and others not. Was the search ended after the first one?"
        return Mistake("only-the-first", expected, observed, cause, tried)
    if left:
        cause = "This pair fits: relu is the only one that reads what dense makes. (Outputs count as readers, and so does the relu itself: once.)"
        return Mistake("not-fused", expected, observed, cause, tried)
    return None


def _side_by_side(g: Graph, relus: list[Step]) -> bool:
    neighbours = {(a.results[0].name, b.results[0].name) for a, b in zip(g.steps, g.steps[1:])}
    return all((str(s.args[0]), s.result.name) in neighbours for s in relus)


def _found(case: Case, seen: Seen) -> Mistake | None:
    before, after, tried = given(case), _after(case, seen), _tried(case)
    return _values(before, after, tried) or _fused(before, after, tried)


def _criterion(name: str, points: int, says: str, *situations: str) -> None:
    @fuse.criterion(name, points=points, says=says)
    def _(case: Case, seen: Seen) -> Mistake | None:
        return _found(case, seen) if case["situation"] in situations else None


_criterion("pairs", 3, "every dense layer with a relu of its own becomes one step", "two", "returned_relu")
_criterion("apart", 1, "also where other steps stand between them", "apart")
_criterion(
    "shared",
    4,
    "a pair stays where what lies between is needed elsewhere",
    "two",
    "read_twice",
    "returned",
    "by_two_relus",
)
_criterion(
    "others", 2, "nothing else changes: other relus, branches, what is written", "branch", "other_relus", "writes"
)
