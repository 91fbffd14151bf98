# %% right: the layer is kept out of the children
class Transposed(nn.Block):
    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.of = [layer]
        self.bias = self.params.get("bias", shape=(0,), init="zeros")

    def infer_shape(self, h):
        self.bias.shape = (self.of[0].weight.shape[1],)

    def forward(self, h):
        weight = self.of[0].weight.data()
        return nd.dot(h, weight) + self.bias.data()


# %% right: the parameter is kept, not the layer
class Transposed(nn.Block):
    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.weight = layer.weight
        self.bias = self.params.get("bias", shape=layer.weight.shape[1:], init="zeros")

    def infer_shape(self, h):
        self.bias.shape = self.weight.shape[1:]

    def forward(self, h):
        return h @ self.weight.data() + self.bias.data()


# %% right: transposed twice, the bias is told in forward
class Transposed(nn.Block):
    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer
        self.bias = self.params.get("bias", shape=(layer.weight.shape[1],), init=init.Zero())

    def infer_shape(self, h):
        pass

    def forward(self, h):
        weight = self.layer.weight.data()
        if not self.bias.is_initialized:
            self.bias.shape = (weight.shape[1],)
            self.bias.finish_deferred_init()
        return (weight.T @ h.T).T + self.bias.data()


# %% wrong: a dense layer of its own
# finding: second-matrix
# observed: (3, 6), (3,), (6, 3), (6,)
# score: 2
class Transposed(nn.Block):
    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.dense = nn.Dense(layer.weight.shape[1], in_units=layer.units)

    def forward(self, h):
        return self.dense(h)


# %% wrong: starts as a copy, and goes its own way
# finding: second-matrix
# observed: (3, 6), (3,), (3, 6), (6,)
# score: 4
class Transposed(nn.Block):
    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = [layer]
        units, inputs = layer.weight.shape
        self.weight = self.params.get("weight", shape=(units, inputs))
        self.bias = self.params.get("bias", shape=(inputs,), init="zeros")

    def infer_shape(self, h):
        self.weight.shape = self.layer[0].weight.shape
        self.bias.shape = (self.layer[0].weight.shape[1],)

    def forward(self, h):
        return h @ self.weight.data() + self.bias.data()


# %% wrong: the weight is copied at the first call
# finding: copied-once
# observed: shape (6, 6)
# score: 6
class Transposed(nn.Block):
    """h (batch, units) → h W + c (batch, inputs), where W is the weight of a dense layer."""

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer
        self.matrix = None
        self.bias = self.params.get("bias", shape=(layer.weight.shape[1],), init="zeros")

    def infer_shape(self, h):
        """Called once if the bias waits for its size: say it, `self.bias.shape = (…,)`."""
        self.bias.shape = (self.layer.weight.shape[1],)

    def forward(self, h):
        if self.matrix is None:
            self.matrix = nd.array(self.layer.weight.data().asnumpy().copy())
        return h @ self.matrix + self.bias.data()


# %% wrong: the numbers leave the framework
# finding: one-use-contributes
# observed: shape (3, 6)
# score: 11
class Transposed(nn.Block):
    """h (batch, units) → h W + c (batch, inputs), where W is the weight of a dense layer."""

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer
        self.bias = self.params.get("bias", shape=(layer.weight.shape[1],), init="zeros")

    def infer_shape(self, h):
        """Called once if the bias waits for its size: say it, `self.bias.shape = (…,)`."""
        self.bias.shape = (self.layer.weight.shape[1],)

    def forward(self, h):
        return h @ nd.array(self.layer.weight.data().asnumpy()) + self.bias.data()


# %% wrong: detached
# finding: one-use-contributes
# observed: shape (3, 6)
# score: 11
class Transposed(nn.Block):
    """h (batch, units) → h W + c (batch, inputs), where W is the weight of a dense layer."""

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer
        self.bias = self.params.get("bias", shape=(layer.weight.shape[1],), init="zeros")

    def infer_shape(self, h):
        """Called once if the bias waits for its size: say it, `self.bias.shape = (…,)`."""
        self.bias.shape = (self.layer.weight.shape[1],)

    def forward(self, h):
        return h @ self.layer.weight.data().detach() + self.bias.data()


# %% wrong: the input is detached
# finding: one-use-contributes
# observed: shape (3, 6)
# score: 11
class Transposed(nn.Block):
    """h (batch, units) → h W + c (batch, inputs), where W is the weight of a dense layer."""

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer
        self.bias = self.params.get("bias", shape=(layer.weight.shape[1],), init="zeros")

    def infer_shape(self, h):
        """Called once if the bias waits for its size: say it, `self.bias.shape = (…,)`."""
        self.bias.shape = (self.layer.weight.shape[1],)

    def forward(self, h):
        return h.detach() @ self.layer.weight.data() + self.bias.data()


# %% wrong: no bias
# finding: no-bias
# observed: shape (6, 6)
# score: 8
class Transposed(nn.Block):
    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer

    def forward(self, h):
        return h @ self.layer.weight.data()


# %% wrong: the bias is a plain tensor
# finding: bias-not-a-parameter
# observed: (3, 6), (3,)
# score: 8
class Transposed(nn.Block):
    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer
        self.bias = None

    def forward(self, h):
        weight = self.layer.weight.data()
        if self.bias is None:
            self.bias = nd.zeros((weight.shape[1],))
        return h @ weight + self.bias


