"""The `native` backend: the `python` backend's program, of which C runs as much as it can.

    step = graph.joint(net, loss, optimizer, x, y, backend="native")
    print(step.code)  # the C that runs, and the Python that calls it

A training step of dense layers is one call. What C does not know (convolutions, random draws, branches, loops, half precision) stays as
the `python` backend has it, between the calls. Where there is no C compiler, or tensors lie on a GPU, all of it does.
"""

from __future__ import annotations

import warnings

import torch

from miniblocks.graph.backends.python import Program
from miniblocks.graph.backends.writer import Writer


class NativeWarning(UserWarning):
    """A graph that was to run natively runs in Python."""


class NativeProgram(Program):
    """A graph that is ready to run, natively where that is possible. `is_native` says whether any of it is."""

    told: set[str] = set()  # reasons that were given already

    def _written(self, device: torch.device) -> Writer:
        from miniblocks.graph.backends.native.compiler import BuildError  # most have no need of a compiler
        from miniblocks.graph.backends.native.writer import NativeWriter

        self.is_native = False
        if device.type == "cpu":
            try:
                writer = NativeWriter(self.graph, device, self.numbers, self.reuse)
                self.is_native = bool(writer.library.functions)
                return writer
            except BuildError as error:
                self._tell(str(error))
        return super()._written(device)

    def _tell(self, reason: str) -> None:
        """Say once why there is no native code."""
        if reason not in self.told:
            self.told.add(reason)
            warnings.warn(f"the backend native runs as the backend python: {reason}", NativeWarning, stacklevel=2)
