# %% right: straight from the equations
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock * per_clock


def bus_width(measured, clock, per_clock=2):
    return 8 * measured / (clock * per_clock)


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(x.size * np.dtype(x.dtype).itemsize for x in [*inputs, output])
    moving, computing = moved / bandwidth, output.size * operations / peak
    bound = "memory" if moving > computing else "arithmetic"
    return {"bytes": moved, "seconds": max(moving, computing), "bound": bound}


# %% right: bytes by NumPy, and a dictionary of needs
def bandwidth(width, clock, per_clock=2):
    transfers = clock * per_clock
    return transfers * (width / 8)


def bus_width(measured, clock, per_clock=2):
    return measured / bandwidth(8, clock, per_clock) * 8


def least_time(inputs, output, operations, bandwidth, peak):
    needs = {}
    total = output.asnumpy().nbytes + sum(x.asnumpy().nbytes for x in inputs)
    needs["memory"] = total / bandwidth
    needs["arithmetic"] = operations * output.size / peak
    slower = max(needs, key=needs.get)
    return dict(bytes=total, seconds=needs[slower], bound=slower)


# %% right: bytes from the storage
def bandwidth(width, clock, per_clock=2):
    return width * clock * per_clock / 8


def bus_width(measured, clock, per_clock=2):
    bits_a_second = measured * 8
    return bits_a_second / clock / per_clock


def least_time(inputs, output, operations, bandwidth, peak):
    moved = 0
    for x in inputs + [output]:
        moved += x.raw.element_size() * math.prod(x.shape)
    times = (moved / bandwidth, math.prod(output.shape) * operations / peak)
    return {"bytes": moved, "seconds": max(times), "bound": ("memory", "arithmetic")[times.index(max(times))]}


# %% right: by intensity, as in the roofline
def bandwidth(width, clock, per_clock=2):
    return np.float64(width) * clock * per_clock / 8


def bus_width(measured, clock, per_clock=2):
    return measured / (clock * per_clock / 8)


def least_time(inputs, output, operations, bandwidth, peak):
    sizes = {"float16": 2, "float32": 4, "float64": 8}
    moved = sum(sizes[x.dtype] * x.size for x in (*inputs, output))
    work = operations * output.size
    speed = min(peak, work / moved * bandwidth)
    return {"bytes": moved, "seconds": work / speed, "bound": "arithmetic" if speed == peak else "memory"}


# %% wrong: bits for bytes
# finding: bits-for-bytes
# observed: 0
# score: 8
def bandwidth(width, clock, per_clock=2):
    return width * clock * per_clock


def bus_width(measured, clock, per_clock=2):
    return 8 * measured / (clock * per_clock)


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(x.size * np.dtype(x.dtype).itemsize for x in [*inputs, output])
    moving, computing = moved / bandwidth, output.size * operations / peak
    bound = "memory" if moving > computing else "arithmetic"
    return {"bytes": moved, "seconds": max(moving, computing), "bound": bound}


# %% wrong: forgets the transfers
# finding: transfers-ignored
# observed: 0
# score: 6
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock


def bus_width(measured, clock, per_clock=2):
    return 8 * measured / clock


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(x.size * np.dtype(x.dtype).itemsize for x in [*inputs, output])
    moving, computing = moved / bandwidth, output.size * operations / peak
    bound = "memory" if moving > computing else "arithmetic"
    return {"bytes": moved, "seconds": max(moving, computing), "bound": bound}


# %% wrong: always DDR
# finding: always-double
# observed: 0
# score: 6
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock * 2


def bus_width(measured, clock, per_clock=2):
    return 8 * measured / (clock * 2)


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(x.size * np.dtype(x.dtype).itemsize for x in [*inputs, output])
    moving, computing = moved / bandwidth, output.size * operations / peak
    bound = "memory" if moving > computing else "arithmetic"
    return {"bytes": moved, "seconds": max(moving, computing), "bound": bound}


# %% wrong: gigabytes
# finding: giga-for-bytes
# observed: .
# score: 8
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock * per_clock / 1e9


def bus_width(measured, clock, per_clock=2):
    return 8 * measured / (clock * per_clock)


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(x.size * np.dtype(x.dtype).itemsize for x in [*inputs, output])
    moving, computing = moved / bandwidth, output.size * operations / peak
    bound = "memory" if moving > computing else "arithmetic"
    return {"bytes": moved, "seconds": max(moving, computing), "bound": bound}


