# %% right: places recorded, parameters updated
def train_and_watch(net, batches, loss_function, rate):
    records = []
    for x, y in batches:
        net.zero_grad()
        loss = loss_function(net(x), y)
        loss.backward()
        record = {"loss": loss.item(), "values": {}, "gradients": {}}
        for i, layer in enumerate(net):
            for kind in ("weight", "bias"):
                parameter = getattr(layer, kind)
                record["values"][f"{i}.{kind}"] = parameter.data().asnumpy()
                record["gradients"][f"{i}.{kind}"] = parameter.grad().asnumpy()
        records.append(record)
        for parameter in net.collect_params().values():
            parameter.set_data(parameter.data().asnumpy() - rate * parameter.grad().asnumpy())
    return records


# %% right: with an optimizer, and copies of tensors
def train_and_watch(net, batches, loss_function, rate):
    trainer, records = optim.SGD(net.collect_params(), lr=rate), []
    for x, y in batches:
        loss = loss_function(net(x), y)
        loss.backward()
        places = {f"{i}.weight": layer.weight for i, layer in enumerate(net)}
        places |= {f"{i}.bias": layer.bias for i, layer in enumerate(net)}
        records.append(
            {
                "loss": loss,
                "values": {key: p.data().copy() for key, p in places.items()},
                "gradients": {key: p.grad().copy() for key, p in places.items()},
            }
        )
        trainer.step()
        trainer.zero_grad()
    return records


# %% right: values before the forward pass, a set of parameters, updates in place
def train_and_watch(net, batches, loss_function, rate):
    parameters = {p for layer in net for p in (layer.weight, layer.bias)}
    records = []
    for x, y in batches:
        values = {f"{i}.{k}": getattr(layer, k).data().asnumpy() for i, layer in enumerate(net) for k in ("weight", "bias")}
        for p in parameters:
            p.zero_grad()
        loss = loss_function(net(x), y)
        loss.backward()
        gradients = {f"{i}.{k}": getattr(layer, k).grad() for i, layer in enumerate(net) for k in ("weight", "bias")}
        records.append({"loss": float(loss), "values": values, "gradients": gradients})
        with autograd.no_grad():
            for p in parameters:
                p.data()[:] -= rate * p.grad()
    return records


# %% right: gradients by autograd.grad, which leaves nothing behind
def train_and_watch(net, batches, loss_function, rate):
    parameters = list(net.collect_params().values())
    records = []
    for x, y in batches:
        loss = loss_function(net(x), y)
        found = dict(zip(parameters, autograd.grad(loss, [p.data() for p in parameters])))
        record = {"loss": loss.asscalar(), "values": {}, "gradients": {}}
        for i, layer in enumerate(net):
            for kind, p in (("weight", layer.weight), ("bias", layer.bias)):
                record["values"][f"{i}.{kind}"] = p.data().detach().copy()
                record["gradients"][f"{i}.{kind}"] = found[p]
        records.append(record)
        for p, g in found.items():
            p.set_data(p.data().asnumpy() - rate * g.asnumpy())
    return records


# %% wrong: records handles
# finding: handles-recorded
# observed: 0.weight at step 0
# score: 7
def train_and_watch(net, batches, loss_function, rate):
    records = []
    for x, y in batches:
        net.zero_grad()
        loss = loss_function(net(x), y)
        loss.backward()
        record = {"loss": loss.item(), "values": {}, "gradients": {}}
        for i, layer in enumerate(net):
            for kind in ("weight", "bias"):
                parameter = getattr(layer, kind)
                record["values"][f"{i}.{kind}"] = parameter.data()
                record["gradients"][f"{i}.{kind}"] = parameter.grad()
        records.append(record)
        for parameter in net.collect_params().values():
            parameter.set_data(parameter.data().asnumpy() - rate * parameter.grad().asnumpy())
    return records


