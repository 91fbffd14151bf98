# %% right: both updates under no_grad
def descend(w, loss_of, rate, decay, steps):
    with autograd.no_grad():
        average = w.copy()
    for _ in range(steps):
        loss = loss_of(w)
        loss.backward()
        with autograd.no_grad():
            w -= rate * w.grad
            average *= decay
            average += (1 - decay) * w
        w.zero_grad()
    return average


# %% right: with grad and detach, no no_grad at all
def descend(w, loss_of, rate, decay, steps):
    average = w.detach() * 1.0
    for _ in range(steps):
        (g,) = autograd.grad(loss_of(w), [w])
        w[:] = w.detach() - rate * g
        average = decay * average + (1 - decay) * w.detach()
    return average


# %% right: the average in numpy
def descend(w, loss_of, rate, decay, steps):
    average = w.asnumpy()
    for _ in range(steps):
        w.grad = None
        loss_of(w).backward()
        with autograd.no_grad():
            w -= rate * w.grad
        average = decay * average + (1 - decay) * w.asnumpy()
    return nd.array(average)


# %% right: written through a detached handle
def descend(w, loss_of, rate, decay, steps):
    average = nd.array(w)
    values = w.detach()
    for _ in range(steps):
        w.zero_grad()
        loss_of(w).backward()
        values -= rate * w.grad
        average += (1 - decay) * (values - average)
    return average


# %% wrong: everything recorded, w made anew
# finding: leaf-lost
# observed: TypeError: unsupported operand type(s) for *: 'float' and 'NoneType'
# score: 0
def descend(w, loss_of, rate, decay, steps):
    average = w.detach().copy()
    for _ in range(steps):
        w.zero_grad()
        loss_of(w).backward()
        w = w - rate * w.grad
        average = decay * average + (1 - decay) * w
    return average


# %% wrong: w made anew under no_grad
# finding: nothing-recorded
# observed: GraphError: nothing here requires a gradient: set `requires_grad =
# score: 0
def descend(w, loss_of, rate, decay, steps):
    average = w.detach().copy()
    for _ in range(steps):
        w.zero_grad()
        loss_of(w).backward()
        with autograd.no_grad():
            w = w - rate * w.grad
            average = decay * average + (1 - decay) * w
    return average


# %% wrong: made anew, and told to want a gradient again
# finding: callers-w-unchanged
# observed: shape (4,): 0.5605, 0.8912, 0.975, -1.424
# score: 5
def descend(w, loss_of, rate, decay, steps):
    average = w.detach().copy()
    for _ in range(steps):
        w.zero_grad()
        loss_of(w).backward()
        with autograd.no_grad():
            w = w - rate * w.grad
            average = decay * average + (1 - decay) * w
        w.requires_grad = True
    return average


# %% wrong: the whole loop under no_grad
# finding: nothing-recorded
# observed: GraphError: nothing here requires a gradient: set `requires_grad =
# score: 0
def descend(w, loss_of, rate, decay, steps):
    average = w.detach().copy()
    with autograd.no_grad():
        for _ in range(steps):
            w.zero_grad()
            loss_of(w).backward()
            w -= rate * w.grad
            average = decay * average + (1 - decay) * w
    return average


# %% wrong: the average is recorded
# finding: average-recorded
# observed: 18 nodes, after 6 steps
# score: 9
def descend(w, loss_of, rate, decay, steps):
    average = w.detach().copy()
    for _ in range(steps):
        w.zero_grad()
        loss_of(w).backward()
        with autograd.no_grad():
            w -= rate * w.grad
        average = decay * average + (1 - decay) * w
    return average


# %% wrong: begins with a copy that is recorded, and goes on recording
# finding: average-recorded
# observed: 20 nodes, after 6 steps
# score: 9
def descend(w, loss_of, rate, decay, steps):
    average = w.copy()
    for _ in range(steps):
        w.zero_grad()
        loss_of(w).backward()
        with autograd.no_grad():
            w -= rate * w.grad
        average *= decay
        average += (1 - decay) * w
    return average


# %% wrong: the average shares w's storage
# finding: average-written-into-w
# observed: shape (4,): 1.69, 1.298, 1.683, -2.16
# score: 3
def descend(w, loss_of, rate, decay, steps):
    average = w.detach()
    for _ in range(steps):
        w.zero_grad()
        loss_of(w).backward()
        with autograd.no_grad():
            w -= rate * w.grad
            average *= decay
            average += (1 - decay) * w
    return average


