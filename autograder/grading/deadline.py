"""A time limit for our own code where it works on what a learner's process sent."""

from __future__ import annotations

import ctypes
import threading


class TooLong(Exception):
    """The block did not end in time."""


class deadline:
    """Raise `TooLong` in the block, once, when it has taken so long; what C code does is interrupted when it returns.

    A learner chooses what is judged and shown, and may choose what takes hours. It holds in every thread: a controller works in
    its main thread, a Dask worker's tasks in others.

    No alarm of the kernel's: it reaches the main thread alone. And no generator: the exception may arrive between any two steps
    of it, and one that is left suspended would end later, in another block.
    """

    def __init__(self, seconds: float) -> None:
        self._thread = threading.get_ident()
        self._timer = threading.Timer(seconds, self._ring)
        self._timer.daemon = True
        self._lock, self._within, self._over = threading.Lock(), False, False

    def __enter__(self) -> None:
        self._timer.start()
        with self._lock:  # only from here on: nothing may arrive in the midst of starting the timer
            if self._over:
                raise TooLong
            self._within = True

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._within = False
        _raise_in(self._thread, None)  # it may have been sent and not have arrived
        self._timer.cancel()

    def _ring(self) -> None:
        with self._lock:
            self._over = True
            if self._within:
                _raise_in(self._thread, TooLong)


def _raise_in(thread: int, error: type[Exception] | None) -> None:
    """Raise an exception in a thread at its next step; None: take back what has not been raised yet."""
    what = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what)
