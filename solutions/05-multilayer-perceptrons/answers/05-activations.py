# %% right: means, infinity for what failed
def compare_activations(activations, rates, seeds, fit):
    found = {}
    for activation in activations:
        losses, accuracies = {}, {}
        for lr in rates:
            ends = [fit(activation=activation, lr=lr, seed=seed)[-1] for seed in seeds]
            mean = np.mean([end["val_loss"] for end in ends])
            losses[lr] = mean if math.isfinite(mean) else math.inf
            accuracies[lr] = np.mean([end["val_acc"] for end in ends])
        best = min(rates, key=losses.get)
        found[activation] = best, accuracies[best]
    return found


# %% right: an array of all results, nanargmin after a mean that keeps nan
def compare_activations(activations, rates, seeds, fit):
    ends = [[[fit(a, lr, seed)[-1] for seed in seeds] for lr in rates] for a in activations]
    loss = np.array([[[e["val_loss"] for e in s] for s in row] for row in ends]).mean(axis=2)
    acc = np.array([[[e["val_acc"] for e in s] for s in row] for row in ends]).mean(axis=2)
    loss[~np.isfinite(loss)] = np.inf
    best = loss.argmin(axis=1)
    return {a: (rates[k], acc[i, k]) for i, (a, k) in enumerate(zip(activations, best))}


# %% right: plain loops, failed rates skipped, lists as values
def compare_activations(activations, rates, seeds, fit):
    found = {}
    for activation in activations:
        lowest = math.inf
        for lr in rates:
            loss = acc = 0
            for seed in seeds:
                end = fit(activation=activation, lr=lr, seed=seed)[-1]
                loss += end["val_loss"] / len(seeds)
                acc += end["val_acc"] / len(seeds)
            if loss < lowest:
                lowest = loss
                found[activation] = [lr, acc]
    return found


# %% right: statistics.mean and a sorted list
def compare_activations(activations, rates, seeds, fit):
    from statistics import mean

    def row(activation, lr):
        histories = [fit(activation=activation, lr=lr, seed=s) for s in seeds]
        losses = [h[-1]["val_loss"] for h in histories]
        failed = not all(map(math.isfinite, losses))
        return failed, mean(losses), lr, mean(h[-1]["val_acc"] for h in histories)

    def best(activation):
        sound = sorted(r for r in [row(activation, lr) for lr in rates] if not r[0])
        return sound[0][2], sound[0][3]

    return {activation: best(activation) for activation in activations}


# %% wrong: one rate for all
# finding: one-rate-for-all
# observed: {
# score: 6
def compare_activations(activations, rates, seeds, fit):
    losses, accuracies = {}, {}
    for activation in activations:
        for lr in rates:
            ends = [fit(activation=activation, lr=lr, seed=seed)[-1] for seed in seeds]
            losses[activation, lr] = np.mean([end["val_loss"] for end in ends])
            accuracies[activation, lr] = np.mean([end["val_acc"] for end in ends])

    def overall(lr):
        mean = np.mean([losses[activation, lr] for activation in activations])
        return mean if math.isfinite(mean) else math.inf

    best = min(rates, key=overall)
    return {activation: (best, accuracies[activation, best]) for activation in activations}


# %% wrong: the first rate of the list for all
# finding: one-rate-for-all
# observed: {
# score: 2
def compare_activations(activations, rates, seeds, fit):
    lr, found = rates[0], {}
    for activation in activations:
        ends = [fit(activation=activation, lr=lr, seed=seed)[-1] for seed in seeds]
        found[activation] = lr, np.mean([end["val_acc"] for end in ends])
    return found


# %% wrong: the first seed alone
# finding: seeds-not-used
# observed: runs
# score: 0
def compare_activations(activations, rates, seeds, fit):
    found = {}
    for activation in activations:
        losses, accuracies = {}, {}
        for lr in rates:
            ends = [fit(activation=activation, lr=lr, seed=seed)[-1] for seed in seeds[:1]]
            mean = np.mean([end["val_loss"] for end in ends])
            losses[lr] = mean if math.isfinite(mean) else math.inf
            accuracies[lr] = np.mean([end["val_acc"] for end in ends])
        best = min(rates, key=losses.get)
        found[activation] = best, accuracies[best]
    return found