# %% wrong: the layer's own bias
# finding: other-way-round
# observed: ShapeError
# score: 0
class Transposed(nn.Block):
    """h (batch, units) → h W + c (batch, inputs), where W is the weight of a dense layer."""

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer
        self.bias = self.params.get("bias", shape=(layer.weight.shape[1],), init="zeros")

    def infer_shape(self, h):
        """Called once if the bias waits for its size: say it, `self.bias.shape = (…,)`."""
        self.bias.shape = (self.layer.weight.shape[1],)

    def forward(self, h):
        return h @ self.layer.weight.data() + self.layer.bias.data()


# %% wrong: multiplied the wrong way round
# finding: other-way-round
# observed: ShapeError
# score: 0
class Transposed(nn.Block):
    """h (batch, units) → h W + c (batch, inputs), where W is the weight of a dense layer."""

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer
        self.bias = self.params.get("bias", shape=(layer.weight.shape[1],), init="zeros")

    def infer_shape(self, h):
        """Called once if the bias waits for its size: say it, `self.bias.shape = (…,)`."""
        self.bias.shape = (self.layer.weight.shape[1],)

    def forward(self, h):
        return h @ self.layer.weight.data().T + self.bias.data()


# %% wrong: the layer is called
# finding: other-way-round
# observed: ShapeError
# score: 0
class Transposed(nn.Block):
    """h (batch, units) → h W + c (batch, inputs), where W is the weight of a dense layer."""

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer
        self.bias = self.params.get("bias", shape=(layer.weight.shape[1],), init="zeros")

    def infer_shape(self, h):
        """Called once if the bias waits for its size: say it, `self.bias.shape = (…,)`."""
        self.bias.shape = (self.layer.weight.shape[1],)

    def forward(self, h):
        return self.layer(h) + self.bias.data()


# %% wrong: a tanh at the end
# finding: activated
# observed: shape (6, 6)
# score: 4
class Transposed(nn.Block):
    """h (batch, units) → h W + c (batch, inputs), where W is the weight of a dense layer."""

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer
        self.bias = self.params.get("bias", shape=(layer.weight.shape[1],), init="zeros")

    def infer_shape(self, h):
        """Called once if the bias waits for its size: say it, `self.bias.shape = (…,)`."""
        self.bias.shape = (self.layer.weight.shape[1],)

    def forward(self, h):
        return nd.tanh(h @ self.layer.weight.data() + self.bias.data())


# %% wrong: the bias is subtracted
# finding: bias-subtracted
# observed: shape (6, 6)
# score: 7
class Transposed(nn.Block):
    """h (batch, units) → h W + c (batch, inputs), where W is the weight of a dense layer."""

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer
        self.bias = self.params.get("bias", shape=(layer.weight.shape[1],), init="zeros")

    def infer_shape(self, h):
        """Called once if the bias waits for its size: say it, `self.bias.shape = (…,)`."""
        self.bias.shape = (self.layer.weight.shape[1],)

    def forward(self, h):
        return h @ self.layer.weight.data() - self.bias.data()


# %% wrong: sizes must be known
# finding: needs-known-sizes
# observed: RuntimeError: give in_units
# score: 12
class Transposed(nn.Block):
    """h (batch, units) → h W + c (batch, inputs), where W is the weight of a dense layer."""

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer
        self.bias = self.params.get("bias", shape=(layer.weight.shape[1],), init="zeros")

    def infer_shape(self, h):
        """Called once if the bias waits for its size: say it, `self.bias.shape = (…,)`."""
        raise RuntimeError('give in_units')

    def forward(self, h):
        return h @ self.layer.weight.data() + self.bias.data()


# %% wrong: sizes are asked for too early
# finding: needs-known-sizes
# observed: ShapeError
# score: 12
class Transposed(nn.Block):
    """h (batch, units) → h W + c (batch, inputs), where W is the weight of a dense layer."""

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer
        self.bias = nn.Parameter(nd.zeros((layer.weight.shape[1],)))

    def infer_shape(self, h):
        """Called once if the bias waits for its size: say it, `self.bias.shape = (…,)`."""
        self.bias.shape = (self.layer.weight.shape[1],)

    def forward(self, h):
        return h @ self.layer.weight.data() + self.bias.data()


# %% wrong: ties by params=
# finding: other-way-round
# observed: ShapeError
# score: 0
class Transposed(nn.Block):
    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.dense = nn.Dense(layer.weight.shape[1] or 1, params=layer.params)

    def forward(self, h):
        return self.dense(h)


# %% wrong: the bias starts at random
# finding: bias-not-zero
# observed: shape (6,)
# score: 12
class Transposed(nn.Block):
    """h (batch, units) → h W + c (batch, inputs), where W is the weight of a dense layer."""

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer
        self.bias = self.params.get("bias", shape=(layer.weight.shape[1],), init=init.Uniform(0.5))

    def infer_shape(self, h):
        """Called once if the bias waits for its size: say it, `self.bias.shape = (…,)`."""
        self.bias.shape = (self.layer.weight.shape[1],)

    def forward(self, h):
        return h @ self.layer.weight.data() + self.bias.data()


# %% wrong: the sizes of one network are written in
# finding: needs-known-sizes
# observed: ShapeError
# score: 12
class Transposed(nn.Block):
    """h (batch, units) → h W + c (batch, inputs), where W is the weight of a dense layer."""

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = layer
        self.bias = self.params.get("bias", shape=(6,), init="zeros")

    def infer_shape(self, h):
        """Called once if the bias waits for its size: say it, `self.bias.shape = (…,)`."""
        self.bias.shape = (self.layer.weight.shape[1],)

    def forward(self, h):
        return h @ self.layer.weight.data() + self.bias.data()
