# %% right: made where x is, moved by reset_ctx
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = self.params.get_constant("offset", np.float32(offset))

    def forward(self, x):
        age = nd.arange(x.shape[1] - 1, -1, -1, ctx=x.device)
        w = nd.softmax(-self.rate.data() * age, axis=0)
        return ((x - self.offset.data()) * w.reshape((1, -1, 1))).sum(axis=1)


def train_on(net, batches, loss_function, rate, device):
    net.collect_params().reset_ctx(device)
    trainer = optim.SGD(net.collect_params(), lr=rate)
    losses = []
    for x, y in batches:
        loss = loss_function(net(x.to(device)), y.to(device))
        loss.backward()
        trainer.step()
        trainer.zero_grad()
        losses.append(loss.item())
    return losses


# %% right: moved with to, updates by hand
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.shift = self.params.get_constant("shift", nd.array(offset))

    def forward(self, x):
        moments = x.shape[1]
        age = (moments - 1 - nd.arange(moments)).to(x.device)
        scores = (age * self.rate.data()) * -1
        weights = nd.exp(scores - nd.logsumexp(scores, axis=0))
        return nd.sum((x - self.shift.data()) * weights.reshape((moments, 1)), axis=1)


def train_on(net, batches, loss_function, rate, device):
    for parameter in net.collect_params().values():
        parameter.reset_ctx(device)
    losses = []
    for batch in batches:
        x, y = (part.to(device) for part in batch)
        net.zero_grad()
        loss = loss_function(net(x), y)
        loss.backward()
        with autograd.no_grad():
            for parameter in net.collect_params().values():
                parameter.data()[:] -= rate * parameter.grad()
        losses.append(float(loss.asscalar()))
    return losses


# %% right: a product with the weights, and autograd.grad
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = self.params.get_constant("offset", offset)

    def forward(self, x):
        T = x.shape[1]
        rate = self.rate.data()
        age = nd.arange(T - 1, -1, -1, ctx=rate.device)
        weights = nd.softmax(-rate * age, axis=0).reshape((1, T))
        return nd.matmul(weights, x - self.offset.data()).reshape((len(x), -1))


def train_on(net, batches, loss_function, rate, device):
    net.collect_params().reset_ctx(device)
    parameters = [p.data() for p in net.collect_params().values()]
    losses = []
    for x, y in batches:
        loss = loss_function(net(x.as_in_context(device)), y.as_in_context(device))
        gradients = autograd.grad(loss, parameters)
        losses.append(loss.item())
        for p, g in zip(net.collect_params().values(), gradients):
            p.set_data(p.data().asnumpy() - rate * g.asnumpy())
    return losses


# %% wrong: ages on the default device
# finding: made-on-the-default-device
# observed: cpu(0) and cpu(1)
# score: 7
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = self.params.get_constant("offset", np.float32(offset))

    def forward(self, x):
        age = nd.arange(x.shape[1] - 1, -1, -1)
        w = nd.softmax(-self.rate.data() * age, axis=0)
        return ((x - self.offset.data()) * w.reshape((1, -1, 1))).sum(axis=1)


def train_on(net, batches, loss_function, rate, device):
    net.collect_params().reset_ctx(device)
    trainer = optim.SGD(net.collect_params(), lr=rate)
    losses = []
    for x, y in batches:
        loss = loss_function(net(x.to(device)), y.to(device))
        loss.backward()
        trainer.step()
        trainer.zero_grad()
        losses.append(loss.item())
    return losses


# %% wrong: the offset a plain tensor
# finding: constant-left-behind
# observed: cpu(0) and cpu(1)
# score: 7
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = nd.array(offset)

    def forward(self, x):
        age = nd.arange(x.shape[1] - 1, -1, -1, ctx=x.device)
        w = nd.softmax(-self.rate.data() * age, axis=0)
        return ((x - self.offset) * w.reshape((1, -1, 1))).sum(axis=1)


def train_on(net, batches, loss_function, rate, device):
    net.collect_params().reset_ctx(device)
    trainer = optim.SGD(net.collect_params(), lr=rate)
    losses = []
    for x, y in batches:
        loss = loss_function(net(x.to(device)), y.to(device))
        loss.backward()
        trainer.step()
        trainer.zero_grad()
        losses.append(loss.item())
    return losses


# %% wrong: everything goes to cpu(0)
# finding: result-elsewhere
# observed: cpu(0)
# score: 7
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = self.params.get_constant("offset", np.float32(offset))

    def forward(self, x):
        x = x.to(cpu())
        age = nd.arange(x.shape[1] - 1, -1, -1)
        w = nd.softmax(-self.rate.data().to(cpu()) * age, axis=0)
        return ((x - self.offset.data().to(cpu())) * w.reshape((1, -1, 1))).sum(axis=1)