# %% wrong: updates layer by layer
# finding: tied-updated-each-time
# observed: weight: shape
# score: 9
def train_and_watch(net, batches, loss_function, rate):
    records = []
    for x, y in batches:
        net.zero_grad()
        loss = loss_function(net(x), y)
        loss.backward()
        record = {"loss": loss.item(), "values": {}, "gradients": {}}
        for i, layer in enumerate(net):
            for kind in ("weight", "bias"):
                parameter = getattr(layer, kind)
                record["values"][f"{i}.{kind}"] = parameter.data().asnumpy()
                record["gradients"][f"{i}.{kind}"] = parameter.grad().asnumpy()
        records.append(record)
        for layer in net:
            for parameter in (layer.weight, layer.bias):
                parameter.set_data(parameter.data().asnumpy() - rate * parameter.grad().asnumpy())
    return records


# %% wrong: records and updates in one loop over layers
# finding: changed-in-between
# observed: 2.weight at step 0: shape
# score: 6
def train_and_watch(net, batches, loss_function, rate):
    records = []
    for x, y in batches:
        net.zero_grad()
        loss = loss_function(net(x), y)
        loss.backward()
        record = {"loss": loss.item(), "values": {}, "gradients": {}}
        for i, layer in enumerate(net):
            for kind in ("weight", "bias"):
                parameter = getattr(layer, kind)
                record["values"][f"{i}.{kind}"] = parameter.data().asnumpy()
                record["gradients"][f"{i}.{kind}"] = parameter.grad().asnumpy()
                parameter.set_data(parameter.data().asnumpy() - rate * parameter.grad().asnumpy())
        records.append(record)
    return records


# %% wrong: never zeroes
# finding: never-zeroed
# observed: weight: shape
# score: 6
def train_and_watch(net, batches, loss_function, rate):
    records = []
    for x, y in batches:
        loss = loss_function(net(x), y)
        loss.backward()
        record = {"loss": loss.item(), "values": {}, "gradients": {}}
        for i, layer in enumerate(net):
            for kind in ("weight", "bias"):
                parameter = getattr(layer, kind)
                record["values"][f"{i}.{kind}"] = parameter.data().asnumpy()
                record["gradients"][f"{i}.{kind}"] = parameter.grad().asnumpy()
        records.append(record)
        for parameter in net.collect_params().values():
            parameter.set_data(parameter.data().asnumpy() - rate * parameter.grad().asnumpy())
    return records


# %% wrong: writes down after the update
# finding: after-the-update
# observed: 0.weight at step 0
# score: 9
def train_and_watch(net, batches, loss_function, rate):
    records = []
    for x, y in batches:
        net.zero_grad()
        loss = loss_function(net(x), y)
        loss.backward()
        for parameter in net.collect_params().values():
            parameter.set_data(parameter.data().asnumpy() - rate * parameter.grad().asnumpy())
        record = {"loss": loss.item(), "values": {}, "gradients": {}}
        for i, layer in enumerate(net):
            for kind in ("weight", "bias"):
                parameter = getattr(layer, kind)
                record["values"][f"{i}.{kind}"] = parameter.data().asnumpy()
                record["gradients"][f"{i}.{kind}"] = parameter.grad().asnumpy()
        records.append(record)
    return records


# %% wrong: writes down after zeroing
# finding: gradients-zero
# observed: 0.weight at step 0: shape (5, 3): 0, 0, 0, 0
# score: 6
def train_and_watch(net, batches, loss_function, rate):
    trainer, records = optim.SGD(net.collect_params(), lr=rate), []
    for x, y in batches:
        loss = loss_function(net(x), y)
        loss.backward()
        trainer.step()
        trainer.zero_grad()
        record = {"loss": loss.item(), "values": {}, "gradients": {}}
        for i, layer in enumerate(net):
            for kind in ("weight", "bias"):
                parameter = getattr(layer, kind)
                record["values"][f"{i}.{kind}"] = parameter.data().asnumpy()
                record["gradients"][f"{i}.{kind}"] = parameter.grad().asnumpy()
        records.append(record)
    return records


