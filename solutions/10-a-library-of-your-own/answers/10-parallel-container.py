# %% right: a table of merges
MERGES = {
    "concat": lambda outs: nd.concat(*outs, dim=1),
    "sum": lambda outs: nd.stack(*outs).sum(axis=0),
    "mean": lambda outs: nd.stack(*outs).mean(axis=0),
    "list": list,
}


class Parallel(nn.Block):
    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        try:
            self.function = MERGES[merge]
        except KeyError:
            raise ValueError(f"there is no merge {merge}, only {', '.join(MERGES)}") from None
        if len(branches) == 0:
            raise ValueError("no branches")
        if not isinstance(branches, dict):
            branches = {str(i): branch for i, branch in enumerate(branches)}
        for name in branches:
            self.register_child(branches[name], name)

    def forward(self, x):
        return self.function([branch(x) for branch in self.children()])


# %% right: a loop that adds, by hand
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        self.merge = merge
        if isinstance(branches, dict):
            for name in branches:
                self.register_child(branches[name], name)
        else:
            for branch in branches:
                self.register_child(branch)

    def forward(self, x):
        if self.merge == "list":
            return [branch(x) for _, branch in self._children.items()]
        total, joined, count = None, None, 0
        for branch in self.children():
            out = branch(x)
            count += 1
            total = out if total is None or self.merge == "concat" else total + out
            if self.merge == "concat":
                joined = out if joined is None else nd.concat(joined, out, dim=1)
        if self.merge == "concat":
            return joined
        return total * (1 / count) if self.merge == "mean" else total


# %% right: one method for each merge
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = branches.items() if isinstance(branches, dict) else enumerate(branches)
        for name, branch in named:
            self.register_child(branch, str(name))
        self._merged = getattr(self, "_" + merge)

    def _list(self, outs):
        return outs

    def _concat(self, outs):
        return nd.concat(*outs, dim=1)

    def _sum(self, outs):
        result = outs[0]
        for out in outs[1:]:
            result = result + out
        return result

    def _mean(self, outs):
        return self._sum(outs) / len(outs)

    def forward(self, x):
        return self._merged([branch(x) for branch in self._children.values()])


# %% wrong: one after the other
# finding: chained
# observed: shape (4, 3)
# score: 7
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = branches.items() if isinstance(branches, dict) else enumerate(branches)
        for name, branch in named:
            self.register_child(branch, str(name))
        self.merge = merge

    def forward(self, x):
        outputs = []
        for branch in self.children():
            x = branch(x)
            outputs.append(x)
        if self.merge == "list":
            return outputs
        return x


# %% wrong: joined along axis 0
# finding: wrong-axis
# observed: shape (12, 3)
# score: 10
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = branches.items() if isinstance(branches, dict) else enumerate(branches)
        for name, branch in named:
            self.register_child(branch, str(name))
        self.merge = merge

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "list":
            return outputs
        if self.merge == "concat":
            return nd.concat(*outputs, dim=0)
        total = sum(outputs[1:], outputs[0])
        return total / len(outputs) if self.merge == "mean" else total


# %% wrong: joined along the last axis
# finding: wrong-axis
# observed: shape (3, 2, 4, 8)
# score: 11
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = branches.items() if isinstance(branches, dict) else enumerate(branches)
        for name, branch in named:
            self.register_child(branch, str(name))
        self.merge = merge

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "list":
            return outputs
        if self.merge == "concat":
            return nd.concat(*outputs, dim=-1)
        total = sum(outputs[1:], outputs[0])
        return total / len(outputs) if self.merge == "mean" else total


# %% wrong: stacked instead of joined
# finding: stacked
# observed: shape (4, 3, 3)
# score: 10
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = branches.items() if isinstance(branches, dict) else enumerate(branches)
        for name, branch in named:
            self.register_child(branch, str(name))
        self.merge = merge

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "list":
            return outputs
        if self.merge == "concat":
            return nd.stack(*outputs, axis=1)
        total = sum(outputs[1:], outputs[0])
        return total / len(outputs) if self.merge == "mean" else total


# %% wrong: the mean divides by two
# finding: divided-by-two
# observed: shape (4, 4)
# score: 12
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = branches.items() if isinstance(branches, dict) else enumerate(branches)
        for name, branch in named:
            self.register_child(branch, str(name))
        self.merge = merge

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "list":
            return outputs
        if self.merge == "concat":
            return nd.concat(*outputs, dim=1)
        total = sum(outputs[1:], outputs[0])
        return total / 2 if self.merge == "mean" else total


# %% wrong: the mean is a sum
# finding: summed
# observed: shape (4, 4)
# score: 12
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = branches.items() if isinstance(branches, dict) else enumerate(branches)
        for name, branch in named:
            self.register_child(branch, str(name))
        self.merge = merge

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "list":
            return outputs
        if self.merge == "concat":
            return nd.concat(*outputs, dim=1)
        total = sum(outputs[1:], outputs[0])
        return total


