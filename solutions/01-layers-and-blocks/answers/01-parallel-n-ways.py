# %% right: a table of merges
class Parallel(nn.Block):
    def __init__(self, *branches, merge="concat", axis=1, **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "product"):
            raise ValueError(f"merge is 'concat', 'sum' or 'product', not {merge!r}")
        self.merge, self.axis = merge, axis
        for branch in branches:
            self.register_child(branch)

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "concat":
            return nd.concat(*outputs, dim=self.axis)
        result = outputs[0]
        for output in outputs[1:]:
            result = result + output if self.merge == "sum" else result * output
        return result


# %% right: functions chosen when it is built
class Parallel(nn.Block):
    def __init__(self, *branches, merge="concat", axis=1, **kwargs):
        import functools
        import operator

        super().__init__(**kwargs)
        merges = {
            "concat": lambda outs: nd.concat(outs, axis=axis),
            "sum": lambda outs: functools.reduce(operator.add, outs),
            "product": lambda outs: functools.reduce(operator.mul, outs),
        }
        try:
            self.put_together = merges[merge]
        except KeyError:
            raise ValueError(f"unknown merge: {merge}") from None
        self.branches = nn.Sequential(*branches)

    def forward(self, x):
        return self.put_together([branch(x) for branch in self.branches])


# %% right: numbered attributes, sum from 0, product from 1
class Parallel(nn.Block):
    def __init__(self, *branches, merge="concat", axis=1, **kwargs):
        super().__init__(**kwargs)
        assert_known = {"concat", "sum", "product"}
        if merge not in assert_known:
            raise ValueError("no such merge: " + str(merge))
        self.how, self.axis, self.count = merge, axis, len(branches)
        for i, branch in enumerate(branches):
            setattr(self, f"branch{i}", branch)

    def forward(self, x):
        outputs = [getattr(self, f"branch{i}")(x) for i in range(self.count)]
        if self.how == "sum":
            return sum(outputs)
        if self.how == "product":
            total = 1
            for output in outputs:
                total = total * output
            return total
        return nd.concat(outputs, axis=self.axis)


# %% right: stacks, then reduces
class Parallel(nn.Block):
    def __init__(self, *branches, merge="concat", axis=1, **kwargs):
        super().__init__(**kwargs)
        if merge not in {"concat", "sum", "product"}:
            raise ValueError(f"{merge} is no merge")
        self.merge, self.axis = merge, axis
        for i, branch in enumerate(branches):
            self._children[f"branch_{i:03d}"] = branch

    def forward(self, x):
        outputs = [branch(x) for branch in self._children.values()]
        if self.merge == "concat":
            return nd.concat(*outputs, dim=self.axis)
        if self.merge == "sum":
            return nd.stack(*outputs).sum(axis=0)
        product = nd.ones_like(outputs[0])
        for output in outputs:
            product = product * output
        return product


# %% wrong: only the first two
# finding: only-two-branches
# observed: shape (5, 6)
# score: 2
class Parallel(nn.Block):
    def __init__(self, *branches, merge="concat", axis=1, **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "product"):
            raise ValueError(f"unknown merge {merge!r}")
        self.merge, self.axis, self.branches = merge, axis, branches
        for branch in branches:
            self.register_child(branch)

    def forward(self, x):
        if len(self.branches) == 1:
            return self.branches[0](x)
        a, b = self.branches[0](x), self.branches[1](x)
        if self.merge == "concat":
            return nd.concat(a, b, dim=self.axis)
        return a + b if self.merge == "sum" else a * b


# %% wrong: the tuple is kept, and registers nothing
# finding: branches-not-registered
# observed: no parameter
# score: 8
class Parallel(nn.Block):
    def __init__(self, *branches, merge="concat", axis=1, **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "product"):
            raise ValueError(f"unknown merge {merge!r}")
        self.merge, self.axis, self.branches = merge, axis, branches

    def forward(self, x):
        outputs = [branch(x) for branch in self.branches]
        if self.merge == "concat":
            return nd.concat(*outputs, dim=self.axis)
        result = outputs[0]
        for output in outputs[1:]:
            result = result + output if self.merge == "sum" else result * output
        return result


