# %% right: zeroes before each group
def train(parameters, loss_of, batches, rate, every=1):
    losses = []
    for start in range(0, len(batches), every):
        for p in parameters:
            p.zero_grad()
        for batch in batches[start : start + every]:
            loss = loss_of(batch)
            loss.backward()
            losses.append(loss.item())
        with autograd.no_grad():
            for p in parameters:
                if p.grad is not None:
                    p -= rate * p.grad
    return losses


# %% right: one backward for the sum of a group's losses
def train(parameters, loss_of, batches, rate, every=1):
    losses = []
    for start in range(0, len(batches), every):
        for p in parameters:
            p.grad = None
        total = 0
        for batch in batches[start : start + every]:
            loss = loss_of(batch)
            losses.append(float(loss))
            total = total + loss
        total.backward()
        for p in parameters:
            if p.grad is not None:
                p[:] = p.detach() - rate * p.grad
    return losses


# %% right: with grad, without accumulating
def train(parameters, loss_of, batches, rate, every=1):
    losses, total = [], None
    for i, batch in enumerate(batches):
        loss = loss_of(batch)
        losses.append(loss.item())
        found = autograd.grad(loss, parameters)
        total = found if total is None else [a + b for a, b in zip(total, found)]
        if (i + 1) % every == 0 or i == len(batches) - 1:
            with autograd.no_grad():
                for p, g in zip(parameters, total):
                    p -= rate * g
            total = None
    return losses


# %% right: a function for the step, zeros in place of None
def train(parameters, loss_of, batches, rate, every=1):
    def zero():
        for p in parameters:
            p.grad = nd.zeros_like(p)

    def step():
        with autograd.no_grad():
            for p in parameters:
                p -= p.grad * rate
        zero()

    zero()
    losses = []
    waiting = 0
    for batch in batches:
        loss = loss_of(batch)
        loss.backward()
        losses.append(loss.asscalar())
        waiting += 1
        if waiting == every:
            step()
            waiting = 0
    if waiting:
        step()
    return losses


# %% wrong: never zeroes
# finding: never-zeroed
# observed: w ends at shape (3, 2): -0.9879, -0.7982, 1.173, -2.11, …
# score: 2
def train(parameters, loss_of, batches, rate, every=1):
    losses = []
    for i, batch in enumerate(batches, 1):
        loss = loss_of(batch)
        loss.backward()
        losses.append(loss.item())
        if i % every == 0 or i == len(batches):
            with autograd.no_grad():
                for p in parameters:
                    if p.grad is not None:
                        p -= rate * p.grad
    return losses


# %% wrong: zeroes the last parameter only
# finding: not-all-zeroed
# observed: w ends at shape (3, 2): -0.9556, -0.691, 1.253, -1.921, …
# score: 2
def train(parameters, loss_of, batches, rate, every=1):
    losses = []
    for p in parameters:
        p.zero_grad()
    for i, batch in enumerate(batches, 1):
        loss = loss_of(batch)
        loss.backward()
        losses.append(loss.item())
        if i % every == 0 or i == len(batches):
            with autograd.no_grad():
                for p in parameters:
                    if p.grad is not None:
                        p -= rate * p.grad
            p.zero_grad()
    return losses


# %% wrong: zeroes between backward and step
# finding: zeroed-too-soon
# observed: TypeError: unsupported operand type(s) for *: 'float' and 'NoneType'
# score: 0
def train(parameters, loss_of, batches, rate, every=1):
    losses = []
    for i, batch in enumerate(batches, 1):
        loss = loss_of(batch)
        loss.backward()
        losses.append(loss.item())
        if i % every == 0 or i == len(batches):
            with autograd.no_grad():
                for p in parameters:
                    p.zero_grad()
                    p -= rate * p.grad
    return losses


# %% wrong: zeroes before every batch
# finding: zeroed-within-the-group
# observed: w ends at shape (3, 2): 0.6705, -0.8188, 1.391, 1.07, …
# score: 7
def train(parameters, loss_of, batches, rate, every=1):
    losses = []
    for i, batch in enumerate(batches, 1):
        for p in parameters:
            p.zero_grad()
        loss = loss_of(batch)
        loss.backward()
        losses.append(loss.item())
        if i % every == 0 or i == len(batches):
            with autograd.no_grad():
                for p in parameters:
                    if p.grad is not None:
                        p -= rate * p.grad
    return losses


# %% wrong: a step after each batch
# finding: every-ignored
# observed: w ends at shape (3, 2): 1.356, -1.242, 1.033, 1.068, …
# score: 7
def train(parameters, loss_of, batches, rate, every=1):
    losses = []
    for batch in batches:
        for p in parameters:
            p.zero_grad()
        loss = loss_of(batch)
        loss.backward()
        losses.append(loss.item())
        with autograd.no_grad():
            for p in parameters:
                if p.grad is not None:
                    p -= rate * p.grad
    return losses


# %% wrong: the rest is lost
# finding: rest-lost
# observed: w ends at shape (3, 2): -0.1403, 0.6902, -0.704, -0.9617, …
# score: 9
def train(parameters, loss_of, batches, rate, every=1):
    losses = []
    for p in parameters:
        p.zero_grad()
    for i, batch in enumerate(batches, 1):
        loss = loss_of(batch)
        loss.backward()
        losses.append(loss.item())
        if i % every == 0:
            with autograd.no_grad():
                for p in parameters:
                    if p.grad is not None:
                        p -= rate * p.grad
                    p.zero_grad()
    return losses


