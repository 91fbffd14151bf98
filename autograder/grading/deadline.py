"""A time limit for our own code where it works on what a learner's process sent."""

from __future__ import annotations

import signal
import threading
from typing import Any


class TooLong(Exception):
    """The block did not end in time."""


class deadline:
    """Raise `TooLong` in the block, once, when it has taken so long; what C code does is interrupted when it returns.

    A learner chooses what is judged and shown, and may choose what takes hours. A signal is sent to the main thread, in which
    controllers work; in other threads, and where there are no signals, nothing is limited.

    No alarm of the kernel's: it may reach another thread, from which Python does not pass it on to a busy loop. And no generator:
    a signal may come between any two steps of it, and one that is left suspended would end later, in another block.
    """

    running: deadline | None = None
    over: deadline | None = None  # the one whose time is up

    def __init__(self, seconds: float) -> None:
        here = threading.current_thread() is threading.main_thread() and hasattr(signal, "pthread_kill")
        self._timer = threading.Timer(seconds, self._ring) if here else None

    def __enter__(self) -> None:
        if self._timer is not None:
            signal.signal(signal.SIGALRM, _rung)
            deadline.running = self
            self._timer.daemon = True
            self._timer.start()

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            deadline.running = None
            self._timer.cancel()

    def _ring(self) -> None:
        deadline.over = self
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)


def _rung(*_: Any) -> None:
    if deadline.running is not None and deadline.running is deadline.over:
        deadline.running = None
        raise TooLong
