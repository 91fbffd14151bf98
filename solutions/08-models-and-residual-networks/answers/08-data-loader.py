# %% right: a permutation, cut
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __len__(self):
        return math.ceil(len(self.dataset) / self.batch_size)

    def __iter__(self):
        n = len(self.dataset)
        order = np.random.permutation(n) if self.shuffle else np.arange(n)
        for start in range(0, n, self.batch_size):
            yield self.dataset[order[start : start + self.batch_size]]


# %% right: the framework's own random numbers, and pieces by np.split
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __len__(self):
        return -(-len(self.dataset) // self.batch_size)

    def __iter__(self):
        order = nd.arange(len(self.dataset))
        if self.shuffle:
            order = nd.random.shuffle(order)
        order = order.asnumpy().astype("int64")
        for piece in np.split(order, range(self.batch_size, len(order), self.batch_size)):
            yield self.dataset[piece]


# %% right: a list of numbers that gets shorter
import random


class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __len__(self):
        full, rest = divmod(len(self.dataset), self.batch_size)
        return full + bool(rest)

    def __iter__(self):
        waiting = list(range(len(self.dataset)))
        if self.shuffle:
            random.shuffle(waiting)
        while waiting:
            batch, waiting = waiting[: self.batch_size], waiting[self.batch_size :]
            yield self.dataset[np.array(batch)]


# %% right: an iterator class of its own, single examples stacked
class MyPass:
    def __init__(self, dataset, order, size):
        self.dataset, self.order, self.size, self.position = dataset, order, size, 0

    def __iter__(self):
        return self

    def __next__(self):
        chosen = self.order[self.position : self.position + self.size]
        if not len(chosen):
            raise StopIteration
        self.position += self.size
        examples = [self.dataset[int(i)] for i in chosen]
        return nd.stack(*[x for x, _ in examples]), nd.stack(*[y for _, y in examples])


class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __len__(self):
        return (len(self.dataset) + self.batch_size - 1) // self.batch_size

    def __iter__(self):
        count = len(self.dataset)
        order = torch.randperm(count).numpy() if self.shuffle else np.arange(count)
        return MyPass(self.dataset, order, self.batch_size)


# %% wrong: full batches only
# finding: last-batch-dropped
# observed: [5, 5, 5, 5]
# score: 5
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __len__(self):
        return len(self.dataset) // self.batch_size

    def __iter__(self):
        n = len(self.dataset)
        order = np.random.permutation(n) if self.shuffle else np.arange(n)
        for i in range(n // self.batch_size):
            yield self.dataset[order[i * self.batch_size : (i + 1) * self.batch_size]]


# %% wrong: always one batch more than the full ones
# finding: empty-batch
# observed: 6, 0]
# score: 7
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __len__(self):
        return len(self.dataset) // self.batch_size + 1

    def __iter__(self):
        n = len(self.dataset)
        order = np.random.permutation(n) if self.shuffle else np.arange(n)
        for i in range(n // self.batch_size + 1):
            yield self.dataset[order[i * self.batch_size : (i + 1) * self.batch_size]]


# %% wrong: the last batch is filled up from the beginning
# finding: last-batch-filled
# observed: [5, 5, 5, 5, 5]
# score: 5
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __len__(self):
        return math.ceil(len(self.dataset) / self.batch_size)

    def __iter__(self):
        n = len(self.dataset)
        order = np.random.permutation(n) if self.shuffle else np.arange(n)
        for start in range(0, n, self.batch_size):
            yield self.dataset[np.take(order, range(start, start + self.batch_size), mode="wrap")]


# %% wrong: draws with replacement
# finding: with-replacement
# observed: again
# score: 8
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __len__(self):
        return math.ceil(len(self.dataset) / self.batch_size)

    def __iter__(self):
        n = len(self.dataset)
        order = np.random.randint(0, n, n) if self.shuffle else np.arange(n)
        for start in range(0, n, self.batch_size):
            yield self.dataset[order[start : start + self.batch_size]]


# %% wrong: a seam lost at each batch
# finding: examples-missing
# observed: never
# score: 6
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __len__(self):
        return math.ceil(len(self.dataset) / self.batch_size)

    def __iter__(self):
        n = len(self.dataset)
        order = np.random.permutation(n) if self.shuffle else np.arange(n)
        for start in range(0, n, self.batch_size):
            yield self.dataset[order[start : start + self.batch_size - 1]]


# %% wrong: the order is drawn once
# finding: same-each-pass
# observed: again
# score: 8
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle
        self.order = np.random.permutation(len(dataset)) if shuffle else np.arange(len(dataset))

    def __len__(self):
        return math.ceil(len(self.dataset) / self.batch_size)

    def __iter__(self):
        n = len(self.dataset)
        for start in range(0, n, self.batch_size):
            yield self.dataset[self.order[start : start + self.batch_size]]


# %% wrong: the same seed at each pass
# finding: same-each-pass
# observed: again
# score: 8
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __len__(self):
        return math.ceil(len(self.dataset) / self.batch_size)

    def __iter__(self):
        n = len(self.dataset)
        order = np.random.default_rng(0).permutation(n) if self.shuffle else np.arange(n)
        for start in range(0, n, self.batch_size):
            yield self.dataset[order[start : start + self.batch_size]]


# %% wrong: shuffle does not take part
# finding: not-shuffled
# observed: 0, 1, 2, 3, 4, 5
# score: 8
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __len__(self):
        return math.ceil(len(self.dataset) / self.batch_size)

    def __iter__(self):
        n = len(self.dataset)
        order = np.arange(n)
        for start in range(0, n, self.batch_size):
            yield self.dataset[order[start : start + self.batch_size]]


# %% wrong: shuffles always
# finding: shuffled-unasked
# observed: , …
# score: 9
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __len__(self):
        return math.ceil(len(self.dataset) / self.batch_size)

    def __iter__(self):
        n = len(self.dataset)
        order = np.random.permutation(n)
        for start in range(0, n, self.batch_size):
            yield self.dataset[order[start : start + self.batch_size]]


# %% wrong: the batches are shuffled, not the examples
# finding: batches-shuffled
# observed: , …
# score: 8
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __len__(self):
        return math.ceil(len(self.dataset) / self.batch_size)

    def __iter__(self):
        n = len(self.dataset)
        starts = list(range(0, n, self.batch_size))
        if self.shuffle:
            np.random.shuffle(starts[:-1] if n % self.batch_size else starts)
            full = n // self.batch_size
            starts[:full] = np.random.permutation(starts[:full])
        for start in starts:
            yield self.dataset[np.arange(start, min(n, start + self.batch_size))]


# %% wrong: shuffles within each batch
# finding: shuffled-within-batches
# observed: , …
# score: 8
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __len__(self):
        return math.ceil(len(self.dataset) / self.batch_size)

    def __iter__(self):
        n = len(self.dataset)
        for start in range(0, n, self.batch_size):
            piece = np.arange(start, min(n, start + self.batch_size))
            yield self.dataset[np.random.permutation(piece) if self.shuffle else piece]


# %% wrong: rows and labels shuffled each by themselves
# finding: labels-torn-off
# observed: with another label
# score: 9
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __len__(self):
        return math.ceil(len(self.dataset) / self.batch_size)

    def __iter__(self):
        n = len(self.dataset)
        x, y = self.dataset[np.arange(n)]
        if self.shuffle:
            x, y = x[np.random.permutation(n)], y[np.random.permutation(n)]
        for start in range(0, n, self.batch_size):
            yield x[start : start + self.batch_size], y[start : start + self.batch_size]


# %% wrong: the iterator is made once
# finding: works-once
# observed: 0
# score: 7
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle
        order = np.random.permutation(len(dataset)) if shuffle else np.arange(len(dataset))
        self.batches = (dataset[order[i : i + batch_size]] for i in range(0, len(dataset), batch_size))

    def __len__(self):
        return math.ceil(len(self.dataset) / self.batch_size)

    def __iter__(self):
        return self.batches


# %% wrong: the position lies in the loader
# finding: passes-share-a-place
# observed: [
# score: 9
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __len__(self):
        return math.ceil(len(self.dataset) / self.batch_size)

    def __iter__(self):
        n = len(self.dataset)
        self.order = np.random.permutation(n) if self.shuffle else np.arange(n)
        self.position = 0
        return self

    def __next__(self):
        if self.position >= len(self.order):
            raise StopIteration
        self.position += self.batch_size
        return self.dataset[self.order[self.position - self.batch_size : self.position]]


# %% wrong: shuffles the data themselves
# finding: data-changed
# observed: other arrays
# score: 9
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __len__(self):
        return math.ceil(len(self.dataset) / self.batch_size)

    def __iter__(self):
        n = len(self.dataset)
        if self.shuffle:
            order = np.random.permutation(n)
            self.dataset.arrays = tuple(a[order] for a in self.dataset.arrays)
        for start in range(0, n, self.batch_size):
            yield self.dataset[np.arange(start, min(n, start + self.batch_size))]


# %% wrong: the length counts examples
# finding: counts-examples
# observed: 23
# score: 9
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __len__(self):
        return len(self.dataset)

    def __iter__(self):
        n = len(self.dataset)
        order = np.random.permutation(n) if self.shuffle else np.arange(n)
        for start in range(0, n, self.batch_size):
            yield self.dataset[order[start : start + self.batch_size]]


# %% wrong: the length forgets the rest
# finding: wrong-length
# observed: 4
# score: 9
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __len__(self):
        return len(self.dataset) // self.batch_size

    def __iter__(self):
        n = len(self.dataset)
        order = np.random.permutation(n) if self.shuffle else np.arange(n)
        for start in range(0, n, self.batch_size):
            yield self.dataset[order[start : start + self.batch_size]]


# %% wrong: rows without labels
# finding: not-a-batch
# observed: [
# score: 1
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle

    def __len__(self):
        return math.ceil(len(self.dataset) / self.batch_size)

    def __iter__(self):
        n = len(self.dataset)
        order = np.random.permutation(n) if self.shuffle else np.arange(n)
        for start in range(0, n, self.batch_size):
            yield self.dataset[order[start : start + self.batch_size]][0]


# %% wrong: calls the bundled one
# finding: forbidden-call
# observed: `miniblocks.data.DataLoader`
# score: 0
class MyLoader:
    def __init__(self, dataset, batch_size, shuffle=False):
        self.loader = data.DataLoader(dataset, batch_size, shuffle)

    def __len__(self):
        return len(self.loader)

    def __iter__(self):
        return iter(self.loader)
