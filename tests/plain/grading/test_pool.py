"""The pool: each job comes back once, whatever dies on the way, and only the culprit without a result."""

import os
from concurrent.futures import BrokenExecutor, Executor, Future

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.grading.limits import Ungraded
from autograder.grading.pool import Pool, cores, local, processors


class Fragile(Executor):
    """Works when it is waited for; a culprit breaks it, and with it all that it has in hand, as a process pool does."""

    def __init__(self, culprits, lifetimes):
        self.culprits, self.lifetime = culprits, lifetimes.pop() if lifetimes else None
        self.hand, self.broken, self.done = [], False, 0

    def submit(self, work, job):
        if self.broken:
            raise BrokenExecutor
        future = Lazy(self)
        self.hand.append((future, work, job))
        return future

    def step(self):
        """Do the oldest job in hand; or break."""
        if not self.hand:
            return
        future, work, job = self.hand.pop(0)
        if job in self.culprits or self.done == self.lifetime:
            self.broken = True
            for other, *_ in [(future,), *self.hand]:
                other.set_exception(BrokenExecutor())
            self.hand.clear()
            return
        self.done += 1
        try:
            future.set_result(work(job))
        except ValueError as error:
            future.set_exception(error)

    def shutdown(self, wait=True, *, cancel_futures=False):
        pass


class Lazy(Future):
    def __init__(self, executor):
        super().__init__()
        self._executor = executor

    def exception(self, timeout=None):
        while not self.done():
            self._executor.step()
        return super().exception(timeout)


def work(job):
    if job % 5 == 4:
        raise ValueError(job)
    return 10 * job


@given(
    count=st.integers(0, 25),
    culprits=st.sets(st.integers(0, 24), max_size=4),
    lifetimes=st.lists(st.integers(1, 5), max_size=2),
    ahead=st.integers(1, 6),
)
def test_every_job_comes_back_once(count, culprits, lifetimes, ahead):
    made, taken = [], []

    def start():
        made.append(Fragile(culprits, lifetimes))
        return made[-1]

    def jobs():
        for job in range(count):
            taken.append(job)
            yield job

    seen = {}
    with pytest.MonkeyPatch.context() as patched, Pool(start, work, ahead) as pool:
        patched.setattr("autograder.grading.pool.wait", one_done)
        for job, result in pool.results(jobs()):
            assert job not in seen
            try:
                seen[job] = result()
            except (ValueError, Ungraded) as error:
                seen[job] = type(error)
            assert len(taken) - len(seen) <= ahead + 1
    assert sorted(seen) == list(range(count))
    unlucky = {job for job, result in seen.items() if result is Ungraded}
    assert culprits & set(range(count)) <= unlucky
    assert len(unlucky - culprits) <= 2, "those alone in hand when an executor died of itself a second time"
    assert {job: r for job, r in seen.items() if job not in unlucky} == {
        job: ValueError if job % 5 == 4 else 10 * job for job in seen if job not in unlucky
    }


def one_done(futures, return_when):
    """In `concurrent.futures.wait`'s place: the executors work only when somebody waits."""
    first = next(iter(futures))
    first.exception()
    done = {future for future in futures if future.done()}
    return done, set(futures) - done


PINS = pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no process can be kept to a processor here")


@PINS
def test_as_many_controllers_as_processors_keep_to_one_each():
    mine = os.sched_getaffinity(0)
    with local(cores()) as executor:
        allowed = list(executor.map(os.sched_getaffinity, [0] * 4 * cores()))
    assert all(len(one) == 1 and one <= mine for one in allowed)
    assert sorted(processors(cores())) == sorted(mine) == sorted(os.sched_getaffinity(0))


@pytest.mark.parametrize("count", sorted({1, cores() + 1} - {cores()}))
def test_controllers_that_are_fewer_or_more_go_where_there_is_room(count):
    assert processors(count) == [None] * count
