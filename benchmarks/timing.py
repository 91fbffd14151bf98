"""Two ways to do the same, timed in turns.

    rows = [compare("dense 64x64, forward", ours=lambda: net(x), peer=lambda: oracle(x))]

In each round both sides are timed, the one that begins alternating, so that a machine that warms up,
throttles or is shared slows both. The result is the median over rounds of the ratio within a round,
with its quartiles. The clock is process CPU time, which other processes do not disturb; give
`clock=time.perf_counter` for work that waits (disks, child processes, a GPU with `finish`).
Both sides run with the same number of torch threads, one unless told otherwise.
"""

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

Work = Callable[[], object]
Clock = Callable[[], float]

CLOCK_NAMES = {"process_time": "CPU time", "perf_counter": "wall-clock time"}


@dataclass(frozen=True)
class Row:
    """One comparison. Times are seconds per call (or bytes, by the unit); a ratio below 1 means that ours is faster, or less."""

    name: str
    ours: float
    peer: float
    ratio: float
    ratio_low: float  # first and third quartile over the rounds
    ratio_high: float
    rounds: int
    clock: str
    peer_name: str = "peer"
    unit: str = "s"
    threads: int = 1
    note: str = ""


def compare(
    name: str,
    ours: Work,
    peer: Work,
    *,
    peer_name: str = "peer",
    note: str = "",
    quick: bool = False,
    rounds: int | None = None,
    seconds_per_sample: float = 0.05,
    clock: Clock = time.process_time,
    finish: Work | None = None,
    threads: int = 1,
) -> Row:
    """Time `ours` against `peer`. `finish` waits for work that goes on behind (torch.cuda.synchronize)."""
    rounds = rounds or (5 if quick else 21)
    seconds = seconds_per_sample / (5 if quick else 1)
    with torch_threads(threads), no_collection():
        sides = [Side(work, clock, finish or nothing, seconds) for work in (ours, peer)]
        for number in range(rounds):
            for side in sides if number % 2 == 0 else reversed(sides):
                side.sample()
    ours_times, peer_times = (side.samples for side in sides)
    low, ratio, high = quartiles([a / b for a, b in zip(ours_times, peer_times)])
    return Row(
        name=name,
        ours=statistics.median(ours_times),
        peer=statistics.median(peer_times),
        ratio=ratio,
        ratio_low=low,
        ratio_high=high,
        rounds=rounds,
        clock=CLOCK_NAMES.get(clock.__name__, clock.__name__),
        peer_name=peer_name,
        threads=threads,
        note=note,
    )


def nothing() -> None:
    """The default `finish`: the work is over when it returns."""


class Side:
    """One of the two: how often it is called per sample, and its samples in seconds per call."""

    def __init__(self, work: Work, clock: Clock, finish: Work, seconds: float) -> None:
        self.work = work
        self.clock = clock
        self.finish = finish
        self.samples: list[float] = []
        self.calls = self.enough_calls(seconds)

    def enough_calls(self, seconds: float) -> int:
        """Double until a sample lasts long enough for the clock; warms the work up as well."""
        calls = 1
        self.time(1)
        while self.time(calls) < seconds:
            calls *= 2
        return calls

    def time(self, calls: int) -> float:
        self.finish()
        start = self.clock()
        for _ in range(calls):
            self.work()
        self.finish()
        return self.clock() - start

    def sample(self) -> None:
        self.samples.append(self.time(self.calls) / self.calls)


def quartiles(values: list[float]) -> tuple[float, float, float]:
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high


@contextmanager
def torch_threads(count: int) -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def no_collection() -> Iterator[None]:
    """The garbage collector runs before, and not in the middle of one side's sample."""
    was_on = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
