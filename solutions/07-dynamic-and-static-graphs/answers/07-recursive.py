# %% right: with a table of shapes as text
class TreeNet(nn.Block):
    def __init__(self, vocabulary, units):
        super().__init__()
        self.words = nn.Embedding(vocabulary, units)
        self.join = nn.Dense(units, activation="tanh", in_units=2 * units)

    def forward(self, tree):
        if not isinstance(tree, tuple):
            return self.words(nd.array([tree], dtype="int64"))
        parts = [self.forward(part) for part in tree]
        return self.join(nd.concat(*parts, dim=1))

    def graphs_needed(self, trees):
        return len({"".join(c for c in str(tree) if c in "(,)") for tree in trees})


# %% right: without recursion
class TreeNet(nn.Block):
    def __init__(self, vocabulary, units):
        super().__init__()
        self.words = nn.Embedding(vocabulary, units)
        self.join = nn.Dense(units, activation="tanh", in_units=2 * units)

    def forward(self, tree):
        todo, order = [tree], []
        while todo:
            part = todo.pop()
            order.append(part)
            if not isinstance(part, int):
                todo.extend(part)
        stack = []
        for part in reversed(order):
            if isinstance(part, int):
                stack.append(self.words(nd.array([part], dtype="int64")))
            else:
                right, left = stack.pop(), stack.pop()
                stack.append(self.join(nd.concat(left, right, axis=1)))
        return stack.pop()

    def graphs_needed(self, trees):
        def shape(tree):
            return 0 if isinstance(tree, int) else [shape(tree[0]), shape(tree[1])]

        different = []
        for tree in trees:
            if shape(tree) not in different:
                different.append(shape(tree))
        return len(different)


# %% right: graphs counted by what is recorded
class TreeNet(nn.Block):
    def __init__(self, vocabulary, units):
        super().__init__()
        self.words = nn.Embedding(vocabulary, units)
        self.join = nn.Dense(units, activation="tanh", in_units=2 * units)

    def forward(self, tree):
        if isinstance(tree, int):
            return self.words(nd.array([tree], dtype="int64"))
        left, right = map(self, tree)
        return self.join(nd.concat(left, right))

    def graphs_needed(self, trees):
        def kinds(tree):
            return ("w",) if isinstance(tree, int) else (*kinds(tree[0]), *kinds(tree[1]), "+")

        return len(Counter(map(kinds, trees)))


# %% right: the matrix product by hand
class TreeNet(nn.Block):
    def __init__(self, vocabulary, units):
        super().__init__()
        self.words = nn.Embedding(vocabulary, units)
        self.join = nn.Dense(units, activation="tanh", in_units=2 * units)

    def forward(self, tree):
        table, weight, bias = self.words.weight.data(), self.join.weight.data(), self.join.bias.data()
        if isinstance(tree, int):
            return table[tree : tree + 1]
        both = nd.concat(self.forward(tree[0]), self.forward(tree[1]), dim=1)
        return nd.tanh(both @ weight.T + bias)

    def graphs_needed(self, trees):
        def blank(tree):
            return None if type(tree) is int else (blank(tree[0]), blank(tree[1]))

        return len(set(map(blank, trees)))


# %% wrong: right before left
# finding: exchanged
# observed: ,
# score: 3
class TreeNet(nn.Block):
    def __init__(self, vocabulary, units):
        super().__init__()
        self.words = nn.Embedding(vocabulary, units)
        self.join = nn.Dense(units, activation="tanh", in_units=2 * units)

    def forward(self, tree):
        if isinstance(tree, int):
            return self.words(nd.array([tree], dtype="int64"))
        left, right = tree
        return self.join(nd.concat(self(right), self(left), dim=1))

    def graphs_needed(self, trees):
        def shape(tree):
            return None if isinstance(tree, int) else tuple(map(shape, tree))

        return len({shape(tree) for tree in trees})


# %% wrong: one word after the other
# finding: structure-ignored
# observed: ,
# score: 5
class TreeNet(nn.Block):
    def __init__(self, vocabulary, units):
        super().__init__()
        self.words = nn.Embedding(vocabulary, units)
        self.join = nn.Dense(units, activation="tanh", in_units=2 * units)

    def forward(self, tree):
        words = [int(w) for w in "".join(c if c.isdigit() else " " for c in str(tree)).split()]
        vectors = [self.words(nd.array([w], dtype="int64")) for w in words]
        state = vectors[0]
        for vector in vectors[1:]:
            state = self.join(nd.concat(state, vector, dim=1))
        return state

    def graphs_needed(self, trees):
        def shape(tree):
            return None if isinstance(tree, int) else tuple(map(shape, tree))

        return len({shape(tree) for tree in trees})