# %% wrong: one seed decides, all are run
# finding: one-seed-decides
# observed: {
# score: 4
def compare_activations(activations, rates, seeds, fit):
    found = {}
    for activation in activations:
        losses, accuracies = {}, {}
        for lr in rates:
            ends = [fit(activation=activation, lr=lr, seed=seed)[-1] for seed in seeds]
            mean = ends[0]["val_loss"]
            losses[lr] = mean if math.isfinite(mean) else math.inf
            accuracies[lr] = np.mean([end["val_acc"] for end in ends])
        best = min(rates, key=losses.get)
        found[activation] = best, accuracies[best]
    return found


# %% wrong: the luckiest seed decides
# finding: luckiest-seed-decides
# observed: {
# score: 4
def compare_activations(activations, rates, seeds, fit):
    found = {}
    for activation in activations:
        losses, accuracies = {}, {}
        for lr in rates:
            ends = [fit(activation=activation, lr=lr, seed=seed)[-1] for seed in seeds]
            mean = min(end["val_loss"] for end in ends)
            losses[lr] = mean if math.isfinite(mean) else math.inf
            accuracies[lr] = np.mean([end["val_acc"] for end in ends])
        best = min(rates, key=losses.get)
        found[activation] = best, accuracies[best]
    return found


# %% wrong: by accuracy
# finding: chosen-by-accuracy
# observed: {
# score: 6
def compare_activations(activations, rates, seeds, fit):
    found = {}
    for activation in activations:
        losses, accuracies = {}, {}
        for lr in rates:
            ends = [fit(activation=activation, lr=lr, seed=seed)[-1] for seed in seeds]
            mean = np.mean([end["val_loss"] for end in ends])
            losses[lr] = mean if math.isfinite(mean) else math.inf
            accuracies[lr] = np.mean([end["val_acc"] for end in ends])
        best = max(rates, key=lambda lr: accuracies[lr] if losses[lr] < math.inf else 0)
        found[activation] = best, accuracies[best]
    return found


# %% wrong: by training loss
# finding: chosen-by-training-loss
# observed: {
# score: 6
def compare_activations(activations, rates, seeds, fit):
    found = {}
    for activation in activations:
        losses, accuracies = {}, {}
        for lr in rates:
            ends = [fit(activation=activation, lr=lr, seed=seed)[-1] for seed in seeds]
            mean = np.mean([end["train_loss"] for end in ends])
            losses[lr] = mean if math.isfinite(mean) else math.inf
            accuracies[lr] = np.mean([end["val_acc"] for end in ends])
        best = min(rates, key=losses.get)
        found[activation] = best, accuracies[best]
    return found


# %% wrong: the first epoch
# finding: first-epoch-decides
# observed: {
# score: 4
def compare_activations(activations, rates, seeds, fit):
    found = {}
    for activation in activations:
        losses, accuracies = {}, {}
        for lr in rates:
            ends = [fit(activation=activation, lr=lr, seed=seed)[0] for seed in seeds]
            mean = np.mean([end["val_loss"] for end in ends])
            losses[lr] = mean if math.isfinite(mean) else math.inf
            accuracies[lr] = np.mean([end["val_acc"] for end in ends])
        best = min(rates, key=losses.get)
        found[activation] = best, accuracies[best]
    return found


# %% wrong: the best epoch
# finding: best-epoch-decides
# observed: {
# score: 6
def compare_activations(activations, rates, seeds, fit):
    found = {}
    for activation in activations:
        losses, accuracies = {}, {}
        for lr in rates:
            runs = [fit(activation=activation, lr=lr, seed=seed) for seed in seeds]
            lowest = [min(end["val_loss"] for end in run) for run in runs]
            sound = all(math.isfinite(run[-1]["val_loss"]) for run in runs)
            losses[lr] = np.mean(lowest) if sound else math.inf
            accuracies[lr] = np.mean([run[-1]["val_acc"] for run in runs])
        best = min(rates, key=losses.get)
        found[activation] = best, accuracies[best]
    return found


# %% wrong: min, and nan comes first
# finding: failure-chosen
# observed: one seed in three ended in nan
# score: 7
def compare_activations(activations, rates, seeds, fit):
    found = {}
    for activation in activations:
        losses, accuracies = {}, {}
        for lr in rates:
            ends = [fit(activation=activation, lr=lr, seed=seed)[-1] for seed in seeds]
            mean = np.mean([end["val_loss"] for end in ends])
            losses[lr] = mean
            accuracies[lr] = np.mean([end["val_acc"] for end in ends])
        best = min(rates, key=losses.get)
        found[activation] = best, accuracies[best]
    return found


