"""What counts as computing, as idling, and as the machine's doing; and a time limit for our own code."""

import threading
import time
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


def test_a_deadline_ends_what_takes_too_long_and_nothing_else():
    with deadline(60):
        pass
    caught = 0
    with pytest.raises(TooLong), deadline(0.01):
        while True:
            try:
                while True:
                    pass
            except TooLong:  # as code in between might
                caught += 1
                if caught == 2:
                    raise


def test_a_deadline_holds_in_any_thread():
    ended = []

    def work():
        try:
            with deadline(0.01):
                while True:
                    pass
        except TooLong:
            ended.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(60)
    assert ended == [True]
