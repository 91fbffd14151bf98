# %% right: line by line
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        self.steps += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            self.means[i] = b1 * self.means[i] + (1 - b1) * g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g * g
            mean = self.means[i] / (1 - b1**self.steps)
            square = self.squares[i] / (1 - b2**self.steps)
            p.set_data(p.data() - self.lr * mean / (nd.sqrt(square) + self.epsilon))

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% right: in numpy, the two corrections in one factor
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        self.steps += 1
        (b1, b2), t = self.betas, self.steps
        for i, p in enumerate(self.params):
            g = p.grad().asnumpy().astype("float64")
            self.means[i] = self.means[i] + (1 - b1) * (g - self.means[i])
            self.squares[i] = self.squares[i] + (1 - b2) * (g**2 - self.squares[i])
            root = np.sqrt(self.squares[i] / (1 - b2**t)) + self.epsilon
            p.set_data(p.data().asnumpy() - self.lr / (1 - b1**t) * self.means[i] / root)

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% right: in place, with state in a dictionary by parameter
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = list(params.values())
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.state = {}

    def step(self):
        with autograd.no_grad():
            for p in self.params:
                if p.grad_req == "null":
                    continue
                w, g = p.data(), p.grad()
                m, v, t = self.state.get(p, (nd.zeros_like(w), nd.zeros_like(w), 0))
                t = t + 1
                m = m * self.betas[0] + g * (1 - self.betas[0])
                v = v * self.betas[1] + g**2 * (1 - self.betas[1])
                self.state[p] = (m, v, t)
                m_hat, v_hat = m / (1 - self.betas[0] ** t), v / (1 - self.betas[1] ** t)
                w -= self.lr * m_hat / (v_hat**0.5 + self.epsilon)

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% right: as a child of Optimizer, on raw arrays
class MyAdam(optim.Optimizer):
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        super().__init__(params, lr)
        self.betas, self.epsilon = betas, epsilon
        self.m, self.v = {}, {}

    def update(self, values, grads, keys):
        b1, b2 = self.betas
        for w, g, key in zip(values, grads, keys):
            self.m[key] = b1 * self.m.get(key, 0) + (1 - b1) * g
            self.v[key] = b2 * self.v.get(key, 0) + (1 - b2) * g.square()
            root = torch.sqrt(self.v[key] / (1 - b2**self.steps)) + self.epsilon
            w.sub_(self.lr * (self.m[key] / (1 - b1**self.steps)) / root)