# %% wrong: only the first two branches
# finding: only-two
# observed: shape (4, 4)
# score: 11
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = branches.items() if isinstance(branches, dict) else enumerate(branches)
        for name, branch in named:
            self.register_child(branch, str(name))
        self.merge = merge

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "list":
            return outputs
        if self.merge == "concat":
            return nd.concat(*outputs, dim=1)
        total = outputs[0] + outputs[1]
        return total / 2 if self.merge == "mean" else total


# %% wrong: a list keeps the branches
# finding: not-registered
# observed: none
# score: 9
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        self.branches = list(branches.values()) if isinstance(branches, dict) else list(branches)
        self.merge = merge

    def forward(self, x):
        outputs = [branch(x) for branch in self.branches]
        if self.merge == "list":
            return outputs
        if self.merge == "concat":
            return nd.concat(*outputs, dim=1)
        total = sum(outputs[1:], outputs[0])
        return total / len(outputs) if self.merge == "mean" else total


# %% wrong: a dictionary keeps the branches
# finding: not-registered
# observed: none
# score: 9
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = branches.items() if isinstance(branches, dict) else enumerate(branches)
        self.branches = {str(name): branch for name, branch in named}
        self.merge = merge

    def forward(self, x):
        outputs = [branch(x) for branch in self.branches.values()]
        if self.merge == "list":
            return outputs
        if self.merge == "concat":
            return nd.concat(*outputs, dim=1)
        total = sum(outputs[1:], outputs[0])
        return total / len(outputs) if self.merge == "mean" else total


# %% wrong: names are left out
# finding: names-lost
# observed: 0.weight, 0.bias, 1.weight, 1.bias, 2.weight, 2.bias
# score: 11
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = branches.items() if isinstance(branches, dict) else enumerate(branches)
        for name, branch in named:
            self.register_child(branch)
        self.merge = merge

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "list":
            return outputs
        if self.merge == "concat":
            return nd.concat(*outputs, dim=1)
        total = sum(outputs[1:], outputs[0])
        return total / len(outputs) if self.merge == "mean" else total


# %% wrong: a Sequential in between
# finding: names-too-deep
# observed: branches.merge.weight, branches.merge.bias, branches.trainin
# score: 11
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        self.branches = nn.Sequential()
        for name, branch in branches.items() if isinstance(branches, dict) else enumerate(branches):
            self.branches.register_child(branch, str(name))
        self.merge = merge

    def forward(self, x):
        outputs = [branch(x) for branch in self.branches]
        if self.merge == "list":
            return outputs
        if self.merge == "concat":
            return nd.concat(*outputs, dim=1)
        total = sum(outputs[1:], outputs[0])
        return total / len(outputs) if self.merge == "mean" else total


# %% wrong: names become attributes
# finding: name-became-attribute
# observed: shape (4, 3)
# score: 13
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = branches.items() if isinstance(branches, dict) else enumerate(branches)
        for name, branch in named:
            setattr(self, str(name), branch)
        self.merge = merge

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "list":
            return outputs
        if self.merge == "concat":
            return nd.concat(*outputs, dim=1)
        total = sum(outputs[1:], outputs[0])
        return total / len(outputs) if self.merge == "mean" else total


# %% wrong: the sum is written into the first output
# finding: changes-its-input
# observed: shape (4, 3)
# score: 13
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = branches.items() if isinstance(branches, dict) else enumerate(branches)
        for name, branch in named:
            self.register_child(branch, str(name))
        self.merge = merge

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "list":
            return outputs
        if self.merge == "concat":
            return nd.concat(*outputs, dim=1)
        total = outputs[0]
        for output in outputs[1:]:
            total += output
        return total / len(outputs) if self.merge == "mean" else total


# %% wrong: a dictionary's keys are taken for the branches
# finding: cannot-be-built
# observed: TypeError
# score: 5
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = enumerate(branches)
        for name, branch in named:
            self.register_child(branch, str(name))
        self.merge = merge

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "list":
            return outputs
        if self.merge == "concat":
            return nd.concat(*outputs, dim=1)
        total = sum(outputs[1:], outputs[0])
        return total / len(outputs) if self.merge == "mean" else total


# %% wrong: a list has no items
# finding: cannot-be-built
# observed: AttributeError
# score: 6
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = branches.items()
        for name, branch in named:
            self.register_child(branch, str(name))
        self.merge = merge

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "list":
            return outputs
        if self.merge == "concat":
            return nd.concat(*outputs, dim=1)
        total = sum(outputs[1:], outputs[0])
        return total / len(outputs) if self.merge == "mean" else total


