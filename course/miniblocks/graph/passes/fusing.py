"""Passes that put one operation in the place of several: fewer calls, fewer values in between."""

from __future__ import annotations

from collections import Counter
from typing import Any

from miniblocks.graph.ir import Graph, Instruction, Ref, Step, reads, results
from miniblocks.graph.passes.rewriting import Rewriting, everywhere, uses

ADDED = {"conv2d": "add_conv2d", "conv2d_input": "add_conv2d_input"}
WITH_RELU = {"dense": "dense_relu", "conv2d": "conv2d_relu"}
LONGEST = 32  # links of a chain: its backward rule goes through all of them for each of its arguments


@everywhere
def split_losses(graph: Graph) -> Graph:
    """Cross-entropy and its gradient as what they consist of, so that both share log_softmax (when common steps are merged)."""
    new = Rewriting(graph)
    for instruction in new:
        match instruction:
            case Step(result, "cross_entropy", (x, labels)):
                new.stands_for(result, new.emit("nll", new.emit("log_softmax", x, axis=1), labels))
            case Step(result, "cross_entropy_input", (g, x, labels)):
                p = new.emit("log_softmax", x, axis=1)
                rows = new.emit("nll_input", g, labels, shape=p.shape)
                new.stands_for(result, new.emit("log_softmax_input", rows, p, axis=1))
            case _:
                new.keep(instruction)
    return new.graph_now()


@everywhere
def fuse_layers(graph: Graph) -> Graph:
    """x Wᵀ + b becomes `dense`; `dense` or `conv2d` with relu after it becomes one step, and so does a convolution and what it is added to."""
    new, count = Rewriting(graph), uses(graph)
    for instruction in new:
        fused = _layer(instruction, new, count) if isinstance(instruction, Step) else None
        if fused is None:
            new.keep(instruction)
        else:
            new.stands_for(instruction.results[0], fused)
    return new.graph_now()


def _layer(step: Step, new: Rewriting, count: Counter[Ref]) -> Ref | None:
    if step.operation == "relu":
        inner = _only(step.args[0], new, count)
        if inner is not None and inner.operation in WITH_RELU:
            return _moved(new, count, step, WITH_RELU[inner.operation], *inner.args, parts=[inner], **inner.static)
    if step.operation == "add":
        for product, bias in (step.args, step.args[::-1]):
            inner = _only(product, new, count)
            if inner is not None and inner.operation in ADDED and _is_alike(step, *step.args):
                return _moved(
                    new, count, step, ADDED[inner.operation], bias, *inner.args, parts=[inner], **inner.static
                )
            if inner is None or inner.operation != "matmul" or not isinstance(bias, Ref):
                continue
            x, turned = inner.args
            turn = new.made.get(turned)
            fits = len(x.shape) == 2 and step.shape == inner.shape and bias.shape == step.shape[1:]
            if fits and turn is not None and turn.operation in ("transpose", "permute") and len(turned.shape) == 2:
                kinds = {x.dtype, turned.dtype, bias.dtype}
                if len(kinds) == 1 and _is_turned(turn):
                    return _moved(new, count, step, "dense", x, turn.args[0], bias, parts=[turn, inner])
    return None


def _is_alike(step: Step, *values: Any) -> bool:
    """Whether these are values of the step's shape and dtype."""
    return all(isinstance(v, Ref) and (v.shape, v.dtype) == (step.shape, step.dtype) for v in values)


def _is_turned(step: Step) -> bool:
    """Whether a transposition or permutation of a matrix exchanges its axes."""
    axes = step.static["axes"] if step.operation == "permute" else (step.static["a"], step.static["b"])
    moved = [a % 2 for a in axes]
    return moved == [1, 0] if step.operation == "permute" else moved[0] != moved[1]


def _only(value: Any, new: Rewriting, count: Counter[Ref]) -> Step | None:
    """The step that made a value, where this is the only one to read it."""
    return new.made.get(value) if isinstance(value, Ref) and count[value] == 1 else None


def _moved(new: Rewriting, count: Counter[Ref], step: Step, operation: str, *args: Any, **static: Any) -> Ref:
    """A step in the place of another one; it is read as often."""
    result = new.emit(operation, *args, **static)
    count[result] = count[step.result]
    return result


