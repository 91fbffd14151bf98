"""Dead-code elimination: what stays is the graph's own instructions, all that something needs and nothing more.

A pass is judged by what a graph is, not by running it: instructions that stay must be the old ones, in order; the graph that they
make must keep all rules; and no pure instruction may stay whose results nobody reads.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograder.exercise import Case, Error, Exercise, Mistake, NoEvidence, Seen
from autograder.judges.lesson_07.dead_code_cases import draw
from autograder.judges.lesson_07.evidence import came_back, given, named, stopped
from miniblocks.graph import Cond, Graph, Ref, same
from miniblocks.graph.ir import Instruction, is_pure, leaves, reads, results
from miniblocks.graph.printing import line

dead_code = Exercise(
    "07-dead-code",
    "Dead code",
    section="Passes: a graph made better",
    source="S3, part 9",
    minutes=30,
    difficulty="medium",
    hints=(
        "Whether a step is needed is decided by what comes *after* it. So walk through the steps from the last to the first, with a set of the values wanted so far.",
        "In the beginning the values wanted are those that the graph returns and those that it writes: `ir.results(g)` gives both. A step that stays wants what it reads: `ir.reads(step)`, which knows conditions as well.",
        "An `if` or a loop has several results: `step.results`. It stays, as a whole, when one of them is wanted.",
        "`ir.is_pure(step)` is False for what draws random numbers, and for an `if` with such a step inside. These stay in any case, and so does what they read.",
    ),
)

dead_code.cases(draw)


def _tried(case: Case) -> str:
    words = {
        "plain": "two steps whose results nobody reads",
        "chain": "four steps that are read by one another only",
        "outputs": "results in a dictionary with a tuple and a list in it",
        "constants": "constants, one of them needed",
        "writes": "a batch normalization in training, which writes its running statistics",
        "random": "random draws, some of whose results nobody reads",
        "branch": "two conditions, the second of them dead",
    }
    return f"drop_dead(g), where g has {words[case['situation']]}"


def _meaning(error: Error) -> tuple[str, str] | None:
    if "'Cond' object" in error.message or "'Loop' object" in error.message:
        return (
            "if-taken-for-a-step",
            "An `if` is an instruction as well. It has `results`, not one `result`, and no operation of the table; `ir.reads` and `ir.is_pure` know how to ask it.",
        )
    if error.type == "FrozenInstanceError":
        return "written-into", "A graph cannot be changed. Make another one: `replace(g, steps=tuple(…))`."
    return None


def _after(case: Case, seen: Seen) -> Graph:
    """The graph that came back, which keeps all rules; raises what is wrong with it otherwise."""
    tried, before = _tried(case), given(case)
    stopped(seen, "drop dead code", tried, _meaning)
    after = came_back(seen, "after", tried)
    if not isinstance(after, Graph):
        raise NoEvidence(_broken(before, _kept(seen), after, tried))
    untouched = came_back(seen, "before", tried)
    if not isinstance(untouched, Graph) or not same(untouched, before):
        cause = "The graph that was given has changed. Its dictionaries are its own: copy them before you take something out."
        raise NoEvidence(Mistake("input-changed", "g as it was", "another g", cause, tried))
    return after


def _kept(seen: Seen) -> list[str]:
    value = seen["kept"]
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


def _broken(before: Graph, kept: list[str], why: str, tried: str) -> Mistake:
    """The rule that is broken, told by what needs the first value that is missing."""
    head = f"{len(kept)} of {len(before.steps)} steps stayed"
    gone = [step for step in before.steps if step.results[0].name not in kept]
    staying = [step for step in before.steps if step.results[0].name in kept]
    expected = "a graph in which every value that is read is defined"
    for step in gone:
        for ref in step.results:
            observed = f"{head}; `{ref}` is gone, and {{}}"
            readers = [r for r in staying if ref in reads(r)]
            if any(isinstance(r, Cond) and r.predicate == ref for r in readers):
                cause = "The condition of an `if` is read as well, and is not among its `args`. `ir.reads(step)` gives both."
                return Mistake("condition-dropped", expected, observed.format("an `if` asks it"), cause, tried)
            if readers and not is_pure(readers[0]):
                cause = "What stays because it draws random numbers has arguments as well. They are wanted."
                return Mistake(
                    "drawn-from-nothing", expected, observed.format(f"`{readers[0].results[0]}` reads it"), cause, tried
                )
            if readers:
                cause = "A step that stays wants all its arguments. Are they added to the wanted values, before the steps ahead of it are looked at?"
                return Mistake(
                    "needed-dropped", expected, observed.format(f"`{readers[0].results[0]}` reads it"), cause, tried
                )
            if ref in before.writes.values():
                cause = "It is the new value of something that the graph writes: a running statistic. Those values are wanted, though nobody returns them."
                return Mistake("writes-forgotten", expected, observed.format("is to be written"), cause, tried)
            if ref in leaves(before.outputs):
                cause = "It is returned. The outputs can be tuples, lists and dictionaries, one in another; `ir.leaves(g.outputs)` finds all refs in them."
                return Mistake("outputs-forgotten", expected, observed.format("is returned"), cause, tried)
    order = [step.results[0].name for step in staying]
    if kept != order:
        cause = "The steps that stay are in another order. Was the list not turned round again at the end?"
        return Mistake("order-changed", expected, f"{head}, `{(kept or ['none'])[0]}` first", cause, tried)
    cause = "The steps are all there, and something else of the graph is not: constants, captured tensors? `replace(g, steps=…)` keeps what it is not told to change."
    return Mistake("parts-lost", "a graph that keeps all rules", why[:200], cause, tried)


def _head(before: Graph, after: Graph, tried: str) -> Mistake | None:
    """What belongs to a graph beside its steps."""
    if {t.name: v.name for t, v in before.writes.items()} != {t.name: v.name for t, v in after.writes.items()}:
        cause = "The graph that came back does not write what the old one wrote. `replace(g, steps=…)` keeps everything else; `Graph(…)` knows only what it is given."
        observed = f"writes {named(list(after.writes)) or 'nothing'}"
        return Mistake("writes-lost", f"writes {named(list(before.writes)) or 'nothing'}", observed, cause, tried)
    if str(before.outputs) != str(after.outputs) or before.inputs != after.inputs:
        cause = "A pass leaves what goes in and what comes out as they are."
        return Mistake(
            "other-outputs",
            f"returns {before.outputs}",
            f"returns {after.outputs}",
            cause,
            tried,
            "g.inputs, g.outputs",
        )
    return None


def _steps(before: Graph, after: Graph, tried: str) -> Mistake | None:
    """What stays are the old instructions, in their order."""
    old = iter(before.steps)
    for step in after.steps:
        if not any(_equal(step, other) for other in old):  # `any` goes on where it stopped
            cause = (
                "Steps that stay, stay as they are, and in their order. Was a list not turned round again at the end?"
            )
            observed = f"`{step.results[0]}` in another place, or another step"
            return Mistake("order-changed", "the old steps in their old order", observed, cause, tried)
    return None


def _equal(a: Instruction, b: Instruction) -> bool:
    return a.results == b.results and line(a) == line(b)


def _unread(after: Graph) -> list[Instruction]:
    """Pure instructions none of whose results is read, returned or written."""
    read = {ref for step in after.steps for ref in reads(step)} | set(results(after))
    return [step for step in after.steps if is_pure(step) and read.isdisjoint(step.results)]


def _left(before: Graph, after: Graph, tried: str) -> Mistake | None:
    """Dead code that is still there."""
    unread = _unread(after)
    if not unread:
        return None
    refs: list[Ref] = [step.results[0] for step in unread]
    gone = len(before.steps) - len(after.steps)
    observed = f"{gone} of {len(before.steps)} steps gone; nobody reads {named(refs)}"
    expected = "every pure step that stays is read, returned or written"
    if any(isinstance(step, Cond) for step in unread):
        cause = "An `if` none of whose results is wanted is dead as well, with all that only it read."
        return Mistake("branch-left", expected, observed, cause, tried)
    if gone:
        cause = "These were read by steps that are gone now. Walk from the last step to the first: then all who might want a value have been seen before the step that makes it."
        return Mistake("chain-left", expected, observed, cause, tried)
    cause = "Nothing was taken out, or the wrong thing was asked: a step is dead when none of its results is wanted."
    return Mistake("dead-left", expected, observed, cause, tried)


def _draws(before: Graph, after: Graph, tried: str) -> Mistake | None:
    drawn: list[Sequence[str]] = [[s.results[0].name for s in g.steps if not is_pure(s)] for g in (before, after)]
    missing = [name for name in drawn[0] if name not in drawn[1]]
    if not missing:
        return None
    cause = "A draw moves the generator on. Without it all later draws are other numbers, and the graph computes something else. `ir.is_pure(step)` tells."
    return Mistake("draw-dropped", f"{named(list(drawn[0]))} stay", f"{named(missing)} gone", cause, tried)


def _found(case: Case, seen: Seen) -> Mistake | None:
    """All that can be wrong with one graph, the worst first."""
    before, after, tried = given(case), _after(case, seen), _tried(case)
    return (
        _head(before, after, tried)
        or _steps(before, after, tried)
        or _draws(before, after, tried)
        or _left(before, after, tried)
    )


def _criterion(name: str, points: int, says: str, *situations: str) -> None:
    @dead_code.criterion(name, points=points, says=says)
    def _(case: Case, seen: Seen) -> Mistake | None:
        if case["situation"] not in situations:
            return None
        found = _found(case, seen)
        return None if found is not None and found.id == "chain-left" and name != "chain" else found


_criterion("plain", 2, "a step whose result nobody reads goes, and the others stay as they are", "plain")
_criterion("chain", 2, "what only dead steps read goes as well", "chain")
_criterion("results", 2, "whatever is returned or written stays, wherever it stands", "outputs", "writes", "constants")
_criterion("draws", 2, "random draws stay, and what they read", "random")
_criterion("branches", 2, "an `if` stays or goes as a whole, with its condition", "branch")
