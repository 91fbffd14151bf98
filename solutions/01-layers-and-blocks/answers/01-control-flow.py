# %% right: a loop of fixed length whose steps may change nothing
class Rescale(nn.Block):
    def forward(self, x):
        for _ in range(20):
            x = nd.where(x.norm() > 1, x / 2, x)
        return nd.where(x.norm() < 0.8, x * 10, x)


# %% right: masks in place of where
class Rescale(nn.Block):
    def forward(self, x):
        for _ in range(24):
            large = (x.norm() > 1).astype("float32")
            x = x * (1 - large * 0.5)
        small = (x.norm() < 0.8).astype("float32")
        return x * (1 + 9 * small)


# %% right: the factor alone goes through the loop
class Rescale(nn.Block):
    def forward(self, x):
        norm = x.norm().detach()
        factor = nd.ones_like(norm)
        for _ in range(32):
            factor = nd.where(norm * factor > 1, factor * 0.5, factor)
        return x * nd.where(norm * factor < 0.8, factor * 10, factor)


# %% right: from large powers of two to small ones
class Rescale(nn.Block):
    def forward(self, x):
        for power in (16, 8, 4, 2, 1, 1):
            x = nd.where(x.norm() > 2.0 ** (power - 1) if power > 1 else x.norm() > 1, x / 2.0 ** (power - (power > 1)), x)
            x = nd.where(x.norm() > 1, x / 2, x)
        return nd.where(x.norm() < 0.8, x * 10, x)


# %% wrong: Python decides, with numbers
# finding: branch-frozen
# observed: x multiplied by 0.5
# score: 5
class Rescale(nn.Block):
    def forward(self, x):
        while x.norm().asscalar() > 1:
            x = x / 2
        if x.norm().asscalar() < 0.8:
            x = x * 10
        return x


# %% wrong: Python decides, with tensors
# finding: branch-frozen
# observed: x multiplied by 0.5
# score: 5
class Rescale(nn.Block):
    def forward(self, x):
        while x.norm() > 1:
            x = x / 2
        return x * 10 if x.norm() < 0.8 else x


# %% wrong: where for the if, Python for the while
# finding: branch-frozen
# observed: x multiplied by 5
# score: 5
class Rescale(nn.Block):
    def forward(self, x):
        while x.norm() > 1:
            x = x / 2
        return nd.where(x.norm() < 0.8, x * 10, x)


# %% wrong: capture switched off
# finding: not-captured
# observed: 7 runs
# score: 5
class Rescale(nn.Block):
    def hybridize(self, active=True):
        pass

    def forward(self, x):
        while x.norm() > 1:
            x = x / 2
        return x * 10 if x.norm() < 0.8 else x


# %% wrong: writes into the caller's x
# finding: changes-its-input
# observed: x changed
# score: 4
class Rescale(nn.Block):
    def forward(self, x):
        while x.norm() > 1:
            x /= 2
        if x.norm() < 0.8:
            x *= 10
        return x


# %% wrong: halves only once
# finding: too-few-halvings
# observed: x multiplied by 0.5
# score: 2
class Rescale(nn.Block):
    def forward(self, x):
        x = nd.where(x.norm() > 1, x / 2, x)
        return nd.where(x.norm() < 0.8, x * 10, x)


# %% wrong: eight halvings are taken to be enough
# finding: too-few-halvings
# observed: x multiplied by 0.00390625
# score: 2
class Rescale(nn.Block):
    def forward(self, x):
        for _ in range(8):
            x = nd.where(x.norm() > 1, x / 2, x)
        return nd.where(x.norm() < 0.8, x * 10, x)


# %% wrong: each number decides for itself
# finding: decides-per-number
# observed: factors from 1 to 10
# score: 2
class Rescale(nn.Block):
    def forward(self, x):
        for _ in range(20):
            x = nd.where(x.abs() > 1, x / 2, x)
        return nd.where(x.abs() < 0.8, x * 10, x)


# %% wrong: divides by the norm
# finding: normalized
# observed: x multiplied by 0.545833
# score: 2
class Rescale(nn.Block):
    def forward(self, x):
        x = nd.where(x.norm() > 1, x / x.norm(), x)
        return nd.where(x.norm() < 0.8, x * 10, x)


# %% wrong: the second question looks at the norm from before the halvings
# finding: times-ten-forgotten
# observed: x multiplied by 0.125
# score: 3
class Rescale(nn.Block):
    def forward(self, x):
        small = x.norm() < 0.8
        for _ in range(20):
            x = nd.where(x.norm() > 1, x / 2, x)
        return nd.where(small, x * 10, x)


# %% wrong: always times ten
# finding: times-ten-too-often
# observed: x multiplied by 10
# score: 2
class Rescale(nn.Block):
    def forward(self, x):
        for _ in range(20):
            x = nd.where(x.norm() > 1, x / 2, x)
        return x * 10


# %% wrong: gives back the sum, as FancyMLP does
# finding: wrong-shape
# observed: shape ()
# score: 2
class Rescale(nn.Block):
    def forward(self, x):
        for _ in range(20):
            x = nd.where(x.norm() > 1, x / 2, x)
        return nd.where(x.norm() < 0.8, x * 10, x).sum()


# %% wrong: right numbers made by numpy
# finding: branch-frozen
# observed: x multiplied by 0.5
# score: 5
class Rescale(nn.Block):
    def forward(self, x):
        norm = float(np.linalg.norm(x.asnumpy()))
        factor = 0.5 ** max(0, np.ceil(np.log2(norm)))
        factor = factor * 10 if norm * factor < 0.8 else factor
        return x * float(factor)


# %% wrong: the result comes back from numpy without its history
# finding: gradient-lost
# observed: GraphError: nothing here requires a gradient: set `requires_grad = True` on a leaf before
# score: 5
class Rescale(nn.Block):
    def forward(self, x):
        values = x.asnumpy()
        while np.linalg.norm(values) > 1:
            values = values / 2
        if np.linalg.norm(values) < 0.8:
            values = values * 10
        return nd.array(values)
