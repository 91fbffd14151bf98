# %% right: min with infinity for what failed
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    runs = {lr: fit(lr=lr, epochs=max(epochs)) for lr in rates}

    def loss_after(lr, n):
        value = runs[lr][n - 1]["val_loss"]
        return value if math.isfinite(value) else math.inf

    best = {n: min(rates, key=lambda lr: loss_after(lr, n)) for n in epochs}
    failed = [
        lr
        for lr in rates
        if lr > best[max(epochs)] and not runs[lr][-1]["train_loss"] < guessing
    ]
    return best, min(failed, default=None)


# %% right: numpy, sorted rates
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    rates = np.sort(rates)
    histories = [fit(float(lr), max(epochs)) for lr in rates]
    losses = np.array([[end["val_loss"] for end in history] for history in histories])
    best = {n: rates[np.nanargmin(losses[:, n - 1])] for n in epochs}
    last = np.array([history[-1]["train_loss"] for history in histories])
    failed = rates[(rates > best[max(epochs)]) & ~(last < guessing)]
    return best, failed[0] if len(failed) else None


# %% right: loops
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    longest = max(epochs)
    runs = []
    for lr in rates:
        runs.append((lr, fit(lr=lr, epochs=longest)))
    best = {}
    for n in epochs:
        lowest = math.inf
        for lr, history in runs:
            if history[n - 1]["val_loss"] < lowest:
                lowest, best[n] = history[n - 1]["val_loss"], lr
    too_high = None
    for lr, history in sorted(runs, key=lambda run: run[0]):
        loss = history[-1]["train_loss"]
        if lr > best[longest] and too_high is None and (math.isnan(loss) or loss >= guessing):
            too_high = lr
    return best, too_high


# %% right: failed runs put aside first
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    runs = dict(zip(rates, [fit(epochs=max(epochs), lr=lr) for lr in rates]))
    best = {}
    for n in sorted(epochs):
        sound = {lr: h[n - 1]["val_loss"] for lr, h in runs.items() if np.isfinite(h[n - 1]["val_loss"])}
        best[n] = sorted(sound, key=sound.get)[0]
    above = sorted(lr for lr in rates if lr > best[max(epochs)])
    return best, next((lr for lr in above if not runs[lr][-1]["train_loss"] < guessing), None)


# %% wrong: nan wins
# finding: nan-chosen
# observed: {2:
# score: 5
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    runs = {lr: fit(lr=lr, epochs=max(epochs)) for lr in rates}

    def loss_after(lr, n):
        value = runs[lr][n - 1]["val_loss"]
        return value

    best = {n: min(rates, key=lambda lr: loss_after(lr, n)) for n in epochs}
    failed = [
        lr
        for lr in rates
        if lr > 0.01 and not runs[lr][-1]["train_loss"] < guessing
    ]
    return best, min(failed, default=None)


# %% wrong: argmin, which prefers nan
# finding: nan-chosen
# observed: {2:
# score: 5
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    rates = np.sort(rates)
    histories = [fit(float(lr), max(epochs)) for lr in rates]
    losses = np.array([[end["val_loss"] for end in history] for history in histories])
    best = {n: rates[np.argmin(losses[:, n - 1])] for n in epochs}
    last = np.array([history[-1]["train_loss"] for history in histories])
    return best, rates[np.flatnonzero(~(last < guessing))[1]]


# %% wrong: history[n]
# finding: epoch-miscounted
# observed: IndexError
# score: 2
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    runs = {lr: fit(lr=lr, epochs=max(epochs)) for lr in rates}

    def loss_after(lr, n):
        value = runs[lr][n]["val_loss"]
        return value if math.isfinite(value) else math.inf

    best = {n: min(rates, key=lambda lr: loss_after(lr, n)) for n in epochs}
    failed = [
        lr
        for lr in rates
        if lr > best[max(epochs)] and not runs[lr][-1]["train_loss"] < guessing
    ]
    return best, min(failed, default=None)


