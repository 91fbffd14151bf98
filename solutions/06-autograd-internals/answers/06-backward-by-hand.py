# %% right: a line for each operation
def gradients(x, y, w1, w2):
    before = x @ w1
    active = before.clamp(min=0)
    prediction = active @ w2
    error = prediction - y
    g = 2 * error
    g2 = active.T @ g
    g = g @ w2.T
    g = g * (before > 0)
    return (error**2).sum(), x.T @ g, g2


# %% right: with where, and the loss as a Python number
def gradients(x, y, w1, w2):
    before = nd.dot(x, w1)
    active = nd.relu(before)
    error = nd.dot(active, w2) - y
    back = nd.dot(2 * error, w2.T)
    back = nd.where(before > 0, back, nd.zeros_like(back))
    return (error * error).sum().item(), nd.dot(x.T, back), nd.dot(active.T, 2 * error)


# %% right: in numpy
def gradients(x, y, w1, w2):
    x, y, w1, w2 = (t.asnumpy() for t in (x, y, w1, w2))
    active = np.maximum(x @ w1, 0)
    error = active @ w2 - y
    back = (2 * error) @ w2.T
    back[active == 0] = 0
    return float((error**2).sum()), x.T @ back, active.T @ (2 * error)


# %% right: with einsum
def gradients(x, y, w1, w2):
    x, y, w1, w2 = (t.asnumpy().astype("float64") for t in (x, y, w1, w2))
    mask = (x @ w1 > 0).astype("float64")
    error = ((x @ w1) * mask) @ w2 - y
    by_w2 = 2 * np.einsum("nh,no->ho", (x @ w1) * mask, error)
    by_w1 = 2 * np.einsum("ni,no,ho,nh->ih", x, error, w2, mask)
    return nd.array((error**2).sum()), nd.array(by_w1), nd.array(by_w2)


# %% right: the mask from the numbers after relu
def gradients(x, y, w1, w2):
    active = (x @ w1).relu()
    error = active @ w2 - y
    return (error**2).sum(), x.T @ (2 * error @ w2.T * active.sign()), 2 * (active.T @ error)


# %% wrong: the factor 2 forgotten
# finding: two-forgotten
# observed: shape (4, 3): -11.41, 11.21, 3.349, -8.157, …
# score: 2
def gradients(x, y, w1, w2):
    before = x @ w1
    active = before.clamp(min=0)
    error = active @ w2 - y
    return (error**2).sum(), x.T @ (error @ w2.T * (before > 0)), active.T @ error


# %% wrong: the relu forgotten on the way back
# finding: relu-passed
# observed: shape (5, 4): 46.44, -2.583, 68.83, 17.18, …
# score: 5
def gradients(x, y, w1, w2):
    before = x @ w1
    active = before.clamp(min=0)
    error = active @ w2 - y
    return (error**2).sum(), x.T @ (2 * error @ w2.T), active.T @ (2 * error)


# %% wrong: a mask of numbers that are never below zero
# finding: relu-passed
# observed: shape (5, 4): 46.44, -2.583, 68.83, 17.18, …
# score: 5
def gradients(x, y, w1, w2):
    active = (x @ w1).clamp(min=0)
    error = active @ w2 - y
    return (error**2).sum(), x.T @ (2 * error @ w2.T * (active >= 0)), active.T @ (2 * error)


# %% wrong: passes at exactly zero
# finding: passes-at-zero
# observed: shape (4, 1): -3.531, 4.761, 5.43, -3.654
# score: 9
def gradients(x, y, w1, w2):
    before = x @ w1
    active = before.clamp(min=0)
    error = active @ w2 - y
    return (error**2).sum(), x.T @ (2 * error @ w2.T * (before >= 0)), active.T @ (2 * error)


# %% wrong: the gradient of w2 from the numbers before relu
# finding: before-relu
# observed: shape (4, 3): -10.67, 22.32, 1.364, -5.043, …
# score: 7
def gradients(x, y, w1, w2):
    before = x @ w1
    error = before.clamp(min=0) @ w2 - y
    return (error**2).sum(), x.T @ (2 * error @ w2.T * (before > 0)), before.T @ (2 * error)


# %% wrong: the mean instead of the sum
# finding: mean-loss
# observed: 13.233
# score: 0
def gradients(x, y, w1, w2):
    before = x @ w1
    active = before.clamp(min=0)
    error = active @ w2 - y
    g = 2 * error / error.size
    return (error**2).mean(), x.T @ (g @ w2.T * (before > 0)), active.T @ g


# %% wrong: divides by the batch
# finding: mean-for-sum
# observed: shape (4, 3): -3.802, 3.735, 1.116, -2.719, …
# score: 2
def gradients(x, y, w1, w2):
    before = x @ w1
    active = before.clamp(min=0)
    error = active @ w2 - y
    g = 2 * error / len(x)
    return (error**2).sum(), x.T @ (g @ w2.T * (before > 0)), active.T @ g