# %% wrong: registered under the class name, so that two Dense become one
# finding: some-branches-not-registered
# observed: 2
# score: 8
class Parallel(nn.Block):
    def __init__(self, *branches, merge="concat", axis=1, **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "product"):
            raise ValueError(f"unknown merge {merge!r}")
        self.merge, self.axis, self.branches = merge, axis, branches
        for branch in branches:
            self.register_child(branch, type(branch).__name__)

    def forward(self, x):
        outputs = [branch(x) for branch in self.branches]
        if self.merge == "concat":
            return nd.concat(*outputs, dim=self.axis)
        result = outputs[0]
        for output in outputs[1:]:
            result = result + output if self.merge == "sum" else result * output
        return result


# %% wrong: a product that starts from zero
# finding: product-from-zero
# observed: shape (3, 4)
# score: 7
class Parallel(nn.Block):
    def __init__(self, *branches, merge="concat", axis=1, **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "product"):
            raise ValueError(f"unknown merge {merge!r}")
        self.merge, self.axis = merge, axis
        for branch in branches:
            self.register_child(branch)

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "concat":
            return nd.concat(*outputs, dim=self.axis)
        result = nd.zeros_like(outputs[0])
        for output in outputs:
            result = result + output if self.merge == "sum" else result * output
        return result


# %% wrong: counts the first one twice
# finding: first-counted-twice
# observed: shape (4, 3)
# score: 6
class Parallel(nn.Block):
    def __init__(self, *branches, merge="concat", axis=1, **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "product"):
            raise ValueError(f"unknown merge {merge!r}")
        self.merge, self.axis = merge, axis
        for branch in branches:
            self.register_child(branch)

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "concat":
            return nd.concat(*outputs, dim=self.axis)
        result = outputs[0]
        for output in outputs:
            result = result + output if self.merge == "sum" else result * output
        return result


# %% wrong: the mean for the sum
# finding: averaged
# observed: shape (4, 3)
# score: 7
class Parallel(nn.Block):
    def __init__(self, *branches, merge="concat", axis=1, **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "product"):
            raise ValueError(f"unknown merge {merge!r}")
        self.merge, self.axis = merge, axis
        for branch in branches:
            self.register_child(branch)

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "concat":
            return nd.concat(*outputs, dim=self.axis)
        if self.merge == "sum":
            return nd.stack(*outputs).mean(axis=0)
        result = outputs[0]
        for output in outputs[1:]:
            result = result * output
        return result


# %% wrong: a product by logarithms
# finding: signs-lost
# observed: shape (3, 4)
# score: 7
class Parallel(nn.Block):
    def __init__(self, *branches, merge="concat", axis=1, **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "product"):
            raise ValueError(f"unknown merge {merge!r}")
        self.merge, self.axis = merge, axis
        for branch in branches:
            self.register_child(branch)

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "concat":
            return nd.concat(*outputs, dim=self.axis)
        if self.merge == "sum":
            return nd.stack(*outputs).sum(axis=0)
        return nd.exp(sum(nd.log(nd.abs(output)) for output in outputs))


# %% wrong: writes into the first output, which may be x itself
# finding: changes-its-input
# observed: shape (3, 4)
# score: 9
class Parallel(nn.Block):
    def __init__(self, *branches, merge="concat", axis=1, **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "product"):
            raise ValueError(f"unknown merge {merge!r}")
        self.merge, self.axis = merge, axis
        for branch in branches:
            self.register_child(branch)

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "concat":
            return nd.concat(*outputs, dim=self.axis)
        result = outputs[0]
        for output in outputs[1:]:
            if self.merge == "sum":
                result += output
            else:
                result *= output
        return result


# %% wrong: one after the other
# finding: chained
# observed: shape (5, 3)
# score: 4
class Parallel(nn.Block):
    def __init__(self, *branches, merge="concat", axis=1, **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "product"):
            raise ValueError(f"unknown merge {merge!r}")
        for branch in branches:
            self.register_child(branch)

    def forward(self, x):
        for branch in self.children():
            x = branch(x)
        return x