# %% wrong: no correction for the start
# finding: no-bias-correction
# observed: 3.162
# score: 4
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        self.steps += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            self.means[i] = b1 * self.means[i] + (1 - b1) * g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g * g
            mean = self.means[i]
            square = self.squares[i]
            p.set_data(p.data() - self.lr * mean / (nd.sqrt(square) + self.epsilon))

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: the mean alone is not corrected
# finding: mean-not-corrected
# observed: 0.100
# score: 4
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        self.steps += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            self.means[i] = b1 * self.means[i] + (1 - b1) * g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g * g
            mean = self.means[i]
            square = self.squares[i] / (1 - b2**self.steps)
            p.set_data(p.data() - self.lr * mean / (nd.sqrt(square) + self.epsilon))

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: the squares alone are not corrected
# finding: squares-not-corrected
# observed: 31.623
# score: 4
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        self.steps += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            self.means[i] = b1 * self.means[i] + (1 - b1) * g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g * g
            mean = self.means[i] / (1 - b1**self.steps)
            square = self.squares[i]
            p.set_data(p.data() - self.lr * mean / (nd.sqrt(square) + self.epsilon))

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: the root is forgotten
# finding: root-missing
# observed: the first number moves by
# score: 4
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        self.steps += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            self.means[i] = b1 * self.means[i] + (1 - b1) * g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g * g
            mean = self.means[i] / (1 - b1**self.steps)
            square = self.squares[i] / (1 - b2**self.steps)
            p.set_data(p.data() - self.lr * mean / (square + self.epsilon))

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: no squares
# finding: square-missing
# observed: nan
# score: 1
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        self.steps += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            self.means[i] = b1 * self.means[i] + (1 - b1) * g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g
            mean = self.means[i] / (1 - b1**self.steps)
            square = self.squares[i] / (1 - b2**self.steps)
            p.set_data(p.data() - self.lr * mean / (nd.sqrt(square) + self.epsilon))

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: the steps are not counted
# finding: steps-not-counted
# observed: the first number moves by
# score: 6
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        self.steps = 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            self.means[i] = b1 * self.means[i] + (1 - b1) * g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g * g
            mean = self.means[i] / (1 - b1**self.steps)
            square = self.squares[i] / (1 - b2**self.steps)
            p.set_data(p.data() - self.lr * mean / (nd.sqrt(square) + self.epsilon))

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: the step is counted at the end
# finding: counts-from-zero
# observed: nan
# score: 1
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            self.means[i] = b1 * self.means[i] + (1 - b1) * g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g * g
            mean = self.means[i] / nd.array(1 - b1**self.steps)
            square = self.squares[i] / nd.array(1 - b2**self.steps)
            p.set_data(p.data() - self.lr * mean / (nd.sqrt(square) + self.epsilon))
        self.steps += 1

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: the counter counts parameters
# finding: counts-parameters
# observed: the first number moves by
# score: 3
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            self.steps += 1
            g = p.grad()
            self.means[i] = b1 * self.means[i] + (1 - b1) * g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g * g
            mean = self.means[i] / (1 - b1**self.steps)
            square = self.squares[i] / (1 - b2**self.steps)
            p.set_data(p.data() - self.lr * mean / (nd.sqrt(square) + self.epsilon))

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: ε under the root
# finding: epsilon-under-the-root
# observed: the first number moves by
# score: 9
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        self.steps += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            self.means[i] = b1 * self.means[i] + (1 - b1) * g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g * g
            mean = self.means[i] / (1 - b1**self.steps)
            square = self.squares[i] / (1 - b2**self.steps)
            p.set_data(p.data() - self.lr * mean / nd.sqrt(square + self.epsilon))

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: ε is written into the code
# finding: epsilon-ignored
# observed: the first number moves by
# score: 9
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        self.steps += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            self.means[i] = b1 * self.means[i] + (1 - b1) * g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g * g
            mean = self.means[i] / (1 - b1**self.steps)
            square = self.squares[i] / (1 - b2**self.steps)
            p.set_data(p.data() - self.lr * mean / (nd.sqrt(square) + 1e-8))

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: the averages are local names
# finding: averages-forgotten
# observed: the first number moves by
# score: 6
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        self.steps += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            m = b1 * self.means[i] + (1 - b1) * g
            v = b2 * self.squares[i] + (1 - b2) * g * g
            mean = m / (1 - b1**self.steps)
            square = v / (1 - b2**self.steps)
            p.set_data(p.data() - self.lr * mean / (nd.sqrt(square) + self.epsilon))

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: the corrected averages are kept
# finding: corrected-kept
# observed: the first number moves by
# score: 6
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        self.steps += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            self.means[i] = b1 * self.means[i] + (1 - b1) * g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g * g
            mean = self.means[i] = self.means[i] / (1 - b1**self.steps)
            square = self.squares[i] = self.squares[i] / (1 - b2**self.steps)
            p.set_data(p.data() - self.lr * mean / (nd.sqrt(square) + self.epsilon))

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: the betas are swapped
# finding: betas-swapped
# observed: the first number moves by
# score: 6
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        self.steps += 1
        b2, b1 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            self.means[i] = b1 * self.means[i] + (1 - b1) * g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g * g
            mean = self.means[i] / (1 - b1**self.steps)
            square = self.squares[i] / (1 - b2**self.steps)
            p.set_data(p.data() - self.lr * mean / (nd.sqrt(square) + self.epsilon))

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: only the name is changed
# finding: nothing-changed
# observed: +0.000
# score: 0
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        self.steps += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            self.means[i] = b1 * self.means[i] + (1 - b1) * g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g * g
            mean = self.means[i] / (1 - b1**self.steps)
            square = self.squares[i] / (1 - b2**self.steps)
            w = p.data()
            w = w - self.lr * mean / (nd.sqrt(square) + self.epsilon)

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: uphill
# finding: uphill
# observed: the first number moves by
# score: 4
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        self.steps += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            self.means[i] = b1 * self.means[i] + (1 - b1) * g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g * g
            mean = self.means[i] / (1 - b1**self.steps)
            square = self.squares[i] / (1 - b2**self.steps)
            p.set_data(p.data() + self.lr * mean / (nd.sqrt(square) + self.epsilon))

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: the averages belong to the class
# finding: state-outlives
# observed: the first number moves by
# score: 1
class MyAdam:
    steps, means, squares = 0, [0.0] * 100, [0.0] * 100

    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon

    def step(self):
        self.steps += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            self.means[i] = b1 * self.means[i] + (1 - b1) * g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g * g
            mean = self.means[i] / (1 - b1**self.steps)
            square = self.squares[i] / (1 - b2**self.steps)
            p.set_data(p.data() - self.lr * mean / (nd.sqrt(square) + self.epsilon))

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: one mean for all parameters of a shape
# finding: averages-shared
# observed: last parameter
# score: 3
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = {}
        self.squares = [0.0 for _ in self.params]

    def step(self):
        self.steps += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            self.means[g.shape] = b1 * self.means.get(g.shape, 0) + (1 - b1) * g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g * g
            mean = self.means[g.shape] / (1 - b1**self.steps)
            square = self.squares[i] / (1 - b2**self.steps)
            p.set_data(p.data() - self.lr * mean / (nd.sqrt(square) + self.epsilon))

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: the gradient is squared in place
# finding: gradients-changed
# observed: .
# score: 9
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        self.steps += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            self.means[i] = b1 * self.means[i] + (1 - b1) * g
            with autograd.no_grad():
                g *= g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g
            mean = self.means[i] / (1 - b1**self.steps)
            square = self.squares[i] / (1 - b2**self.steps)
            p.set_data(p.data() - self.lr * mean / (nd.sqrt(square) + self.epsilon))

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: step clears the gradients
# finding: gradients-cleared
# observed: zeros
# score: 9
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        self.steps += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            self.means[i] = b1 * self.means[i] + (1 - b1) * g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g * g
            mean = self.means[i] / (1 - b1**self.steps)
            square = self.squares[i] / (1 - b2**self.steps)
            p.set_data(p.data() - self.lr * mean / (nd.sqrt(square) + self.epsilon))
            p.zero_grad()

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: the learning rate is written into the code
# finding: learning-rate-ignored
# observed: the first number moves by
# score: 8
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        self.steps += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            self.means[i] = b1 * self.means[i] + (1 - b1) * g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g * g
            mean = self.means[i] / (1 - b1**self.steps)
            square = self.squares[i] / (1 - b2**self.steps)
            p.set_data(p.data() - 0.001 * mean / (nd.sqrt(square) + self.epsilon))

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: plain gradient descent
# finding: not-adaptive
# observed: the first number moves by
# score: 3
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.params = [p for p in params.values() if p.grad_req != "null"]
        self.lr, self.betas, self.epsilon = lr, betas, epsilon
        self.steps = 0
        self.means = [0.0 for _ in self.params]
        self.squares = [0.0 for _ in self.params]

    def step(self):
        self.steps += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            g = p.grad()
            self.means[i] = b1 * self.means[i] + (1 - b1) * g
            self.squares[i] = b2 * self.squares[i] + (1 - b2) * g * g
            mean = self.means[i] / (1 - b1**self.steps)
            square = self.squares[i] / (1 - b2**self.steps)
            p.set_data(p.data() - self.lr * g)

    def zero_grad(self):
        for p in self.params:
            p.zero_grad()


# %% wrong: calls the bundled one
# finding: forbidden-call
# observed: `miniblocks.optim.Adam`
# score: 0
class MyAdam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), epsilon=1e-8):
        self.inner = optim.Adam(params, lr, betas, epsilon)

    def step(self):
        self.inner.step()

    def zero_grad(self):
        self.inner.zero_grad()
