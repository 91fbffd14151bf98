"""Differentiation by name: `from miniblocks import autograd`."""

from miniblocks.tape import backward, grad, is_recording, no_grad, record

__all__ = ["backward", "grad", "is_recording", "no_grad", "record"]