def train_on(net, batches, loss_function, rate, device):
    net.collect_params().reset_ctx(device)
    trainer = optim.SGD(net.collect_params(), lr=rate)
    losses = []
    for x, y in batches:
        loss = loss_function(net(x.to(device)), y.to(device))
        loss.backward()
        trainer.step()
        trainer.zero_grad()
        losses.append(loss.item())
    return losses


# %% wrong: the one device of one's own machine
# finding: made-on-the-default-device
# observed: cpu(0) and cpu(1)
# score: 7
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = self.params.get_constant("offset", np.float32(offset))

    def forward(self, x):
        age = nd.arange(x.shape[1] - 1, -1, -1, ctx=try_gpu())
        w = nd.softmax(-self.rate.data() * age, axis=0)
        return ((x - self.offset.data()) * w.reshape((1, -1, 1))).sum(axis=1)


def train_on(net, batches, loss_function, rate, device):
    net.collect_params().reset_ctx(device)
    trainer = optim.SGD(net.collect_params(), lr=rate)
    losses = []
    for x, y in batches:
        loss = loss_function(net(x.to(device)), y.to(device))
        loss.backward()
        trainer.step()
        trainer.zero_grad()
        losses.append(loss.item())
    return losses


# %% wrong: ages made once
# finding: kept-from-before
# observed: cpu(1) and cpu(3)
# score: 5
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = self.params.get_constant("offset", np.float32(offset))

    def forward(self, x):
        if not hasattr(self, "age"):
            self.age = nd.arange(x.shape[1] - 1, -1, -1, ctx=x.device)
        age = self.age
        w = nd.softmax(-self.rate.data() * age, axis=0)
        return ((x - self.offset.data()) * w.reshape((1, -1, 1))).sum(axis=1)


def train_on(net, batches, loss_function, rate, device):
    net.collect_params().reset_ctx(device)
    trainer = optim.SGD(net.collect_params(), lr=rate)
    losses = []
    for x, y in batches:
        loss = loss_function(net(x.to(device)), y.to(device))
        loss.backward()
        trainer.step()
        trainer.zero_grad()
        losses.append(loss.item())
    return losses


# %% wrong: the device of the first call
# finding: kept-from-before
# observed: cpu(1) and cpu(3)
# score: 7
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = self.params.get_constant("offset", np.float32(offset))

    def forward(self, x):
        if not hasattr(self, "device"):
            self.device = x.device
        age = nd.arange(x.shape[1] - 1, -1, -1, ctx=self.device)
        w = nd.softmax(-self.rate.data() * age, axis=0)
        return ((x - self.offset.data()) * w.reshape((1, -1, 1))).sum(axis=1)


def train_on(net, batches, loss_function, rate, device):
    net.collect_params().reset_ctx(device)
    trainer = optim.SGD(net.collect_params(), lr=rate)
    losses = []
    for x, y in batches:
        loss = loss_function(net(x.to(device)), y.to(device))
        loss.backward()
        trainer.step()
        trainer.zero_grad()
        losses.append(loss.item())
    return losses


# %% wrong: the oldest moment weighs most
# finding: oldest-first
# observed: shape (2, 3)
# score: 5
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = self.params.get_constant("offset", np.float32(offset))

    def forward(self, x):
        age = nd.arange(x.shape[1], ctx=x.device)
        w = nd.softmax(-self.rate.data() * age, axis=0)
        return ((x - self.offset.data()) * w.reshape((1, -1, 1))).sum(axis=1)


def train_on(net, batches, loss_function, rate, device):
    net.collect_params().reset_ctx(device)
    trainer = optim.SGD(net.collect_params(), lr=rate)
    losses = []
    for x, y in batches:
        loss = loss_function(net(x.to(device)), y.to(device))
        loss.backward()
        trainer.step()
        trainer.zero_grad()
        losses.append(loss.item())
    return losses


# %% wrong: by way of NumPy
# finding: gradient-lost
# observed: None
# score: 5
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = self.params.get_constant("offset", np.float32(offset))

    def forward(self, x):
        age = nd.arange(x.shape[1] - 1, -1, -1, ctx=x.device)
        w = np.exp(-self.rate.data().asnumpy() * age.asnumpy())
        w = nd.array(w / w.sum(), ctx=x.device)
        return ((x - self.offset.data()) * w.reshape((1, -1, 1))).sum(axis=1)


def train_on(net, batches, loss_function, rate, device):
    net.collect_params().reset_ctx(device)
    trainer = optim.SGD(net.collect_params(), lr=rate)
    losses = []
    for x, y in batches:
        loss = loss_function(net(x.to(device)), y.to(device))
        loss.backward()
        trainer.step()
        trainer.zero_grad()
        losses.append(loss.item())
    return losses


