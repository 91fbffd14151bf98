"""A time limit for our own code where it works on what a learner's process sent."""

from __future__ import annotations

import ctypes
import signal
import threading
from typing import Any


class TooLong(Exception):
    """The block did not end in time."""


class deadline:
    """Raise `TooLong` in the block, once, when it has taken so long; what C code does is interrupted when it returns.

    A learner chooses what is judged and shown, and may choose what takes hours. The main thread, in which controllers work, is sent
    a signal; other threads (a Dask worker's) are sent the exception itself, which arrives between two steps of theirs.

    No alarm of the kernel's: it may reach another thread, from which Python does not pass it on to a busy loop. And no generator:
    what is sent may arrive between any two steps of it, and one that is left suspended would end later, in another block.
    """

    running: deadline | None = None  # in the main thread
    over: deadline | None = None  # the one of the main thread whose time is up

    def __init__(self, seconds: float) -> None:
        self._main = threading.current_thread() is threading.main_thread() and hasattr(signal, "pthread_kill")
        self._thread = threading.get_ident()
        self._timer = threading.Timer(seconds, self._signal if self._main else self._send)
        self._timer.daemon = True
        self._lock, self._within = threading.Lock(), True

    def __enter__(self) -> None:
        if self._main:
            signal.signal(signal.SIGALRM, _rung)
            deadline.running = self
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        if self._main:
            deadline.running = None
        else:
            with self._lock:
                self._within = False
            _raise_in(self._thread, None)  # one that was sent and has not arrived
        self._timer.cancel()

    def _signal(self) -> None:
        deadline.over = self
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)

    def _send(self) -> None:
        with self._lock:
            if self._within:
                _raise_in(self._thread, TooLong)


def _rung(*_: Any) -> None:
    if deadline.running is not None and deadline.running is deadline.over:
        deadline.running = None
        raise TooLong


def _raise_in(thread: int, error: type[Exception] | None) -> None:
    """Raise an exception in a thread at its next step; None: take back what has not been raised yet."""
    what = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what)