# %% wrong: nanmean forgets the failure
# finding: failure-forgotten
# observed: one seed in three ended in nan
# score: 7
def compare_activations(activations, rates, seeds, fit):
    found = {}
    for activation in activations:
        losses, accuracies = {}, {}
        for lr in rates:
            ends = [fit(activation=activation, lr=lr, seed=seed)[-1] for seed in seeds]
            mean = np.nanmean([end["val_loss"] for end in ends])
            losses[lr] = mean if math.isfinite(mean) else math.inf
            accuracies[lr] = np.mean([end["val_acc"] for end in ends])
        best = min(rates, key=losses.get)
        found[activation] = best, accuracies[best]
    return found


# %% wrong: failed runs left out
# finding: failure-forgotten
# observed: one seed in three ended in nan
# score: 7
def compare_activations(activations, rates, seeds, fit):
    found = {}
    for activation in activations:
        losses, accuracies = {}, {}
        for lr in rates:
            ends = [fit(activation=activation, lr=lr, seed=seed)[-1] for seed in seeds]
            finite = [end["val_loss"] for end in ends if math.isfinite(end["val_loss"])]
            mean = np.mean(finite) if finite else math.inf
            losses[lr] = mean if math.isfinite(mean) else math.inf
            accuracies[lr] = np.mean([end["val_acc"] for end in ends])
        best = min(rates, key=losses.get)
        found[activation] = best, accuracies[best]
    return found


# %% wrong: the luckiest seed is shown
# finding: luckiest-seed-shown
# observed: 0.
# score: 7
def compare_activations(activations, rates, seeds, fit):
    found = {}
    for activation in activations:
        losses, accuracies = {}, {}
        for lr in rates:
            ends = [fit(activation=activation, lr=lr, seed=seed)[-1] for seed in seeds]
            mean = np.mean([end["val_loss"] for end in ends])
            losses[lr] = mean if math.isfinite(mean) else math.inf
            accuracies[lr] = max(end["val_acc"] for end in ends)
        best = min(rates, key=losses.get)
        found[activation] = best, accuracies[best]
    return found


# %% wrong: the last seed is shown
# finding: one-seed-shown
# observed: 0.
# score: 7
def compare_activations(activations, rates, seeds, fit):
    found = {}
    for activation in activations:
        losses, accuracies = {}, {}
        for lr in rates:
            ends = [fit(activation=activation, lr=lr, seed=seed)[-1] for seed in seeds]
            mean = np.mean([end["val_loss"] for end in ends])
            losses[lr] = mean if math.isfinite(mean) else math.inf
            accuracies[lr] = ends[-1]["val_acc"]
        best = min(rates, key=losses.get)
        found[activation] = best, accuracies[best]
    return found


# %% wrong: the loss is shown
# finding: loss-not-accuracy
# observed: 0.
# score: 7
def compare_activations(activations, rates, seeds, fit):
    found = {}
    for activation in activations:
        losses, accuracies = {}, {}
        for lr in rates:
            ends = [fit(activation=activation, lr=lr, seed=seed)[-1] for seed in seeds]
            mean = np.mean([end["val_loss"] for end in ends])
            losses[lr] = mean if math.isfinite(mean) else math.inf
            accuracies[lr] = np.mean([end["val_acc"] for end in ends])
        best = min(rates, key=losses.get)
        found[activation] = best, losses[best]
    return found


# %% wrong: the winner trained again
# finding: runs-repeated
# observed: runs
# score: 7
def compare_activations(activations, rates, seeds, fit):
    found = {}
    for activation in activations:
        losses, accuracies = {}, {}
        for lr in rates:
            ends = [fit(activation=activation, lr=lr, seed=seed)[-1] for seed in seeds]
            mean = np.mean([end["val_loss"] for end in ends])
            losses[lr] = mean if math.isfinite(mean) else math.inf
            accuracies[lr] = np.mean([end["val_acc"] for end in ends])
        best = min(rates, key=losses.get)
        again = [fit(activation=activation, lr=best, seed=s)[-1]["val_acc"] for s in seeds]
        found[activation] = best, np.mean(again)
    return found


# %% wrong: returns inside the loop
# finding: no-comparison
# observed: [[
# score: 0
def compare_activations(activations, rates, seeds, fit):
    found = {}
    for activation in activations:
        losses, accuracies = {}, {}
        for lr in rates:
            ends = [fit(activation=activation, lr=lr, seed=seed)[-1] for seed in seeds]
            mean = np.mean([end["val_loss"] for end in ends])
            losses[lr] = mean if math.isfinite(mean) else math.inf
            accuracies[lr] = np.mean([end["val_acc"] for end in ends])
        best = min(rates, key=losses.get)
        found[activation] = best, accuracies[best]
        return found
