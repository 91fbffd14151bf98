"""Operations that nobody writes by hand: passes over static graphs put them in the place of several others."""

from typing import Any

import torch

from miniblocks.ops.table import RAW, TABLE, op

# One step of gradient descent, w - rate · g: for a gradient that is there, that is the product of two matrices, and
# that is a sum over the rows. `rate` is a number or a tensor without axes.
descend = op(
    "descend",
    lambda w, rate, g: w - rate * g,
    lambda F, h, out, w, rate, g: h,
    lambda F, h, out, w, rate, g: -F.sum(h * g, axis=None, keepdims=False),
    lambda F, h, out, w, rate, g: -h * rate,
    passes_on=True,
)
descend_matmul = op(
    "descend_matmul",
    lambda w, rate, a, b: w - rate * torch.matmul(a, b),
    lambda F, h, out, w, rate, a, b: h,
    lambda F, h, out, w, rate, a, b: -F.sum(h * F.matmul(a, b), axis=None, keepdims=False),
    lambda F, h, out, w, rate, a, b: -F.matmul(h, b.mT) * rate,
    lambda F, h, out, w, rate, a, b: -F.matmul(a.mT, h) * rate,
    passes_on=True,
)
descend_sum = op(
    "descend_sum",
    lambda w, rate, g: w - rate * g.sum(0),
    lambda F, h, out, w, rate, g: h,
    lambda F, h, out, w, rate, g: -F.sum(h * F.sum(g, axis=0, keepdims=False), axis=None, keepdims=False),
    lambda F, h, out, w, rate, g: F.expand(-h * rate, shape=tuple(g.shape)),
    passes_on=True,
)

# An image, and what a convolution (or the gradient of one by its input) adds to it.
add_conv2d = op(
    "add_conv2d",
    lambda y, x, w, b, **s: RAW.conv2d(x, w, b, **s).add_(y),
    lambda F, g, out, y, x, w, b, **s: g,
    lambda F, g, out, y, x, w, b, **s: F.conv2d_input(g, w, shape=tuple(x.shape), **s),
    lambda F, g, out, y, x, w, b, **s: F.conv2d_kernel(g, x, shape=tuple(w.shape), **s),
    lambda F, g, out, y, x, w, b, **s: F.sum(g, axis=(0, 2, 3), keepdims=False),
    passes_on=True,
)
add_conv2d_input = op(
    "add_conv2d_input",
    lambda y, g, w, **s: RAW.conv2d_input(g, w, **s).add_(y),
    lambda F, h, out, y, g, w, shape, **s: h,
    lambda F, h, out, y, g, w, shape, **s: F.conv2d(h, w, None, **s),
    lambda F, h, out, y, g, w, shape, **s: F.conv2d_kernel(g, h, shape=tuple(w.shape), **s),
    passes_on=True,
)


# A chain of elementwise operations. `of` lists them as (operation, arguments …, (name, value) …): an argument is "."
# for the last result, "x0", "x1", … for the chain's own arguments, or a number; pairs are static arguments.
def _values(F, args, of):
    """The value after each operation of a chain."""
    found: list[Any] = []
    for name, *words in of:
        operands = [_value(w, args, found) for w in words if not isinstance(w, tuple)]
        found.append(getattr(F, name)(*operands, **_static(words)))
    return found


def _static(words):
    return {w[0]: w[1] for w in words if isinstance(w, tuple)}


def _value(word, args, found):
    if not isinstance(word, str):
        return word
    return found[-1] if word == "." else args[int(word[1:])]


def _chain_rule(i):
    def rule(F, g, out, *args, of):
        """Back through the chain; argument i may enter at several places."""
        values, total = _values(F, args, of), None
        for position in reversed(range(len(of))):
            name, *words = of[position]
            row, static = TABLE[name], _static(words)
            words = [w for w in words if not isinstance(w, tuple)]
            operands = [_value(w, args, values[:position]) for w in words]
            saved = operands if row.keeps_values else [getattr(o, "shape", o) for o in operands]
            above, g = g if row.first is None else row.first(F, g, values[position]), None
            for j, word in enumerate(words):
                if word in (".", f"x{i}") and row.vjps and row.vjps[j] is not None:
                    part = row.vjps[j](F, above, values[position], *saved, **static)
                    if word == ".":
                        g = part if g is None else g + part
                    else:
                        part = F.sum_to(part, shape=tuple(args[i].shape))
                        total = part if total is None else total + part
            if g is None:
                break
        return args[i] * 0 if total is None else total

    return rule


class _Rules:
    def __getitem__(self, i):
        return _chain_rule(i)


chain = op("chain", lambda *args, of: _values(RAW, args, of)[-1], elementwise=True, passes_on=True)
chain.vjps = _Rules()
