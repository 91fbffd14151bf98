# %% right: counts over batches
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(seed)
        model = make(width)
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = accuracy(model, data.val_dataloader())
    return found


# %% right: the last entry of the history, numpy predictions
def accuracy(model, batches):
    mode = model.training
    model.train(False)
    hits = []
    for X, y in batches:
        hits += list(model(X).asnumpy().argmax(axis=1) == y.asnumpy())
    model.train(mode)
    return np.mean(hits)


def accuracy_by_width(widths, make, data, epochs, seed=0):
    def one(width):
        nd.random.seed(seed)
        trainer = train.Trainer(epochs, display=False)
        return trainer.fit(make(width), data)[-1]["val_acc"]

    return {width: one(width) for width in widths}


# %% right: batch accuracies weighted by their sizes, try and finally
def accuracy(model, batches):
    before = model.training
    try:
        model.eval()
        sizes, shares = [], []
        for X, y in batches:
            sizes.append(len(y))
            shares.append(model.accuracy(model(X), y))
        return float(np.average(shares, weights=sizes))
    finally:
        model.train(before)


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(seed)
        model = make(width)
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = accuracy(model, data.val_dataloader())
    return found


# %% right: one trainer for all, a second seeding before training
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found, trainer = {}, train.Trainer(max_epochs=epochs, display=False)
    for width in widths:
        nd.random.seed(seed)
        model = make(width)
        nd.random.seed(seed)
        trainer.fit(model, data)
        found[width] = accuracy(model, data.get_dataloader(train=False))
    return found


# %% wrong: mean of the batch accuracies
# finding: mean-of-batches
# observed: 0.
# score: 8
def accuracy(model, batches):
    before = model.training
    model.eval()
    shares = [(model(X).argmax(1) == y).mean().item() for X, y in batches]
    model.train(before)
    return sum(shares) / len(shares)


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(seed)
        history = train.Trainer(max_epochs=epochs, display=False).fit(make(width), data)
        found[width] = history[-1]["val_acc"]
    return found


# %% wrong: stays in training mode
# finding: measured-in-training-mode
# observed: as in training
# score: 6
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(seed)
        model = make(width)
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = accuracy(model, data.val_dataloader())
    return found


# %% wrong: stays in evaluation mode
# finding: mode-not-restored
# observed: in evaluation mode
# score: 8
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(seed)
        model = make(width)
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = accuracy(model, data.val_dataloader())
    return found


# %% wrong: always back to training
# finding: mode-not-restored
# observed: in training mode
# score: 8
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train()
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(seed)
        model = make(width)
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = accuracy(model, data.val_dataloader())
    return found


# %% wrong: counts and does not divide
# finding: counted-not-divided
# observed: .0000
# score: 6
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train(before)
    return right


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(seed)
        model = make(width)
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = accuracy(model, data.val_dataloader())
    return found


# %% wrong: returns after the first batch
# finding: first-batch-only
# observed: 1.0000
# score: 6
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
            model.train(before)
            return right / count
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(seed)
        model = make(width)
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = accuracy(model, data.val_dataloader())
    return found


# %% wrong: divides by the number of batches
# finding: divided-by-batches
# observed: .
# score: 6
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += 1
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(seed)
        model = make(width)
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = accuracy(model, data.val_dataloader())
    return found


# %% wrong: in percent
# finding: percent
# observed: 0.0000
# score: 6
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train(before)
    return 100 * right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(seed)
        model = make(width)
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = accuracy(model, data.val_dataloader())
    return found


# %% wrong: wrong predictions instead of right ones
# finding: errors-not-hits
# observed: 0.
# score: 6
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) != y).sum().item()
            count += len(y)
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(seed)
        model = make(width)
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = accuracy(model, data.val_dataloader())
    return found


# %% wrong: one model for all widths
# finding: one-model-for-all
# observed: widths [
# score: 4
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    nd.random.seed(seed)
    model = make(widths[0])
    found = {}
    for width in widths:
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = accuracy(model, data.val_dataloader())
    return found


# %% wrong: not trained
# finding: not-trained
# observed: 0 steps
# score: 6
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(seed)
        model = make(width)
        found[width] = accuracy(model, data.val_dataloader())
    return found


# %% wrong: trains on validation data
# finding: trained-on-validation
# observed: some on others
# score: 8
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(seed)
        model = make(width)
        train.Trainer(max_epochs=epochs, display=False).fit(model, Exchanged(data))
        found[width] = accuracy(model, data.val_dataloader())
    return found


class Exchanged(train.DataModule):
    def __init__(self, data):
        self.data = data

    def get_dataloader(self, train):
        return self.data.get_dataloader(not train)


# %% wrong: one epoch, whatever was asked
# finding: wrong-epochs
# observed: 3 steps
# score: 6
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(seed)
        model = make(width)
        train.Trainer(max_epochs=1, display=False).fit(model, data)
        found[width] = accuracy(model, data.val_dataloader())
    return found


# %% wrong: seeded once, before the loop
# finding: seeded-once
# observed: [0.
# score: 8
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    nd.random.seed(seed)
    for width in widths:
        model = make(width)
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = accuracy(model, data.val_dataloader())
    return found


# %% wrong: not seeded
# finding: not-seeded
# observed: when repeated
# score: 8
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        model = make(width)
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = accuracy(model, data.val_dataloader())
    return found


# %% wrong: seeds the wrong generator
# finding: not-seeded
# observed: when repeated
# score: 8
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        torch.manual_seed(seed)
        model = make(width)
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = accuracy(model, data.val_dataloader())
    return found


# %% wrong: seeded after the model was made
# finding: not-seeded
# observed: when repeated
# score: 8
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        model = make(width)
        nd.random.seed(seed)
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = accuracy(model, data.val_dataloader())
    return found


# %% wrong: a seed for each width
# finding: seeds-differ
# observed: [0.
# score: 8
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(seed + width)
        model = make(width)
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = accuracy(model, data.val_dataloader())
    return found


# %% wrong: always seed 0
# finding: seed-ignored
# observed: the same one
# score: 8
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(0)
        model = make(width)
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = accuracy(model, data.val_dataloader())
    return found


# %% wrong: measured on training data
# finding: measured-on-training-data
# observed: 0.9167
# score: 8
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(seed)
        model = make(width)
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = accuracy(model, data.train_dataloader())
    return found


# %% wrong: the best epoch
# finding: best-epoch-picked
# observed: 0.9
# score: 8
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(seed)
        model = make(width)
        history = train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = max(end["val_acc"] for end in history)
    return found


# %% wrong: measured before training
# finding: measured-before-training
# observed: 0.1
# score: 8
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(seed)
        model = make(width)
        found[width] = accuracy(model, data.val_dataloader())
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
    return found


# %% wrong: returns inside the loop
# finding: widths-missing
# observed: {
# score: 4
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(seed)
        model = make(width)
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = accuracy(model, data.val_dataloader())
        return found


# %% wrong: a list of accuracies
# finding: no-dictionary
# observed: [
# score: 8
def accuracy(model, batches):
    before, right, count = model.training, 0, 0
    model.eval()
    with autograd.no_grad():
        for X, y in batches:
            right += (model(X).argmax(1) == y).sum().item()
            count += len(y)
    model.train(before)
    return right / count


def accuracy_by_width(widths, make, data, epochs, seed=0):
    found = {}
    for width in widths:
        nd.random.seed(seed)
        model = make(width)
        train.Trainer(max_epochs=epochs, display=False).fit(model, data)
        found[width] = accuracy(model, data.val_dataloader())
    return list(found.values())