# %% wrong: a width in bytes
# finding: bytes-for-bits
# observed: .
# score: 8
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock * per_clock


def bus_width(measured, clock, per_clock=2):
    return measured / (clock * per_clock)


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(x.size * np.dtype(x.dtype).itemsize for x in [*inputs, output])
    moving, computing = moved / bandwidth, output.size * operations / peak
    bound = "memory" if moving > computing else "arithmetic"
    return {"bytes": moved, "seconds": max(moving, computing), "bound": bound}


# %% wrong: rounds the width
# finding: rounded
# observed: 174
# score: 8
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock * per_clock


def bus_width(measured, clock, per_clock=2):
    return round(8 * measured / (clock * per_clock))


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(x.size * np.dtype(x.dtype).itemsize for x in [*inputs, output])
    moving, computing = moved / bandwidth, output.size * operations / peak
    bound = "memory" if moving > computing else "arithmetic"
    return {"bytes": moved, "seconds": max(moving, computing), "bound": bound}


# %% wrong: nobody writes
# finding: writing-forgotten
# observed: 9000
# score: 8
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock * per_clock


def bus_width(measured, clock, per_clock=2):
    return 8 * measured / (clock * per_clock)


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(x.size * np.dtype(x.dtype).itemsize for x in inputs)
    moving, computing = moved / bandwidth, output.size * operations / peak
    bound = "memory" if moving > computing else "arithmetic"
    return {"bytes": moved, "seconds": max(moving, computing), "bound": bound}


# %% wrong: nobody reads
# finding: reading-forgotten
# observed: 4500
# score: 8
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock * per_clock


def bus_width(measured, clock, per_clock=2):
    return 8 * measured / (clock * per_clock)


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(x.size * np.dtype(x.dtype).itemsize for x in [output])
    moving, computing = moved / bandwidth, output.size * operations / peak
    bound = "memory" if moving > computing else "arithmetic"
    return {"bytes": moved, "seconds": max(moving, computing), "bound": bound}


# %% wrong: numbers for bytes
# finding: numbers-for-bytes
# observed: 3375
# score: 8
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock * per_clock


def bus_width(measured, clock, per_clock=2):
    return 8 * measured / (clock * per_clock)


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(x.size for x in [*inputs, output])
    moving, computing = moved / bandwidth, output.size * operations / peak
    bound = "memory" if moving > computing else "arithmetic"
    return {"bytes": moved, "seconds": max(moving, computing), "bound": bound}


# %% wrong: four bytes each
# finding: four-bytes-assumed
# observed: 9100
# score: 8
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock * per_clock


def bus_width(measured, clock, per_clock=2):
    return 8 * measured / (clock * per_clock)


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(4 * x.size for x in [*inputs, output])
    moving, computing = moved / bandwidth, output.size * operations / peak
    bound = "memory" if moving > computing else "arithmetic"
    return {"bytes": moved, "seconds": max(moving, computing), "bound": bound}


# %% wrong: the output's dtype for all
# finding: one-dtype-assumed
# observed: 27000
# score: 8
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock * per_clock


def bus_width(measured, clock, per_clock=2):
    return 8 * measured / (clock * per_clock)


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(x.size * np.dtype(output.dtype).itemsize for x in [*inputs, output])
    moving, computing = moved / bandwidth, output.size * operations / peak
    bound = "memory" if moving > computing else "arithmetic"
    return {"bytes": moved, "seconds": max(moving, computing), "bound": bound}


# %% wrong: every input as large as the output
# finding: broadcast-read-in-full
# observed: 27000
# score: 8
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock * per_clock


def bus_width(measured, clock, per_clock=2):
    return 8 * measured / (clock * per_clock)


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(output.size * np.dtype(x.dtype).itemsize for x in [*inputs, output])
    moving, computing = moved / bandwidth, output.size * operations / peak
    bound = "memory" if moving > computing else "arithmetic"
    return {"bytes": moved, "seconds": max(moving, computing), "bound": bound}


# %% wrong: adds the times up
# finding: times-added
# observed: e-
# score: 8
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock * per_clock


