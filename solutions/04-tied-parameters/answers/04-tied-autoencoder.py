# %% right: the encoder's weight, asked for in decode
class TiedAutoencoder(nn.Block):
    def __init__(self, inputs, units, **kwargs):
        super().__init__(**kwargs)
        self.encoder = nn.Dense(units, activation="tanh", in_units=inputs)
        self.bias = self.params.get("bias", shape=(inputs,), init="zeros")

    def encode(self, x):
        return self.encoder(x)

    def decode(self, h):
        return nd.dot(h, self.encoder.weight.data()) + self.bias.data()

    def forward(self, x):
        return self.decode(self.encode(x))


# %% right: no layer at all, three parameters
class TiedAutoencoder(nn.Block):
    def __init__(self, inputs, units, **kwargs):
        super().__init__(**kwargs)
        self.weight = self.params.get("weight", shape=(units, inputs))
        self.there = self.params.get("there_bias", shape=(units,), init="zeros")
        self.back = self.params.get("back_bias", shape=(inputs,), init="zeros")

    def encode(self, x):
        return nd.tanh(x @ self.weight.data().T + self.there.data())

    def decode(self, h):
        return h @ self.weight.data() + self.back.data()

    def forward(self, x):
        return self.decode(self.encode(x))


# %% right: parameters wrapped around values, PyTorch's way
class TiedAutoencoder(nn.Block):
    def __init__(self, inputs, units, **kwargs):
        super().__init__(**kwargs)
        self.W = nn.Parameter(nd.random.normal(0, 0.1, shape=(units, inputs)))
        self.b = nn.Parameter(nd.zeros((units,)))
        self.c = nn.Parameter(nd.zeros((inputs,)))

    def encode(self, x):
        return (x @ self.W.T + self.b).tanh()

    def decode(self, h):
        return h @ self.W + self.c

    def forward(self, x):
        return self.decode(self.encode(x))


# %% right: a decoder block that is given the encoder
class Decoder(nn.Block):
    def __init__(self, weight, inputs, **kwargs):
        super().__init__(**kwargs)
        self.weight = weight
        self.bias = self.params.get("bias", shape=(inputs,), init="zeros")

    def forward(self, h):
        return nd.matmul(h, self.weight.data()) + self.bias.data()


class TiedAutoencoder(nn.Block):
    def __init__(self, inputs, units, **kwargs):
        super().__init__(**kwargs)
        self.encode = nn.Dense(units, "tanh", in_units=inputs)
        self.decode = Decoder(self.encode.weight, inputs)

    def forward(self, x):
        return self.decode(self.encode(x))


# %% wrong: a decoder of its own
# finding: decoder-has-its-own-weight
# observed: (5, 3)
# score: 5
class TiedAutoencoder(nn.Block):
    def __init__(self, inputs, units, **kwargs):
        super().__init__(**kwargs)
        self.encoder = nn.Dense(units, activation="tanh", in_units=inputs)
        self.decoder = nn.Dense(inputs, in_units=units)

    def encode(self, x):
        return self.encoder(x)

    def decode(self, h):
        return self.decoder(h)

    def forward(self, x):
        return self.decode(self.encode(x))


# %% wrong: a decoder that begins with the transposed values
# finding: decoder-has-its-own-weight
# observed: (5, 3)
# score: 5
class TiedAutoencoder(nn.Block):
    def __init__(self, inputs, units, **kwargs):
        super().__init__(**kwargs)
        self.encoder = nn.Dense(units, activation="tanh", in_units=inputs)
        self.decoder = nn.Dense(inputs, in_units=units)
        self.initialize()
        self.decoder.weight.set_data(self.encoder.weight.data().asnumpy().T)

    def encode(self, x):
        return self.encoder(x)

    def decode(self, h):
        return self.decoder(h)

    def forward(self, x):
        return self.decode(self.encode(x))


# %% wrong: transposed at the first call, and kept
# finding: copied-once
# observed: shape (3, 5)
# score: 2
class TiedAutoencoder(nn.Block):
    def __init__(self, inputs, units, **kwargs):
        super().__init__(**kwargs)
        self.encoder = nn.Dense(units, activation="tanh", in_units=inputs)
        self.bias = self.params.get("bias", shape=(inputs,), init="zeros")
        self.back = None

    def encode(self, x):
        return self.encoder(x)

    def decode(self, h):
        if self.back is None:
            self.back = self.encoder.weight.data().asnumpy()
        return nd.dot(h, nd.array(self.back)) + self.bias.data()

    def forward(self, x):
        return self.decode(self.encode(x))


# %% wrong: by way of numpy
# finding: one-use-contributes
# observed: shape (3, 5)
# score: 8
class TiedAutoencoder(nn.Block):
    def __init__(self, inputs, units, **kwargs):
        super().__init__(**kwargs)
        self.encoder = nn.Dense(units, activation="tanh", in_units=inputs)
        self.bias = self.params.get("bias", shape=(inputs,), init="zeros")

    def encode(self, x):
        return self.encoder(x)

    def decode(self, h):
        weight = nd.array(self.encoder.weight.data().asnumpy())
        return nd.dot(h, weight) + self.bias.data()

    def forward(self, x):
        return self.decode(self.encode(x))


# %% wrong: the code cut off from the record
# finding: one-use-contributes
# observed: shape (3, 5)
# score: 8
class TiedAutoencoder(nn.Block):
    def __init__(self, inputs, units, **kwargs):
        super().__init__(**kwargs)
        self.encoder = nn.Dense(units, activation="tanh", in_units=inputs)
        self.bias = self.params.get("bias", shape=(inputs,), init="zeros")

    def encode(self, x):
        return self.encoder(x).detach()

    def decode(self, h):
        return nd.dot(h, self.encoder.weight.data()) + self.bias.data()

    def forward(self, x):
        return self.decode(self.encode(x))