# %% wrong: a sum of all words
# finding: words-added
# observed: ,
# score: 3
class TreeNet(nn.Block):
    def __init__(self, vocabulary, units):
        super().__init__()
        self.words = nn.Embedding(vocabulary, units)
        self.join = nn.Dense(units, activation="tanh", in_units=2 * units)

    def forward(self, tree):
        if isinstance(tree, int):
            return self.words(nd.array([tree], dtype="int64"))
        return self(tree[0]) + self(tree[1])

    def graphs_needed(self, trees):
        def shape(tree):
            return None if isinstance(tree, int) else tuple(map(shape, tree))

        return len({shape(tree) for tree in trees})


# %% wrong: a layer made in forward
# finding: layer-made-in-forward
# observed: 5
# score: 3
class TreeNet(nn.Block):
    def __init__(self, vocabulary, units):
        super().__init__()
        self.words = nn.Embedding(vocabulary, units)
        self.join = nn.Dense(units, activation="tanh", in_units=2 * units)
        self.units = units

    def forward(self, tree):
        if isinstance(tree, int):
            return self.words(nd.array([tree], dtype="int64"))
        self.fresh = nn.Dense(self.units, activation="tanh", in_units=2 * self.units)
        self.fresh.initialize()
        layer = self.fresh
        return layer(nd.concat(self(tree[0]), self(tree[1]), dim=1))

    def graphs_needed(self, trees):
        def shape(tree):
            return None if isinstance(tree, int) else tuple(map(shape, tree))

        return len({shape(tree) for tree in trees})


# %% wrong: only pairs of words
# finding: one-level-only
# observed: Error
# score: 3
class TreeNet(nn.Block):
    def __init__(self, vocabulary, units):
        super().__init__()
        self.words = nn.Embedding(vocabulary, units)
        self.join = nn.Dense(units, activation="tanh", in_units=2 * units)

    def forward(self, tree):
        left, right = tree
        a = self.words(nd.array([left], dtype="int64"))
        b = self.words(nd.array([right], dtype="int64"))
        return self.join(nd.concat(a, b, dim=1))

    def graphs_needed(self, trees):
        def shape(tree):
            return None if isinstance(tree, int) else tuple(map(shape, tree))

        return len({shape(tree) for tree in trees})


# %% wrong: joined one beneath the other
# finding: joined-along-rows
# observed: shape
# score: 3
class TreeNet(nn.Block):
    def __init__(self, vocabulary, units):
        super().__init__()
        self.words = nn.Embedding(vocabulary, units)
        self.join = nn.Dense(units, activation="tanh", in_units=2 * units)

    def forward(self, tree):
        if isinstance(tree, int):
            return self.words(nd.array([tree], dtype="int64"))
        return self.join(nd.concat(self(tree[0]), self(tree[1]), dim=0))

    def graphs_needed(self, trees):
        def shape(tree):
            return None if isinstance(tree, int) else tuple(map(shape, tree))

        return len({shape(tree) for tree in trees})


# %% wrong: a vector without its axis
# finding: other-shape
# observed: shape (
# score: 5
class TreeNet(nn.Block):
    def __init__(self, vocabulary, units):
        super().__init__()
        self.words = nn.Embedding(vocabulary, units)
        self.join = nn.Dense(units, activation="tanh", in_units=2 * units)

    def forward(self, tree):
        if isinstance(tree, int):
            return self.words(nd.array([tree], dtype="int64"))[0]
        both = nd.concat(self(tree[0]), self(tree[1]), dim=0)
        return self.join(both.reshape(1, -1))[0]

    def graphs_needed(self, trees):
        def shape(tree):
            return None if isinstance(tree, int) else tuple(map(shape, tree))

        return len({shape(tree) for tree in trees})


# %% wrong: numbers on the way
# finding: no-gradient
# observed: none
# score: 8
class TreeNet(nn.Block):
    def __init__(self, vocabulary, units):
        super().__init__()
        self.words = nn.Embedding(vocabulary, units)
        self.join = nn.Dense(units, activation="tanh", in_units=2 * units)

    def forward(self, tree):
        if isinstance(tree, int):
            return self.words(nd.array([tree], dtype="int64"))
        left, right = (self(part).asnumpy() for part in tree)
        return self.join(nd.array(np.concatenate([left, right], axis=1)))

    def graphs_needed(self, trees):
        def shape(tree):
            return None if isinstance(tree, int) else tuple(map(shape, tree))

        return len({shape(tree) for tree in trees})


