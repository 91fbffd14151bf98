"""Where submissions are run and judged: many at a time, in trusted processes, each with a sandbox of its own.

Any `concurrent.futures.Executor` will do. A process of the pool is a *controller*: it starts sandboxed workers and
judges what they saw; a learner's code never runs in it. Should one die all the same (no memory left, a judge that
crashes), the submissions it and its fellows had in hand are tried again one by one, so that only the
culprit is left ungraded.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from multiprocessing.connection import wait as wait_for
from multiprocessing.queues import SimpleQueue
from typing import Any, Generic, TypeVar

from autograder.grading.limits import Ungraded

# What controllers are and what judges ask; torch imports the last, which takes a second, with the first graph captured.
PRELOADED = ["autograder.nbgrading.work", "miniblocks", "scipy.stats", "torch", "torch._dynamo"]

FORKS = "forkserver" in multiprocessing.get_all_start_methods()

J = TypeVar("J")
R = TypeVar("R")


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def preload() -> None:
    """Let the process start that `local` forks controllers from: its imports take seconds, and nobody waits for it yet."""
    if FORKS:
        from multiprocessing import forkserver

        multiprocessing.set_forkserver_preload(PRELOADED)
        forkserver.ensure_running()


def local(controllers: int) -> Executor:
    """Processes of this machine.

    They are forks of a server that has one thread and has imported what grading needs: neither do they pay
    for the imports, nor can they inherit a lock.
    """
    preload()
    context: Any = multiprocessing.get_context("forkserver" if FORKS else "spawn")
    queue = context.SimpleQueue()
    for processor in processors(controllers):
        queue.put(processor)
    return ProcessPoolExecutor(controllers, mp_context=context, initializer=_begin, initargs=(queue,))


def processors(controllers: int) -> list[int | None]:
    """For each controller the processor that it keeps to, with all it starts; None where it goes where there is room.

    A controller and its worker wait for each other in turn. Left alone, the scheduler often puts a waiting pair of them
    on one processor while the other is idle, for a tenth of the time on two. Each has its own only if they are as many as
    the processors: fewer of them, from two runs at a time, would otherwise meet on the first ones.
    """
    if not hasattr(os, "sched_setaffinity") or controllers != cores():
        return [None] * controllers
    return [*sorted(os.sched_getaffinity(0))]


def cluster(address: str) -> tuple[Callable[[int], Executor], int]:
    """A Dask cluster's executor, and how many submissions it works on at a time; raises `OSError` if there is none.

    Its workers are controllers, so they are trusted with cases and judges, and run the same release of this project.
    Dask gives what a lost worker had in hand to another one.
    """
    from distributed import Client

    client = Client(address, set_as_default=False)
    return lambda controllers: client.get_executor(pure=False), max(1, sum(client.nthreads().values()))


def _begin(queue: SimpleQueue[int | None]) -> None:
    """In a controller: its processor; Ctrl-C is for the command that started it, and it does not outlive that command."""
    import torch

    if (processor := queue.get()) is not None:
        os.sched_setaffinity(0, {processor})
    torch.set_num_threads(1)  # its fellows use the other processors
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def end_with_parent() -> None:
        wait_for([parent.sentinel])
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()


class Pool(Generic[J, R]):
    """Does `work` on jobs in executors that `start` makes; use it as a context manager."""

    def __init__(self, start: Callable[[], Executor], work: Callable[[J], R], ahead: int) -> None:
        self._start, self._work, self._ahead = start, work, ahead
        self._executor: Executor | None = None
        self._running: dict[Future[R], J] = {}

    def __enter__(self) -> Pool[J, R]:
        return self

    def __exit__(self, *_: object) -> None:
        self._forget()

    def results(self, jobs: Iterable[J]) -> Iterator[tuple[J, Callable[[], R]]]:
        """Each job as it is done, with a function that returns its result or raises its error.

        Jobs are taken from the iterable as there is room for them, at most `ahead` more than are given back.
        """
        waiting, running = iter(jobs), self._running
        while True:
            while len(running) < self._ahead and (job := next(waiting, None)) is not None:
                try:
                    running[self._submit(job)] = job
                except BrokenExecutor:
                    yield from self._one_by_one([*running.values(), job])
                    running.clear()
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            broken = [future for future in done if _broke(future)]
            for future in done.difference(broken):
                yield running.pop(future), future.result
            if broken:
                yield from self._one_by_one(list(running.values()))
                running.clear()

    def _submit(self, job: J) -> Future[R]:
        if self._executor is None:
            self._executor = self._start()
        return self._executor.submit(self._work, job)

    def _one_by_one(self, jobs: list[J]) -> Iterator[tuple[J, Callable[[], R]]]:
        """Each alone, after an executor broke with all of them in hand."""
        self._forget()
        for job in jobs:
            try:
                future = self._submit(job)
                broke = _broke(future)
            except BrokenExecutor:
                broke = True
            if broke:
                self._forget()
            yield job, _died if broke else future.result

    def _forget(self) -> None:
        executor, self._executor = self._executor, None
        for future in self._running:
            future.cancel()
        if executor is not None:
            executor.shutdown(wait=False)


def _broke(future: Future[Any]) -> bool:
    """Whether it was lost with its executor."""
    return future.cancelled() or isinstance(future.exception(), BrokenExecutor)


def _died() -> Any:
    raise Ungraded("the process that judges it died, twice; is there enough memory on this machine?")
