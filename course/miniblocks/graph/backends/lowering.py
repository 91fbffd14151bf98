"""Instructions that the `python` backend writes in a way of their own: layers, losses, updates, chains, branches, loops.

Each function takes the writer and an instruction; it says whether it wrote anything. What it leaves is written by its kernel.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch

from miniblocks.graph.backends import images
from miniblocks.graph.backends.kernels import Kernel, kernel_of
from miniblocks.graph.infer import infer
from miniblocks.graph.ir import Cond, Graph, Loop, Ref, Step, leaves
from miniblocks.graph.statistics import size
from miniblocks.ops.elementwise import torch_dtype

if TYPE_CHECKING:
    from miniblocks.graph.backends.writer import Writer

aten = torch.ops.aten
SMALL = 1 << 16  # bytes: where a product takes less time than what surrounds it
NUMERIC = frozenset(("add", "sub", "mul", "div", "descend", "descend_matmul", "descend_sum", "chain"))


def special(writer: Writer, step: Step) -> bool:
    """Write a step that has a way of its own."""
    lower = LOWERINGS.get(step.operation)
    return lower is not None and lower(writer, step)


# -- layers -------------------------------------------------------------------------------------------------------


def _dense(writer: Writer, step: Step) -> bool:
    """bias + x Wᵀ in one call, the transposed weight being a view that exists; relu in the same call if small, else afterwards in place."""
    x, weight, bias = step.args
    small = writer.ready.issuperset((weight, bias)) and size(step.result) <= SMALL and size(weight) <= SMALL
    words = _packed(writer, step) if small else [writer.word(bias), _turned(writer, weight)]
    arguments = [words[0], writer.word(x), words[1]]
    relu = step.operation == "dense_relu"
    product = torch._addmm_activation if relu and small else torch.addmm
    writer.emit(step, Kernel(product, ""), arguments, writer.place(step))
    if relu and not small:
        writer.line(writer.call(torch.relu_, writer.word(step.result)))
    return True


def _packed(writer: Writer, step: Step) -> list[str]:
    """Bias and transposed weight of a small layer as the product likes them best: a row of bias for each of x, a weight that is wide in memory."""
    _, weight, bias = step.args
    value, turned = writer.values[bias], _turned(writer, weight)
    rows = torch.empty(step.shape, dtype=torch_dtype(bias.dtype), device=writer.device)
    words = [writer.beforehand(f"{value.word}_rows", rows, value.word), turned]
    if weight.shape[0] > weight.shape[1]:
        wide = torch.empty(weight.shape[::-1], dtype=torch_dtype(weight.dtype), device=writer.device)
        words[1] = writer.beforehand(f"{turned}_wide", wide, turned)
    return words


def _turned(writer: Writer, ref: Ref) -> str:
    """A matrix transposed."""
    value = writer.values[ref]
    return f"{value.word}.t()" if value.array is None else writer.view_of(value, "T", value.array.t())


# -- losses -------------------------------------------------------------------------------------------------------


def _nll(writer: Writer, step: Step) -> bool:
    p, labels = step.args
    writer.fresh(
        step,
        writer.call(aten.nll_loss_forward.default, f"{writer.word(p)}, {_long(writer, labels)}, None, 1, -100") + "[0]",
    )
    return True


def _nll_input(writer: Writer, step: Step) -> bool:
    g, labels = step.args
    place = writer.place(step)
    if place is None:
        return False
    rows = writer.object(f"rows_{step.shape[0]}", _shared(writer, float(step.shape[0]), (), step.dtype))
    words = [writer.word(g), place.word, _long(writer, labels), "None, 1, -100", rows]
    writer.emit(step, Kernel(aten.nll_loss_backward.grad_input, "", "grad_input={out}"), words, place)
    return True


def _long(writer: Writer, labels: Ref) -> str:
    return writer.word(labels) + ("" if labels.dtype == "int64" else ".long()")


def _shared(writer: Writer, value: float, shape: tuple[int, ...], dtype: str) -> torch.Tensor:
    """A constant array, one for all that need it."""
    key = (value, shape, dtype)
    if key not in writer.shared:
        writer.shared[key] = torch.full(shape, value, dtype=torch_dtype(dtype), device=writer.device)
    return writer.shared[key]


# -- updates ------------------------------------------------------------------------------------------------------


def _descend(writer: Writer, step: Step) -> bool:
    """w - rate · g. Those in place and in a row are gathered into one call for all."""
    w, rate, g = step.args
    if not _is_number(writer, rate):
        return False
    target = writer.place(step)
    if target is not None and target.word == writer.word(w) and w in writer.graph.captured:
        writer.gather(writer.word(rate), target.word, writer.word(g))
        writer.values[step.result] = target
        return True
    writer.flush()
    writer.emit(step, Kernel(torch.sub, ""), [writer.word(w), writer.word(g), f"alpha={writer.word(rate)}"], target)
    return True


def _descend_matmul(writer: Writer, step: Step) -> bool:
    """w - rate · a b: the product that makes the gradient adds it to the parameter."""
    w, rate, a, b = step.args
    if not _is_number(writer, rate):
        return False
    words = [writer.word(w), writer.word(a), writer.word(b), f"alpha=-{writer.word(rate)}"]
    writer.emit(step, Kernel(torch.addmm, ""), words, writer.place(step))
    return True


def _descend_sum(writer: Writer, step: Step) -> bool:
    """w - rate · (sum over the rows of g): a product with a vector of ones."""
    w, rate, g = step.args
    if not _is_number(writer, rate):
        return False
    ones = writer.object(f"ones_{g.shape[0]}", _shared(writer, 1.0, g.shape[:1], g.dtype))
    words = [writer.word(w), _turned(writer, g), ones, f"alpha=-{writer.word(rate)}"]
    writer.emit(step, Kernel(torch.addmv, ""), words, writer.place(step))
    return True


def _is_number(writer: Writer, rate: Any) -> bool:
    return type(rate) in (int, float) if not isinstance(rate, Ref) else rate.name in writer.numbers


# -- chains -------------------------------------------------------------------------------------------------------


def _chain(writer: Writer, step: Step) -> bool:
    """One kernel a link, all into one place."""
    links = [link_of(step, i) for i in range(len(step.static["of"]))]
    kernels = [kernel_of(link) for link in links]
    kinds = {infer(link.operation, link.args, link.static) for link in links}
    if None in kernels or writer.depth > 1 or kinds != {(step.shape, step.dtype)}:
        return False
    later = {a for link in links[1:] for a in link.args if isinstance(a, Ref)}
    target = writer.place(step, besides=later)
    for link, kernel in zip(links, kernels):
        assert kernel is not None
        writer.write_kernel(link, kernel, target)
        target = writer.values[step.result]
    return True


def link_of(step: Step, i: int) -> Step:
    """One link of a chain as a step with the chain's result; "." is that result, made by the links before."""
    name, *words = step.static["of"][i]
    args = [
        step.result if w == "." else step.args[int(w[1:])] if isinstance(w, str) else w
        for w in words
        if not isinstance(w, tuple)
    ]
    return Step(step.result, name, tuple(args), dict(w for w in words if isinstance(w, tuple)))