# %% wrong: merge is looked at in forward only
# finding: unknown-merge-accepted
# observed: no error
# score: 12
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = branches.items() if isinstance(branches, dict) else enumerate(branches)
        for name, branch in named:
            self.register_child(branch, str(name))
        self.merge = merge

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "list":
            return outputs
        if self.merge == "concat":
            return nd.concat(*outputs, dim=1)
        total = sum(outputs[1:], outputs[0])
        return total / len(outputs) if self.merge == "mean" else total
        raise ValueError(f"there is no merge {self.merge!r}")


# %% wrong: an assertion refuses
# finding: refused-by-another-error
# observed: AssertionError: product
# score: 12
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        assert merge in ("concat", "sum", "mean", "list"), merge
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = branches.items() if isinstance(branches, dict) else enumerate(branches)
        for name, branch in named:
            self.register_child(branch, str(name))
        self.merge = merge

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "list":
            return outputs
        if self.merge == "concat":
            return nd.concat(*outputs, dim=1)
        total = sum(outputs[1:], outputs[0])
        return total / len(outputs) if self.merge == "mean" else total


# %% wrong: the refusal does not say what was asked for
# finding: refusal-says-little
# observed: ValueError: unknown merge
# score: 12
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError("unknown merge")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = branches.items() if isinstance(branches, dict) else enumerate(branches)
        for name, branch in named:
            self.register_child(branch, str(name))
        self.merge = merge

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "list":
            return outputs
        if self.merge == "concat":
            return nd.concat(*outputs, dim=1)
        total = sum(outputs[1:], outputs[0])
        return total / len(outputs) if self.merge == "mean" else total


# %% wrong: no branches are let pass
# finding: no-branches-accepted
# observed: no error
# score: 12
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        named = branches.items() if isinstance(branches, dict) else enumerate(branches)
        for name, branch in named:
            self.register_child(branch, str(name))
        self.merge = merge

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge == "list":
            return outputs
        if self.merge == "concat":
            return nd.concat(*outputs, dim=1)
        total = sum(outputs[1:], outputs[0])
        return total / len(outputs) if self.merge == "mean" else total


# %% wrong: a list is merged all the same
# finding: list-merged
# observed: shape (4, 7)
# score: 12
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = branches.items() if isinstance(branches, dict) else enumerate(branches)
        for name, branch in named:
            self.register_child(branch, str(name))
        self.merge = merge

    def forward(self, x):
        outputs = [branch(x) for branch in self.children()]
        if self.merge in ("concat", "list"):
            return nd.concat(*outputs, dim=1)
        total = sum(outputs[1:], outputs[0])
        return total / len(outputs) if self.merge == "mean" else total


# %% wrong: merge is not looked at
# finding: merge-ignored
# observed: shape (4, 12)
# score: 10
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = branches.items() if isinstance(branches, dict) else enumerate(branches)
        for name, branch in named:
            self.register_child(branch, str(name))
        self.merge = merge

    def forward(self, x):
        return nd.concat(*[branch(x) for branch in self.children()], dim=1)


# %% wrong: outputs leave the framework
# finding: gradient-lost
# observed: GraphError: nothing here requires a gradient: set `requires_
# score: 13
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = branches.items() if isinstance(branches, dict) else enumerate(branches)
        for name, branch in named:
            self.register_child(branch, str(name))
        self.merge = merge

    def forward(self, x):
        outputs = [nd.array(branch(x).asnumpy()) for branch in self.children()]
        if self.merge == "list":
            return outputs
        if self.merge == "concat":
            return nd.concat(*outputs, dim=1)
        total = sum(outputs[1:], outputs[0])
        return total / len(outputs) if self.merge == "mean" else total


# %% wrong: branches in the reverse order
# finding: order-swapped
# observed: shape (4, 9)
# score: 9
class Parallel(nn.Block):
    """Branches side by side: each gets x, and their outputs are merged."""

    def __init__(self, branches, merge="concat", **kwargs):
        super().__init__(**kwargs)
        if merge not in ("concat", "sum", "mean", "list"):
            raise ValueError(f"merge is concat, sum, mean or list, not {merge!r}")
        if not branches:
            raise ValueError("parallel blocks need at least one branch, and there is none")
        named = branches.items() if isinstance(branches, dict) else enumerate(branches)
        for name, branch in named:
            self.register_child(branch, str(name))
        self.merge = merge

    def forward(self, x):
        outputs = [branch(x) for branch in list(self.children())[::-1]]
        if self.merge == "list":
            return outputs
        if self.merge == "concat":
            return nd.concat(*outputs, dim=1)
        total = sum(outputs[1:], outputs[0])
        return total / len(outputs) if self.merge == "mean" else total
