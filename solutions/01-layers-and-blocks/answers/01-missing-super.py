# %% right: super without arguments
class RepairedMLP(nn.Block):
    def __init__(self, hidden=256, units=10, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Dense(hidden, activation="relu")
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.hidden(x))


# %% right: super as Python 2 had it, and as Gluon's book writes it
class RepairedMLP(nn.Block):
    def __init__(self, hidden=256, units=10, **kwargs):
        super(RepairedMLP, self).__init__(**kwargs)
        self.hidden = nn.Dense(hidden, activation="relu")
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.hidden(x))


# %% right: the parent by its name, the keywords by theirs
class RepairedMLP(nn.Block):
    def __init__(self, hidden=256, units=10, prefix=None, params=None):
        nn.Block.__init__(self, prefix=prefix, params=params)
        self.hidden = nn.Dense(hidden, activation="relu")
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.hidden(x))


# %% right: through a base class of one's own, with layers in a name scope
class Base(nn.Block):
    def forward(self, x):
        return self.output(nd.relu(self.hidden(x)))


class RepairedMLP(Base):
    def __init__(self, hidden=256, units=10, **kwargs):
        super().__init__(**kwargs)
        with self.name_scope():
            self.hidden = nn.Dense(hidden)
            self.output = nn.Dense(units)


# %% wrong: still not called
# finding: super-missing
# observed: BlockError: the block `hidden` was assigned before RepairedMLP was set up as a block:
# score: 0
class RepairedMLP(nn.Block):
    def __init__(self, hidden=256, units=10, **kwargs):
        self.hidden = nn.Dense(hidden, activation="relu")
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.hidden(x))


# %% wrong: called after the layers
# finding: super-not-in-time
# observed: BlockError: the block `hidden` was assigned before RepairedMLP was set up as a block:
# score: 0
class RepairedMLP(nn.Block):
    def __init__(self, hidden=256, units=10, **kwargs):
        self.hidden = nn.Dense(hidden, activation="relu")
        self.output = nn.Dense(units)
        super().__init__(**kwargs)

    def forward(self, x):
        return self.output(self.hidden(x))


# %% wrong: named, not called
# finding: super-not-in-time
# observed: BlockError: the block `hidden` was assigned before RepairedMLP was set up as a block:
# score: 0
class RepairedMLP(nn.Block):
    def __init__(self, hidden=256, units=10, **kwargs):
        super().__init__
        self.hidden = nn.Dense(hidden, activation="relu")
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.hidden(x))


# %% wrong: super starts above Block
# finding: super-not-in-time
# observed: BlockError: the block `hidden` was assigned before RepairedMLP was set up as a block:
# score: 0
class RepairedMLP(nn.Block):
    def __init__(self, hidden=256, units=10, **kwargs):
        super(nn.Block, self).__init__()
        self.hidden = nn.Dense(hidden, activation="relu")
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.hidden(x))


# %% wrong: the sizes are handed to the parent
# finding: super-with-wrong-arguments
# observed: TypeError: Block.__init__() got an unexpected keyword argument 'hidden'
# score: 0
class RepairedMLP(nn.Block):
    def __init__(self, hidden=256, units=10, **kwargs):
        super().__init__(hidden=hidden, units=units, **kwargs)
        self.hidden = nn.Dense(hidden, activation="relu")
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.hidden(x))


# %% wrong: self is handed over twice
# finding: super-with-wrong-arguments
# observed: TypeError: can only concatenate str (not "RepairedMLP") to str
# score: 0
class RepairedMLP(nn.Block):
    def __init__(self, hidden=256, units=10, **kwargs):
        super().__init__(self, hidden, **kwargs)
        self.hidden = nn.Dense(hidden, activation="relu")
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.hidden(x))


# %% wrong: keywords taken and dropped
# finding: keywords-not-passed-on
# observed: a network named 'repairedmlp0'
# score: 6
class RepairedMLP(nn.Block):
    def __init__(self, hidden=256, units=10, **kwargs):
        super().__init__()
        self.hidden = nn.Dense(hidden, activation="relu")
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.hidden(x))


# %% wrong: keywords no longer taken
# finding: keywords-not-passed-on
# observed: TypeError: RepairedMLP.__init__() got an unexpected keyword argument 'prefix'
# score: 6
class RepairedMLP(nn.Block):
    def __init__(self, hidden=256, units=10):
        super().__init__()
        self.hidden = nn.Dense(hidden, activation="relu")
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.hidden(x))


# %% wrong: the error is gone because the base class is
# finding: not-a-block
# observed: a class with the parents ['object']
# score: 2
class RepairedMLP:
    def __init__(self, hidden=256, units=10, **kwargs):
        super().__init__()
        self.hidden = nn.Dense(hidden, activation="relu")
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.hidden(x))

    __call__ = forward


# %% wrong: goes around the registration instead of preparing it
# finding: children-not-registered
# observed: InitializationError: parameter dense4_weight has no values: call initialize() on it, or
# score: 6
class RepairedMLP(nn.Block):
    def __init__(self, hidden=256, units=10, **kwargs):
        object.__setattr__(self, "hidden", nn.Dense(hidden, activation="relu"))
        object.__setattr__(self, "output", nn.Dense(units))
        super().__init__(**kwargs)

    def forward(self, x):
        return self.output(self.hidden(x))


# %% wrong: repaired, and the relu lost on the way
# finding: activation-lost
# observed: shape (4, 2)
# score: 6
class RepairedMLP(nn.Block):
    def __init__(self, hidden=256, units=10, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Dense(hidden)
        self.output = nn.Dense(units)

    def forward(self, x):
        return self.output(self.hidden(x))


# %% wrong: repaired, with the sizes written in
# finding: layers-changed
# observed: ShapeError: parameter dense2_weight has shape (256, 3), and (5, 3) was asked for. If the
# score: 6
class RepairedMLP(nn.Block):
    def __init__(self, hidden=256, units=10, **kwargs):
        super().__init__(**kwargs)
        self.hidden = nn.Dense(256, activation="relu")
        self.output = nn.Dense(10)

    def forward(self, x):
        return self.output(self.hidden(x))