# %% wrong: the average is w
# finding: average-is-w
# observed: shape (4,): 2.215, 1.828, 2.294, -2.919
# score: 6
def descend(w, loss_of, rate, decay, steps):
    for _ in range(steps):
        w.zero_grad()
        loss_of(w).backward()
        with autograd.no_grad():
            w -= rate * w.grad
    return w.detach()


# %% wrong: never zeroes
# finding: never-zeroed
# observed: shape (4,): 4.728, 3.709, 4.68, -5.438
# score: 4
def descend(w, loss_of, rate, decay, steps):
    average = w.detach().copy()
    for _ in range(steps):
        loss_of(w).backward()
        with autograd.no_grad():
            w -= rate * w.grad
            average = decay * average + (1 - decay) * w
    return average


# %% wrong: the average takes w from before the step
# finding: average-before-the-step
# observed: shape (4,): 1.61, 1.437, 1.773, -2.348
# score: 5
def descend(w, loss_of, rate, decay, steps):
    average = w.detach().copy()
    for _ in range(steps):
        w.zero_grad()
        loss_of(w).backward()
        with autograd.no_grad():
            average = decay * average + (1 - decay) * w
            w -= rate * w.grad
    return average


# %% wrong: decay and its rest exchanged
# finding: decay-exchanged
# observed: shape (4,): 2.151, 1.779, 2.233, -2.855
# score: 7
def descend(w, loss_of, rate, decay, steps):
    average = w.detach().copy()
    for _ in range(steps):
        w.zero_grad()
        loss_of(w).backward()
        with autograd.no_grad():
            w -= rate * w.grad
            average = (1 - decay) * average + decay * w
    return average


# %% wrong: the average begins at zero
# finding: starts-at-zero
# observed: shape (4,): 1.732, 1.457, 1.823, -2.362
# score: 7
def descend(w, loss_of, rate, decay, steps):
    average = nd.zeros_like(w)
    for _ in range(steps):
        w.zero_grad()
        loss_of(w).backward()
        with autograd.no_grad():
            w -= rate * w.grad
            average = decay * average + (1 - decay) * w
    return average


# %% wrong: uphill
# finding: uphill
# observed: shape (4,): -4.809, -0.9566, -2.256, 2.714
# score: 4
def descend(w, loss_of, rate, decay, steps):
    average = w.detach().copy()
    for _ in range(steps):
        w.zero_grad()
        loss_of(w).backward()
        with autograd.no_grad():
            w += rate * w.grad
            average = decay * average + (1 - decay) * w
    return average


# %% wrong: counts from one and loses a step
# finding: one-step-missing
# observed: shape (4,): 2.09, 1.723, 2.168, -2.789
# score: 0
def descend(w, loss_of, rate, decay, steps):
    average = w.detach().copy()
    for _ in range(1, steps):
        w.zero_grad()
        loss_of(w).backward()
        with autograd.no_grad():
            w -= rate * w.grad
            average = decay * average + (1 - decay) * w
    return average


# %% wrong: switches the wish for a gradient off in place of no_grad
# finding: no-leaf-left
# observed: GraphError: nothing here requires a gradient: set `requires_grad =
# score: 8
def descend(w, loss_of, rate, decay, steps):
    average = w.detach().copy()
    for _ in range(steps):
        w.requires_grad = True
        w.zero_grad()
        loss_of(w).backward()
        w.requires_grad = False
        w -= rate * w.grad
        average = decay * average + (1 - decay) * w
    return average


# %% wrong: writes before the way back
# finding: written-too-soon
# observed: OverwrittenError: the backward pass of `div` needs a value of shape
# score: 0
def descend(w, loss_of, rate, decay, steps):
    average = w.detach().copy()
    previous = nd.zeros_like(w)
    for _ in range(steps):
        loss = loss_of(w * w / w)
        with autograd.no_grad():
            w -= rate * previous
        w.zero_grad()
        loss.backward()
        previous = w.grad
        with autograd.no_grad():
            average = decay * average + (1 - decay) * w
    return average


# %% wrong: nothing is returned
# finding: no-average
# observed: None
# score: 5
def descend(w, loss_of, rate, decay, steps):
    average = w.detach().copy()
    for _ in range(steps):
        w.zero_grad()
        loss_of(w).backward()
        with autograd.no_grad():
            w -= rate * w.grad
            average = decay * average + (1 - decay) * w
