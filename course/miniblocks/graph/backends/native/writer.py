"""Writes a graph for the `native` backend: as the `python` backend does, but with runs of steps in C.

Memory is laid out as for Python, and so is the order of steps. A step that C knows is put into a segment; one that it does not know is
a line of Python, and ends the segment. Each segment is one C function, and one line of Python that calls it.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import torch

from miniblocks.graph.backends.native import blas, compiler, products
from miniblocks.graph.backends.native.arrays import C_TYPES, LARGEST, Array, Number, Operand, contiguous, is_exact
from miniblocks.graph.backends.native.kernel import Kernel
from miniblocks.graph.backends.native.rules import RULES
from miniblocks.graph.backends.native.segments import Library, Segment, plain
from miniblocks.graph.backends.writer import Value, Writer
from miniblocks.graph.blame import Origin
from miniblocks.graph.ir import Graph, Ref, Step, shares
from miniblocks.graph.printing import line
from miniblocks.ops.elementwise import torch_dtype

# What the documented `torch.autograd.graph.increment_version` calls: it tells torch that arrays were written into.
increment_version = torch._C._increment_version
LARGE = 1 << 18  # elements: from here on torch's threads gain more than C
CALLED = "// What calls it, in Python:\n"


class NativeWriter(Writer):
    """One graph: `code` in Python, `library` in C, and `functions()` that run both. Raises `BuildError` where C cannot be compiled."""

    def __init__(self, graph: Graph, device: torch.device, numbers: frozenset[str], reuse: bool = True) -> None:
        self.library, self.segment = Library(), Segment()
        self.arrays: dict[Ref, Array] = {}  # what C knows the place of
        self.loose: set[str] = set()  # words of arrays whose pointers are passed at every call
        self.tight: set[str] = set()  # those of them that have been made contiguous
        self.numeric: set[str] = set()  # words of numbers
        self.views_made: dict[int, str] = {}  # lines that only make a view for Python, and its word
        self.labels = {ref.name: label for ref, label in graph.labels.items()}
        super().__init__(graph, device, numbers, reuse)
        if self.library.functions:
            self.link(compiler.load(self.library.source))

    def write(self) -> None:
        self.table = self.free("memory")
        super().write()
        self.drop_unread_views()

    def listing(self) -> str:
        """C first, where there is any, and then the Python that calls it."""
        return "\n".join([self.library.source, CALLED, self.code]) if self.library.functions else self.code

    # -- steps --------------------------------------------------------------------------------------------------
    def special(self, step: Step) -> bool:
        return self.native(step) or super().special(step)

    def native(self, step: Step) -> bool:
        """Put a step into the segment, if C knows it."""
        rule = RULES.get(step.operation)
        if rule is None or self.depth > 1 or self.travels or step.result in self.values or not _is_known(step.result):
            return False
        operands = [o for o in map(self.operand, step.args) if o is not None]
        parameter = self.updated(step)
        out = contiguous("y", step.dtype, step.shape) if parameter is None else self.array(parameter)
        if len(operands) < len(step.args) or out is None or _overlaps(out) or _is_for_threads(step, operands):
            return False
        if rule(step, operands, out) is None:
            return False
        self.flush()
        target = self.values[step.result] = self.place(step) or self.lasting(step)
        out = self.array(step.result)
        kernel = None if out is None else rule(step, operands, out)
        assert kernel is not None
        if parameter is not None and target.word not in self.segment.written:
            self.segment.written.append(target.word)
        self.put(step, kernel)
        return True

    def lasting(self, step: Step) -> Value:
        """A place for what leaves the program: whoever called is given a copy."""
        flat, array = self.buffers.take(step.shape, step.dtype)
        return Value(self.free(step.result.name, array), array, flat, own=True)

    def put(self, step: Step, kernel: Kernel) -> None:
        """A kernel's call at the end of the segment."""
        call = kernel.call(self.library.kernel(step.operation, kernel), self.library.variable)
        for word, kind in kernel.types.items():
            if word in self.numeric:
                self.segment.given[word] = kind
            elif word in self.loose:
                self.segment.given[word] = f"{kind} *"
            else:
                self.segment.read[word] = kind
            if word in self.loose - self.tight:
                self.tight.add(word)
                super().line(f"{word} = {word}.contiguous()")
        if kernel.fails:
            self.segment.failing.append(step)
            call = f"if ({call}) return {len(self.segment.failing)}"
        self.segment.calls += [f"// {plain(line(step))}", f"{call};"]

    # -- what C can read ----------------------------------------------------------------------------------------
    def operand(self, value: Any) -> Operand | None:
        """An argument as C has it; None where it cannot."""
        if isinstance(value, Ref) and value.name in self.numbers:
            self.numeric.add(self.word(value))
            return Number(self.word(value))
        if isinstance(value, Ref):
            return self.array(value)
        return value if isinstance(value, (int, float)) and is_exact(value) else None

    def array(self, ref: Ref) -> Array | None:
        """Where a value lies: in memory that is there, or behind a pointer that is passed at every call and made contiguous; None where C cannot tell."""
        value = self.values[ref]
        if ref not in self.arrays and _is_known(ref):
            if value.array is None and not value.channels_last:
                self.loose.add(value.word)
                self.arrays[ref] = contiguous(value.word, ref.dtype, ref.shape)
            elif value.array is not None and _is_plain(value.array):
                self.arrays[ref] = Array(value.word, ref.dtype, ref.shape, value.array.stride())
        return self.arrays.get(ref)

    def view(self, step: Step) -> bool:
        """A view of what is passed at every call costs C nothing; the line of Python stays only if Python reads it."""
        if super().view(step):
            return True
        base = self.array(step.args[0]) if shares(step) and len(step.args) == 1 and self.depth == 1 else None
        if base is None or base.word not in self.loose:
            return False
        room = torch.empty(base.offset + LARGEST, dtype=torch_dtype(base.dtype), device="meta")
        seen = room.as_strided(base.shape, base.strides, base.offset)
        view = step.op.forward(seen, **step.static)
        if view.untyped_storage()._cdata != room.untyped_storage()._cdata:
            return False
        word = self.free(step.result.name)
        self.values[step.result] = Value(word)
        self.arrays[step.result] = Array(base.word, base.dtype, step.shape, view.stride(), view.storage_offset())
        self.views_made[len(self.lines)] = word
        super().line(f"{word} = {self.applied(step)}")
        return True

    # -- lines of Python ----------------------------------------------------------------------------------------
    def line(self, text: str) -> None:
        """A line of Python comes after the C of all steps before it."""
        self.close()
        super().line(text)

    def afterwards(self, text: str) -> None:
        if self.segment.calls:
            self.segment.after.append(text)
        else:
            super().line(text)

    def close(self) -> None:
        """End the segment: a function in C, and its call in Python."""
        segment, self.segment = self.segment, Segment()
        if not segment.calls:
            return
        around, self.now = self.now, None
        name = self.free(f"native{len(self.library.functions)}")
        self.library.add(name, segment, self.labels)
        if segment.written:
            written = self.free(f"written_by_{name}", [self.names[word] for word in segment.written])
            self.line(self.call(increment_version, written))
        words = [f"float({w})" if w in self.numeric else f"{w}.data_ptr()" for w in segment.given]
        call = f"{name}({', '.join([self.table, *words])})"
        if segment.failing:
            failed = self.free("failed")
            call = f"{failed} = {call}"
        self.line(call)
        for i, step in enumerate(segment.failing):
            self.now = Origin(step)
            self.line(f"if {failed} == {i + 1}: {self.failing_call(step)}")
        for text in segment.after:
            self.line(text)
        self.now = around

    def failing_call(self, step: Step) -> str:
        """torch's own function on the same numbers: it says what is wrong with them."""
        words = [self.object(f"op_{step.operation}", step.op.forward), *self.applied_to(step)]
        return f"{self.object('failing', failing)}({', '.join(words)})"

    def drop_unread_views(self) -> None:
        """Leave out lines that make a view for nobody."""
        counts = Counter(word for text in self.lines for word in re.findall(r"\w+", text))
        for i, word in sorted(self.views_made.items(), reverse=True):
            if counts[word] == 1:
                counts.subtract(re.findall(r"\w+", self.lines[i]))
                del self.lines[i], self.origins[i]

    # -- putting both together ----------------------------------------------------------------------------------
    def link(self, library: ctypes.CDLL) -> None:
        """Give Python the functions of the library, and the library what it needs: BLAS, and where everything lies."""
        for helper, kind in self.library.helpers:
            if helper == "product":
                dtype = next(dtype for dtype, c_type in C_TYPES.items() if c_type == kind)
                getattr(library, f"set_blas_{kind}")(ctypes.c_void_p(blas.gemm(dtype)))
        for name, kinds in self.library.functions.items():
            function = getattr(library, name)
            pointers = [ctypes.c_double if kind == "double" else ctypes.c_void_p for kind in kinds]
            function.argtypes, function.restype = [ctypes.c_void_p, *pointers], ctypes.c_int
            self.names[name] = function
        arrays = [self.names[word] for word in self.library.table]
        table = (ctypes.c_void_p * len(arrays))(*(array.data_ptr() for array in arrays))
        self.names[self.table] = ctypes.addressof(table)
        self.free("pointers", table)  # lives as long as the functions


def failing(forward: Callable[..., Any], *args: Any, **static: Any) -> NoReturn:
    """Raise what torch raises for numbers that C could not use."""
    forward(*args, **static)
    raise IndexError("a label is not among the classes")


def _is_known(ref: Ref) -> bool:
    """Whether C has such arrays: not empty ones, and not of every dtype."""
    return ref.dtype in C_TYPES and 0 < math.prod(ref.shape) < LARGEST


def _is_for_threads(step: Step, operands: Sequence[Operand]) -> bool:
    """Whether torch would share the work among threads. C has one; products are shared by BLAS."""
    largest = max([math.prod(step.shape), *(o.count for o in operands if isinstance(o, Array))])
    return largest >= LARGE and torch.get_num_threads() > 1 and step.operation not in products.RULES


def _is_plain(array: torch.Tensor) -> bool:
    """Whether an array's numbers lie in this computer's memory as they are."""
    return array.device.type == "cpu" and array.layout is torch.strided and not array.is_neg()


def _overlaps(array: Array) -> bool:
    """Whether several elements lie at one place: torch refuses to write there."""
    return any(n > 1 and s == 0 for n, s in zip(array.shape, array.strides))