# %% wrong: the batch stays
# finding: batch-not-moved
# observed: cpu(0) and cpu(3)
# score: 5
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = self.params.get_constant("offset", np.float32(offset))

    def forward(self, x):
        age = nd.arange(x.shape[1] - 1, -1, -1, ctx=x.device)
        w = nd.softmax(-self.rate.data() * age, axis=0)
        return ((x - self.offset.data()) * w.reshape((1, -1, 1))).sum(axis=1)


def train_on(net, batches, loss_function, rate, device):
    net.collect_params().reset_ctx(device)
    trainer = optim.SGD(net.collect_params(), lr=rate)
    losses = []
    for x, y in batches:
        loss = loss_function(net(x), y)
        loss.backward()
        trainer.step()
        trainer.zero_grad()
        losses.append(loss.item())
    return losses


# %% wrong: moves x without using it
# finding: batch-not-moved
# observed: cpu(0) and cpu(3)
# score: 5
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = self.params.get_constant("offset", np.float32(offset))

    def forward(self, x):
        age = nd.arange(x.shape[1] - 1, -1, -1, ctx=x.device)
        w = nd.softmax(-self.rate.data() * age, axis=0)
        return ((x - self.offset.data()) * w.reshape((1, -1, 1))).sum(axis=1)


def train_on(net, batches, loss_function, rate, device):
    net.collect_params().reset_ctx(device)
    trainer = optim.SGD(net.collect_params(), lr=rate)
    losses = []
    for x, y in batches:
        x.to(device), y.to(device)
        loss = loss_function(net(x), y)
        loss.backward()
        trainer.step()
        trainer.zero_grad()
        losses.append(loss.item())
    return losses


# %% wrong: the target stays
# finding: target-not-moved
# observed: cpu(0) and cpu(3)
# score: 5
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = self.params.get_constant("offset", np.float32(offset))

    def forward(self, x):
        age = nd.arange(x.shape[1] - 1, -1, -1, ctx=x.device)
        w = nd.softmax(-self.rate.data() * age, axis=0)
        return ((x - self.offset.data()) * w.reshape((1, -1, 1))).sum(axis=1)


def train_on(net, batches, loss_function, rate, device):
    net.collect_params().reset_ctx(device)
    trainer = optim.SGD(net.collect_params(), lr=rate)
    losses = []
    for x, y in batches:
        loss = loss_function(net(x.to(device)), y)
        loss.backward()
        trainer.step()
        trainer.zero_grad()
        losses.append(loss.item())
    return losses


# %% wrong: moves the values without using them
# finding: network-not-moved
# observed: cpu(0) and cpu(3)
# score: 5
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = self.params.get_constant("offset", np.float32(offset))

    def forward(self, x):
        age = nd.arange(x.shape[1] - 1, -1, -1, ctx=x.device)
        w = nd.softmax(-self.rate.data() * age, axis=0)
        return ((x - self.offset.data()) * w.reshape((1, -1, 1))).sum(axis=1)


def train_on(net, batches, loss_function, rate, device):
    for p in net.collect_params().values():
        p.data().to(device)
    trainer = optim.SGD(net.collect_params(), lr=rate)
    losses = []
    for x, y in batches:
        loss = loss_function(net(x.to(device)), y.to(device))
        loss.backward()
        trainer.step()
        trainer.zero_grad()
        losses.append(loss.item())
    return losses


# %% wrong: initializes anew on the device
# finding: values-lost
# observed: [
# score: 8
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = self.params.get_constant("offset", np.float32(offset))

    def forward(self, x):
        age = nd.arange(x.shape[1] - 1, -1, -1, ctx=x.device)
        w = nd.softmax(-self.rate.data() * age, axis=0)
        return ((x - self.offset.data()) * w.reshape((1, -1, 1))).sum(axis=1)


def train_on(net, batches, loss_function, rate, device):
    net.initialize(ctx=device, force_reinit=True)
    trainer = optim.SGD(net.collect_params(), lr=rate)
    losses = []
    for x, y in batches:
        loss = loss_function(net(x.to(device)), y.to(device))
        loss.backward()
        trainer.step()
        trainer.zero_grad()
        losses.append(loss.item())
    return losses


# %% wrong: trains where everything lies
# finding: trained-elsewhere
# observed: cpu(0)
# score: 8
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = self.params.get_constant("offset", np.float32(offset))

    def forward(self, x):
        age = nd.arange(x.shape[1] - 1, -1, -1, ctx=x.device)
        w = nd.softmax(-self.rate.data() * age, axis=0)
        return ((x - self.offset.data()) * w.reshape((1, -1, 1))).sum(axis=1)


