# %% right: two attributes and concat
class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        super().__init__(**kwargs)
        self.net1, self.net2, self.axis = net1, net2, axis

    def forward(self, x):
        return nd.concat(self.net1(x), self.net2(x), dim=self.axis)


# %% right: registered children, outputs in a list
class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis
        for net in (net1, net2):
            self.register_child(net)

    def forward(self, x):
        return nd.concat([net(x) for net in self.children()], axis=self.axis)


# %% right: a Sequential as a container, never called itself
class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        super().__init__(**kwargs)
        self.nets = nn.Sequential(net1, net2)
        self.dim = axis

    def forward(self, x):
        first, second = (net(x) for net in self.nets)
        return nd.concat(first, second, dim=self.dim)


# %% right: S0's way of keeping children
class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        super(ParallelBlock, self).__init__(**kwargs)
        self._children["left"] = net1
        self._children["right"] = net2
        self._axis = axis

    def forward(self, x):
        outputs = []
        for child in self._children.values():
            outputs.append(child(x))
        return nd.concat(*outputs, dim=self._axis)


# %% wrong: joins along axis 1 whatever was asked
# finding: wrong-axis
# observed: shape (4, 6)
# score: 8
class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        super().__init__(**kwargs)
        self.net1, self.net2 = net1, net2

    def forward(self, x):
        return nd.concat(self.net1(x), self.net2(x), dim=1)


# %% wrong: stacks
# finding: stacked
# observed: shape (4, 2, 3)
# score: 0
class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        super().__init__(**kwargs)
        self.net1, self.net2, self.axis = net1, net2, axis

    def forward(self, x):
        return nd.stack(self.net1(x), self.net2(x), axis=self.axis)


# %% wrong: adds
# finding: summed
# observed: shape (4, 3)
# score: 0
class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        super().__init__(**kwargs)
        self.net1, self.net2, self.axis = net1, net2, axis

    def forward(self, x):
        return self.net1(x) + self.net2(x)


# %% wrong: one after the other
# finding: chained
# observed: shape (4, 3)
# score: 2
class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        super().__init__(**kwargs)
        self.net1, self.net2, self.axis = net1, net2, axis

    def forward(self, x):
        return self.net2(self.net1(x))


# %% wrong: forgets the second
# finding: branch-forgotten
# observed: shape (4, 3)
# score: 0
class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        super().__init__(**kwargs)
        self.net1, self.net2, self.axis = net1, net2, axis

    def forward(self, x):
        return self.net1(x)


# %% wrong: the second before the first
# finding: order-swapped
# observed: shape (4, 6)
# score: 2
class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        super().__init__(**kwargs)
        self.net1, self.net2, self.axis = net1, net2, axis

    def forward(self, x):
        return nd.concat(self.net2(x), self.net1(x), dim=self.axis)


# %% wrong: a slip of the hand, the first one twice
# finding: one-branch-repeated
# observed: shape (4, 6)
# score: 0
class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        super().__init__(**kwargs)
        self.net1, self.net2, self.axis = net1, net2, axis

    def forward(self, x):
        return nd.concat(self.net1(x), self.net1(x), dim=self.axis)


# %% wrong: a list
# finding: branches-not-registered
# observed: no parameter
# score: 8
class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        super().__init__(**kwargs)
        self.nets, self.axis = [net1, net2], axis

    def forward(self, x):
        return nd.concat(*[net(x) for net in self.nets], dim=self.axis)


# %% wrong: one attribute for both, in turn
# finding: some-branches-not-registered
# observed: 2
# score: 8
class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        super().__init__(**kwargs)
        self.axis, self.nets = axis, []
        for net in (net1, net2):
            self.net = net
            self.nets.append(net)

    def forward(self, x):
        return nd.concat(*[net(x) for net in self.nets], dim=self.axis)


# %% wrong: keeps copies
# finding: blocks-copied
# observed: shape (4, 6)
# score: 6
class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        import copy

        super().__init__(**kwargs)
        self.net1, self.net2, self.axis = copy.deepcopy(net1), copy.deepcopy(net2), axis

    def forward(self, x):
        return nd.concat(self.net1(x), self.net2(x), dim=self.axis)


# %% wrong: joins in numpy
# finding: gradient-lost
# observed: GraphError: nothing here requires a gradient: set `requires_grad = True` on a leaf before
# score: 9
class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        super().__init__(**kwargs)
        self.net1, self.net2, self.axis = net1, net2, axis

    def forward(self, x):
        return nd.array(np.concatenate([self.net1(x).asnumpy(), self.net2(x).asnumpy()], self.axis))


# %% wrong: one branch without its history
# finding: gradient-lost
# observed: zeros
# score: 9
class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        super().__init__(**kwargs)
        self.net1, self.net2, self.axis = net1, net2, axis

    def forward(self, x):
        return nd.concat(self.net1(x), self.net2(x).detach(), dim=self.axis)


# %% wrong: computes while it is built
# finding: cannot-be-built
# observed: ShapeError: dense0 takes 3 inputs, and got a tensor of shape (1, 1), which has 1 in each
# score: 0
class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        super().__init__(**kwargs)
        self.net1, self.net2, self.axis = net1, net2, axis
        self.width = net1(nd.ones((1, 1))).shape[1]

    def forward(self, x):
        return nd.concat(self.net1(x), self.net2(x), dim=self.axis)


# %% wrong: remembers the first result
# finding: works-once
# observed: shape (4, 6)
# score: 8
class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        super().__init__(**kwargs)
        self.net1, self.net2, self.axis = net1, net2, axis
        self.result = None

    def forward(self, x):
        if self.result is None:
            self.result = nd.concat(self.net1(x), self.net2(x), dim=self.axis)
        return self.result


# %% wrong: knows the batch size of the first x
# finding: works-once
# observed: shape (4, 6)
# score: 9
class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        super().__init__(**kwargs)
        self.net1, self.net2, self.axis = net1, net2, axis
        self.batch = None

    def forward(self, x):
        self.batch = self.batch or x.shape[0]
        x = x[: self.batch]
        return nd.concat(self.net1(x), self.net2(x), dim=self.axis).reshape(self.batch, *x.shape[1:-1], -1) if self.axis != 0 else nd.concat(self.net1(x), self.net2(x), dim=0)


# %% wrong: returns both, and joins nothing
# finding: not-put-together
# observed: 2 outputs in a container
# score: 2
class ParallelBlock(nn.Block):
    def __init__(self, net1, net2, axis=1, **kwargs):
        super().__init__(**kwargs)
        self.net1, self.net2, self.axis = net1, net2, axis

    def forward(self, x):
        return self.net1(x), self.net2(x)