# %% wrong: the last of the list is taken for the longest
# finding: epoch-miscounted
# observed: IndexError
# score: 0
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    runs = {lr: fit(lr=lr, epochs=epochs[-1]) for lr in rates}

    def loss_after(lr, n):
        value = runs[lr][n - 1]["val_loss"]
        return value if math.isfinite(value) else math.inf

    best = {n: min(rates, key=lambda lr: loss_after(lr, n)) for n in epochs}
    failed = [
        lr
        for lr in rates
        if lr > best[max(epochs)] and not runs[lr][-1]["train_loss"] < guessing
    ]
    return best, min(failed, default=None)


# %% wrong: the last epoch for all
# finding: last-epoch-for-all
# observed: {2:
# score: 7
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    runs = {lr: fit(lr=lr, epochs=max(epochs)) for lr in rates}

    def loss_after(lr, n):
        value = runs[lr][-1]["val_loss"]
        return value if math.isfinite(value) else math.inf

    best = {n: min(rates, key=lambda lr: loss_after(lr, n)) for n in epochs}
    failed = [
        lr
        for lr in rates
        if lr > best[max(epochs)] and not runs[lr][-1]["train_loss"] < guessing
    ]
    return best, min(failed, default=None)


# %% wrong: the first epochs for all
# finding: first-epochs-for-all
# observed: {2:
# score: 7
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    runs = {lr: fit(lr=lr, epochs=max(epochs)) for lr in rates}

    def loss_after(lr, n):
        value = runs[lr][1]["val_loss"]
        return value if math.isfinite(value) else math.inf

    best = {n: min(rates, key=lambda lr: loss_after(lr, n)) for n in epochs}
    failed = [
        lr
        for lr in rates
        if lr > best[max(epochs)] and not runs[lr][-1]["train_loss"] < guessing
    ]
    return best, min(failed, default=None)


# %% wrong: the lowest loss so far
# finding: best-so-far
# observed: {2:
# score: 7
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    runs = {lr: fit(lr=lr, epochs=max(epochs)) for lr in rates}

    def loss_after(lr, n):
        value = min(end["val_loss"] for end in runs[lr][:n])
        return value if math.isfinite(value) else math.inf

    best = {n: min(rates, key=lambda lr: loss_after(lr, n)) for n in epochs}
    failed = [
        lr
        for lr in rates
        if lr > best[max(epochs)] and not runs[lr][-1]["train_loss"] < guessing
    ]
    return best, min(failed, default=None)


# %% wrong: by training loss
# finding: chosen-by-training-loss
# observed: {2:
# score: 7
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    runs = {lr: fit(lr=lr, epochs=max(epochs)) for lr in rates}

    def loss_after(lr, n):
        value = runs[lr][n - 1]["train_loss"]
        return value if math.isfinite(value) else math.inf

    best = {n: min(rates, key=lambda lr: loss_after(lr, n)) for n in epochs}
    failed = [
        lr
        for lr in rates
        if lr > best[max(epochs)] and not runs[lr][-1]["train_loss"] < guessing
    ]
    return best, min(failed, default=None)


# %% wrong: by accuracy
# finding: chosen-by-accuracy
# observed: {2:
# score: 7
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    runs = {lr: fit(lr=lr, epochs=max(epochs)) for lr in rates}

    def loss_after(lr, n):
        value = -runs[lr][n - 1]["val_acc"]
        return value if math.isfinite(value) else math.inf

    best = {n: min(rates, key=lambda lr: loss_after(lr, n)) for n in epochs}
    failed = [
        lr
        for lr in rates
        if lr > best[max(epochs)] and not runs[lr][-1]["train_loss"] < guessing
    ]
    return best, min(failed, default=None)


# %% wrong: trained anew for each number of epochs
# finding: trained-again
# observed: 30 runs
# score: 8
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    best = {}
    for n in epochs:
        runs = {lr: fit(lr=lr, epochs=n) for lr in rates}
        sound = {lr: h for lr, h in runs.items() if math.isfinite(h[-1]["val_loss"])}
        best[n] = min(sound, key=lambda lr: sound[lr][-1]["val_loss"])
        if n == max(epochs):
            failed = [lr for lr in rates if lr > best[n] and not runs[lr][-1]["train_loss"] < guessing]
    return best, min(failed, default=None)


