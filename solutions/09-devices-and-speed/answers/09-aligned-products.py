# %% right: in a loop
def speeds(sizes, stopwatch, device):
    found = {}
    for n in sizes:
        a, b = (nd.random.normal(shape=(n, n), ctx=device) for _ in range(2))
        found[n] = 2 * n**3 / stopwatch(lambda: nd.dot(a, b)) / 1e9
    return found


# %% right: with @, a function, and several uses of the stopwatch
def speeds(sizes, stopwatch, device):
    def speed(n):
        a = nd.ones((n, n)).to(device)
        b = nd.random.uniform(-1, 1, shape=(n, n)).to(device)

        def product():
            return a @ b

        seconds = statistics.median(stopwatch(product) for _ in range(3))
        return 2e-9 * n * n * n / seconds

    return {n: speed(n) for n in sizes}


# %% right: the same matrix twice, and the exact count of additions
def speeds(sizes, stopwatch, device):
    speed = {}
    for n in sizes:
        a = nd.random.randn(n, n, ctx=device)
        t = stopwatch(lambda: nd.matmul(a, a))
        operations = n * n * (n + (n - 1))
        speed[n] = operations / (t * 1e9)
    return speed


# %% right: functions made first, with their matrices bound
def speeds(sizes, stopwatch, device):
    pairs = [(n, nd.random.normal(shape=(n, n), ctx=device)) for n in sizes]
    functions = [(n, lambda a=a: a @ a) for n, a in pairs]
    return {n: 2 * n**3 / stopwatch(f) * 1e-9 for n, f in functions}


# %% wrong: n³ operations
# finding: factor-two-missing
# observed: .
# score: 7
def speeds(sizes, stopwatch, device):
    found = {}
    for n in sizes:
        a, b = (nd.random.normal(shape=(n, n), ctx=device) for _ in range(2))
        found[n] = n**3 / stopwatch(lambda: nd.dot(a, b)) / 1e9
    return found


# %% wrong: 2n² operations
# finding: squared-not-cubed
# observed: 0.
# score: 7
def speeds(sizes, stopwatch, device):
    found = {}
    for n in sizes:
        a, b = (nd.random.normal(shape=(n, n), ctx=device) for _ in range(2))
        found[n] = 2 * n**2 / stopwatch(lambda: nd.dot(a, b)) / 1e9
    return found


# %% wrong: operations per second
# finding: not-giga
# observed: 65790754.
# score: 7
def speeds(sizes, stopwatch, device):
    found = {}
    for n in sizes:
        a, b = (nd.random.normal(shape=(n, n), ctx=device) for _ in range(2))
        found[n] = 2 * n**3 / stopwatch(lambda: nd.dot(a, b))
    return found


# %% wrong: divided by 2³⁰
# finding: not-giga
# observed: .
# score: 7
def speeds(sizes, stopwatch, device):
    found = {}
    for n in sizes:
        a, b = (nd.random.normal(shape=(n, n), ctx=device) for _ in range(2))
        found[n] = 2 * n**3 / stopwatch(lambda: nd.dot(a, b)) / 2**30
    return found


# %% wrong: the time
# finding: time-for-speed
# observed: 0.00
# score: 7
def speeds(sizes, stopwatch, device):
    found = {}
    for n in sizes:
        a, b = (nd.random.normal(shape=(n, n), ctx=device) for _ in range(2))
        found[n] = stopwatch(lambda: nd.dot(a, b))
    return found


# %% wrong: seconds per operation
# finding: upside-down
# observed: .
# score: 7
def speeds(sizes, stopwatch, device):
    found = {}
    for n in sizes:
        a, b = (nd.random.normal(shape=(n, n), ctx=device) for _ in range(2))
        found[n] = stopwatch(lambda: nd.dot(a, b)) * 1e9 / (2 * n**3)
    return found


# %% wrong: makes the matrices inside
# finding: operands-made-inside
# observed: normal
# score: 7
def speeds(sizes, stopwatch, device):
    found = {}
    for n in sizes:
        found[n] = 2 * n**3 / stopwatch(lambda: nd.dot(nd.random.normal(shape=(n, n), ctx=device), nd.random.normal(shape=(n, n), ctx=device))) / 1e9
    return found


# %% wrong: element by element
# finding: elementwise-product
# observed: mul
# score: 7
def speeds(sizes, stopwatch, device):
    found = {}
    for n in sizes:
        a, b = (nd.random.normal(shape=(n, n), ctx=device) for _ in range(2))
        found[n] = 2 * n**3 / stopwatch(lambda: a * b) / 1e9
    return found


