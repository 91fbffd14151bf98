# %% right: the output layer gets the embedding's params
class TiedWords(nn.Block):
    def __init__(self, words, size, **kwargs):
        super().__init__(**kwargs)
        self.embedding = nn.Embedding(words, size)
        self.hidden = nn.Dense(size, activation="tanh", in_units=size, flatten=False)
        self.output = nn.Dense(words, in_units=size, flatten=False, params=self.embedding.params)

    def forward(self, ids):
        return self.output(self.hidden(self.embedding(ids)))


# %% right: the other way round, in a Sequential
def TiedWords(words, size):
    output = nn.Dense(words, in_units=size, flatten=False)
    return nn.Sequential(
        nn.Embedding(words, size, params=output.params),
        nn.Dense(size, activation="tanh", flatten=False),
        output,
    )


# %% right: products with the table, and a bias beside it
class TiedWords(nn.Block):
    def __init__(self, words, size, **kwargs):
        super().__init__(**kwargs)
        self.embedding = nn.Embedding(words, size)
        self.hidden = nn.Dense(size, activation="tanh", flatten=False)
        self.bias = self.params.get("bias", shape=(words,), init="zeros")

    def forward(self, ids):
        h = self.hidden(self.embedding(ids))
        return h @ self.embedding.weight.data().T + self.bias.data()


# %% right: lookup as a product with one-hot rows
class TiedWords(nn.Block):
    def __init__(self, words, size, **kwargs):
        super().__init__(**kwargs)
        self.words = words
        self.table = self.params.get("table", shape=(words, size))
        self.hidden = nn.Dense(size, activation="tanh", in_units=size, flatten=False)
        self.bias = self.params.get("bias", shape=(words,), init="zeros")

    def forward(self, ids):
        rows = nd.one_hot(ids.reshape(-1), self.words)
        h = self.hidden(rows @ self.table.data())
        scores = h @ self.table.data().T + self.bias.data()
        return scores.reshape((*ids.shape, self.words))


# %% wrong: an output layer of its own
# finding: own-output-table
# observed: 2 parameters of shape (7, 4)
# score: 4
class TiedWords(nn.Block):
    def __init__(self, words, size, **kwargs):
        super().__init__(**kwargs)
        self.embedding = nn.Embedding(words, size)
        self.hidden = nn.Dense(size, activation="tanh", in_units=size, flatten=False)
        self.output = nn.Dense(words, in_units=size, flatten=False)

    def forward(self, ids):
        return self.output(self.hidden(self.embedding(ids)))


# %% wrong: equal at first
# finding: own-output-table
# observed: 2 parameters of shape (7, 4)
# score: 4
class TiedWords(nn.Block):
    def __init__(self, words, size, **kwargs):
        super().__init__(**kwargs)
        self.embedding = nn.Embedding(words, size)
        self.hidden = nn.Dense(size, activation="tanh", in_units=size, flatten=False)
        self.output = nn.Dense(words, in_units=size, flatten=False)
        self.initialize()
        self.output.weight.set_data(self.embedding.weight.data())

    def forward(self, ids):
        return self.output(self.hidden(self.embedding(ids)))


# %% wrong: the attribute assigned
# finding: orphan-collected
# observed: 2 parameters of shape (7, 4)
# score: 6
class TiedWords(nn.Block):
    def __init__(self, words, size, **kwargs):
        super().__init__(**kwargs)
        self.embedding = nn.Embedding(words, size)
        self.hidden = nn.Dense(size, activation="tanh", in_units=size, flatten=False)
        self.output = nn.Dense(words, in_units=size, flatten=False)
        self.output.weight = self.embedding.weight

    def forward(self, ids):
        return self.output(self.hidden(self.embedding(ids)))


# %% wrong: the same prefix
# finding: same-name-is-no-tie
# observed: NameClashError
# score: 0
class TiedWords(nn.Block):
    def __init__(self, words, size, **kwargs):
        super().__init__(**kwargs)
        self.embedding = nn.Embedding(words, size, prefix="words_")
        self.hidden = nn.Dense(size, activation="tanh", in_units=size, flatten=False)
        self.output = nn.Dense(words, in_units=size, flatten=False, prefix="words_")

    def forward(self, ids):
        return self.output(self.hidden(self.embedding(ids)))


# %% wrong: the hidden layer tied as well
# finding: shapes-do-not-fit
# observed: the shared parameter
# score: 0
class TiedWords(nn.Block):
    def __init__(self, words, size, **kwargs):
        super().__init__(**kwargs)
        self.embedding = nn.Embedding(words, size)
        self.hidden = nn.Dense(size, activation="tanh", in_units=size, params=self.embedding.params)
        self.output = nn.Dense(words, in_units=size, flatten=False, params=self.embedding.params)

    def forward(self, ids):
        return self.output(self.hidden(self.embedding(ids)))