# %% wrong: counts from zero
# finding: one-batch-early
# observed: w ends at shape (3, 2): 1.318, -1.216, 1.046, 1.071, …
# score: 7
def train(parameters, loss_of, batches, rate, every=1):
    losses = []
    for p in parameters:
        p.zero_grad()
    for i, batch in enumerate(batches):
        loss = loss_of(batch)
        loss.backward()
        losses.append(loss.item())
        if i % every == 0 or i == len(batches) - 1:
            with autograd.no_grad():
                for p in parameters:
                    if p.grad is not None:
                        p -= rate * p.grad
                    p.zero_grad()
    return losses


# %% wrong: the mean of a group
# finding: mean-for-sum
# observed: w ends at shape (3, 2): 1.268, -1.337, 1.26, 0.789, …
# score: 7
def train(parameters, loss_of, batches, rate, every=1):
    losses = []
    for p in parameters:
        p.zero_grad()
    for i, batch in enumerate(batches, 1):
        loss = loss_of(batch)
        (loss / every).backward()
        losses.append(loss.item())
        if i % every == 0 or i == len(batches):
            with autograd.no_grad():
                for p in parameters:
                    if p.grad is not None:
                        p -= rate * p.grad
                    p.zero_grad()
    return losses


# %% wrong: uses what stood in grad before
# finding: old-gradients-used
# observed: w ends at shape (3, 2): -0.4481, -1.036, 0.4806, -0.8996, …
# score: 9
def train(parameters, loss_of, batches, rate, every=1):
    losses = []
    for i, batch in enumerate(batches, 1):
        loss = loss_of(batch)
        loss.backward()
        losses.append(loss.item())
        if i % every == 0 or i == len(batches):
            with autograd.no_grad():
                for p in parameters:
                    if p.grad is not None:
                        p -= rate * p.grad
                    p.zero_grad()
    return losses


# %% wrong: a parameter that was not used
# finding: unused-parameter
# observed: TypeError: unsupported operand type(s) for *: 'float' and 'NoneType'
# score: 7
def train(parameters, loss_of, batches, rate, every=1):
    losses = []
    for p in parameters:
        p.zero_grad()
    for i, batch in enumerate(batches, 1):
        loss = loss_of(batch)
        loss.backward()
        losses.append(loss.item())
        if i % every == 0 or i == len(batches):
            with autograd.no_grad():
                for p in parameters:
                    p -= rate * p.grad
                    p.zero_grad()
    return losses


# %% wrong: gives new tensors the old names
# finding: nothing-moved
# observed: w ends at shape (3, 2): -0.5605, 0.8912, 0.975, -1.424, …, where it
# score: 2
def train(parameters, loss_of, batches, rate, every=1):
    losses = []
    for p in parameters:
        p.zero_grad()
    for i, batch in enumerate(batches, 1):
        loss = loss_of(batch)
        loss.backward()
        losses.append(loss.item())
        if i % every == 0 or i == len(batches):
            for p in parameters:
                g = p.grad
                p.zero_grad()
                if g is not None:
                    with autograd.no_grad():
                        p = p - rate * g
    return losses


# %% wrong: uphill
# finding: uphill
# observed: w ends at shape (3, 2): -0.465, 1.489, 0.8462, -1.527, …
# score: 2
def train(parameters, loss_of, batches, rate, every=1):
    losses = []
    for start in range(0, len(batches), every):
        for p in parameters:
            p.zero_grad()
        for batch in batches[start : start + every]:
            loss = loss_of(batch)
            loss.backward()
            losses.append(loss.item())
        with autograd.no_grad():
            for p in parameters:
                if p.grad is not None:
                    p += rate * p.grad
    return losses


# %% wrong: keeps the losses as tensors
# finding: losses-are-tensors
# observed: a list of 5 with tensors in it
# score: 8
def train(parameters, loss_of, batches, rate, every=1):
    losses = []
    for start in range(0, len(batches), every):
        for p in parameters:
            p.zero_grad()
        for batch in batches[start : start + every]:
            loss = loss_of(batch)
            loss.backward()
            losses.append(loss)
        with autograd.no_grad():
            for p in parameters:
                if p.grad is not None:
                    p -= rate * p.grad
    return losses


# %% wrong: a loss for each step
# finding: losses-missing
# observed: a list of 3
# score: 8
def train(parameters, loss_of, batches, rate, every=1):
    losses = []
    for start in range(0, len(batches), every):
        for p in parameters:
            p.zero_grad()
        total = 0.0
        for batch in batches[start : start + every]:
            loss = loss_of(batch)
            loss.backward()
            total += loss.item()
        losses.append(total)
        with autograd.no_grad():
            for p in parameters:
                if p.grad is not None:
                    p -= rate * p.grad
    return losses


# %% wrong: sends the growing sum back after each batch
# finding: graph-used-twice
# observed: FreedGraphError: the graph behind `add` was freed by an earlier
# score: 0
def train(parameters, loss_of, batches, rate, every=1):
    losses, total = [], 0
    for i, batch in enumerate(batches, 1):
        loss = loss_of(batch)
        losses.append(loss.item())
        total = total + loss
        total.backward()
        if i % every == 0 or i == len(batches):
            with autograd.no_grad():
                for p in parameters:
                    if p.grad is not None:
                        p -= rate * p.grad
                    p.zero_grad()
    return losses


# %% wrong: no return
# finding: no-losses
# observed: None
# score: 8
def train(parameters, loss_of, batches, rate, every=1):
    for p in parameters:
        p.zero_grad()
    for i, batch in enumerate(batches, 1):
        loss = loss_of(batch)
        loss.backward()
        if i % every == 0 or i == len(batches):
            with autograd.no_grad():
                for p in parameters:
                    if p.grad is not None:
                        p -= rate * p.grad
                    p.zero_grad()
