# %% right: a loop
def stack(factory, n):
    net = nn.Sequential()
    for _ in range(n):
        net.add(factory())
    return net


# %% right: all at once
def stack(factory, n):
    return nn.Sequential(*[factory() for _ in range(n)])


# %% right: a class of one's own
class Row(nn.Block):
    def __init__(self, blocks, **kwargs):
        super().__init__(**kwargs)
        for block in blocks:
            self.register_child(block)

    def __len__(self):
        return len(self._children)

    def __getitem__(self, i):
        return list(self.children())[i]

    def forward(self, x):
        for block in self.children():
            x = block(x)
        return x


def stack(factory, n):
    return Row(factory() for _ in range(n))


# %% right: by recursion
def stack(factory, n):
    if n == 0:
        return nn.Sequential()
    net = stack(factory, n - 1)
    net.add(factory())
    return net


# %% wrong: one block at every place
# finding: factory-called-once
# observed: 1 of them
# score: 1
def stack(factory, n):
    block = factory()
    net = nn.Sequential()
    for _ in range(n):
        net.add(block)
    return net


# %% wrong: the same by multiplying a list
# finding: shared-parameters
# observed: the number turned up in net[1]
# score: 1
def stack(factory, n):
    return nn.Sequential(*([factory()] * n))


# %% wrong: copies of one block
# finding: copies-clash
# observed: NameClashError: two different parameters are both named 'dense0_weight'. Give one block
# score: 6
def stack(factory, n):
    import copy

    block = factory()
    return nn.Sequential(*[copy.deepcopy(block) for _ in range(n)])


# %% wrong: a list
# finding: returns-no-block
# observed: a list
# score: 0
def stack(factory, n):
    return [factory() for _ in range(n)]


# %% wrong: counts from 1
# finding: one-too-few
# observed: 2 of them
# score: 0
def stack(factory, n):
    net = nn.Sequential()
    for _ in range(1, n):
        net.add(factory())
    return net


# %% wrong: one more, to start with
# finding: one-too-many
# observed: 4 of them
# score: 3
def stack(factory, n):
    net = nn.Sequential(factory())
    for _ in range(n):
        net.add(factory())
    return net


# %% wrong: the factory's name, not its product
# finding: cannot-be-built
# observed: TypeError: a child is a block, not a function; if it is a class, make an instance of it:
# score: 0
def stack(factory, n):
    net = nn.Sequential()
    for _ in range(n):
        net.add(factory)
    return net


# %% wrong: a hard-wired layer
# finding: factory-ignored
# observed: 0 of them
# score: 0
def stack(factory, n):
    net = nn.Sequential()
    for _ in range(n):
        net.add(nn.Dense(4))
    return net


# %% wrong: the last made is the first to run
# finding: order-reversed
# observed: shape (5, 4)
# score: 7
class Backwards(nn.Sequential):
    def forward(self, x):
        for block in reversed(list(self.children())):
            x = block(x)
        return x


def stack(factory, n):
    return Backwards(*[factory() for _ in range(n)])


# %% wrong: side by side
# finding: side-by-side
# observed: shape (5, 4)
# score: 7
class Beside(nn.Sequential):
    def forward(self, x):
        return sum(block(x) for block in self) if len(self) else x


def stack(factory, n):
    return Beside(*[factory() for _ in range(n)])


# %% wrong: a network that outlives the call
# finding: blocks-left-over
# observed: 7, after 2 calls of the factory
# score: 0
def stack(factory, n, net=nn.Sequential()):  # noqa: B008
    for _ in range(n):
        net.add(factory())
    return net


# %% wrong: makes the blocks while it runs
# finding: builds-in-forward
# observed: 6 calls after net(x)
# score: 4
class Lazy(nn.Block):
    def __init__(self, factory, n, **kwargs):
        super().__init__(**kwargs)
        self.factory, self.blocks = factory, [factory() for _ in range(n)]

    def __len__(self):
        return len(self.blocks)

    def __getitem__(self, i):
        return self.blocks[i]

    def forward(self, x):
        for _ in self.blocks:
            block = self.factory()
            block.initialize()
            x = block(x)
        return x


def stack(factory, n):
    return Lazy(factory, n)


# %% wrong: the blocks are tied to the first one
# finding: shared-parameters
# observed: the number turned up in net[1]
# score: 4
def stack(factory, n):
    blocks = [factory() for _ in range(n)]
    for block in blocks[1:]:
        if hasattr(block, "weight"):
            block.weight, block.bias = blocks[0].weight, blocks[0].bias
    return nn.Sequential(*blocks)


# %% wrong: registered nowhere
# finding: not-registered
# observed: 0
# score: 8
class Hidden(nn.Block):
    def __init__(self, blocks, **kwargs):
        super().__init__(**kwargs)
        self.blocks = blocks

    def __len__(self):
        return len(self.blocks)

    def __getitem__(self, i):
        return self.blocks[i]

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


def stack(factory, n):
    return Hidden([factory() for _ in range(n)])


# %% wrong: does not return
# finding: returns-no-block
# observed: a NoneType
# score: 0
def stack(factory, n):
    net = nn.Sequential()
    for _ in range(n):
        net.add(factory())


# %% wrong: a network without a length
# finding: has-no-length
# observed: TypeError: object of type 'Plain' has no len()
# score: 1
class Plain(nn.Block):
    def __init__(self, blocks, **kwargs):
        super().__init__(**kwargs)
        for block in blocks:
            self.register_child(block)

    def forward(self, x):
        for block in self.children():
            x = block(x)
        return x


def stack(factory, n):
    return Plain([factory() for _ in range(n)])
