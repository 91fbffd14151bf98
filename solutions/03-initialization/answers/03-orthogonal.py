# %% right: QR of a tall matrix, transposed where the weight is wide
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        self.gain = gain

    def _init_weight(self, name, data):
        rows, columns = data.shape[0], math.prod(data.shape[1:])
        q, _ = np.linalg.qr(np.random.normal(size=(max(rows, columns), min(rows, columns))))
        q = q if rows >= columns else q.T
        data[:] = nd.array(self.gain * q.reshape(data.shape))

# %% right: the same, with the signs of R
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        super().__init__()
        self.gain = gain

    def _init_weight(self, name, data):
        flat = torch.randn(data.shape[0], data.size // data.shape[0], dtype=torch.float64)
        wide = flat.shape[0] < flat.shape[1]
        q, r = torch.linalg.qr(flat.T if wide else flat)
        q = q * torch.diagonal(r).sign()
        data[:] = nd.array((q.T if wide else q).reshape(data.shape))
        data *= self.gain

# %% right: the singular value decomposition without its singular values
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        self.gain = gain

    def _init_weight(self, name, data):
        flat = np.random.normal(size=(data.shape[0], math.prod(data.shape[1:])))
        u, _, vt = np.linalg.svd(flat, full_matrices=False)
        data[:] = nd.array(self.gain * (u @ vt).reshape(data.shape))

# %% right: Gram-Schmidt by hand
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        self.gain = gain

    def _init_weight(self, name, data):
        rows, columns = data.shape[0], math.prod(data.shape[1:])
        vectors = []
        for _ in range(min(rows, columns)):
            v = np.random.normal(size=max(rows, columns))
            for u in vectors:
                v = v - (v @ u) * u
            vectors.append(v / np.linalg.norm(v))
        q = np.stack(vectors) if rows <= columns else np.stack(vectors, axis=1)
        data[:] = nd.array(self.gain * q.reshape(data.shape))

# %% right: a square one, cut to size
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        self.gain = gain

    def _init_weight(self, name, data):
        rows, columns = data.shape[0], data[0].size
        q, _ = np.linalg.qr(np.random.normal(size=[max(rows, columns)] * 2))
        data[:] = nd.array(self.gain * q[:rows, :columns].reshape(data.shape))

# %% wrong: only columns, so that wide weights do not fit
# finding: only-square-or-tall
# observed: ShapeError
# score: 4
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        self.gain = gain

    def _init_weight(self, name, data):
        rows, columns = data.shape[0], math.prod(data.shape[1:])
        q, _ = np.linalg.qr(np.random.normal(size=(rows, columns)))
        data[:] = self.gain * nd.array(q).reshape(data.shape)

# %% wrong: matrices only
# finding: only-two-dimensional
# observed: too many values to unpack
# score: 8
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        self.gain = gain

    def _init_weight(self, name, data):
        rows, columns = data.shape
        q, _ = np.linalg.qr(np.random.normal(size=(max(rows, columns), min(rows, columns))))
        data[:] = nd.array(self.gain * (q if rows >= columns else q.T))

# %% wrong: square weights only
# finding: not-this-shape
# observed: Tensor sizes
# score: 1
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        self.gain = gain

    def _init_weight(self, name, data):
        q, _ = np.linalg.qr(np.random.normal(size=(data.shape[0], data.shape[0])))
        data[:] = nd.array(self.gain * q)

# %% wrong: the gain forgotten
# finding: gain-forgotten
# observed: 1.000
# score: 8
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        self.gain = gain

    def _init_weight(self, name, data):
        rows, columns = data.shape[0], math.prod(data.shape[1:])
        q, _ = np.linalg.qr(np.random.normal(size=(max(rows, columns), min(rows, columns))))
        data[:] = nd.array((q if rows >= columns else q.T).reshape(data.shape))

# %% wrong: the gain before the decomposition
# finding: gain-forgotten
# observed: 1.000
# score: 8
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        self.gain = gain

    def _init_weight(self, name, data):
        rows, columns = data.shape[0], math.prod(data.shape[1:])
        q, _ = np.linalg.qr(self.gain * np.random.normal(size=(max(rows, columns), min(rows, columns))))
        data[:] = nd.array((q if rows >= columns else q.T).reshape(data.shape))

# %% wrong: the gain twice
# finding: gain-squared
# observed: .
# score: 8
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        self.gain = gain

    def _init_weight(self, name, data):
        rows, columns = data.shape[0], math.prod(data.shape[1:])
        q, _ = np.linalg.qr(np.random.normal(size=(max(rows, columns), min(rows, columns))))
        data[:] = nd.array(self.gain**2 * (q if rows >= columns else q.T).reshape(data.shape))

# %% wrong: rows of length 1, and no more
# finding: only-normalized
# observed: lengths from 1.000 to 1.000
# score: 4
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        self.gain = gain

    def _init_weight(self, name, data):
        flat = np.random.normal(size=(data.shape[0], math.prod(data.shape[1:])))
        flat /= np.linalg.norm(flat, axis=0 if flat.shape[0] > flat.shape[1] else 1, keepdims=True)
        data[:] = nd.array(self.gain * flat.reshape(data.shape))

# %% wrong: puts the singular values back
# finding: not-perpendicular
# observed: a cosine of up to
# score: 2
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        self.gain = gain

    def _init_weight(self, name, data):
        flat = np.random.normal(size=(data.shape[0], math.prod(data.shape[1:])))
        u, s, vt = np.linalg.svd(flat, full_matrices=False)
        data[:] = nd.array(self.gain * ((u * s) @ vt).reshape(data.shape))

# %% wrong: keeps R
# finding: not-perpendicular
# observed: a cosine of up to
# score: 0
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        self.gain = gain

    def _init_weight(self, name, data):
        rows, columns = data.shape[0], math.prod(data.shape[1:])
        _, r = np.linalg.qr(np.random.normal(size=(max(rows, columns), max(rows, columns))))
        data[:] = nd.array(self.gain * r[:rows, :columns].reshape(data.shape))

# %% wrong: U with the singular values
# finding: lengths-differ
# observed: a cosine of up to 0.000
# score: 2
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        self.gain = gain

    def _init_weight(self, name, data):
        rows, columns = data.shape[0], math.prod(data.shape[1:])
        u, s, _ = np.linalg.svd(np.random.normal(size=(max(rows, columns), min(rows, columns))), full_matrices=False)
        q = u * s
        data[:] = nd.array(self.gain * (q if rows >= columns else q.T).reshape(data.shape))

# %% wrong: the identity
# finding: not-random
# observed: of the weights are 0
# score: 8
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        self.gain = gain

    def _init_weight(self, name, data):
        data[:] = nd.array(self.gain * np.eye(data.shape[0], math.prod(data.shape[1:])).reshape(data.shape))

# %% wrong: kernels laid out as (out · in, height · width)
# finding: flattened-otherwise
# observed: a cosine of up to
# score: 8
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        self.gain = gain

    def _init_weight(self, name, data):
        rows, columns = data.shape if data.ndim == 2 else (data.shape[0] * data.shape[1], data.shape[2] * data.shape[3])
        q, _ = np.linalg.qr(np.random.normal(size=(max(rows, columns), min(rows, columns))))
        data[:] = nd.array(self.gain * (q if rows >= columns else q.T).reshape(data.shape))

# %% wrong: kernels laid out by their last axis
# finding: flattened-otherwise
# observed: a cosine of up to
# score: 8
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        self.gain = gain

    def _init_weight(self, name, data):
        rows, columns = math.prod(data.shape[:-1]), data.shape[-1]
        q, _ = np.linalg.qr(np.random.normal(size=(max(rows, columns), min(rows, columns))))
        data[:] = nd.array(self.gain * (q if rows >= columns else q.T).reshape(data.shape))

# %% wrong: a fixed seed
# finding: same-every-time
# observed: the same matrix twice
# score: 8
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        self.gain = gain

    def _init_weight(self, name, data):
        rng = np.random.default_rng(42)
        rows, columns = data.shape[0], math.prod(data.shape[1:])
        q, _ = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
        data[:] = nd.array(self.gain * (q if rows >= columns else q.T).reshape(data.shape))

# %% wrong: the name given to a new array
# finding: not-in-place
# observed: still 123
# score: 0
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        self.gain = gain

    def _init_weight(self, name, data):
        rows, columns = data.shape[0], math.prod(data.shape[1:])
        q, _ = np.linalg.qr(np.random.normal(size=(max(rows, columns), min(rows, columns))))
        data = nd.array(self.gain * (q if rows >= columns else q.T).reshape(data.shape))

# %% wrong: leaves it to the library
# finding: forbidden-call
# observed: miniblocks.init.Orthogonal
# score: 0
class MyOrthogonal(init.Initializer):
    def __init__(self, gain=1.0):
        self.gain = gain

    def _init_weight(self, name, data):
        init.Orthogonal(self.gain)._init_weight(name, data)
