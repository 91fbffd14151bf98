"""What counts as computing, as idling, and as the machine's doing; and a time limit for our own code."""

import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import SimpleNamespace

import pytest

from autograder.grading import clock
from autograder.grading.clock import Clock, Usage
from autograder.grading.deadline import TooLong, deadline
from autograder.grading.limits import Limits

STEP = 0.25
LIMITS = Limits(cell_cpu_seconds=2, cell_idle_seconds=3, notebook_cpu_seconds=100, notebook_idle_seconds=100)

# What a worker does in a quarter of a second, as the changes of a reading; and the limit it comes to, if any.
LIVES = {
    "computes": ({"cpu": STEP, "running": True}, "computed"),
    "sleeps": ({}, "did nothing"),
    "waits for a processor": ({"delays": STEP, "running": True}, None),
    "half of either": ({"cpu": STEP / 2, "delays": STEP / 2, "running": True}, "computed"),
    "waits for a disk": ({"blocked": True, "stalled": STEP}, None),
    "a vfork that never ends": ({"blocked": True}, "did nothing"),
    "children that nobody waited for": ({"running": True}, "computed"),
    "is kept waiting by the machine's host": ({"running": True, "stolen": STEP}, None),
}


@pytest.mark.parametrize(("life", "limit"), LIVES.values(), ids=LIVES)
def test_every_moment_is_somebodys(monkeypatch, life, limit):
    total = dict.fromkeys(("at", "cpu", "delays", "stalled", "stolen"), time.monotonic())

    def reading(worker, enough):
        for name in total:
            total[name] += STEP if name == "at" else life.get(name, 0.0)
        states = {name: life.get(name, False) for name in ("running", "blocked")}
        return Usage(**{**total, "delays": {7: total["delays"]}}, **states)

    monkeypatch.setattr(clock, "usage", reading)
    watch = Clock(SimpleNamespace(), LIMITS)
    watch.begin_cell()
    said = [excess.words for _ in range(40) if (excess := watch.excess())]
    assert [words.startswith(f"it {limit} for more") for words in said[:1]] == ([True] if limit else [])


def test_cpu_time_that_is_lost_with_its_process_is_not_given_back(monkeypatch):
    """A child computes for a second, is seen, and is gone with its time; then another, and so on."""
    readings = iter(Usage(at=STEP * n, cpu=[0.0, 0.9][n % 2], running=n % 2 == 1, stolen=0.0) for n in range(40))
    monkeypatch.setattr(clock, "usage", lambda worker, enough: next(readings))
    watch = Clock(SimpleNamespace(), LIMITS)
    assert any(watch.excess() for _ in range(30))


@pytest.fixture
def threads_in_turn():
    """A thread that is due need not wait for the usual five milliseconds, in which these blocks are long over."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(usual)


@pytest.fixture(params=["main thread", "another"])
def there(request):
    """Call something in the main thread, where controllers work, or in another one, as a Dask worker does."""

    def call(work):
        if request.param == "main thread":
            return work()
        with ThreadPoolExecutor(1) as threads:
            return threads.submit(work).result()

    return call


def test_a_deadline_ends_what_takes_too_long_and_nothing_else(there):
    def work():
        with deadline(60):
            pass
        with pytest.raises(TooLong), deadline(0.01):
            while True:
                pass

    there(work)


def test_no_deadline_outlives_its_block(there, threads_in_turn):
    """However close the end of the block and the end of its time are."""

    def work():
        outcomes = Counter()
        for number in range(400):
            try:
                with deadline(1e-4 + number * 2e-6):
                    end = time.perf_counter() + 5e-4
                    while time.perf_counter() < end:
                        pass
                outcomes["in time"] += 1
            except TooLong:
                outcomes["too long"] += 1
            for _ in range(200):  # it would arrive here
                pass
        return outcomes

    assert set(there(work)) == {"in time", "too long"}


def test_a_deadline_leaves_nothing_that_a_profiler_stumbles_over(there):
    """Python 3.11 hangs at the first call under a profiler, if it is told of an exception that does not come."""

    def work():
        for seconds in (60, 0.001):
            with suppress(TooLong), deadline(seconds):
                end = time.monotonic() + 0.02
                while time.monotonic() < end:
                    pass
            sys.setprofile(lambda *_: None)
            try:
                assert (lambda: "called")() == "called"
            finally:
                sys.setprofile(None)

    there(work)


def test_a_deadline_ends_its_own_thread_alone():
    """Blocks of several threads at once, every second of which never ends by itself."""

    def work(number):
        endless = number % 2
        try:
            with deadline(0.01 if endless else 60):
                end = time.monotonic() + 0.1
                while endless or time.monotonic() < end:
                    pass
        except TooLong:
            return "too long"
        return "in time"

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(work, range(18))) == ["in time", "too long"] * 9