LOWERINGS: dict[str, Callable[[Writer, Step], bool]] = {
    "dense": _dense,
    "dense_relu": _dense,
    "nll": _nll,
    "nll_input": _nll_input,
    "descend": _descend,
    "descend_matmul": _descend_matmul,
    "descend_sum": _descend_sum,
    "chain": _chain,
    **images.LOWERINGS,
}


# -- branches and loops -------------------------------------------------------------------------------------------
# Inside of them nothing is laid out beforehand: each result has memory of its own.


def cond(writer: Writer, node: Cond) -> None:
    words = [writer.free(ref.name) for ref in node.results]
    for head, graph in ((f"if {writer.word(node.predicate)}:", node.then), ("else:", node.orelse)):
        writer.line(head)
        writer.depth += 1
        _assign(writer, words, _inside(writer, graph, [writer.values[a] for a in node.args]))
        writer.depth -= 1
    for ref, word in zip(node.results, words):
        writer.values[ref] = writer.new_value(word)


def loop(writer: Writer, node: Loop) -> None:
    words = [writer.free(ref.name) for ref in node.results]
    first = [f"{writer.word(a)}.clone()" for a in node.args[: len(words)]]
    if words:
        writer.line(f"{', '.join(words)} = {', '.join(first)}")
    values = [writer.new_value(word, own=False) for word in words] + [writer.values[a] for a in node.fixed]
    writer.line("while True:")
    writer.depth += 1
    (again,) = _inside(writer, node.condition, values)
    writer.line(f"if not {again.removesuffix('.clone()')}: break")
    _assign(writer, words, _inside(writer, node.body, values))
    writer.depth -= 1
    for ref, word in zip(node.results, words):
        writer.values[ref] = writer.new_value(word)


def _assign(writer: Writer, words: list[str], values: list[str]) -> None:
    writer.line(f"{', '.join(words)} = {', '.join(values)}" if words else "pass")


def _inside(writer: Writer, graph: Graph, args: list[Any]) -> list[str]:
    """The instructions of a graph inside of another; words for its outputs, which share no memory with what is outside."""
    around, writer.values = writer.values, dict(zip(graph.inputs, args))
    for ref, tensor in graph.constants.items():
        raw = tensor.raw.to(writer.device)
        writer.values[ref] = writer.new_value(writer.free(ref.name, raw), array=raw, own=False)
    made: set[Ref] = set()
    for instruction in graph.steps:
        writer.instruction(instruction)
        made.update(instruction.results)
    found = []
    for ref in leaves(graph.outputs):
        value = writer.values[ref]
        found.append(value.word if value.own and ref in made else f"{value.word}.clone()")
    writer.values = around
    return found
