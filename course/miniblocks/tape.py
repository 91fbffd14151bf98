"""The backward walk over what `tensor.apply` recorded, and the switches of recording.

`backward` visits the nodes from the last recorded to the first, so that a node's gradient is complete before
its rules run: no recursion, one pass, any depth. Leaves accumulate into `grad`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from typing import Any

import torch

from miniblocks.errors import FreedGraphError, GraphError, OverwrittenError, ShapeError
from miniblocks.ops import RAW, Namespace
from miniblocks.tensor import Node, Tensor, apply, mode

RECORDED = Namespace(lambda operation: lambda *args, **static: apply(operation, *args, **static))


@contextmanager
def _recording(on: bool) -> Iterator[None]:
    before, mode.recording = mode.recording, on
    try:
        yield
    finally:
        mode.recording = before


def no_grad() -> Any:
    """Compute without recording: `with no_grad(): w -= lr * w.grad`. Also a decorator."""
    return _recording(False)


def record(train_mode: bool = True) -> Any:
    """Record again, inside `no_grad`. Gluon's `with autograd.record():`; elsewhere recording is always on."""
    return _recording(True)


def is_recording() -> bool:
    return mode.recording


def backward(output: Tensor, gradient: Any = None, retain_graph: bool = False, create_graph: bool = False) -> None:
    """Add the gradient of `output` to the `grad` of every leaf it was computed from.

    `gradient` has the shape of `output` and defaults to ones: the gradient of `output.sum()`, as in Gluon.
    The recorded graph is freed, unless it is retained. With `create_graph` the walk is itself recorded.
    """
    for leaf, value in _walk(output, gradient, retain_graph or create_graph, create_graph).items():
        if leaf.grad is None:
            leaf.grad = value
        elif create_graph:
            leaf.grad = leaf.grad + value
        else:
            leaf.grad = Tensor(leaf.grad.raw + value.raw)
        leaf.grad._device = leaf._device


def grad(
    output: Tensor,
    inputs: Sequence[Tensor],
    gradient: Any = None,
    retain_graph: bool = False,
    create_graph: bool = False,
) -> list[Tensor]:
    """The gradients of `output` by each of `inputs` (leaves), without touching their `grad`.

    >>> x = Tensor(torch.tensor(3.0), requires_grad=True)
    >>> (first,) = grad(x**3, [x], create_graph=True)
    >>> first.item(), grad(first, [x])[0].item()
    (27.0, 18.0)
    """
    found = _walk(output, gradient, retain_graph or create_graph, create_graph)
    return [found[x] if x in found else Tensor(torch.zeros_like(x.raw)) for x in inputs]


def _walk(output: Tensor, gradient: Any, retain: bool, create: bool) -> dict[Tensor, Tensor]:
    seed = _seed(output, gradient)
    if output.node is None:
        return {output: Tensor(seed.clone())}
    grads: dict[Any, Any] = {output.node: Tensor(seed) if create else seed}
    leaves: dict[Tensor, Any] = {}
    F = RECORDED if create else RAW
    before, mode.recording = mode.recording, create
    try:
        for node in _from_last_to_first(output.node):
            g = grads.pop(node, None)
            if g is not None:
                if create and mode.tracer is not None:
                    mode.tracer.walking(node)
                _check_versions(node)
                if node.hooks:
                    g = _hooked(node.hooks, g, create)
                _spread(node, g, F, create, grads, leaves)
            if not retain:
                node.free()
        leaves = {leaf: _hooked(leaf.hooks, g, create) if leaf.hooks else g for leaf, g in leaves.items()}
    finally:
        mode.recording = before
        if create and mode.tracer is not None:
            mode.tracer.walking(None)
    return leaves if create else {leaf: Tensor(g) for leaf, g in leaves.items()}


def _spread(node: Node, g: Any, F: Namespace, create: bool, grads: dict[Any, Any], leaves: dict[Any, Any]) -> None:
    """Add to each parent's gradient what comes through this node."""
    op, static = node.op, node.static
    shared = op.passes_on or create  # else a contribution is fresh storage that nothing else reads
    saved, out = (_as_tensors(node), _made_by(node)) if create else (node.saved, node.output)
    if op.first is not None:
        g = op.first(F, g, out)
    for i, parent in enumerate(node.parents):
        if parent is None or op.vjps[i] is None:
            continue
        contribution = op.vjps[i](F, g, out, *saved, **static)
        if op.broadcasts:
            shape = saved[i].shape if op.keeps_values else saved[i]
            if contribution.shape != shape:
                contribution = F.sum_to(contribution, shape=tuple(shape))
        store = grads if type(parent) is Node else leaves
        if parent in store:
            store[parent] = store[parent] + contribution if shared else contribution.add_(store[parent])
        elif store is leaves and shared and not create:
            leaves[parent] = contribution.clone()  # its own storage: neither the seed nor a view of another gradient
        else:
            store[parent] = contribution


def _hooked(hooks: list[Any], g: Any, create: bool) -> Any:
    """The gradient after every hook, as a tensor or raw as it came."""
    gradient = g if create else Tensor(g)
    for hook in list(hooks):
        changed = hook(gradient)
        gradient = gradient if changed is None else changed
    return gradient if create else gradient.raw


def _check_versions(node: Node) -> None:
    for kept, version in node.versions:
        if kept._version != version:
            raise OverwrittenError(
                f"the backward pass of `{node.op.name}` needs a value of shape {tuple(kept.shape)} that was overwritten in place after it was "
                "recorded. Write into a copy, or change parameters with set_data() or after backward()"
            )


def _seed(output: Tensor, gradient: Any) -> torch.Tensor:
    if not output.requires_grad:
        raise GraphError(
            "nothing here requires a gradient: set `requires_grad = True` on a leaf before computing, and compute outside of no_grad()"
        )
    if gradient is None:
        return torch.ones_like(output.raw)
    raw = gradient.raw if isinstance(gradient, Tensor) else torch.as_tensor(gradient, dtype=output.raw.dtype)
    if raw.shape != output.raw.shape:
        raise ShapeError(f"the gradient has shape {tuple(raw.shape)}, and the output has {output.shape}")
    return raw


def _from_last_to_first(root: Node) -> list[Node]:
    seen, stack = {root}, [root]
    while stack:
        node = stack.pop()
        if node.freed:
            raise FreedGraphError(
                f"the graph behind `{node.op.name}` was freed by an earlier backward(); compute the output again, or call backward(retain_graph=True) the first time"
            )
        for parent in node.parents:
            if type(parent) is Node and parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return sorted(seen, key=attrgetter("order"), reverse=True)


def _as_tensors(node: Node) -> list[Any]:
    """The saved values as tensors that remember where they came from."""
    return [_handle(s, p) if isinstance(s, torch.Tensor) else s for s, p in zip(node.saved, node.parents, strict=True)]


def _handle(raw: torch.Tensor, parent: Node | Tensor | None) -> Tensor:
    if type(parent) is Tensor:
        return parent
    out = Tensor(raw, requires_grad=parent is not None)
    out.node = parent  # type: ignore[assignment]
    return out


def _made_by(node: Node) -> Tensor | None:
    return None if node.output is None else _handle(node.output, node)


Tensor.backward = backward