# %% wrong: reads the gradients before backward
# finding: one-step-behind
# observed: 0.weight at step 0: shape (5, 3): 0, 0, 0, 0
# score: 9
def train_and_watch(net, batches, loss_function, rate):
    records = []
    for x, y in batches:
        loss = loss_function(net(x), y)
        record = {"loss": loss.item(), "values": {}, "gradients": {}}
        for i, layer in enumerate(net):
            for kind in ("weight", "bias"):
                parameter = getattr(layer, kind)
                record["values"][f"{i}.{kind}"] = parameter.data().asnumpy()
                record["gradients"][f"{i}.{kind}"] = parameter.grad().asnumpy()
        records.append(record)
        net.zero_grad()
        loss.backward()
        for parameter in net.collect_params().values():
            parameter.set_data(parameter.data().asnumpy() - rate * parameter.grad().asnumpy())
    return records


# %% wrong: names instead of places
# finding: names-not-places
# observed: dense0_weight
# score: 4
def train_and_watch(net, batches, loss_function, rate):
    records = []
    for x, y in batches:
        net.zero_grad()
        loss = loss_function(net(x), y)
        loss.backward()
        parameters = net.collect_params()
        records.append(
            {
                "loss": loss.item(),
                "values": {name: p.data().asnumpy() for name, p in parameters.items()},
                "gradients": {name: p.grad().asnumpy() for name, p in parameters.items()},
            }
        )
        for parameter in parameters.values():
            parameter.set_data(parameter.data().asnumpy() - rate * parameter.grad().asnumpy())
    return records


# %% wrong: skips what is tied
# finding: places-missing
# observed: 0.weight, 0.bias, 1.weight, 1.bias, 3.weight, 3.bias
# score: 4
def train_and_watch(net, batches, loss_function, rate):
    records = []
    for x, y in batches:
        net.zero_grad()
        loss = loss_function(net(x), y)
        loss.backward()
        record, seen = {"loss": loss.item(), "values": {}, "gradients": {}}, set()
        for i, layer in enumerate(net):
            for kind in ("weight", "bias"):
                parameter = getattr(layer, kind)
                if parameter not in seen:
                    seen.add(parameter)
                    record["values"][f"{i}.{kind}"] = parameter.data().asnumpy()
                    record["gradients"][f"{i}.{kind}"] = parameter.grad().asnumpy()
        records.append(record)
        for parameter in seen:
            parameter.set_data(parameter.data().asnumpy() - rate * parameter.grad().asnumpy())
    return records


# %% wrong: weights only
# finding: biases-missing
# observed: 0.weight, 1.weight, 2.weight, 3.weight
# score: 4
def train_and_watch(net, batches, loss_function, rate):
    records = []
    for x, y in batches:
        net.zero_grad()
        loss = loss_function(net(x), y)
        loss.backward()
        record = {"loss": loss.item(), "values": {}, "gradients": {}}
        for i, layer in enumerate(net):
            record["values"][f"{i}.weight"] = layer.weight.data().asnumpy()
            record["gradients"][f"{i}.weight"] = layer.weight.grad().asnumpy()
        records.append(record)
        for parameter in net.collect_params().values():
            parameter.set_data(parameter.data().asnumpy() - rate * parameter.grad().asnumpy())
    return records


# %% wrong: one dictionary for all steps
# finding: one-record-reused
# observed: 0.weight at step 0
# score: 3
def train_and_watch(net, batches, loss_function, rate):
    records, record = [], {"values": {}, "gradients": {}}
    for x, y in batches:
        net.zero_grad()
        loss = loss_function(net(x), y)
        loss.backward()
        record["loss"] = loss.item()
        for i, layer in enumerate(net):
            for kind in ("weight", "bias"):
                parameter = getattr(layer, kind)
                record["values"][f"{i}.{kind}"] = parameter.data().asnumpy()
                record["gradients"][f"{i}.{kind}"] = parameter.grad().asnumpy()
        records.append(record)
        for parameter in net.collect_params().values():
            parameter.set_data(parameter.data().asnumpy() - rate * parameter.grad().asnumpy())
    return records