def train_on(net, batches, loss_function, rate, device):
    trainer = optim.SGD(net.collect_params(), lr=rate)
    losses = []
    for x, y in batches:
        loss = loss_function(net(x), y)
        loss.backward()
        trainer.step()
        trainer.zero_grad()
        losses.append(loss.item())
    return losses


# %% wrong: brings the network back
# finding: moved-back
# observed: cpu(0)
# score: 8
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = self.params.get_constant("offset", np.float32(offset))

    def forward(self, x):
        age = nd.arange(x.shape[1] - 1, -1, -1, ctx=x.device)
        w = nd.softmax(-self.rate.data() * age, axis=0)
        return ((x - self.offset.data()) * w.reshape((1, -1, 1))).sum(axis=1)


def train_on(net, batches, loss_function, rate, device):
    home = next(iter(net.collect_params().values())).data().device
    net.collect_params().reset_ctx(device)
    trainer = optim.SGD(net.collect_params(), lr=rate)
    losses = []
    for x, y in batches:
        loss = loss_function(net(x.to(device)), y.to(device))
        loss.backward()
        trainer.step()
        trainer.zero_grad()
        losses.append(loss.item())
    net.collect_params().reset_ctx(home)
    return losses


# %% wrong: replaces the caller's batches
# finding: batches-replaced
# observed: cpu(3)
# score: 9
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = self.params.get_constant("offset", np.float32(offset))

    def forward(self, x):
        age = nd.arange(x.shape[1] - 1, -1, -1, ctx=x.device)
        w = nd.softmax(-self.rate.data() * age, axis=0)
        return ((x - self.offset.data()) * w.reshape((1, -1, 1))).sum(axis=1)


def train_on(net, batches, loss_function, rate, device):
    net.collect_params().reset_ctx(device)
    trainer = optim.SGD(net.collect_params(), lr=rate)
    losses = []
    for i, (x, y) in enumerate(batches):
        x, y = batches[i] = x.to(device), y.to(device)
        loss = loss_function(net(x), y)
        loss.backward()
        trainer.step()
        trainer.zero_grad()
        losses.append(loss.item())
    return losses


# %% wrong: never zeroes
# finding: never-zeroed
# observed: [
# score: 8
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = self.params.get_constant("offset", np.float32(offset))

    def forward(self, x):
        age = nd.arange(x.shape[1] - 1, -1, -1, ctx=x.device)
        w = nd.softmax(-self.rate.data() * age, axis=0)
        return ((x - self.offset.data()) * w.reshape((1, -1, 1))).sum(axis=1)


def train_on(net, batches, loss_function, rate, device):
    net.collect_params().reset_ctx(device)
    trainer = optim.SGD(net.collect_params(), lr=rate)
    losses = []
    for x, y in batches:
        loss = loss_function(net(x.to(device)), y.to(device))
        loss.backward()
        trainer.step()
        losses.append(loss.item())
    return losses


# %% wrong: updates copies
# finding: not-updated
# observed: [
# score: 8
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = self.params.get_constant("offset", np.float32(offset))

    def forward(self, x):
        age = nd.arange(x.shape[1] - 1, -1, -1, ctx=x.device)
        w = nd.softmax(-self.rate.data() * age, axis=0)
        return ((x - self.offset.data()) * w.reshape((1, -1, 1))).sum(axis=1)


def train_on(net, batches, loss_function, rate, device):
    net.collect_params().reset_ctx(device)
    copies = [p.data().detach() for p in net.collect_params().values()]
    losses = []
    for x, y in batches:
        loss = loss_function(net(x.to(device)), y.to(device))
        loss.backward()
        for i, p in enumerate(net.collect_params().values()):
            copies[i] = copies[i] - rate * p.grad()
        net.zero_grad()
        losses.append(loss.item())
    return losses


# %% wrong: prints the losses
# finding: no-losses
# observed: None
# score: 7
class Recency(nn.Block):
    def __init__(self, offset, **kwargs):
        super().__init__(**kwargs)
        self.rate = self.params.get("rate", shape=(1,), init="ones")
        self.offset = self.params.get_constant("offset", np.float32(offset))

    def forward(self, x):
        age = nd.arange(x.shape[1] - 1, -1, -1, ctx=x.device)
        w = nd.softmax(-self.rate.data() * age, axis=0)
        return ((x - self.offset.data()) * w.reshape((1, -1, 1))).sum(axis=1)


def train_on(net, batches, loss_function, rate, device):
    net.collect_params().reset_ctx(device)
    trainer = optim.SGD(net.collect_params(), lr=rate)
    losses = []
    for x, y in batches:
        loss = loss_function(net(x.to(device)), y.to(device))
        loss.backward()
        trainer.step()
        trainer.zero_grad()
        losses.append(loss.item())
    print(losses)