# %% wrong: sums the product up as well
# finding: more-than-a-product
# observed: matmul, sum
# score: 7
def speeds(sizes, stopwatch, device):
    found = {}
    for n in sizes:
        a, b = (nd.random.normal(shape=(n, n), ctx=device) for _ in range(2))
        found[n] = 2 * n**3 / stopwatch(lambda: nd.dot(a, b).sum().item()) / 1e9
    return found


# %% wrong: functions made in a loop and called after it
# finding: last-size-only
# observed: products of sizes
# score: 4
def speeds(sizes, stopwatch, device):
    products = []
    for n in sizes:
        a, b = (nd.random.normal(shape=(n, n), ctx=device) for _ in range(2))
        products.append(lambda: nd.dot(a, b))
    return {n: 2 * n**3 / stopwatch(product) / 1e9 for n, product in zip(sizes, products)}


# %% wrong: forgets the device
# finding: device-ignored
# observed: on cpu(0)
# score: 8
def speeds(sizes, stopwatch, device):
    found = {}
    for n in sizes:
        a, b = (nd.random.normal(shape=(n, n)) for _ in range(2))
        found[n] = 2 * n**3 / stopwatch(lambda: nd.dot(a, b)) / 1e9
    return found


# %% wrong: one matrix on the device
# finding: devices-mixed
# observed: cpu(0) and cpu(1)
# score: 0
def speeds(sizes, stopwatch, device):
    found = {}
    for n in sizes:
        a, b = nd.random.normal(shape=(n, n), ctx=device), nd.random.normal(shape=(n, n))
        found[n] = 2 * n**3 / stopwatch(lambda: nd.dot(a, b)) / 1e9
    return found


# %% wrong: moves inside the stopwatch
# finding: operands-made-inside
# observed: transfer, transfer, matmul
# score: 7
def speeds(sizes, stopwatch, device):
    found = {}
    for n in sizes:
        a, b = (nd.random.normal(shape=(n, n)) for _ in range(2))
        found[n] = 2 * n**3 / stopwatch(lambda: nd.dot(a.to(device), b.to(device))) / 1e9
    return found


# %% wrong: a product with NumPy
# finding: no-product
# observed: no operation of the framework
# score: 2
def speeds(sizes, stopwatch, device):
    found = {}
    for n in sizes:
        a, b = (nd.random.normal(shape=(n, n), ctx=device) for _ in range(2))
        a, b = a.asnumpy(), b.asnumpy()
        found[n] = 2 * n**3 / stopwatch(lambda: a @ b) / 1e9
    return found


# %% wrong: a matrix and a vector
# finding: other-shape
# observed: shapes
# score: 7
def speeds(sizes, stopwatch, device):
    found = {}
    for n in sizes:
        a, b = nd.random.normal(shape=(n, n), ctx=device), nd.random.normal(shape=(n, 1), ctx=device)
        found[n] = 2 * n**3 / stopwatch(lambda: nd.dot(a, b)) / 1e9
    return found


# %% wrong: hands over the product itself
# finding: called-too-early
# observed: it got a Tensor
# score: 0
def speeds(sizes, stopwatch, device):
    found = {}
    for n in sizes:
        a, b = (nd.random.normal(shape=(n, n), ctx=device) for _ in range(2))
        found[n] = 2 * n**3 / stopwatch(nd.dot(a, b)) / 1e9
    return found


# %% wrong: the sizes as texts
# finding: a-size-left-out
# observed: entries for '
# score: 5
def speeds(sizes, stopwatch, device):
    found = {}
    for n in sizes:
        a, b = (nd.random.normal(shape=(n, n), ctx=device) for _ in range(2))
        found[str(n)] = 2 * n**3 / stopwatch(lambda: nd.dot(a, b)) / 1e9
    return found


# %% wrong: a list of speeds
# finding: no-dictionary
# observed: [
# score: 5
def speeds(sizes, stopwatch, device):
    found = {}
    for n in sizes:
        a, b = (nd.random.normal(shape=(n, n), ctx=device) for _ in range(2))
        found[n] = 2 * n**3 / stopwatch(lambda: nd.dot(a, b)) / 1e9
    return list(found.values())


# %% wrong: sorted sizes
# finding: sorted
# observed: sizes [
# score: 8
def speeds(sizes, stopwatch, device):
    found = {}
    for n in sorted(sizes):
        a, b = (nd.random.normal(shape=(n, n), ctx=device) for _ in range(2))
        found[n] = 2 * n**3 / stopwatch(lambda: nd.dot(a, b)) / 1e9
    return found
