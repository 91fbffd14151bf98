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
        self._lock, self._within, self._over, self._sent = threading.Lock(), False, False, False

    def __enter__(self) -> None:
        self._timer.start()
        with self._lock:  # only from here on: nothing may arrive in the midst of starting the timer
            if self._over:
                raise TooLong
            self._within = True

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._within = False
        self._timer.cancel()
        if self._sent:
            for _moment in range(100):  # in which it arrives, if it has not yet
                pass

    def _ring(self) -> None:
        with self._lock:
            self._over = True
            if self._within:
                self._sent = True
                # Never with NULL, which takes it back: CPython 3.11 then believes for ever that something waits, and hangs under a profiler.
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread), ctypes.py_object(TooLong))
