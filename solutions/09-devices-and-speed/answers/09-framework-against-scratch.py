# %% right: a dictionary of sides, reversed in every second round
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    found = {}
    for size in sizes:
        steps = {"framework": make_framework(size), "scratch": make_scratch(size)}
        times = {side: [] for side in steps}
        for number in range(rounds):
            for side in steps if number % 2 == 0 else reversed(steps):
                times[side].append(stopwatch(steps[side]))
        medians = {side: statistics.median(samples) for side, samples in times.items()}
        found[size] = {**medians, "ratio": medians["framework"] / medians["scratch"]}
    return found


# %% right: two lists and an if
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    found = {}
    for size in sizes:
        ours, theirs = make_framework(size), make_scratch(size)
        a, b = [], []
        for number in range(rounds):
            if number % 2:
                b.append(stopwatch(theirs))
                a.append(stopwatch(ours))
            else:
                a.append(stopwatch(ours))
                b.append(stopwatch(theirs))
        a, b = np.median(a), np.median(b)
        found[size] = {"framework": a, "scratch": b, "ratio": a / b}
    return found


# %% right: rounds outside, sizes inside
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    steps = {(size, name): make(size) for size in sizes for name, make in (("framework", make_framework), ("scratch", make_scratch))}
    times = {key: [] for key in steps}
    for number in range(rounds):
        for size in sizes:
            order = ["framework", "scratch"]
            if number % 2 == 1:
                order.reverse()
            for name in order:
                times[size, name].append(stopwatch(steps[size, name]))
    result = {}
    for size in sizes:
        row = {name: float(np.median(times[size, name])) for name in ("framework", "scratch")}
        row["ratio"] = row["framework"] / row["scratch"]
        result[size] = row
    return result


# %% right: a log, and a pair that is turned around
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    def one(size):
        pair = [("framework", make_framework(size)), ("scratch", make_scratch(size))]
        log = []
        for _ in range(rounds):
            log += [(name, stopwatch(step)) for name, step in pair]
            pair = pair[::-1]
        medians = {name: statistics.median([t for n, t in log if n == name]) for name, _ in pair}
        return medians | {"ratio": medians["framework"] / medians["scratch"]}

    return {size: one(size) for size in sizes}


# %% wrong: one side after the other
# finding: one-after-the-other
# observed: F F F F F S S S S S
# score: 7
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    found = {}
    for size in sizes:
        steps = {"framework": make_framework(size), "scratch": make_scratch(size)}
        times = {side: [] for side in steps}
        for side in steps:
            for number in range(rounds):
                times[side].append(stopwatch(steps[side]))
        medians = {side: statistics.median(samples) for side, samples in times.items()}
        found[size] = {**medians, "ratio": medians["framework"] / medians["scratch"]}
    return found


# %% wrong: the framework always begins
# finding: same-side-first
# observed: F S F S F S
# score: 9
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    found = {}
    for size in sizes:
        steps = {"framework": make_framework(size), "scratch": make_scratch(size)}
        times = {side: [] for side in steps}
        for number in range(rounds):
            for side in steps:
                times[side].append(stopwatch(steps[side]))
        medians = {side: statistics.median(samples) for side, samples in times.items()}
        found[size] = {**medians, "ratio": medians["framework"] / medians["scratch"]}
    return found


# %% wrong: the mean
# finding: mean-for-median
# observed: s
# score: 7
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    found = {}
    for size in sizes:
        steps = {"framework": make_framework(size), "scratch": make_scratch(size)}
        times = {side: [] for side in steps}
        for number in range(rounds):
            for side in steps if number % 2 == 0 else reversed(steps):
                times[side].append(stopwatch(steps[side]))
        medians = {side: statistics.fmean(samples) for side, samples in times.items()}
        found[size] = {**medians, "ratio": medians["framework"] / medians["scratch"]}
    return found


