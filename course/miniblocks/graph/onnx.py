"""A graph as an ONNX model, for whatever runs those: `graph.to_onnx(g, "net.onnx")`.

Opset 18. `Cond` becomes If, `Loop` becomes Loop. Each operation of the table that has a counterpart has a function below, which
emits one or several ONNX nodes. What has none (drawing random numbers, writing into running statistics, backward operations) is refused
by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import torch

from miniblocks.errors import CaptureError
from miniblocks.graph.infer import meta
from miniblocks.graph.ir import Cond, Graph, Instruction, Loop, Ref, Step, leaves
from miniblocks.tensor import Tensor

OPSET, IR_VERSION = 18, 9
FAR = np.iinfo(np.int64).max


def to_onnx(graph: Graph, file: str | Path) -> None:
    """Write the model, with the present values of what the graph captured. Raises `CaptureError` for what ONNX cannot say."""
    import onnx  # only who exports needs it

    if graph.writes:
        raise CaptureError("this graph writes running statistics, and an ONNX model keeps no state; trace `net.eval()`")
    model = _Writer(onnx).model(graph)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(file))


class _Writer:
    """Emits nodes. `nodes` is the list of the graph that is being written; constants belong to the model."""

    def __init__(self, onnx: Any) -> None:
        self.onnx, self.helper = onnx, onnx.helper
        self.numbers = count()
        self.initializers: list[Any] = []
        self.nodes: list[Any] = []

    def model(self, graph: Graph) -> Any:
        env = {ref: ref.name for ref in graph.inputs}
        for ref, tensor in (*graph.captured.items(), *graph.constants.items()):
            env[ref] = self.tensor(tensor)
        self.steps(graph, env)
        outputs = [self.output(ref, env) for ref in leaves(graph.outputs)]
        inputs = [self.info(ref.name, ref) for ref in graph.inputs]
        made = self.helper.make_graph(self.nodes, "graph", inputs, outputs, self.initializers)
        opset = [self.helper.make_opsetid("", OPSET)]
        return self.helper.make_model(made, opset_imports=opset, ir_version=IR_VERSION, producer_name="miniblocks")

    # -- parts of a model -----------------------------------------------------------------------------------------------
    def info(self, name: str, ref: Ref) -> Any:
        return self.helper.make_tensor_value_info(name, self.code(ref.dtype), ref.shape)

    def code(self, dtype: str) -> int:
        """ONNX's number for a dtype."""
        return self.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))

    def output(self, ref: Ref, env: Mapping[Ref, str]) -> Any:
        """An output of the graph being written; it has a node of its own."""
        return self.info(self.emit("Identity", [env[ref]]), ref)

    def emit(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:
        """A node with one result; returns the result's name."""
        name = f"v{next(self.numbers)}"
        self.nodes.append(self.helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, value: Any, dtype: str = "int64") -> str:
        """A constant of the model; returns its name."""
        name = f"c{next(self.numbers)}"
        self.initializers.append(self.onnx.numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def tensor(self, tensor: Tensor) -> str:
        return self.constant(tensor.raw.detach().cpu().numpy(), tensor.dtype)

    def cast(self, name: str, was: str, wanted: str) -> str:
        return name if was == wanted else self.emit("Cast", [name], to=self.code(wanted))

    # -- instructions ---------------------------------------------------------------------------------------------------
    def steps(self, graph: Graph, env: dict[Ref, str]) -> None:
        for instruction in graph.steps:
            for ref, name in zip(instruction.results, self.instruction(instruction, env), strict=True):
                env[ref] = name

    def instruction(self, instruction: Instruction, env: dict[Ref, str]) -> list[str]:
        if isinstance(instruction, Cond):
            return self.cond(instruction, env)
        if isinstance(instruction, Loop):
            return self.loop(instruction, env)
        if instruction.operation not in RULES:
            raise CaptureError(
                f"ONNX has no counterpart for `{instruction.operation}`. Export the forward computation of a network in use: trace `net.eval()`"
            )
        return [RULES[instruction.operation](_Call(self, instruction, env))]

    def inside(self, graph: Graph, args: Sequence[str]) -> list[str]:
        """A graph's instructions, here and now, on these values; the names of its outputs."""
        env = dict(zip(graph.inputs, args))
        for ref, tensor in graph.constants.items():
            env[ref] = self.tensor(tensor)
        self.steps(graph, env)
        return [env[ref] for ref in leaves(graph.outputs)]

    def cond(self, cond: Cond, env: dict[Ref, str]) -> list[str]:
        args = [env[a] for a in cond.args]
        sides = {
            "then_branch": self.subgraph(lambda: self.inside(cond.then, args), cond.results),
            "else_branch": self.subgraph(lambda: self.inside(cond.orelse, args), cond.results),
        }
        names = [f"v{next(self.numbers)}" for _ in cond.results]
        self.nodes.append(self.helper.make_node("If", [env[cond.predicate]], names, **sides))
        return names

    def subgraph(self, write: Callable[[], list[str]], results: Sequence[Ref], inputs: Sequence[Any] = ()) -> Any:
        """A graph of nodes of its own; it sees the names around it."""
        around, self.nodes = self.nodes, []
        outputs = [self.info(self.emit("Identity", [name]), ref) for name, ref in zip(write(), results, strict=True)]
        made, self.nodes = self.helper.make_graph(self.nodes, f"g{next(self.numbers)}", list(inputs), outputs), around
        return made

    def loop(self, loop: Loop, env: dict[Ref, str]) -> list[str]:
        args = [env[a] for a in loop.args]
        carried, fixed = args[: len(loop.results)], args[len(loop.results) :]
        [again] = self.inside(loop.condition, args)
        one = Ref("again", (), "bool")
        inside = [f"v{next(self.numbers)}" for _ in carried]

        def round_() -> list[str]:
            new = self.inside(loop.body, [*inside, *fixed])
            return [*self.inside(loop.condition, [*new, *fixed]), *new]

        numbers = [self.info(f"v{next(self.numbers)}", Ref("", (), dtype)) for dtype in ("int64", "bool")]
        inputs = [*numbers, *(self.info(name, ref) for name, ref in zip(inside, loop.results))]
        body = self.subgraph(round_, [one, *loop.results], inputs)
        names = [f"v{next(self.numbers)}" for _ in carried]
        self.nodes.append(self.helper.make_node("Loop", ["", again, *carried], names, body=body))
        return names


class _Call:
    """One step, as a rule sees it."""

    def __init__(self, writer: _Writer, step: Step, env: Mapping[Ref, str]) -> None:
        self.writer, self.step, self.static, self.env = writer, step, step.static, env
        self.emit, self.constant = writer.emit, writer.constant

    def __getitem__(self, index: int) -> str:
        """The name of an argument as it is."""
        return self.env[self.step.args[index]]

    @property
    def names(self) -> list[str]:
        return [self.env[a] for a in self.step.args if isinstance(a, Ref)]

    def shape(self, index: int = 0) -> tuple[int, ...]:
        return self.step.args[index].shape

    def alike(self, dtype: str, indices: Sequence[int] | None = None) -> list[str]:
        """Arguments as values of one dtype; numbers become constants."""
        chosen = self.step.args if indices is None else [self.step.args[i] for i in indices]
        return [
            self.writer.cast(self.env[a], a.dtype, dtype) if isinstance(a, Ref) else self.constant(a, dtype)
            for a in chosen
        ]

    def common(self) -> str:
        """The dtype in which arguments are compared."""
        kinds = [meta(a.shape, a.dtype) if isinstance(a, Ref) else a for a in self.step.args]
        return str(torch.result_type(*kinds)).removeprefix("torch.")


Rule = Callable[[_Call], str]


def _of_one(kind: str) -> Rule:
    return lambda call: call.emit(kind, call.alike(call.step.dtype))


def _compared(kind: str) -> Rule:
    return lambda call: call.emit(kind, call.alike(call.common()))


def _reduced(kind: str) -> Rule:
    def rule(call: _Call) -> str:
        axis = call.static.get("axis")
        axes = range(len(call.shape())) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        [x] = call.alike(call.step.dtype)
        keepdims = int(call.static.get("keepdims", False))
        return call.emit(kind, [x, call.constant(list(axes))], keepdims=keepdims) if len(axes) else x

    return rule


def _argmax(call: _Call) -> str:
    if call.static["axis"] is None:
        return call.emit("ArgMax", [call.emit("Reshape", [call[0], call.constant([-1])])], axis=0, keepdims=0)
    return call.emit("ArgMax", [call[0]], axis=call.static["axis"], keepdims=0)


def _clip(call: _Call) -> str:
    bounds = [call.static["low"], call.static["high"]]
    names = ["" if b is None else call.constant(b, call.step.dtype) for b in bounds]
    return call.emit("Clip", [call[0], *names])


def _where(call: _Call) -> str:
    return call.emit("Where", [call[0], *call.alike(call.step.dtype, [1, 2])])


def _conv(call: _Call) -> str:
    return call.emit("Conv", call.names, strides=_pair(call.static["stride"]), pads=_pair(call.static["padding"]) * 2)


def _pooled(kind: str, **more: Any) -> Rule:
    def rule(call: _Call) -> str:
        size, stride, padding = (_pair(call.static[k]) for k in ("size", "stride", "padding"))
        return call.emit(kind, [call[0]], kernel_shape=size, strides=stride, pads=padding * 2, **more)

    return rule


def _pair(value: Any) -> list[int]:
    return list(value) if isinstance(value, (tuple, list)) else [value, value]


def _reshaped(call: _Call) -> str:
    return call.emit("Reshape", [call[0], call.constant(list(call.step.shape))])


def _transposed(call: _Call) -> str:
    order = list(range(len(call.shape())))
    a, b = call.static["a"], call.static["b"]
    order[a], order[b] = order[b], order[a]
    return call.emit("Transpose", [call[0]], perm=order)


def _permuted(call: _Call) -> str:
    return call.emit("Transpose", [call[0]], perm=[a % len(call.shape()) for a in call.static["axes"]])


def _sliced(call: _Call) -> str:
    """`x[index]` with numbers, slices, new axes and an ellipsis."""
    parts = _whole(call.static["index"], len(call.shape()))
    cuts, gone, new, axis, out = [], [], [], 0, 0
    for part in parts:
        if part is None:
            new.append(out)
            out += 1
            continue
        if isinstance(part, int):
            start = part % call.shape()[axis]
            cuts.append((axis, start, start + 1, 1))
            gone.append(axis)
        elif isinstance(part, slice):
            start, stop, step = part.indices(call.shape()[axis])
            cuts.append((axis, start, stop if stop >= 0 else -FAR, step))
            out += 1
        else:
            raise CaptureError(f"ONNX has no counterpart for the index {part!r}; index with numbers and slices")
        axis += 1
    axes, starts, stops, steps = ([cut[i] for cut in cuts] for i in range(4))
    name = call[0]
    if cuts:
        name = call.emit("Slice", [name, *(call.constant(v) for v in (starts, stops, axes, steps))])
    name = call.emit("Squeeze", [name, call.constant(gone)]) if gone else name
    return call.emit("Unsqueeze", [name, call.constant(new)]) if new else name


def _whole(index: tuple[Any, ...], ndim: int) -> list[Any]:
    """An index with a part for each axis."""
    used = sum(part is not None and part is not ... for part in index)
    gap = [slice(None)] * (ndim - used)
    at = index.index(...) if any(part is ... for part in index) else len(index)
    return [*index[:at], *gap, *index[at + 1 :]]


def _taken(call: _Call) -> str:
    """`x[…, indices, …]` with one tensor in the index, and whole axes beside it."""
    parts = _whole(call.static["index"], len(call.shape()))
    if len(call.step.args) > 2 or any(part not in ("tensor", slice(None)) for part in parts):
        raise CaptureError("ONNX has no counterpart for this index; use one index tensor, and whole axes beside it")
    return call.emit("Gather", [call[0], call[1]], axis=parts.index("tensor"))


def _stacked(call: _Call) -> str:
    axis = call.static["axis"] % len(call.step.shape)
    rows = [call.emit("Unsqueeze", [name, call.constant([axis])]) for name in call.alike(call.step.dtype)]
    return call.emit("Concat", rows, axis=axis)


def _cross_entropy(call: _Call) -> str:
    logs = call.emit("LogSoftmax", [call[0]], axis=1)
    labels = call.emit("Unsqueeze", [call.alike("int64", [1])[0], call.constant([1])])
    chosen = call.emit("GatherElements", [logs, labels], axis=1)
    return call.emit("Neg", [call.emit("ReduceMean", [chosen, call.constant([0, 1])], keepdims=0)])


def _then_relu(rule: Rule) -> Rule:
    return lambda call: call.emit("Relu", [rule(call)])


def _dense(call: _Call) -> str:
    return call.emit("Gemm", call.names, transB=1)


def _axis(kind: str) -> Rule:
    return lambda call: call.emit(kind, [call[0]], axis=call.static["axis"])


RULES: dict[str, Rule] = {
    **{name: _of_one(kind) for name, kind in {
        "add": "Add", "sub": "Sub", "mul": "Mul", "div": "Div", "pow": "Pow", "maximum": "Max", "minimum": "Min",
        "neg": "Neg", "exp": "Exp", "log": "Log", "sqrt": "Sqrt", "abs": "Abs", "sign": "Sign", "sin": "Sin", "cos": "Cos",
        "tanh": "Tanh", "sigmoid": "Sigmoid", "relu": "Relu", "copy": "Identity", "detach": "Identity", "transfer": "Identity",
        "cast": "Identity",
    }.items()},
    **{name: _compared(kind) for name, kind in {
        "equal": "Equal", "less": "Less", "less_equal": "LessOrEqual", "greater": "Greater", "greater_equal": "GreaterOrEqual",
    }.items()},
    "not_equal": lambda call: call.emit("Not", [call.emit("Equal", call.alike(call.common()))]),
    "logical_not": lambda call: call.emit("Not", call.alike("bool")),
    "clip": _clip,
    "where": _where,
    "matmul": lambda call: call.emit("MatMul", call.names),
    "dense": _dense,
    "dense_relu": _then_relu(_dense),
    "conv2d": _conv,
    "conv2d_relu": _then_relu(_conv),
    "max_pool2d": _pooled("MaxPool"),
    "avg_pool2d": _pooled("AveragePool", count_include_pad=1),
    "sum": _reduced("ReduceSum"),
    "mean": _reduced("ReduceMean"),
    "amax": _reduced("ReduceMax"),
    "norm": _reduced("ReduceL2"),
    "logsumexp": _reduced("ReduceLogSumExp"),
    "argmax": _argmax,
    "softmax": _axis("Softmax"),
    "log_softmax": _axis("LogSoftmax"),
    "cross_entropy": _cross_entropy,
    "reshape": _reshaped,
    "transpose": _transposed,
    "permute": _permuted,
    "expand": lambda call: call.emit("Expand", [call[0], call.constant(list(call.step.shape))]),
    "getitem": _sliced,
    "take": _taken,
    "concat": lambda call: call.emit("Concat", call.alike(call.step.dtype), axis=call.static["axis"]),
    "stack": _stacked,
}  # fmt: skip
