"""The `native` backend. Read in this order: `program` (what it is), `writer` (which steps go to C), `arrays` and `kernel` (C functions while
they are written), `expressions`, `rules`, `sums`, `losses`, `products` (how each operation is written), `segments` (the whole source),
`compiler` and `blas` (what makes it run)."""

from miniblocks.graph.backends.native.program import NativeProgram, NativeWarning

__all__ = ["NativeProgram", "NativeWarning"]
