# %% right: two loops
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    for _ in range(warm_up):
        function()
    samples = []
    for _ in range(repeats):
        synchronize()
        start = clock()
        for _ in range(calls):
            function()
        synchronize()
        samples.append((clock() - start) / calls)
    return {"median": statistics.median(samples), "samples": samples}


# %% right: with a function for one sample, and NumPy's median
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    def sample():
        synchronize()
        begin = clock()
        [function() for _ in range(calls)]
        synchronize()
        end = clock()
        return (end - begin) / calls

    [function() for _ in range(warm_up)]
    samples = np.array([sample() for _ in range(repeats)])
    return {"samples": samples, "median": np.median(samples)}


# %% right: each reading ends a sample and begins the next
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    for _ in range(warm_up):
        function()
    synchronize()
    readings = [clock()]
    for _ in range(repeats):
        for _ in range(calls):
            function()
        synchronize()
        readings.append(clock())
    samples = [(b - a) / calls for a, b in zip(readings, readings[1:])]
    return {"median": statistics.median(samples), "samples": samples}


# %% right: a median by hand, a while loop, and more waiting than needed
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    n = 0
    while n < warm_up:
        function()
        synchronize()
        n += 1
    samples = []
    while len(samples) < repeats:
        synchronize()
        synchronize()
        t = clock()
        for _ in range(calls):
            function()
        synchronize()
        t = clock() - t
        samples.append(t / calls)
    ordered = sorted(samples)
    a, b = ordered[(repeats - 1) // 2], ordered[repeats // 2]
    return dict(median=(a + b) / 2, samples=samples)


# %% wrong: no warm-up
# finding: no-warm-up
# observed: 0 before the clock is read
# score: 6
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    samples = []
    for _ in range(repeats):
        synchronize()
        start = clock()
        for _ in range(calls):
            function()
        synchronize()
        samples.append((clock() - start) / calls)
    return {"median": statistics.median(samples), "samples": samples}


# %% wrong: the first calls are samples, and warm the rest up
# finding: first-calls-counted
# observed: [0.
# score: 6
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    samples = []
    for _ in range(warm_up + repeats):
        synchronize()
        start = clock()
        for _ in range(calls):
            function()
        synchronize()
        samples.append((clock() - start) / calls)
    samples = samples[:repeats]
    return {"median": statistics.median(samples), "samples": samples}


# %% wrong: always warms up once
# finding: warm-up-count
# observed: 1 before the clock is read
# score: 6
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    function()
    samples = []
    for _ in range(repeats):
        synchronize()
        start = clock()
        for _ in range(calls):
            function()
        synchronize()
        samples.append((clock() - start) / calls)
    return {"median": statistics.median(samples), "samples": samples}


# %% wrong: stops the clock before the device is done
# finding: stopped-too-early
# observed: s of work in the queue at reading 2
# score: 8
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    for _ in range(warm_up):
        function()
    samples = []
    for _ in range(repeats):
        synchronize()
        start = clock()
        for _ in range(calls):
            function()
        samples.append((clock() - start) / calls)
    return {"median": statistics.median(samples), "samples": samples}


# %% wrong: starts the clock while the warm-up is in the queue
# finding: started-too-early
# observed: s of work in the queue at reading 1
# score: 8
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    for _ in range(warm_up):
        function()
    samples = []
    for _ in range(repeats):
        start = clock()
        for _ in range(calls):
            function()
        synchronize()
        samples.append((clock() - start) / calls)
    return {"median": statistics.median(samples), "samples": samples}


# %% wrong: never waits for the device
# finding: never-synchronized
# observed: synchronize() was never called
# score: 8
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    for _ in range(warm_up):
        function()
    samples = []
    for _ in range(repeats):
        start = clock()
        for _ in range(calls):
            function()
        samples.append((clock() - start) / calls)
    return {"median": statistics.median(samples), "samples": samples}


# %% wrong: waits after every call
# finding: synchronized-inside
# observed: a wait between calls
# score: 8
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    for _ in range(warm_up):
        function()
    samples = []
    for _ in range(repeats):
        synchronize()
        start = clock()
        for _ in range(calls):
            function()
            synchronize()
        samples.append((clock() - start) / calls)
    return {"median": statistics.median(samples), "samples": samples}


# %% wrong: the total of a sample, not the time of a call
# finding: total-not-divided
# observed: [0.0
# score: 8
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    for _ in range(warm_up):
        function()
    samples = []
    for _ in range(repeats):
        synchronize()
        start = clock()
        for _ in range(calls):
            function()
        synchronize()
        samples.append(clock() - start)
    return {"median": statistics.median(samples), "samples": samples}


# %% wrong: divides by the repeats
# finding: divided-by-repeats
# observed: [0.00
# score: 8
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    for _ in range(warm_up):
        function()
    samples = []
    for _ in range(repeats):
        synchronize()
        start = clock()
        for _ in range(calls):
            function()
        synchronize()
        samples.append((clock() - start) / repeats)
    return {"median": statistics.median(samples), "samples": samples}


# %% wrong: in milliseconds
# finding: milliseconds
# observed: ,
# score: 8
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    for _ in range(warm_up):
        function()
    samples = []
    for _ in range(repeats):
        synchronize()
        start = clock()
        for _ in range(calls):
            function()
        synchronize()
        samples.append(1000 * (clock() - start) / calls)
    return {"median": statistics.median(samples), "samples": samples}


# %% wrong: the start of the clock is never moved
# finding: start-never-moved
# observed: [0.0
# score: 8
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    for _ in range(warm_up):
        function()
    samples = []
    synchronize()
    start = clock()
    for _ in range(repeats):
        for _ in range(calls):
            function()
        synchronize()
        samples.append((clock() - start) / calls)
    return {"median": statistics.median(samples), "samples": samples}


# %% wrong: the mean
# finding: mean-for-median
# observed: s
# score: 8
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    for _ in range(warm_up):
        function()
    samples = []
    for _ in range(repeats):
        synchronize()
        start = clock()
        for _ in range(calls):
            function()
        synchronize()
        samples.append((clock() - start) / calls)
    return {"median": sum(samples) / repeats, "samples": samples}


# %% wrong: the best of all
# finding: best-for-median
# observed: s
# score: 8
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    for _ in range(warm_up):
        function()
    samples = []
    for _ in range(repeats):
        synchronize()
        start = clock()
        for _ in range(calls):
            function()
        synchronize()
        samples.append((clock() - start) / calls)
    return {"median": min(samples), "samples": samples}


# %% wrong: the middle of the unsorted list
# finding: unsorted-middle
# observed: s
# score: 8
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    for _ in range(warm_up):
        function()
    samples = []
    for _ in range(repeats):
        synchronize()
        start = clock()
        for _ in range(calls):
            function()
        synchronize()
        samples.append((clock() - start) / calls)
    return {"median": samples[repeats // 2], "samples": samples}


# %% wrong: the upper of two middles, and the samples sorted on the way
# finding: order-lost
# observed: [0.0
# score: 6
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    for _ in range(warm_up):
        function()
    samples = []
    for _ in range(repeats):
        synchronize()
        start = clock()
        for _ in range(calls):
            function()
        synchronize()
        samples.append((clock() - start) / calls)
    samples.sort()
    return {"median": samples[repeats // 2], "samples": samples}


# %% wrong: returns the median alone
# finding: single-number
# observed: 0.0
# score: 4
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    for _ in range(warm_up):
        function()
    samples = []
    for _ in range(repeats):
        synchronize()
        start = clock()
        for _ in range(calls):
            function()
        synchronize()
        samples.append((clock() - start) / calls)
    return statistics.median(samples)


# %% wrong: reads a clock of its own
# finding: own-clock
# observed: none
# score: 0
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    for _ in range(warm_up):
        function()
    samples = []
    for _ in range(repeats):
        synchronize()
        start = time.perf_counter()
        for _ in range(calls):
            function()
        synchronize()
        samples.append((time.perf_counter() - start) / calls)
    return {"median": statistics.median(samples), "samples": samples}


# %% wrong: one call a sample
# finding: calls-ignored
# observed: then [1, 1, 1, 1, 1]
# score: 8
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    for _ in range(warm_up):
        function()
    samples = []
    for _ in range(repeats):
        synchronize()
        start = clock()
        function()
        synchronize()
        samples.append(clock() - start)
    return {"median": statistics.median(samples), "samples": samples}


# %% wrong: one long sample over everything
# finding: one-long-sample
# observed: then [20]
# score: 6
def timed(function, clock, synchronize, calls=1, repeats=7, warm_up=1):
    for _ in range(warm_up):
        function()
    synchronize()
    start = clock()
    for _ in range(repeats * calls):
        function()
    synchronize()
    each = (clock() - start) / repeats / calls
    return {"median": each, "samples": [each] * repeats}
