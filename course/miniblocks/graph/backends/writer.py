"""Writes a graph as the source of a Python function on raw arrays. See `python`."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from typing import Any

import torch

from miniblocks.graph.backends import images, lowering
from miniblocks.graph.backends.kernels import FRESH, Kernel, axes_of, kernel_of
from miniblocks.graph.backends.memory import Buffers, Lifetimes
from miniblocks.graph.backends.source import Source, Word
from miniblocks.graph.blame import Origin
from miniblocks.graph.ir import Cond, Graph, Instruction, Loop, Ref, Step, leaves, mapped, reads, shares
from miniblocks.graph.statistics import size
from miniblocks.ops.elementwise import torch_dtype
from miniblocks.tensor import Tensor

LARGE = 1 << 14  # bytes: what is larger and is no longer read is let go of at once


@dataclass
class Value:
    """A value in the code: the word for it, and its array where that exists before the program runs.

    `flat` is the buffer that it fills, if it does; `own` says that the program made its memory, and may write over it;
    `channels_last` is how images lie in memory.
    """

    word: str
    array: torch.Tensor | None = None
    flat: torch.Tensor | None = None
    own: bool = False
    channels_last: bool = False


class Writer(Source):
    """One graph: `code`, `buffers`, and `functions()`."""

    def __init__(self, graph: Graph, device: torch.device, numbers: frozenset[str], reuse: bool = True) -> None:
        super().__init__(run=None, prepare=None, Tensor=Tensor)
        self.graph, self.numbers, self.device = graph, numbers, device
        self.preparing: list[tuple[str, Origin | None]] = []  # lines that depend on parameters alone
        self.ready: set[Ref] = set() if graph.writes else {*graph.captured, *graph.constants}
        self.values: dict[Ref, Value] = {}
        self.life = Lifetimes(graph)
        self.buffers = Buffers(device, reuse)
        self.targets = {value: target for target, value in reversed(list(graph.writes.items()))}
        self.done: set[Ref] = set()  # the captured tensors that are written already
        self.entangled = _entangled(graph)
        self.travels = any(i.operation == "transfer" for i in graph.steps)  # then memory is not laid out beforehand
        wanted = {*leaves(graph.outputs), *self.targets}
        self.borrowed = {ref for ref in wanted if self.life.home(ref) in graph.captured}
        self.handed: set[Ref] = set(graph.inputs)  # whose storage the caller has already
        self.returned: dict[Ref, str] = {}  # outputs that had to be copied before something is written
        self.views: dict[str, str] = {}
        self.shared: dict[Any, torch.Tensor] = {}
        self.gathered: list[tuple[str, str, str]] = []  # (rate, parameter, gradient) of updates not yet written
        self.index = -1
        for ref in graph.inputs:
            self.values[ref] = Value(self.free(ref.name))
        for ref, tensor in (*graph.captured.items(), *graph.constants.items()):
            raw = tensor.raw.to(device) if ref in graph.constants else tensor.raw
            self.values[ref] = Value(self.free(ref.name, raw), raw)
        head = f"def run({', '.join(self.word(ref) for ref in graph.inputs)}):"
        self.write()
        before = [("def prepare():", None), *self.preparing, ("", None)] if self.preparing else []
        self.code = "\n".join([*(text for text, _ in before), head, *self.lines])
        self.origins[:0] = [*(origin for _, origin in before), None]

    def functions(self) -> tuple[Callable[..., Any], Callable[[], None] | None]:
        """`run`, and `prepare` if there is anything to prepare, compiled."""
        names = dict(self.names)
        exec(compile(self.code, "<graph>", "exec"), names)
        return names["run"], names["prepare"]

    def listing(self) -> str:
        """What a reader is shown."""
        return self.code

    # -- words --------------------------------------------------------------------------------------------------
    def word(self, value: Any, hint: str = "number") -> str:
        """How an argument is written."""
        if isinstance(value, Ref):
            return self.values[value].word
        if value is None or type(value) in (bool, int, str) or (type(value) is float and abs(value) < 1e300):
            return repr(value)
        if isinstance(value, tuple) and all(type(v) is int for v in value):
            return repr(value)
        return self.object(hint, value)

    # -- the whole ----------------------------------------------------------------------------------------------
    def write(self) -> None:
        self.copy_out(self.graph.captured)
        for i, instruction in enumerate(self.graph.steps):
            self.index = i
            if not (isinstance(instruction, Step) and instruction.operation == "descend"):
                self.flush()
            self.instruction(instruction)
            self.copy_out(instruction.results)
            self.let_go(instruction)
        self.flush()
        self.write_back()
        self.line(f"return {mapped(self.graph.outputs, Ref, self.result)!r}")

    def copy_out(self, made: Iterable[Ref]) -> None:
        """Copies of what is returned or written and lives in a captured tensor, taken before that is written."""
        for ref in made:
            if ref in self.borrowed:
                self.returned[ref] = self.free(f"{ref.name}_now")
                self.line(f"{self.returned[ref]} = {self.word(ref)}.clone()")

    def write_back(self) -> None:
        """New values that are not in their places yet."""
        for target, value in self.graph.writes.items():
            if target not in self.done:
                self.line(f"{self.word(target)}.copy_({self.returned.get(value, self.word(value))})")

    def result(self, ref: Ref) -> Word:
        if ref in self.returned:
            return Word(f"Tensor({self.returned[ref]})")
        value, home = self.values[ref], self.life.home(ref)
        lent = value.array is not None or home in self.handed  # memory that someone else has as well
        self.handed.add(home)
        return Word(f"Tensor({value.word}{'.clone()' if lent else ''})")

    def let_go(self, instruction: Instruction) -> None:
        """Free the buffers that nobody reads after this instruction, and large arrays of the program's own."""
        for ref in {self.life.home(r) for r in (*reads(instruction), *instruction.results)}:
            value = self.values.get(ref)
            if value is None or not value.own or not self.life.ends(ref, self.index) or ref in self.life.leaving:
                continue
            value.own = False
            if value.flat is not None:
                self.buffers.give_back(value.flat)
            elif size(ref) >= LARGE and not self.gathered:
                self.afterwards(f"del {value.word}")

    # -- instructions -------------------------------------------------------------------------------------------
    def instruction(self, instruction: Instruction) -> None:
        around, self.now = self.now, Origin(instruction)
        self.write_instruction(instruction)
        self.now = around

    def write_instruction(self, instruction: Instruction) -> None:
        if isinstance(instruction, Cond):
            lowering.cond(self, instruction)
        elif isinstance(instruction, Loop):
            lowering.loop(self, instruction)
        elif not (
            self.view(instruction)
            or self.prepared(instruction)
            or self.special(instruction)
            or self.kernel(instruction)
        ):
            self.plain(instruction)

    def special(self, step: Step) -> bool:
        """A step that has a way of its own."""
        return lowering.special(self, step)

    def view(self, step: Step) -> bool:
        """A view of an array that exists already is made now, and costs nothing at run time."""
        base = self.values[step.args[0]].array if shares(step) and len(step.args) == 1 else None
        if base is None:
            return False
        array = step.op.forward(base, **step.static)
        if array.untyped_storage().data_ptr() != base.untyped_storage().data_ptr():
            return False  # its elements had to be moved: that is done at run time
        self.values[step.result] = Value(self.free(step.result.name, array), array)
        if step.args[0] in self.ready:
            self.ready.add(step.result)
        return True

    def prepared(self, step: Step) -> bool:
        """A step on parameters and constants alone is done beforehand."""
        refs = [a for a in step.args if isinstance(a, Ref)]
        if self.depth > 1 or self.travels or not refs or not step.op.pure or not self.ready.issuperset(refs):
            return False
        array = torch.empty(step.shape, dtype=torch_dtype(step.dtype), device=self.device)
        self.values[step.result] = Value(self.beforehand(step.result.name, array, self.applied(step)), array)
        self.ready.add(step.result)
        return True

    def applied(self, step: Step) -> str:
        """A call of the operation's forward function."""
        return f"{self.object(f'op_{step.operation}', step.op.forward)}({', '.join(self.applied_to(step))})"

    def beforehand(self, name: str, array: torch.Tensor, expression: str) -> str:
        """An array that `prepare` fills with the value of an expression; its name."""
        word = self.free(name, array)
        self.preparing.append((f"    {word}.copy_({expression})", self.now))
        return word

    def plain(self, step: Step) -> None:
        """The operation's forward function, into memory of its own."""
        self.fresh(step, self.applied(step))

    def fresh(self, step: Step, expression: str) -> None:
        word = self.free(step.result.name)
        self.line(f"{word} = {expression}")
        own = not shares(step)
        self.values[step.result] = Value(
            word, own=own, channels_last=step.operation in images.GIVING or self.is_last(step)
        )

    def is_last(self, step: Step) -> bool:
        """Whether an elementwise step on images gives them with channels last: where its arguments have them so."""
        values = [
            self.values[a] for a in step.args if isinstance(a, Ref) and a.shape == step.shape and a in self.values
        ]
        return step.op.elementwise and any(value.channels_last for value in values)

    def new_value(self, word: str, array: torch.Tensor | None = None, own: bool = True) -> Value:
        return Value(word, array, own=own)

    def view_of(self, value: Value, suffix: str, array: torch.Tensor) -> str:
        """A name for a view of an array that exists; one for all who need it."""
        name = f"{value.word}_{suffix}"
        if name not in self.views:
            self.views[name] = self.free(name, array)
        return self.views[name]

    def gather(self, rate: str, parameter: str, gradient: str) -> None:
        """An update in place that can wait for the next one like it."""
        if self.gathered and self.gathered[0][0] != rate:
            self.flush()
        self.gathered.append((rate, parameter, gradient))

    def flush(self) -> None:
        """Write the updates that waited, as one call."""
        if self.gathered:
            rate = self.gathered[0][0]
            lists = [", ".join(words) for words in list(zip(*self.gathered))[1:]]
            self.line(self.call(torch._foreach_add_, f"[{lists[0]}], [{lists[1]}], alpha=-{rate}"))
            self.gathered = []

    def kernel(self, step: Step) -> bool:
        kernel = kernel_of(step)
        if kernel is None:
            return False
        self.write_kernel(step, kernel, self.place(step))
        return True

    def write_kernel(self, step: Step, kernel: Kernel, target: Value | None) -> None:
        """A kernel's call, into a place or into new memory."""
        if target is None:
            kernel = FRESH.get(step.operation, kernel)
        self.emit(step, kernel, [self.arguments(step, kernel)], target)

    def arguments(self, step: Step, kernel: Kernel) -> str:
        """The arguments of a kernel's call."""
        words = {name: self.word(value, name) for name, value in step.static.items()}
        if "{dtype}" in kernel.arguments:
            words["dtype"] = self.object(step.dtype, getattr(torch, step.dtype))
        if "{axes}" in kernel.arguments:
            words["axes"] = repr(axes_of(step))
        values = [self.word(a) for a in step.args]
        return kernel.arguments.format(*values, all=f"({', '.join(values)},)", **words)

    def emit(self, step: Step, kernel: Kernel, arguments: list[str], target: Value | None) -> None:
        """A call with these arguments, into a place or into new memory."""
        if target is None:
            self.fresh(step, self.call(kernel.function, ", ".join(arguments)))
        else:
            place = kernel.place.format(out=target.word)
            self.line(self.call(kernel.function, ", ".join([*arguments, place])))
            self.values[step.result] = target

    # -- where a result goes ------------------------------------------------------------------------------------
    def place(self, step: Step, besides: Container[Ref] = ()) -> Value | None:
        """Where to put a step's result: into the parameter it updates, over an argument (none of `besides`), or into a buffer.

        None where it leaves the program (or a branch of it), and so needs memory of its own at every call.
        """
        if not self.stays(step):
            return None
        target = self.updated(step)
        if target is not None and target not in besides:
            self.done.add(target)
            return Value(self.word(target), self.values[target].array)
        overwritten = self.in_place(step, besides)
        if overwritten is not None:
            return overwritten
        last = step.operation in images.GIVING or self.is_last(step)
        flat, array = self.buffers.take(step.shape, step.dtype, last)
        return Value(self.free(step.result.name, array), array, flat, own=True, channels_last=last)

    def stays(self, step: Step) -> bool:
        """Whether the memory of a result can be the program's own, from one call to the next."""
        return self.depth == 1 and not self.travels and self.life.home(step.result) not in self.life.leaving

    def in_place(self, step: Step, besides: Container[Ref]) -> Value | None:
        """An argument that a step may write over, elementwise or by adding to it: of its shape, and read for the last time."""
        refs = [a for a in step.args if isinstance(a, Ref)]
        for ref in refs if step.op.elementwise or step.operation in images.ADDING else ():
            if (ref.shape, ref.dtype) != (step.shape, step.dtype) or ref in besides:
                continue
            value = self.values[ref]
            views = [a for a in refs if a != ref and self.life.home(a) == ref]
            if value.own and self.life.home(ref) == ref and self.life.ends(ref, self.index) and not views:
                value.own = False
                return Value(value.word, value.array, value.flat, True, value.channels_last)
        return None

    def updated(self, step: Step) -> Ref | None:
        """The captured tensor that a step may write its result into: it is that one's new value, and the old one is not read any more."""
        target = self.targets.get(step.result)
        if target is None or target not in step.args or target in self.done or target in self.entangled:
            return None
        through_views = any(a != target and self.life.home(a) == target for a in step.args if isinstance(a, Ref))
        safe = step.op.elementwise or step.operation.startswith("descend")
        twice = step.args.count(target) > 1 and not step.op.elementwise
        return target if safe and not through_views and not twice and self.life.ends(target, self.index) else None


def _entangled(graph: Graph) -> set[Ref]:
    """Captured tensors that share memory with another one: to write one early would change the other."""
    homes: dict[int, list[Ref]] = {}
    for ref, tensor in graph.captured.items():
        homes.setdefault(tensor.raw.untyped_storage().data_ptr(), []).append(ref)
    return {ref for refs in homes.values() if len(refs) > 1 for ref in refs}
