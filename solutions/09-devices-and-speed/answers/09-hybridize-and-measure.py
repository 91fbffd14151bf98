# %% right: as the steps say
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    def call():
        return net(x)

    with autograd.no_grad():
        call()
        dynamic = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize()
        preparation = stopwatch(call) + stopwatch(call)
        static = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize(False)
    saved = dynamic - static
    pays_after = math.ceil(preparation / saved) if saved > 0 else None
    return {"dynamic": dynamic, "preparation": preparation, "static": static, "pays_after": pays_after}


# %% right: lists, NumPy, and no_grad in the function timed
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    def call():
        with autograd.no_grad():
            net(x)

    call()
    written = [stopwatch(call) for _ in range(rounds)]
    net.hybridize()
    first = [stopwatch(call) for _ in range(2)]
    later = [stopwatch(call) for _ in range(rounds)]
    net.hybridize(active=False)
    result = {"dynamic": np.median(written), "preparation": sum(first), "static": np.median(later)}
    gain = result["dynamic"] - result["static"]
    result["pays_after"] = None if gain <= 0 else int(np.ceil(result["preparation"] / gain))
    return result


# %% right: one list after hybridize, taken apart; the warm-up through the stopwatch
@autograd.no_grad()
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    run = lambda: net(x)  # noqa: E731
    stopwatch(run)
    before = [stopwatch(run) for _ in range(rounds)]
    net.hybridize(True)
    try:
        after = [stopwatch(run) for _ in range(rounds + 2)]
    finally:
        net.hybridize(False)
    d, p, s = statistics.median(before), after[0] + after[1], statistics.median(after[2:])
    return {"dynamic": d, "preparation": p, "static": s, "pays_after": -int(-p // (d - s)) if s < d else None}


# %% right: counts the calls up
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    with autograd.no_grad():
        net(x)
        net(x)
        a = statistics.median([stopwatch(lambda: net(x)) for _ in range(rounds)])
        net.hybridize()
        p = sum(stopwatch(lambda: net(x)) for _ in range(2))
        b = statistics.median([stopwatch(lambda: net(x)) for _ in range(rounds)])
        net.hybridize(False)
    n = None
    if b < a:
        n = 1
        while n * (a - b) < p:
            n += 1
    return {"dynamic": a, "static": b, "preparation": p, "pays_after": n}


# %% wrong: without no_grad
# finding: recorded
# observed: calls that record
# score: 3
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    def call():
        return net(x)

    if True:
        call()
        dynamic = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize()
        preparation = stopwatch(call) + stopwatch(call)
        static = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize(False)
    saved = dynamic - static
    pays_after = math.ceil(preparation / saved) if saved > 0 else None
    return {"dynamic": dynamic, "preparation": preparation, "static": static, "pays_after": pays_after}


# %% wrong: never hybridizes
# finding: never-captured
# observed: calls as written
# score: 4
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    def call():
        return net(x)

    with autograd.no_grad():
        call()
        dynamic = statistics.median(stopwatch(call) for _ in range(rounds))
        preparation = stopwatch(call) + stopwatch(call)
        static = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize(False)
    saved = dynamic - static
    pays_after = math.ceil(preparation / saved) if saved > 0 else None
    return {"dynamic": dynamic, "preparation": preparation, "static": static, "pays_after": pays_after}


# %% wrong: counts preparation among the static calls
# finding: preparation-counted
# observed: that captured
# score: 5
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    def call():
        return net(x)

    with autograd.no_grad():
        call()
        dynamic = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize()
        times = [stopwatch(call) for _ in range(rounds)]
        preparation, static = times[0], statistics.median(times)
        net.hybridize(False)
    saved = dynamic - static
    pays_after = math.ceil(preparation / saved) if saved > 0 else None
    return {"dynamic": dynamic, "preparation": preparation, "static": static, "pays_after": pays_after}


# %% wrong: the first call alone is preparation
# finding: only-the-first-call
# observed: s
# score: 8
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    def call():
        return net(x)

    with autograd.no_grad():
        call()
        dynamic = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize()
        preparation = stopwatch(call)
        call()
        static = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize(False)
    saved = dynamic - static
    pays_after = math.ceil(preparation / saved) if saved > 0 else None
    return {"dynamic": dynamic, "preparation": preparation, "static": static, "pays_after": pays_after}


# %% wrong: captures unobserved, times the second call
# finding: capture-not-timed
# observed: s
# score: 8
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    def call():
        return net(x)

    with autograd.no_grad():
        call()
        dynamic = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize()
        call()
        preparation = stopwatch(call)
        static = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize(False)
    saved = dynamic - static
    pays_after = math.ceil(preparation / saved) if saved > 0 else None
    return {"dynamic": dynamic, "preparation": preparation, "static": static, "pays_after": pays_after}


# %% wrong: prepares unobserved
# finding: capture-not-timed
# observed: s
# score: 8
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    def call():
        return net(x)

    with autograd.no_grad():
        call()
        dynamic = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize()
        call(), call()
        preparation = 0.0
        static = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize(False)
    saved = dynamic - static
    pays_after = math.ceil(preparation / saved) if saved > 0 else None
    return {"dynamic": dynamic, "preparation": preparation, "static": static, "pays_after": pays_after}


# %% wrong: the mean of the two calls
# finding: mean-of-both
# observed: s
# score: 8
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    def call():
        return net(x)

    with autograd.no_grad():
        call()
        dynamic = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize()
        preparation = (stopwatch(call) + stopwatch(call)) / 2
        static = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize(False)
    saved = dynamic - static
    pays_after = math.ceil(preparation / saved) if saved > 0 else None
    return {"dynamic": dynamic, "preparation": preparation, "static": static, "pays_after": pays_after}


# %% wrong: stays hybridized
# finding: left-hybridized
# observed: it runs a captured graph
# score: 9
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    def call():
        return net(x)

    with autograd.no_grad():
        call()
        dynamic = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize()
        preparation = stopwatch(call) + stopwatch(call)
        static = statistics.median(stopwatch(call) for _ in range(rounds))
    saved = dynamic - static
    pays_after = math.ceil(preparation / saved) if saved > 0 else None
    return {"dynamic": dynamic, "preparation": preparation, "static": static, "pays_after": pays_after}


# %% wrong: no warm-up
# finding: no-warm-up
# observed: and the very first
# score: 8
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    def call():
        return net(x)

    with autograd.no_grad():
        dynamic = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize()
        preparation = stopwatch(call) + stopwatch(call)
        static = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize(False)
    saved = dynamic - static
    pays_after = math.ceil(preparation / saved) if saved > 0 else None
    return {"dynamic": dynamic, "preparation": preparation, "static": static, "pays_after": pays_after}


# %% wrong: hybridizes in the loop
# finding: captured-again
# observed: that captured
# score: 7
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    def call():
        return net(x)

    with autograd.no_grad():
        call()
        dynamic = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize()
        preparation = stopwatch(call) + stopwatch(call)
        static = statistics.median((net.hybridize(), stopwatch(call))[1] for _ in range(rounds))
        net.hybridize(False)
    saved = dynamic - static
    pays_after = math.ceil(preparation / saved) if saved > 0 else None
    return {"dynamic": dynamic, "preparation": preparation, "static": static, "pays_after": pays_after}


# %% wrong: means
# finding: mean-for-median
# observed: s
# score: 5
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    def call():
        return net(x)

    with autograd.no_grad():
        call()
        dynamic = statistics.fmean(stopwatch(call) for _ in range(rounds))
        net.hybridize()
        preparation = stopwatch(call) + stopwatch(call)
        static = statistics.fmean(stopwatch(call) for _ in range(rounds))
        net.hybridize(False)
    saved = dynamic - static
    pays_after = math.ceil(preparation / saved) if saved > 0 else None
    return {"dynamic": dynamic, "preparation": preparation, "static": static, "pays_after": pays_after}


# %% wrong: rounds down
# finding: rounded-down
# observed: 208
# score: 8
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    def call():
        return net(x)

    with autograd.no_grad():
        call()
        dynamic = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize()
        preparation = stopwatch(call) + stopwatch(call)
        static = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize(False)
    saved = dynamic - static
    pays_after = int(preparation // saved) if saved > 0 else None
    return {"dynamic": dynamic, "preparation": preparation, "static": static, "pays_after": pays_after}


# %% wrong: not a whole number
# finding: not-a-whole-number
# observed: .
# score: 8
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    def call():
        return net(x)

    with autograd.no_grad():
        call()
        dynamic = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize()
        preparation = stopwatch(call) + stopwatch(call)
        static = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize(False)
    saved = dynamic - static
    pays_after = preparation / saved if saved > 0 else None
    return {"dynamic": dynamic, "preparation": preparation, "static": static, "pays_after": pays_after}


# %% wrong: by the whole time of a call
# finding: saving-forgotten
# observed: 75
# score: 8
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    def call():
        return net(x)

    with autograd.no_grad():
        call()
        dynamic = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize()
        preparation = stopwatch(call) + stopwatch(call)
        static = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize(False)
    saved = dynamic - static
    pays_after = math.ceil(preparation / dynamic) if saved > 0 else None
    return {"dynamic": dynamic, "preparation": preparation, "static": static, "pays_after": pays_after}


# %% wrong: a negative number of calls
# finding: never-is-none
# observed: -
# score: 8
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    def call():
        return net(x)

    with autograd.no_grad():
        call()
        dynamic = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize()
        preparation = stopwatch(call) + stopwatch(call)
        static = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize(False)
    saved = dynamic - static
    pays_after = math.ceil(preparation / saved)
    return {"dynamic": dynamic, "preparation": preparation, "static": static, "pays_after": pays_after}


# %% wrong: infinitely many calls
# finding: never-is-none
# observed: inf
# score: 8
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    def call():
        return net(x)

    with autograd.no_grad():
        call()
        dynamic = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize()
        preparation = stopwatch(call) + stopwatch(call)
        static = statistics.median(stopwatch(call) for _ in range(rounds))
        net.hybridize(False)
    saved = dynamic - static
    pays_after = math.ceil(preparation / saved) if saved > 0 else math.inf
    return {"dynamic": dynamic, "preparation": preparation, "static": static, "pays_after": pays_after}


# %% wrong: hands over an output
# finding: called-too-early
# observed: it got a Tensor
# score: 0
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    def call():
        return net(x)

    with autograd.no_grad():
        call()
        dynamic = statistics.median(stopwatch(call()) for _ in range(rounds))
        net.hybridize()
        preparation = stopwatch(call) + stopwatch(call)
        static = statistics.median(stopwatch(call()) for _ in range(rounds))
        net.hybridize(False)
    saved = dynamic - static
    pays_after = math.ceil(preparation / saved) if saved > 0 else None
    return {"dynamic": dynamic, "preparation": preparation, "static": static, "pays_after": pays_after}


# %% wrong: times all rounds in one
# finding: not-one-call
# observed: several calls
# score: 5
def hybridize_and_measure(net, x, stopwatch, rounds=7):
    def call():
        return net(x)

    with autograd.no_grad():
        call()
        dynamic = stopwatch(lambda: [call() for _ in range(rounds)]) / rounds
        net.hybridize()
        preparation = stopwatch(call) + stopwatch(call)
        static = stopwatch(lambda: [call() for _ in range(rounds)]) / rounds
        net.hybridize(False)
    saved = dynamic - static
    pays_after = math.ceil(preparation / saved) if saved > 0 else None
    return {"dynamic": dynamic, "preparation": preparation, "static": static, "pays_after": pays_after}