def bus_width(measured, clock, per_clock=2):
    return 8 * measured / (clock * per_clock)


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(x.size * np.dtype(x.dtype).itemsize for x in [*inputs, output])
    moving, computing = moved / bandwidth, output.size * operations / peak
    bound = "memory" if moving > computing else "arithmetic"
    return {"bytes": moved, "seconds": moving + computing, "bound": bound}


# %% wrong: the shorter time
# finding: arithmetic-only
# observed: e-
# score: 8
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock * per_clock


def bus_width(measured, clock, per_clock=2):
    return 8 * measured / (clock * per_clock)


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(x.size * np.dtype(x.dtype).itemsize for x in [*inputs, output])
    moving, computing = moved / bandwidth, output.size * operations / peak
    bound = "memory" if moving > computing else "arithmetic"
    return {"bytes": moved, "seconds": min(moving, computing), "bound": bound}


# %% wrong: arithmetic only
# finding: arithmetic-only
# observed: e-
# score: 8
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock * per_clock


def bus_width(measured, clock, per_clock=2):
    return 8 * measured / (clock * per_clock)


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(x.size * np.dtype(x.dtype).itemsize for x in [*inputs, output])
    moving, computing = moved / bandwidth, output.size * operations / peak
    bound = "memory" if moving > computing else "arithmetic"
    return {"bytes": moved, "seconds": computing, "bound": bound}


# %% wrong: memory only
# finding: memory-only
# observed: e-
# score: 6
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock * per_clock


def bus_width(measured, clock, per_clock=2):
    return 8 * measured / (clock * per_clock)


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(x.size * np.dtype(x.dtype).itemsize for x in [*inputs, output])
    moving, computing = moved / bandwidth, output.size * operations / peak
    bound = "memory"
    return {"bytes": moved, "seconds": moving, "bound": bound}


# %% wrong: one operation an element
# finding: memory-only
# observed: e-
# score: 6
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock * per_clock


def bus_width(measured, clock, per_clock=2):
    return 8 * measured / (clock * per_clock)


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(x.size * np.dtype(x.dtype).itemsize for x in [*inputs, output])
    moving, computing = moved / bandwidth, output.size / peak
    bound = "memory" if moving > computing else "arithmetic"
    return {"bytes": moved, "seconds": max(moving, computing), "bound": bound}


# %% wrong: operations of the whole
# finding: memory-only
# observed: e-
# score: 6
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock * per_clock


def bus_width(measured, clock, per_clock=2):
    return 8 * measured / (clock * per_clock)


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(x.size * np.dtype(x.dtype).itemsize for x in [*inputs, output])
    moving, computing = moved / bandwidth, operations / peak
    bound = "memory" if moving > computing else "arithmetic"
    return {"bytes": moved, "seconds": max(moving, computing), "bound": bound}


# %% wrong: names the one that waits
# finding: says-arithmetic
# observed: "arithmetic"
# score: 8
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock * per_clock


def bus_width(measured, clock, per_clock=2):
    return 8 * measured / (clock * per_clock)


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(x.size * np.dtype(x.dtype).itemsize for x in [*inputs, output])
    moving, computing = moved / bandwidth, output.size * operations / peak
    bound = "memory" if moving < computing else "arithmetic"
    return {"bytes": moved, "seconds": max(moving, computing), "bound": bound}


# %% wrong: a truth value
# finding: not-a-bound
# observed: True
# score: 8
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock * per_clock


def bus_width(measured, clock, per_clock=2):
    return 8 * measured / (clock * per_clock)


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(x.size * np.dtype(x.dtype).itemsize for x in [*inputs, output])
    moving, computing = moved / bandwidth, output.size * operations / peak
    bound = moving > computing
    return {"bytes": moved, "seconds": max(moving, computing), "bound": bound}


# %% wrong: a tuple
# finding: no-dictionary
# observed: [
# score: 4
def bandwidth(width, clock, per_clock=2):
    return width / 8 * clock * per_clock


def bus_width(measured, clock, per_clock=2):
    return 8 * measured / (clock * per_clock)


def least_time(inputs, output, operations, bandwidth, peak):
    moved = sum(x.size * np.dtype(x.dtype).itemsize for x in [*inputs, output])
    moving, computing = moved / bandwidth, output.size * operations / peak
    bound = "memory" if moving > computing else "arithmetic"
    return moved, max(moving, computing), bound
