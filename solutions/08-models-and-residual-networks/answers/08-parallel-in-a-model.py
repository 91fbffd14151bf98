# %% right: a Sequential of blocks
class ParallelBlock(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.linear1 = nn.Dense(units)
        self.linear2 = nn.Dense(units)

    def forward(self, x):
        return (self.linear1(x) * self.linear2(x)).clamp(min=0)


class ParallelModel(train.Model):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.blocks = nn.Sequential(*[ParallelBlock(width) for width in widths])
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.blocks(x))


# %% right: children in a loop, the second layer first
class ParallelBlock(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.linear1 = nn.Dense(units)
        self.linear2 = nn.Dense(units)

    def forward(self, x):
        gate = self.linear2(x)
        return nd.relu(gate * self.linear1(x))


class ParallelModel(train.Model):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        for width in widths:
            self.register_child(ParallelBlock(width))
        self.register_child(nn.Dense(units))

    def call(self, x):
        for block in self.children():
            x = block(x)
        return x


# %% right: one Sequential for all
class ParallelBlock(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.linear1 = nn.Dense(units)
        self.linear2 = nn.Dense(units)

    def forward(self, x):
        product = self.linear1(x) * self.linear2(x)
        return nd.where(product > 0, product, 0)


class ParallelModel(train.Model):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.net = nn.Sequential()
        for width in widths:
            self.net.add(ParallelBlock(width))
        self.net.add(nn.Dense(units))

    def forward(self, x):
        return self.net(x)


# %% right: numbered attributes
class ParallelBlock(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.linear1 = nn.Dense(units)
        self.linear2 = nn.Dense(units)

    def forward(self, x):
        return nd.maximum(self.linear1(x) * self.linear2(x), 0)


class ParallelModel(train.Model):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.depth = len(widths)
        for i, width in enumerate(widths):
            setattr(self, f"parallel{i}", ParallelBlock(width))
        self.last = nn.Dense(units)

    def forward(self, x):
        for i in range(self.depth):
            x = getattr(self, f"parallel{i}")(x)
        return self.last(x)


# %% wrong: nothing is clamped
# finding: clamp-missing
# observed: shape (4, 3)
# score: 4
class ParallelBlock(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.linear1 = nn.Dense(units)
        self.linear2 = nn.Dense(units)

    def forward(self, x):
        return self.linear1(x) * self.linear2(x)


class ParallelModel(train.Model):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.blocks = nn.Sequential(*[ParallelBlock(width) for width in widths])
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.blocks(x))


# %% wrong: the outputs are added
# finding: summed
# observed: shape (4, 3)
# score: 4
class ParallelBlock(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.linear1 = nn.Dense(units)
        self.linear2 = nn.Dense(units)

    def forward(self, x):
        return (self.linear1(x) + self.linear2(x)).clamp(min=0)


class ParallelModel(train.Model):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.blocks = nn.Sequential(*[ParallelBlock(width) for width in widths])
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.blocks(x))


# %% wrong: each output is clamped before the product
# finding: clamped-before
# observed: shape (4, 3)
# score: 4
class ParallelBlock(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.linear1 = nn.Dense(units)
        self.linear2 = nn.Dense(units)

    def forward(self, x):
        return nd.relu(self.linear1(x)) * nd.relu(self.linear2(x))


class ParallelModel(train.Model):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.blocks = nn.Sequential(*[ParallelBlock(width) for width in widths])
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.blocks(x))


# %% wrong: clamped from the wrong side
# finding: clamped-above
# observed: shape (4, 3)
# score: 4
class ParallelBlock(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.linear1 = nn.Dense(units)
        self.linear2 = nn.Dense(units)

    def forward(self, x):
        return (self.linear1(x) * self.linear2(x)).clamp(max=0)


class ParallelModel(train.Model):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.blocks = nn.Sequential(*[ParallelBlock(width) for width in widths])
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.blocks(x))


# %% wrong: a layer times itself
# finding: branch-not-used
# observed: a layer that was not
# score: 2
class ParallelBlock(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.linear1 = nn.Dense(units)
        self.linear2 = nn.Dense(units)

    def forward(self, x):
        return (self.linear1(x) * self.linear1(x)).clamp(min=0)


class ParallelModel(train.Model):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.blocks = nn.Sequential(*[ParallelBlock(width) for width in widths])
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.blocks(x))


# %% wrong: the absolute value instead of a clamp
# finding: absolute-value
# observed: shape (4, 3)
# score: 4
class ParallelBlock(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.linear1 = nn.Dense(units)
        self.linear2 = nn.Dense(units)

    def forward(self, x):
        return nd.abs(self.linear1(x) * self.linear2(x))


class ParallelModel(train.Model):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.blocks = nn.Sequential(*[ParallelBlock(width) for width in widths])
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.blocks(x))


# %% wrong: the output layer is clamped, too
# finding: output-clamped
# observed: shape (4, 3)
# score: 4
class ParallelBlock(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.linear1 = nn.Dense(units)
        self.linear2 = nn.Dense(units)

    def forward(self, x):
        return (self.linear1(x) * self.linear2(x)).clamp(min=0)


class ParallelModel(train.Model):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.blocks = nn.Sequential(*[ParallelBlock(width) for width in widths])
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.blocks(x)).clamp(min=0)


# %% wrong: one layer for both branches
# finding: one-layer-a-block
# observed: weights of shapes (3, 5), (5, 7), (7, 8), (8, 6)
# score: 2
class ParallelBlock(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.linear1 = nn.Dense(units)
        self.linear2 = self.linear1

    def forward(self, x):
        return (self.linear1(x) * self.linear2(x)).clamp(min=0)


class ParallelModel(train.Model):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.blocks = nn.Sequential(*[ParallelBlock(width) for width in widths])
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.blocks(x))


# %% wrong: the output layer is a parallel block
# finding: output-layer-parallel
# observed: (3, 5), (3, 5)
# score: 2
class ParallelBlock(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.linear1 = nn.Dense(units)
        self.linear2 = nn.Dense(units)

    def forward(self, x):
        return (self.linear1(x) * self.linear2(x)).clamp(min=0)


class ParallelModel(train.Model):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.blocks = nn.Sequential(*[ParallelBlock(width) for width in widths])
        self.output = ParallelBlock(units)

    def forward(self, x):
        return self.output(self.blocks(x))


# %% wrong: the last width is forgotten
# finding: widths-ignored
# observed: (3, 7)
# score: 2
class ParallelBlock(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.linear1 = nn.Dense(units)
        self.linear2 = nn.Dense(units)

    def forward(self, x):
        return (self.linear1(x) * self.linear2(x)).clamp(min=0)


class ParallelModel(train.Model):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.blocks = nn.Sequential(*[ParallelBlock(width) for width in widths[:-1]])
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.blocks(x))


# %% wrong: two blocks, whatever the list
# finding: widths-ignored
# observed: (3, 7), (7, 8)
# score: 0
class ParallelBlock(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.linear1 = nn.Dense(units)
        self.linear2 = nn.Dense(units)

    def forward(self, x):
        return (self.linear1(x) * self.linear2(x)).clamp(min=0)


class ParallelModel(train.Model):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.block1 = ParallelBlock(widths[0])
        self.block2 = ParallelBlock(widths[1])
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.block2(self.block1(x)))


# %% wrong: no output layer
# finding: output-layer-missing
# observed: (5, 7), (5, 7)
# score: 2
class ParallelBlock(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.linear1 = nn.Dense(units)
        self.linear2 = nn.Dense(units)

    def forward(self, x):
        return (self.linear1(x) * self.linear2(x)).clamp(min=0)


class ParallelModel(train.Model):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.blocks = nn.Sequential(*[ParallelBlock(width) for width in widths])

    def forward(self, x):
        return self.blocks(x)


# %% wrong: the blocks are kept in a list
# finding: not-registered
# observed: 2 of them
# score: 6
class ParallelBlock(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.linear1 = nn.Dense(units)
        self.linear2 = nn.Dense(units)

    def forward(self, x):
        return (self.linear1(x) * self.linear2(x)).clamp(min=0)


class ParallelModel(train.Model):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.blocks = [ParallelBlock(width) for width in widths]
        self.output = nn.Dense(units)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return self.output(x)


# %% wrong: a block, no model
# finding: not-a-model
# observed: compile
# score: 8
class ParallelBlock(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.linear1 = nn.Dense(units)
        self.linear2 = nn.Dense(units)

    def forward(self, x):
        return (self.linear1(x) * self.linear2(x)).clamp(min=0)


class ParallelModel(nn.Block):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.blocks = nn.Sequential(*[ParallelBlock(width) for width in widths])
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.blocks(x))


# %% wrong: every block gets the first x
# finding: cannot-be-called
# observed: ShapeError
# score: 0
class ParallelBlock(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.linear1 = nn.Dense(units)
        self.linear2 = nn.Dense(units)

    def forward(self, x):
        return (self.linear1(x) * self.linear2(x)).clamp(min=0)


class ParallelModel(train.Model):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.blocks = nn.Sequential(*[ParallelBlock(width) for width in widths])
        self.output = nn.Dense(units)

    def forward(self, x):
        outputs = [block(x) for block in self.blocks]
        return self.output(sum(outputs))


# %% wrong: one branch is cut out of the record
# finding: not-trained
# observed: stayed
# score: 8
class ParallelBlock(nn.Block):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.linear1 = nn.Dense(units)
        self.linear2 = nn.Dense(units)

    def forward(self, x):
        return (self.linear1(x) * self.linear2(x).detach()).clamp(min=0)


class ParallelModel(train.Model):
    def __init__(self, widths, units, **kwargs):
        super().__init__(**kwargs)
        self.blocks = nn.Sequential(*[ParallelBlock(width) for width in widths])
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.blocks(x))