# %% wrong: the lowest rate that has not learned
# finding: too-low-is-not-too-high
# observed: 0.00
# score: 7
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    runs = {lr: fit(lr=lr, epochs=max(epochs)) for lr in rates}

    def loss_after(lr, n):
        value = runs[lr][n - 1]["val_loss"]
        return value if math.isfinite(value) else math.inf

    best = {n: min(rates, key=lambda lr: loss_after(lr, n)) for n in epochs}
    failed = [
        lr
        for lr in rates
        if not runs[lr][-1]["train_loss"] < guessing
    ]
    return best, min(failed, default=None)


# %% wrong: only nan counts as failed
# finding: only-nan-counts
# observed: .
# score: 7
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    runs = {lr: fit(lr=lr, epochs=max(epochs)) for lr in rates}

    def loss_after(lr, n):
        value = runs[lr][n - 1]["val_loss"]
        return value if math.isfinite(value) else math.inf

    best = {n: min(rates, key=lambda lr: loss_after(lr, n)) for n in epochs}
    failed = [
        lr
        for lr in rates
        if lr > best[max(epochs)] and math.isnan(runs[lr][-1]["train_loss"])
    ]
    return best, min(failed, default=None)


# %% wrong: nan forgotten, and the highest taken
# finding: not-the-lowest
# observed: .
# score: 7
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    runs = {lr: fit(lr=lr, epochs=max(epochs)) for lr in rates}

    def loss_after(lr, n):
        value = runs[lr][n - 1]["val_loss"]
        return value if math.isfinite(value) else math.inf

    best = {n: min(rates, key=lambda lr: loss_after(lr, n)) for n in epochs}
    failed = [
        lr
        for lr in rates
        if lr > best[max(epochs)] and runs[lr][-1]["train_loss"] > guessing
    ]
    return best, max(failed, default=None)


# %% wrong: the highest rate that failed
# finding: not-the-lowest
# observed: .
# score: 7
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    runs = {lr: fit(lr=lr, epochs=max(epochs)) for lr in rates}

    def loss_after(lr, n):
        value = runs[lr][n - 1]["val_loss"]
        return value if math.isfinite(value) else math.inf

    best = {n: min(rates, key=lambda lr: loss_after(lr, n)) for n in epochs}
    failed = [
        lr
        for lr in rates
        if lr > best[max(epochs)] and not runs[lr][-1]["train_loss"] < guessing
    ]
    return best, max(failed, default=None)


# %% wrong: all rates that are too high
# finding: wrong-too-high
# observed: [
# score: 7
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    runs = {lr: fit(lr=lr, epochs=max(epochs)) for lr in rates}

    def loss_after(lr, n):
        value = runs[lr][n - 1]["val_loss"]
        return value if math.isfinite(value) else math.inf

    best = {n: min(rates, key=lambda lr: loss_after(lr, n)) for n in epochs}
    failed = [
        lr
        for lr in rates
        if lr > best[max(epochs)] and not runs[lr][-1]["train_loss"] < guessing
    ]
    return best, sorted(failed)


# %% wrong: best rates alone
# finding: nothing-too-high
# observed: nothing
# score: 7
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    runs = {lr: fit(lr=lr, epochs=max(epochs)) for lr in rates}

    def loss_after(lr, n):
        value = runs[lr][n - 1]["val_loss"]
        return value if math.isfinite(value) else math.inf

    best = {n: min(rates, key=lambda lr: loss_after(lr, n)) for n in epochs}
    failed = [
        lr
        for lr in rates
        if lr > best[max(epochs)] and not runs[lr][-1]["train_loss"] < guessing
    ]
    return best


# %% wrong: one best rate
# finding: no-best-rates
# observed: .
# score: 5
def learning_rates(rates, epochs, fit, guessing=math.log(10)):
    runs = {lr: fit(lr=lr, epochs=max(epochs)) for lr in rates}

    def loss_after(lr, n):
        value = runs[lr][n - 1]["val_loss"]
        return value if math.isfinite(value) else math.inf

    best = {n: min(rates, key=lambda lr: loss_after(lr, n)) for n in epochs}
    failed = [
        lr
        for lr in rates
        if lr > best[max(epochs)] and not runs[lr][-1]["train_loss"] < guessing
    ]
    return best[max(epochs)], min(failed, default=None)
