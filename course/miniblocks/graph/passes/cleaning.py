"""Passes that take away: what nobody needs, what is computed twice, what is known already."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from miniblocks.graph.infer import frozen
from miniblocks.graph.ir import Cond, Graph, Ref, Step, leaves, reads, renamed, results
from miniblocks.graph.passes.rewriting import Rewriting, everywhere, needed
from miniblocks.tensor import Tensor

LARGEST_CONSTANT = 1 << 20  # elements; what is larger is computed again rather than kept


@everywhere
def drop_dead(graph: Graph) -> Graph:
    """Dead code: instructions whose results nobody reads go. Random draws stay, so that later ones stay the same."""
    steps = needed(graph)
    read = {ref for step in steps for ref in reads(step)} | set(results(graph))
    constants = {ref: tensor for ref, tensor in graph.constants.items() if ref in read}
    return replace(graph, steps=tuple(steps), constants=constants)


@everywhere
def merge_common(graph: Graph) -> Graph:
    """Common subexpressions: of equal pure steps on equal arguments the first one serves for all."""
    new = Rewriting(graph)
    seen: dict[Any, Ref] = {}
    for instruction in new:
        if isinstance(instruction, Step) and instruction.op.pure:
            words = tuple([a.name if isinstance(a, Ref) else frozen(a) for a in instruction.args])
            key = (instruction.operation, words, frozen(instruction.static))
            if key in seen:
                new.stands_for(instruction.result, seen[key])
                continue
            seen[key] = instruction.result
        new.keep(instruction)
    return new.graph_now()


@everywhere
def fold_constants(graph: Graph) -> Graph:
    """Constant folding: a pure step on constants alone is computed now; an `if` on a constant keeps its branch only."""
    new = Rewriting(graph)
    for instruction in new:
        if isinstance(instruction, Cond) and instruction.predicate in new.constants:
            _take_branch(new, instruction)
        elif isinstance(instruction, Step) and _is_foldable(instruction, new):
            raws = [new.constants[a].raw if isinstance(a, Ref) else a for a in instruction.args]
            ref = new.fresh("c", instruction.shape, instruction.dtype)
            new.constants[ref] = Tensor(instruction.op.forward(*raws, **instruction.static).clone())
            new.stands_for(instruction.result, ref)
        else:
            new.keep(instruction)
    return new.graph_now()


def _is_foldable(step: Step, new: Rewriting) -> bool:
    values = list(reads(step))
    small = math.prod(step.shape) <= LARGEST_CONSTANT
    return bool(values) and step.op.pure and small and all(ref in new.constants for ref in values)


def _take_branch(new: Rewriting, cond: Cond) -> None:
    branch = cond.then if bool(new.constants[cond.predicate].raw) else cond.orelse
    env: dict[Ref, Ref] = dict(zip(branch.inputs, cond.args))
    for ref, tensor in branch.constants.items():
        env[ref] = new.fresh("c", ref.shape, ref.dtype)
        new.constants[env[ref]] = tensor
    for instruction in branch.steps:
        env |= {ref: new.fresh(instruction.operation, ref.shape, ref.dtype) for ref in instruction.results}
        new.keep(renamed(instruction, env))
    for old, ref in zip(cond.results, leaves(branch.outputs)):
        new.stands_for(old, env.get(ref, ref))