# %% wrong: the sign turned round
# finding: sign-turned
# observed: shape (4, 3): 22.81, -22.41, -6.699, 16.31, …
# score: 2
def gradients(x, y, w1, w2):
    before = x @ w1
    active = before.clamp(min=0)
    error = y - active @ w2
    return (error**2).sum(), x.T @ (2 * error @ w2.T * (before > 0)), active.T @ (2 * error)


# %% wrong: the gradients in the order in which they were found
# finding: gradients-exchanged
# observed: shape (5, 4): 58.97, 2.399, 70.04, -13.46, …
# score: 2
def gradients(x, y, w1, w2):
    before = x @ w1
    active = before.clamp(min=0)
    error = active @ w2 - y
    return (error**2).sum(), active.T @ (2 * error), x.T @ (2 * error @ w2.T * (before > 0))


# %% wrong: w2 not transposed
# finding: shapes-do-not-fit
# observed: ShapeError: matmul cannot combine (6, 3), (4, 3): mat1 and mat2 shapes
# score: 0
def gradients(x, y, w1, w2):
    before = x @ w1
    active = before.clamp(min=0)
    error = active @ w2 - y
    return (error**2).sum(), x.T @ (2 * error @ w2 * (before > 0)), active.T @ (2 * error)


# %% wrong: the result transposed
# finding: transposed
# observed: shape (3, 4): -22.81, -16.31, -18.39, -10.61, …
# score: 2
def gradients(x, y, w1, w2):
    before = x @ w1
    active = before.clamp(min=0)
    error = active @ w2 - y
    return (error**2).sum(), (2 * error @ w2.T * (before > 0)).T @ x, (2 * error).T @ active


# %% wrong: the errors do not take part
# finding: error-left-out
# observed: shape (4, 3): 2.986, 2.986, 2.986, 3.421, …
# score: 2
def gradients(x, y, w1, w2):
    before = x @ w1
    active = before.clamp(min=0)
    error = active @ w2 - y
    g = nd.ones_like(error)
    return (error**2).sum(), x.T @ (g @ w2.T * (before > 0)), active.T @ g


# %% wrong: calls backward after all
# finding: forbidden-call
# observed: a call of `miniblocks.autograd.backward`
# score: 0
def gradients(x, y, w1, w2):
    w1.requires_grad = w2.requires_grad = True
    loss = (((x @ w1).clamp(min=0) @ w2 - y) ** 2).sum()
    loss.backward()
    return loss, w1.grad, w2.grad


# %% wrong: central differences, in float64
# finding: passes-at-zero
# observed: shape (4, 1): -1.765, 2.38, 2.715, -1.827
# score: 9
def gradients(x, y, w1, w2):
    x, y, w1, w2 = (t.asnumpy().astype("float64") for t in (x, y, w1, w2))

    def loss():
        return float(((np.maximum(x @ w1, 0) @ w2 - y) ** 2).sum())

    found = []
    for w in (w1, w2):
        g = np.zeros_like(w)
        for i in np.ndindex(*w.shape):
            old, h = w[i], 1e-5
            w[i] = old + h
            high = loss()
            w[i] = old - h
            g[i] = (high - loss()) / (2 * h)
            w[i] = old
        found.append(nd.array(g))
    return loss(), *found


# %% wrong: forward differences, too wide
# finding: nearly
# observed: shape (4, 3): -22.78, 22.45, 6.731, -16.27, …
# score: 2
def gradients(x, y, w1, w2):
    x, y, w1, w2 = (t.asnumpy().astype("float64") for t in (x, y, w1, w2))

    def loss():
        return float(((np.maximum(x @ w1, 0) @ w2 - y) ** 2).sum())

    found = []
    for w in (w1, w2):
        g = np.zeros_like(w)
        for i in np.ndindex(*w.shape):
            before = loss()
            w[i] += 1e-2
            g[i] = (loss() - before) / 1e-2
            w[i] -= 1e-2
        found.append(nd.array(g))
    return loss(), *found


# %% wrong: updates the weights on the way
# finding: changes-its-input
# observed: shape (5, 4): -0.3588, -0.1927, 0.6314, -0.4993, …
# score: 9
def gradients(x, y, w1, w2):
    before = x @ w1
    active = before.clamp(min=0)
    error = active @ w2 - y
    by_w2 = active.T @ (2 * error)
    by_w1 = x.T @ (2 * error @ w2.T * (before > 0))
    w1 -= 1e-3 * by_w1
    w2 -= 1e-3 * by_w2
    return (error**2).sum(), by_w1, by_w2


# %% wrong: the gradients only
# finding: not-three-results
# observed: 2 of them
# score: 0
def gradients(x, y, w1, w2):
    before = x @ w1
    active = before.clamp(min=0)
    error = active @ w2 - y
    return x.T @ (2 * error @ w2.T * (before > 0)), active.T @ (2 * error)
