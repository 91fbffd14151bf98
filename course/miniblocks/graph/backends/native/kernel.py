"""One C function while it is written, and the pieces of C that all of them may use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from miniblocks.graph.backends.native.arrays import C_TYPES, Array, Number

# What stands at the head of every source. gcc and glibc have functions for several numbers at once; errors of up to 4 units in the last
# place, as torch's own have. nan and infinity pass through them as through the others.
HEAD = """\
#include <math.h>
#include <stdint.h>

#define KERNEL static __attribute__((noinline))  // copies of it in other functions would take time to compile, and save none

#if defined(__GLIBC__) && defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define SEVERAL __attribute__((simd("notinbranch")))
SEVERAL float expf(float); SEVERAL float logf(float); SEVERAL float sinf(float); SEVERAL float cosf(float);
SEVERAL double exp(double); SEVERAL double log(double); SEVERAL double sin(double); SEVERAL double cos(double);
SEVERAL float powf(float, float); SEVERAL double pow(double, double);
#if __GLIBC_PREREQ(2, 35)
SEVERAL float tanhf(float); SEVERAL double tanh(double);
#endif
#endif
"""
HELPERS = {  # each once for float and once for double
    "sum": """\
// Sums are kept in double precision, in eight parts that are added at the same time.
static double sum_TYPE(const TYPE *x, long count, long stride) {
    double parts[8] = {0}, total = 0;
    long i = 0;
    for (; i + 8 <= count; i += 8)
        for (long k = 0; k < 8; k++) parts[k] += x[(i + k) * stride];
    for (; i < count; i++) total += x[i * stride];
    for (long k = 0; k < 8; k++) total += parts[k];
    return total;
}
""",
    "largest": """\
// The largest of two numbers, or nan where one is; and of many.
static inline TYPE larger_TYPE(TYPE a, TYPE b) { return a != a || a > b ? a : b; }

static TYPE largest_TYPE(const TYPE *x, long count, long stride) {
    TYPE parts[8], largest = x[0];
    for (long k = 0; k < 8; k++) parts[k] = x[0];
    long i = 0;
    for (; i + 8 <= count; i += 8)
        for (long k = 0; k < 8; k++) parts[k] = larger_TYPE(parts[k], x[(i + k) * stride]);
    for (; i < count; i++) largest = larger_TYPE(largest, x[i * stride]);
    for (long k = 0; k < 8; k++) largest = larger_TYPE(largest, parts[k]);
    return largest;
}
""",
    "product": """\
// c = alpha · a b + beta · c for a (m, k), b (k, n) and c (m, n), row by row. BLAS goes column by column, and so sees all three
// transposed: cᵀ = alpha · bᵀ aᵀ + beta · cᵀ. 'T' says that a matrix lies column by column here; the number after it is how far one row (or
// column) lies from the next.
typedef void gemm_TYPE(const char *, const char *, const int *, const int *, const int *, const TYPE *, const TYPE *, const int *,
                       const TYPE *, const int *, const TYPE *, TYPE *, const int *);
static gemm_TYPE *blas_TYPE;
void set_blas_TYPE(gemm_TYPE *gemm) { blas_TYPE = gemm; }

static void product_TYPE(int m, int n, int k, TYPE alpha, const TYPE *a, char as, int a_next, const TYPE *b, char bs, int b_next,
                         TYPE beta, TYPE *c, int c_next) {
    blas_TYPE(&bs, &as, &n, &m, &k, &alpha, b, &b_next, a, &a_next, &beta, c, &c_next);
}
""",
}


class Kernel:
    """A C function of arrays and numbers, without its name. Its result is `y`, its arguments `a`, `b`, …, as it meets them.

    An array that is met twice is one argument: so all pointers are `restrict`. A function that `fails` gives 1 where it met numbers that it
    could not use.
    """

    def __init__(self, out: Array) -> None:
        self.out = out
        # Words and offsets that it is called with: what they are called inside; and the C types of these words.
        self.words: dict[tuple[str, int], str] = {}
        self.types: dict[str, str] = {}
        self.declared: list[str] = []
        self.lines: list[str] = []
        self.helpers: set[tuple[str, str]] = set()
        self.fails = False
        self._depth = 1
        self.y = self._parameter(out, f"{out.c_type} *restrict", "y")

    def _parameter(self, given: Array | Number, kind: str, name: str) -> str:
        key = given.word, given.offset if isinstance(given, Array) else 0
        if key not in self.words:
            self.words[key] = name
            self.types[given.word] = given.c_type
            self.declared.append(f"{kind} {name}")
        return self.words[key]

    def pointer(self, array: Array) -> str:
        """The name for an array that is read."""
        return self._parameter(array, f"const {array.c_type} *restrict", self._letter())

    def number(self, number: Number) -> str:
        """The name for a number that is given at every call."""
        return self._parameter(number, number.c_type, self._letter())

    def _letter(self) -> str:
        i = len(self.words) - 1
        return "abcdefgh"[i] if i < 8 else f"a{i}"

    def helper(self, name: str, dtype: str) -> str:
        """A function of `HELPERS`, for this dtype."""
        self.helpers.add((name, C_TYPES[dtype]))
        return f"{name}_{C_TYPES[dtype]}"

    def line(self, text: str) -> None:
        self.lines.append("    " * self._depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        self.line(f"{head} {{")
        self._depth += 1
        yield
        self._depth -= 1
        self.line("}")

    @contextmanager
    def loops(self, sizes: Sequence[int], name: str = "i", by: int = 1) -> Iterator[list[str]]:
        """Nested loops, the innermost last; the names of their variables."""
        names = [f"{name}{d}" if len(sizes) > 1 else name for d in range(len(sizes))]
        with ExitStack() as stack:
            for variable, size in zip(names, sizes):
                step = f"{variable}++" if by == 1 else f"{variable} += {by}"
                stack.enter_context(self.block(f"for (long {variable} = 0; {variable} < {size}; {step})"))
            yield names

    @property
    def body(self) -> str:
        """Parameters and lines: two kernels with the same body are the same function."""
        lines = [*self.lines, "    return 0;"] if self.fails else self.lines
        return "\n".join([f"({', '.join(self.declared)}) {{", *lines, "}"])

    def function(self, name: str) -> str:
        return f"KERNEL {'int' if self.fails else 'void'} {name}{self.body}"

    def call(self, name: str, variable: Callable[[str], str]) -> str:
        """A call of the function; `variable` gives the C variable for a word."""
        words = [variable(word) + (f" + {offset}" if offset else "") for word, offset in self.words]
        return f"{name}({', '.join(words)})"