# %% wrong: flatten left as it is
# finding: flattened
# observed: ShapeError
# score: 8
class TiedWords(nn.Block):
    def __init__(self, words, size, **kwargs):
        super().__init__(**kwargs)
        self.embedding = nn.Embedding(words, size)
        self.hidden = nn.Dense(size, activation="tanh", in_units=size)
        self.output = nn.Dense(words, in_units=size, params=self.embedding.params)

    def forward(self, ids):
        return self.output(self.hidden(self.embedding(ids)))


# %% wrong: all words of a sequence in one row
# finding: flattened
# observed: scores of shape (6, 7)
# score: 8
class TiedWords(nn.Block):
    def __init__(self, words, size, **kwargs):
        super().__init__(**kwargs)
        self.embedding = nn.Embedding(words, size)
        self.hidden = nn.Dense(size, activation="tanh", in_units=size)
        self.output = nn.Dense(words, in_units=size, params=self.embedding.params)

    def forward(self, ids):
        return self.output(self.hidden(self.embedding(ids.reshape(-1))))


# %% wrong: probabilities
# finding: softmax-applied
# observed: shape (4, 7): 0.
# score: 8
class TiedWords(nn.Block):
    def __init__(self, words, size, **kwargs):
        super().__init__(**kwargs)
        self.embedding = nn.Embedding(words, size)
        self.hidden = nn.Dense(size, activation="tanh", in_units=size, flatten=False)
        self.output = nn.Dense(words, in_units=size, flatten=False, params=self.embedding.params)

    def forward(self, ids):
        return nd.softmax(self.output(self.hidden(self.embedding(ids))), axis=-1)


# %% wrong: no bias at the output
# finding: no-output-bias
# observed: shape (4, 7)
# score: 7
class TiedWords(nn.Block):
    def __init__(self, words, size, **kwargs):
        super().__init__(**kwargs)
        self.embedding = nn.Embedding(words, size)
        self.hidden = nn.Dense(size, activation="tanh", in_units=size, flatten=False)

    def forward(self, ids):
        return self.hidden(self.embedding(ids)) @ self.embedding.weight.data().T


# %% wrong: tanh forgotten
# finding: hidden-without-tanh
# observed: shape (4, 7)
# score: 8
class TiedWords(nn.Block):
    def __init__(self, words, size, **kwargs):
        super().__init__(**kwargs)
        self.embedding = nn.Embedding(words, size)
        self.hidden = nn.Dense(size, in_units=size, flatten=False)
        self.output = nn.Dense(words, in_units=size, flatten=False, params=self.embedding.params)

    def forward(self, ids):
        return self.output(self.hidden(self.embedding(ids)))


# %% wrong: no hidden layer
# finding: no-hidden-layer
# observed: shape (4, 7)
# score: 7
class TiedWords(nn.Block):
    def __init__(self, words, size, **kwargs):
        super().__init__(**kwargs)
        self.embedding = nn.Embedding(words, size)
        self.output = nn.Dense(words, in_units=size, flatten=False, params=self.embedding.params)

    def forward(self, ids):
        return self.output(self.embedding(ids))


# %% wrong: the table detached at the output
# finding: one-use-contributes
# observed: shape (7, 4)
# score: 8
class TiedWords(nn.Block):
    def __init__(self, words, size, **kwargs):
        super().__init__(**kwargs)
        self.embedding = nn.Embedding(words, size)
        self.hidden = nn.Dense(size, activation="tanh", flatten=False)
        self.bias = self.params.get("bias", shape=(words,), init="zeros")

    def forward(self, ids):
        h = self.hidden(self.embedding(ids))
        return h @ self.embedding.weight.data().detach().T + self.bias.data()


# %% wrong: the output's table copied at the first call
# finding: copied-once
# observed: shape (4, 7)
# score: 1
class TiedWords(nn.Block):
    def __init__(self, words, size, **kwargs):
        super().__init__(**kwargs)
        self.embedding = nn.Embedding(words, size)
        self.hidden = nn.Dense(size, activation="tanh", flatten=False)
        self.bias = self.params.get("bias", shape=(words,), init="zeros")
        self.back = None

    def forward(self, ids):
        if self.back is None:
            self.back = self.embedding.weight.data().asnumpy().T.copy()
        return self.hidden(self.embedding(ids)) @ nd.array(self.back) + self.bias.data()