# %% wrong: the first tree for ever
# finding: remembers-the-first-tree
# observed: ,
# score: 3
class TreeNet(nn.Block):
    def __init__(self, vocabulary, units):
        super().__init__()
        self.words = nn.Embedding(vocabulary, units)
        self.join = nn.Dense(units, activation="tanh", in_units=2 * units)
        self.known = None

    def forward(self, tree):
        def vector(tree):
            if isinstance(tree, int):
                return self.words(nd.array([tree], dtype="int64"))
            return self.join(nd.concat(vector(tree[0]), vector(tree[1]), dim=1))

        if self.known is None:
            self.known = vector(tree)
        return self.known

    def graphs_needed(self, trees):
        def shape(tree):
            return None if isinstance(tree, int) else tuple(map(shape, tree))

        return len({shape(tree) for tree in trees})


# %% wrong: trees that differ in their words
# finding: words-taken-for-shape
# observed: 9
# score: 7
class TreeNet(nn.Block):
    def __init__(self, vocabulary, units):
        super().__init__()
        self.words = nn.Embedding(vocabulary, units)
        self.join = nn.Dense(units, activation="tanh", in_units=2 * units)

    def forward(self, tree):
        if isinstance(tree, int):
            return self.words(nd.array([tree], dtype="int64"))
        return self.join(nd.concat(self(tree[0]), self(tree[1]), dim=1))

    def graphs_needed(self, trees):
        return len(set(trees))


# %% wrong: the number of words
# finding: leaves-counted
# observed: 4
# score: 7
class TreeNet(nn.Block):
    def __init__(self, vocabulary, units):
        super().__init__()
        self.words = nn.Embedding(vocabulary, units)
        self.join = nn.Dense(units, activation="tanh", in_units=2 * units)

    def forward(self, tree):
        if isinstance(tree, int):
            return self.words(nd.array([tree], dtype="int64"))
        return self.join(nd.concat(self(tree[0]), self(tree[1]), dim=1))

    def graphs_needed(self, trees):
        def leaves(tree):
            return 1 if isinstance(tree, int) else leaves(tree[0]) + leaves(tree[1])

        return len(set(map(leaves, trees)))


# %% wrong: the depth
# finding: depth-counted
# observed: 3
# score: 7
class TreeNet(nn.Block):
    def __init__(self, vocabulary, units):
        super().__init__()
        self.words = nn.Embedding(vocabulary, units)
        self.join = nn.Dense(units, activation="tanh", in_units=2 * units)

    def forward(self, tree):
        if isinstance(tree, int):
            return self.words(nd.array([tree], dtype="int64"))
        return self.join(nd.concat(self(tree[0]), self(tree[1]), dim=1))

    def graphs_needed(self, trees):
        def depth(tree):
            return 0 if isinstance(tree, int) else 1 + max(map(depth, tree))

        return len({depth(tree) for tree in trees})


# %% wrong: one for each tree
# finding: every-tree-its-own
# observed: 10
# score: 7
class TreeNet(nn.Block):
    def __init__(self, vocabulary, units):
        super().__init__()
        self.words = nn.Embedding(vocabulary, units)
        self.join = nn.Dense(units, activation="tanh", in_units=2 * units)

    def forward(self, tree):
        if isinstance(tree, int):
            return self.words(nd.array([tree], dtype="int64"))
        return self.join(nd.concat(self(tree[0]), self(tree[1]), dim=1))

    def graphs_needed(self, trees):
        return len(trees)


# %% wrong: one for all
# finding: one-for-all
# observed: 1
# score: 7
class TreeNet(nn.Block):
    def __init__(self, vocabulary, units):
        super().__init__()
        self.words = nn.Embedding(vocabulary, units)
        self.join = nn.Dense(units, activation="tanh", in_units=2 * units)

    def forward(self, tree):
        if isinstance(tree, int):
            return self.words(nd.array([tree], dtype="int64"))
        return self.join(nd.concat(self(tree[0]), self(tree[1]), dim=1))

    def graphs_needed(self, trees):
        return 1