# %% wrong: changes copies only
# finding: not-updated
# observed: weight: shape
# score: 9
def train_and_watch(net, batches, loss_function, rate):
    records = []
    for x, y in batches:
        net.zero_grad()
        loss = loss_function(net(x), y)
        loss.backward()
        record = {"loss": loss.item(), "values": {}, "gradients": {}}
        for i, layer in enumerate(net):
            for kind in ("weight", "bias"):
                parameter = getattr(layer, kind)
                record["values"][f"{i}.{kind}"] = parameter.data().asnumpy()
                record["gradients"][f"{i}.{kind}"] = parameter.grad().asnumpy()
        records.append(record)
        for parameter in net.collect_params().values():
            values = parameter.data().asnumpy()
            values -= rate * parameter.grad().asnumpy()
    return records


# %% wrong: uphill
# finding: uphill
# observed: weight: shape
# score: 9
def train_and_watch(net, batches, loss_function, rate):
    records = []
    for x, y in batches:
        net.zero_grad()
        loss = loss_function(net(x), y)
        loss.backward()
        record = {"loss": loss.item(), "values": {}, "gradients": {}}
        for i, layer in enumerate(net):
            for kind in ("weight", "bias"):
                parameter = getattr(layer, kind)
                record["values"][f"{i}.{kind}"] = parameter.data().asnumpy()
                record["gradients"][f"{i}.{kind}"] = parameter.grad().asnumpy()
        records.append(record)
        for parameter in net.collect_params().values():
            parameter.data()[:] += rate * parameter.grad()
    return records


# %% wrong: the loss of the updated network
# finding: loss-after-update
# observed: ,
# score: 11
def train_and_watch(net, batches, loss_function, rate):
    trainer, records = optim.SGD(net.collect_params(), lr=rate), []
    for x, y in batches:
        trainer.zero_grad()
        loss_function(net(x), y).backward()
        record = {"values": {}, "gradients": {}}
        for i, layer in enumerate(net):
            for kind in ("weight", "bias"):
                parameter = getattr(layer, kind)
                record["values"][f"{i}.{kind}"] = parameter.data().asnumpy()
                record["gradients"][f"{i}.{kind}"] = parameter.grad().asnumpy()
        trainer.step()
        record["loss"] = loss_function(net(x), y).item()
        records.append(record)
    return records


# %% wrong: a record more, for the end
# finding: steps-missed
# observed: 5 records
# score: 3
def train_and_watch(net, batches, loss_function, rate):
    trainer, records = optim.SGD(net.collect_params(), lr=rate), []

    def note(loss):
        places = {f"{i}.{k}": getattr(layer, k) for i, layer in enumerate(net) for k in ("weight", "bias")}
        records.append(
            {
                "loss": loss,
                "values": {key: p.data().asnumpy() for key, p in places.items()},
                "gradients": {key: p.grad().asnumpy() for key, p in places.items()},
            }
        )

    for x, y in batches:
        trainer.zero_grad()
        loss = loss_function(net(x), y)
        loss.backward()
        note(loss.item())
        trainer.step()
    note(loss.item())
    return records


# %% wrong: forgets to return
# finding: no-records
# observed: None
# score: 3
def train_and_watch(net, batches, loss_function, rate):
    trainer = optim.SGD(net.collect_params(), lr=rate)
    for x, y in batches:
        trainer.zero_grad()
        loss_function(net(x), y).backward()
        print([layer.weight.grad().norm().item() for layer in net])
        trainer.step()
