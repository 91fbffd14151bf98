"""A whole training step as one graph: forward pass, loss, backward pass, update.

    step = graph.joint(net, loss.SoftmaxCrossEntropyLoss(), optim.SGD(net.collect_params(), lr=0.1), x, y)
    for x, y in batches:
        value = step(x, y)          # the loss; the parameters have changed

The backward pass is captured by recording it: the tape's rules are operations of the same table (`create_graph`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import replace
from typing import Any

import torch

from miniblocks.errors import CaptureError
from miniblocks.graph.backends import compile
from miniblocks.graph.collecting import collector_paused
from miniblocks.graph.ir import Graph, Ref
from miniblocks.graph.passes import PASSES
from miniblocks.graph.passes.rewriting import Pass
from miniblocks.graph.trace import Tracer
from miniblocks.graph.updates import Rule, rule_of
from miniblocks.graph.verify import verify
from miniblocks.ops.randomness import GENERATOR
from miniblocks.recorded import recorded
from miniblocks.tape import grad, no_grad, record
from miniblocks.tensor import Tensor, constant


def joint(
    net: Callable[..., Any],
    loss: Callable[..., Tensor],
    optimizer: Any,
    *examples: Tensor,
    backend: str = "python",
    passes: Iterable[Pass] = PASSES,
) -> TrainingStep:
    """A training step on batches of the examples' shapes (inputs …, target), captured, optimized and compiled.

    Calling it gives the loss, and changes what a step of the optimizer changes. Dropout draws anew at each call. The learning rate is
    looked up at each call; the optimizer's other numbers stay as they were at capture, and so does whether the network trains or is in use.
    """
    return TrainingStep(joint_graph(net, loss, optimizer, *examples), optimizer, backend, passes)


class TrainingStep:
    """`graph`, as captured; `program`, what runs; and the optimizer, whose learning rate and state each call takes and leaves."""

    def __init__(self, graph: Graph, optimizer: Any, backend: str = "python", passes: Iterable[Pass] = PASSES) -> None:
        self.graph, self.optimizer, self.rule = graph, optimizer, rule_of(optimizer)
        names = tuple(self.rule.numbers(_counted(optimizer)))
        self.program = compile(graph, backend, passes, names)
        labels = {label: graph.captured[ref] for ref, label in graph.labels.items()}
        self._states = [
            (labels[_state_name(name, i)], i, name)
            for i in range(len(optimizer.params))
            for name in self.rule.states(optimizer)
            if _state_name(name, i) in labels
        ]

    def __call__(self, *batch: Tensor) -> Tensor:
        """The loss on this batch, before the step."""
        optimizer = self.optimizer
        for tensor, i, name in self._states:
            tensor.raw = optimizer.state[i][name]  # `load_state_dict` puts new arrays there
        optimizer.steps += 1
        try:
            return self.program(*batch, *self.rule.numbers(optimizer).values())
        except BaseException:
            optimizer.steps -= 1
            raise

    @property
    def code(self) -> str:
        """The source of what runs, where the backend writes any."""
        return self.program.code


def _state_name(name: str, i: int) -> str:
    return f"{name} of {i}"


@collector_paused()
def joint_graph(net: Callable[..., Any], loss: Callable[..., Tensor], optimizer: Any, *examples: Tensor) -> Graph:
    """The graph of a training step on batches of the examples' shapes: (inputs …, target).

    Its inputs are the batch and the numbers of this step (`lr`, and what else the optimizer needs); it gives the loss, and
    writes parameters, the optimizer's state and running statistics. Capturing changes none of them, and draws no random numbers.
    """
    return _Joint(net, loss, optimizer, examples).graph


class _Joint:
    """One capture of a training step."""

    def __init__(self, net: Any, loss: Any, optimizer: Any, examples: tuple[Tensor, ...]) -> None:
        self.net, self.loss, self.optimizer, self.examples = net, loss, optimizer, examples
        self.rule: Rule = rule_of(optimizer)
        parameters: list[Any] = list(getattr(net, "collect_params", dict)().values())
        if any(p.is_deferred for p in parameters):
            with Tracer(examples, {}, differentiable=False) as first, no_grad():
                net(*examples[:-1])  # tells the shapes
            first.undo()
        self.states = states_of(optimizer, self.rule)
        self.new: list[tuple[Tensor, Tensor]] = []  # (what is written, its new value)
        numbers = {name: Tensor(torch.tensor(value)) for name, value in self.rule.numbers(_counted(optimizer)).items()}
        names = {p.name: p.data() for p in parameters if p.is_initialized} | numbers
        names |= {_state_name(name, i): t for i, state in enumerate(self.states) for name, t in state.items()}
        tracer = Tracer([*examples, *numbers.values()], names, differentiable=False)  # the gradients are in it
        drawn = GENERATOR.get_state()
        try:
            with tracer, record():
                value = self.step(tracer, numbers)
            self.graph = self.finished(tracer, value)
        finally:
            tracer.undo()
            GENERATOR.set_state(drawn)

    def step(self, tracer: Tracer, numbers: dict[str, Tensor]) -> Tensor:
        """The computation that is captured; the new values are kept in `new`."""
        *inputs, target = self.examples
        value = self.loss(self.net(*inputs), target)
        if tracer.opaque:
            raise CaptureError(
                "a training step cannot be captured through a graph with branches or loops: their gradient depends on the "
                "branch taken. Run the graph itself, and backward() on its output"
            )
        seen = set(tracer.captured)
        live = self.live(value)
        grads = grad(value, [w for _, w in live], constant(torch.ones_like(value.raw)), create_graph=True)
        with no_grad():
            for (i, w), g in zip(live, grads):
                state = self.states[i]
                after, new_state = self.rule.update(self.optimizer, w, g, state, numbers)
                self.new += [(w, after), *((state[name], t) for name, t in new_state.items())]
        known = {id(w) for _, w in live} | {id(t) for state in self.states for t in state.values()}
        if any(id(tensor) not in known for ref, tensor in tracer.captured.items() if ref not in seen):
            raise CaptureError("the backward pass used a value that the capture of the forward pass did not see")
        return value

    def live(self, value: Tensor) -> list[tuple[int, Tensor]]:
        """The optimizer's parameters that the loss was computed from."""
        if not value.requires_grad:
            raise CaptureError("the loss depends on no parameter; was the network run outside of the captured step?")
        reached = {node.leaf for node in recorded(value) if node.leaf is not None}
        return [(i, w) for i, w in enumerate(parameters_of(self.optimizer)) if w in reached]

    def finished(self, tracer: Tracer, value: Tensor) -> Graph:
        targets, values = zip(*self.new)
        whole = tracer.graph([value, *targets, *values])
        refs: list[Ref] = whole.outputs
        writes = dict(zip(refs[1 : 1 + len(targets)], refs[1 + len(targets) :]))
        return verify(replace(whole, outputs=refs[0], writes={**whole.writes, **writes}))


def parameters_of(optimizer: Any) -> list[Tensor]:
    """The tensors that an optimizer changes, in its order."""
    return [p if isinstance(p, Tensor) else p.data() for p in optimizer.params]


def states_of(optimizer: Any, rule: Rule) -> list[dict[str, Tensor]]:
    """The optimizer's arrays by name, for each parameter in its order; made where there are none yet."""
    found = []
    for i, w in enumerate(parameters_of(optimizer)):
        state = optimizer.state.setdefault(i, {})
        found.append({name: Tensor(state.setdefault(name, torch.zeros_like(w.raw))) for name in rule.states(optimizer)})
    return found


def _counted(optimizer: Any) -> Any:
    """The optimizer as it will be in the step to come: the numbers of some depend on how many there were."""
    coming = copy(optimizer)
    coming.steps += 1
    return coming