@everywhere
def fuse_updates(graph: Graph) -> Graph:
    """A written w - rate · g, with g a product of matrices, or a sum over rows, or anything: one step, which can be done in place."""
    new, count, written = Rewriting(graph), uses(graph), set(graph.writes.values())
    for instruction in new:
        fused = None
        if isinstance(instruction, Step) and instruction.result in written:
            fused = _descent(instruction, new, count)
        if fused is None:
            new.keep(instruction)
        else:
            new.stands_for(instruction.results[0], fused)
    return new.graph_now()


def _descent(step: Step, new: Rewriting, count: Counter[Ref]) -> Ref | None:
    if step.operation != "sub" or not isinstance(step.args[0], Ref) or step.args[0].shape != step.shape:
        return None
    w, scaled = step.args
    inner = _only(scaled, new, count)
    if inner is None or inner.operation != "mul":
        return None
    for rate, g in (inner.args, inner.args[::-1]):
        if (
            isinstance(g, Ref)
            and (g.shape, g.dtype) == (w.shape, w.dtype) == (step.shape, step.dtype)
            and _is_number(rate, w)
        ):
            made = _only(g, new, count)
            if made is not None and made.operation == "matmul" and all(len(a.shape) == 2 for a in made.args):
                return _moved(new, count, step, "descend_matmul", w, rate, *made.args, parts=[made, inner])
            if made is not None and made.operation == "sum" and _is_over_rows(made):
                return _moved(new, count, step, "descend_sum", w, rate, made.args[0], parts=[made, inner])
            return _moved(new, count, step, "descend", w, rate, g, parts=[inner])
    return None


def _is_number(rate: Any, w: Ref) -> bool:
    """Whether it is a run-time number: no axes, and of the parameter's dtype, or one of Python's."""
    return (rate.shape == () and w.shape != ()) if isinstance(rate, Ref) else type(rate) in (int, float)


def _is_over_rows(step: Step) -> bool:
    rank = len(step.args[0].shape)
    return rank == 2 and step.static["axis"] in (0, (0,), [0], -2) and not step.static["keepdims"]


@everywhere
def fuse_chains(graph: Graph) -> Graph:
    """Elementwise steps in a row, each read by the next alone and of one shape and dtype, become one `chain`."""
    new, count = Rewriting(graph), uses(graph)
    readers = Counter(results(graph))
    readers.update(ref for step in graph.steps for ref in reads(step))  # dead ones as well
    for instruction in new:
        before = _before(instruction, new, count)
        if before is None:
            new.keep(instruction)
        else:
            assert isinstance(instruction, Step)
            fused, like = _linked(before, instruction), instruction.result
            result = _moved(new, count, instruction, "chain", *fused.args, parts=[before], like=like, **fused.static)
            new.stands_for(like, result)
            readers[result] = readers[like]
            if readers[before.result] == 1:
                new.drop(before)
    return new.graph_now()


def _before(instruction: Instruction, new: Rewriting, count: Counter[Ref]) -> Step | None:
    """The step that this one can be linked to: a chain grows at its end."""
    if not isinstance(instruction, Step) or instruction.operation == "chain" or not _is_link(instruction):
        return None
    for value in instruction.args:
        inner = _only(value, new, count)
        if (
            inner is not None
            and _is_link(inner)
            and len(inner.static.get("of", ())) < LONGEST
            and inner.shape == instruction.shape
            and inner.dtype == instruction.dtype
        ):
            return inner
    return None


def _is_link(step: Step) -> bool:
    return step.op.elementwise and step.op.pure and step.operation not in ("share", "cast", "relu_backward")


def _linked(first: Step, second: Step) -> Step:
    """Both as one chain."""
    args, links = _as_chain(first)
    words: list[Any] = []
    for value in second.args:
        if value == first.result:
            words.append(".")
        elif isinstance(value, Ref):
            if value not in args:
                args.append(value)
            words.append(f"x{args.index(value)}")
        else:
            words.append(value)
    link = (second.operation, *words, *sorted(second.static.items()))
    return Step(second.result, "chain", tuple(args), {"of": (*links, link)})


def _as_chain(step: Step) -> tuple[list[Ref], tuple[Any, ...]]:
    if step.operation == "chain":
        return list(step.args), step.static["of"]
    args = list(dict.fromkeys(a for a in step.args if isinstance(a, Ref)))
    words = [f"x{args.index(a)}" if isinstance(a, Ref) else a for a in step.args]
    return args, ((step.operation, *words, *sorted(step.static.items())),)