# %% wrong: the best round
# finding: best-for-median
# observed: s
# score: 7
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    found = {}
    for size in sizes:
        steps = {"framework": make_framework(size), "scratch": make_scratch(size)}
        times = {side: [] for side in steps}
        for number in range(rounds):
            for side in steps if number % 2 == 0 else reversed(steps):
                times[side].append(stopwatch(steps[side]))
        medians = {side: min(samples) for side, samples in times.items()}
        found[size] = {**medians, "ratio": medians["framework"] / medians["scratch"]}
    return found


# %% wrong: the middle of unsorted times
# finding: unsorted-middle
# observed: s
# score: 7
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    found = {}
    for size in sizes:
        steps = {"framework": make_framework(size), "scratch": make_scratch(size)}
        times = {side: [] for side in steps}
        for number in range(rounds):
            for side in steps if number % 2 == 0 else reversed(steps):
                times[side].append(stopwatch(steps[side]))
        medians = {side: samples[rounds // 2] for side, samples in times.items()}
        found[size] = {**medians, "ratio": medians["framework"] / medians["scratch"]}
    return found


# %% wrong: the ratio upside down
# finding: ratio-upside-down
# observed: 3.6
# score: 8
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    found = {}
    for size in sizes:
        steps = {"framework": make_framework(size), "scratch": make_scratch(size)}
        times = {side: [] for side in steps}
        for number in range(rounds):
            for side in steps if number % 2 == 0 else reversed(steps):
                times[side].append(stopwatch(steps[side]))
        medians = {side: statistics.median(samples) for side, samples in times.items()}
        found[size] = {**medians, "ratio": medians["scratch"] / medians["framework"]}
    return found


# %% wrong: a difference in place of a ratio
# finding: difference-for-ratio
# observed: 0.0
# score: 8
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    found = {}
    for size in sizes:
        steps = {"framework": make_framework(size), "scratch": make_scratch(size)}
        times = {side: [] for side in steps}
        for number in range(rounds):
            for side in steps if number % 2 == 0 else reversed(steps):
                times[side].append(stopwatch(steps[side]))
        medians = {side: statistics.median(samples) for side, samples in times.items()}
        found[size] = {**medians, "ratio": medians["scratch"] - medians["framework"]}
    return found


# %% wrong: the median of the rounds' ratios
# finding: median-of-ratios
# observed: 0.
# score: 8
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    found = {}
    for size in sizes:
        steps = {"framework": make_framework(size), "scratch": make_scratch(size)}
        times = {side: [] for side in steps}
        for number in range(rounds):
            for side in steps if number % 2 == 0 else reversed(steps):
                times[side].append(stopwatch(steps[side]))
        medians = {side: statistics.median(samples) for side, samples in times.items()}
        found[size] = {**medians, "ratio": statistics.median(a / b for a, b in zip(times["framework"], times["scratch"]))}
    return found


# %% wrong: in percent
# finding: percent
# observed: .
# score: 8
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    found = {}
    for size in sizes:
        steps = {"framework": make_framework(size), "scratch": make_scratch(size)}
        times = {side: [] for side in steps}
        for number in range(rounds):
            for side in steps if number % 2 == 0 else reversed(steps):
                times[side].append(stopwatch(steps[side]))
        medians = {side: statistics.median(samples) for side, samples in times.items()}
        found[size] = {**medians, "ratio": 100 * medians["framework"] / medians["scratch"]}
    return found


# %% wrong: builds inside the stopwatch
# finding: building-timed
# observed: was built inside the stopwatch
# score: 8
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    found = {}
    for size in sizes:
        steps = {"framework": lambda: make_framework(size)(), "scratch": lambda: make_scratch(size)()}
        times = {side: [] for side in steps}
        for number in range(rounds):
            for side in steps if number % 2 == 0 else reversed(steps):
                times[side].append(stopwatch(steps[side]))
        medians = {side: statistics.median(samples) for side, samples in times.items()}
        found[size] = {**medians, "ratio": medians["framework"] / medians["scratch"]}
    return found


# %% wrong: builds anew in each round
# finding: made-again
# observed: built 5 times
# score: 8
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    found = {}
    for size in sizes:
        times = {"framework": [], "scratch": []}
        for number in range(rounds):
            steps = {"framework": make_framework(size), "scratch": make_scratch(size)}
            for side in steps if number % 2 == 0 else reversed(steps):
                times[side].append(stopwatch(steps[side]))
        medians = {side: statistics.median(samples) for side, samples in times.items()}
        found[size] = {**medians, "ratio": medians["framework"] / medians["scratch"]}
    return found


# %% wrong: hands over what a step returns
# finding: called-too-early
# observed: it got a NoneType
# score: 0
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    found = {}
    for size in sizes:
        steps = {"framework": make_framework(size), "scratch": make_scratch(size)}
        times = {side: [] for side in steps}
        for number in range(rounds):
            for side in steps if number % 2 == 0 else reversed(steps):
                times[side].append(stopwatch(steps[side]()))
        medians = {side: statistics.median(samples) for side, samples in times.items()}
        found[size] = {**medians, "ratio": medians["framework"] / medians["scratch"]}
    return found


# %% wrong: both in one stopwatch
# finding: timed-together
# observed: framework 17 and scratch 17
# score: 2
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    found = {}
    for size in sizes:
        steps = {"framework": make_framework(size), "scratch": make_scratch(size)}
        times = {side: [] for side in steps}
        for number in range(rounds):
            for side in steps if number % 2 == 0 else reversed(steps):
                times[side].append(stopwatch(lambda: [step() for step in steps.values()]))
        medians = {side: statistics.median(samples) for side, samples in times.items()}
        found[size] = {**medians, "ratio": medians["framework"] / medians["scratch"]}
    return found


# %% wrong: one round too few
# finding: other-number-of-rounds
# observed: 4 times
# score: 5
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    found = {}
    for size in sizes:
        steps = {"framework": make_framework(size), "scratch": make_scratch(size)}
        times = {side: [] for side in steps}
        for number in range(1, rounds):
            for side in steps if number % 2 == 1 else reversed(steps):
                times[side].append(stopwatch(steps[side]))
        medians = {side: statistics.median(samples) for side, samples in times.items()}
        found[size] = {**medians, "ratio": medians["framework"] / medians["scratch"]}
    return found


# %% wrong: zip names with the sides turned around
# finding: sides-exchanged
# observed: 0.0
# score: 7
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    found = {}
    for size in sizes:
        ours, theirs = make_framework(size), make_scratch(size)
        a, b = [], []
        for number in range(rounds):
            if number % 2:
                b.append(stopwatch(theirs))
                a.append(stopwatch(ours))
            else:
                a.append(stopwatch(ours))
                b.append(stopwatch(theirs))
        a, b = np.median(a), np.median(b)
        found[size] = {"framework": b, "scratch": a, "ratio": b / a}
    return found


# %% wrong: only the ratio
# finding: other-entries
# observed: .
# score: 5
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    found = {}
    for size in sizes:
        steps = {"framework": make_framework(size), "scratch": make_scratch(size)}
        times = {side: [] for side in steps}
        for number in range(rounds):
            for side in steps if number % 2 == 0 else reversed(steps):
                times[side].append(stopwatch(steps[side]))
        medians = {side: statistics.median(samples) for side, samples in times.items()}
        found[size] = medians["framework"] / medians["scratch"]
    return found


# %% wrong: prints, and returns nothing
# finding: no-dictionary
# observed: None
# score: 5
def compare(make_framework, make_scratch, sizes, stopwatch, rounds=5):
    found = {}
    for size in sizes:
        steps = {"framework": make_framework(size), "scratch": make_scratch(size)}
        times = {side: [] for side in steps}
        for number in range(rounds):
            for side in steps if number % 2 == 0 else reversed(steps):
                times[side].append(stopwatch(steps[side]))
        medians = {side: statistics.median(samples) for side, samples in times.items()}
        found[size] = {**medians, "ratio": medians["framework"] / medians["scratch"]}
    print(found)