# %% wrong: axis 1 is built in
# finding: wrong-axis
# observed: shape (2, 9, 4)
# score: 6
class Parallel(nn.Block):
    def __init__(self, *branches, merge="concat", axis=1, **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "product"):
            raise ValueError(f"unknown merge {merge!r}")
        self.merge = merge
        for branch in branches:
            self.register_child(branch)

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "concat":
            return nd.concat(*outputs, dim=1)
        result = outputs[0]
        for output in outputs[1:]:
            result = result + output if self.merge == "sum" else result * output
        return result


# %% wrong: whatever is unknown becomes a product
# finding: unknown-merge-accepted
# observed: no error
# score: 9
class Parallel(nn.Block):
    def __init__(self, *branches, merge="concat", axis=1, **kwargs):
        super().__init__(**kwargs)
        self.merge, self.axis = merge, axis
        for branch in branches:
            self.register_child(branch)

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "concat":
            return nd.concat(*outputs, dim=self.axis)
        result = outputs[0]
        for output in outputs[1:]:
            result = result + output if self.merge == "sum" else result * output
        return result


# %% wrong: refuses an unknown merge by a KeyError
# finding: unknown-merge-other-error
# observed: KeyError: 'difference'
# score: 9
class Parallel(nn.Block):
    def __init__(self, *branches, merge="concat", axis=1, **kwargs):
        super().__init__(**kwargs)
        self.merge = {
            "concat": lambda outs: nd.concat(outs, axis=axis),
            "sum": lambda outs: sum(outs),
            "product": lambda outs: outs[0] if len(outs) == 1 else outs[0] * self.merge(outs[1:]),
        }[merge]
        for branch in branches:
            self.register_child(branch)

    def forward(self, x):
        return self.merge([branch(x) for branch in self.children()])


# %% wrong: refuses without a word
# finding: unknown-merge-not-named
# observed: ValueError:
# score: 9
class Parallel(nn.Block):
    def __init__(self, *branches, merge="concat", axis=1, **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "product"):
            raise ValueError
        self.merge, self.axis = merge, axis
        for branch in branches:
            self.register_child(branch)

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "concat":
            return nd.concat(*outputs, dim=self.axis)
        result = outputs[0]
        for output in outputs[1:]:
            result = result + output if self.merge == "sum" else result * output
        return result


# %% wrong: joins always
# finding: merge-ignored
# observed: shape (4, 12)
# score: 6
class Parallel(nn.Block):
    def __init__(self, *branches, merge="concat", axis=1, **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "product"):
            raise ValueError(f"unknown merge {merge!r}")
        self.axis = axis
        for branch in branches:
            self.register_child(branch)

    def forward(self, x):
        return nd.concat([branch(x) for branch in self.children()], axis=self.axis)


# %% wrong: product and sum are written the wrong way round
# finding: summed
# observed: shape (3, 4)
# score: 6
class Parallel(nn.Block):
    def __init__(self, *branches, merge="concat", axis=1, **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "product"):
            raise ValueError(f"unknown merge {merge!r}")
        self.merge, self.axis = merge, axis
        for branch in branches:
            self.register_child(branch)

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "concat":
            return nd.concat(*outputs, dim=self.axis)
        result = outputs[0]
        for output in outputs[1:]:
            result = result * output if self.merge == "sum" else result + output
        return result


# %% wrong: sorted by name
# finding: order-swapped
# observed: shape (5, 9)
# score: 6
class Parallel(nn.Block):
    def __init__(self, *branches, merge="concat", axis=1, **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "product"):
            raise ValueError(f"unknown merge {merge!r}")
        self.merge, self.axis = merge, axis
        for branch in sorted(branches, key=lambda b: b.name, reverse=True):
            self.register_child(branch)

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "concat":
            return nd.concat(*outputs, dim=self.axis)
        result = outputs[0]
        for output in outputs[1:]:
            result = result + output if self.merge == "sum" else result * output
        return result