# %% wrong: transposed where nothing is to be transposed
# finding: shapes-do-not-fit
# observed: cannot combine
# score: 0
class TiedAutoencoder(nn.Block):
    def __init__(self, inputs, units, **kwargs):
        super().__init__(**kwargs)
        self.encoder = nn.Dense(units, activation="tanh", in_units=inputs)
        self.bias = self.params.get("bias", shape=(inputs,), init="zeros")

    def encode(self, x):
        return self.encoder(x)

    def decode(self, h):
        return h @ self.encoder.weight.data().T + self.bias.data()

    def forward(self, x):
        return self.decode(self.encode(x))


# %% wrong: no bias in the decoder
# finding: no-decoder-bias
# observed: (3, 5), (3,)
# score: 4
class TiedAutoencoder(nn.Block):
    def __init__(self, inputs, units, **kwargs):
        super().__init__(**kwargs)
        self.encoder = nn.Dense(units, activation="tanh", in_units=inputs)

    def encode(self, x):
        return self.encoder(x)

    def decode(self, h):
        return nd.dot(h, self.encoder.weight.data())

    def forward(self, x):
        return self.decode(self.encode(x))


# %% wrong: a bias that is only a tensor
# finding: no-decoder-bias
# observed: (3, 5), (3,)
# score: 4
class TiedAutoencoder(nn.Block):
    def __init__(self, inputs, units, **kwargs):
        super().__init__(**kwargs)
        self.encoder = nn.Dense(units, activation="tanh", in_units=inputs)
        self.bias = nd.zeros((inputs,))

    def encode(self, x):
        return self.encoder(x)

    def decode(self, h):
        return nd.dot(h, self.encoder.weight.data()) + self.bias

    def forward(self, x):
        return self.decode(self.encode(x))


# %% wrong: the bias made and never used
# finding: decoder-without-bias
# observed: shape (3, 5)
# score: 4
class TiedAutoencoder(nn.Block):
    def __init__(self, inputs, units, **kwargs):
        super().__init__(**kwargs)
        self.encoder = nn.Dense(units, activation="tanh", in_units=inputs)
        self.bias = self.params.get("bias", shape=(inputs,), init="zeros")

    def encode(self, x):
        return self.encoder(x)

    def decode(self, h):
        return nd.dot(h, self.encoder.weight.data())

    def forward(self, x):
        return self.decode(self.encode(x))


# %% wrong: tanh on the way back, too
# finding: output-activated
# observed: shape (3, 5)
# score: 2
class TiedAutoencoder(nn.Block):
    def __init__(self, inputs, units, **kwargs):
        super().__init__(**kwargs)
        self.encoder = nn.Dense(units, activation="tanh", in_units=inputs)
        self.bias = self.params.get("bias", shape=(inputs,), init="zeros")

    def encode(self, x):
        return self.encoder(x)

    def decode(self, h):
        return nd.tanh(nd.dot(h, self.encoder.weight.data()) + self.bias.data())

    def forward(self, x):
        return self.decode(self.encode(x))


# %% wrong: undoes the bias
# finding: bias-subtracted
# observed: shape (3, 5)
# score: 4
class TiedAutoencoder(nn.Block):
    def __init__(self, inputs, units, **kwargs):
        super().__init__(**kwargs)
        self.encoder = nn.Dense(units, activation="tanh", in_units=inputs)
        self.bias = self.params.get("bias", shape=(inputs,), init="zeros")

    def encode(self, x):
        return self.encoder(x)

    def decode(self, h):
        return nd.dot(h, self.encoder.weight.data()) - self.bias.data()

    def forward(self, x):
        return self.decode(self.encode(x))


# %% wrong: relu in place of tanh
# finding: other-activation
# observed: shape (4, 3)
# score: 8
class TiedAutoencoder(nn.Block):
    def __init__(self, inputs, units, **kwargs):
        super().__init__(**kwargs)
        self.encoder = nn.Dense(units, activation="relu", in_units=inputs)
        self.bias = self.params.get("bias", shape=(inputs,), init="zeros")

    def encode(self, x):
        return self.encoder(x)

    def decode(self, h):
        return nd.dot(h, self.encoder.weight.data()) + self.bias.data()

    def forward(self, x):
        return self.decode(self.encode(x))


# %% wrong: forward stops halfway
# finding: forward-gives-the-code
# observed: shape (4, 3)
# score: 7
class TiedAutoencoder(nn.Block):
    def __init__(self, inputs, units, **kwargs):
        super().__init__(**kwargs)
        self.encoder = nn.Dense(units, activation="tanh", in_units=inputs)
        self.bias = self.params.get("bias", shape=(inputs,), init="zeros")

    def encode(self, x):
        return self.encoder(x)

    def decode(self, h):
        return nd.dot(h, self.encoder.weight.data()) + self.bias.data()

    def forward(self, x):
        return self.encode(x)


# %% wrong: adds the bias into the caller's x
# finding: changes-its-input
# observed: shape (4, 5)
# score: 5
class TiedAutoencoder(nn.Block):
    def __init__(self, inputs, units, **kwargs):
        super().__init__(**kwargs)
        self.encoder = nn.Dense(units, activation="tanh", in_units=inputs)
        self.bias = self.params.get("bias", shape=(inputs,), init="zeros")

    def encode(self, x):
        x -= self.bias.data()  # "centred"
        return self.encoder(x)

    def decode(self, h):
        return nd.dot(h, self.encoder.weight.data()) + self.bias.data()

    def forward(self, x):
        return self.decode(self.encode(x))
