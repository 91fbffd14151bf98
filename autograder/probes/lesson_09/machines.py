"""A machine whose time stands still unless something happens on it: clock, host, and a device with a queue of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from miniblocks.nd import Tensor

MOST_EVENTS = 20_000


class Machine:
    """Calls cost the host a launch, and leave work in the device's queue; a clock tells the host's time.

    `launches` and `works` give the costs of each call in turn, in seconds, the last one for all that follow. Everything that happens is
    written down: in `events` a letter each (f: the function, s: synchronize, c: the clock), in `readings`
    what the clock said, in `pending` how much work the device had still to do then.
    """

    def __init__(self, launches: Sequence[float], works: Sequence[float], start: float = 0.0) -> None:
        self.launches, self.works = launches, works
        self.now = self.free = start
        self.calls = 0
        self.events: list[str] = []
        self.readings: list[float] = []
        self.pending: list[float] = []

    def function(self) -> None:
        self._happens("f")
        self.now += self.launches[min(self.calls, len(self.launches) - 1)]
        self.free = max(self.free, self.now) + self.works[min(self.calls, len(self.works) - 1)]
        self.calls += 1

    def synchronize(self) -> None:
        self._happens("s")
        self.now = max(self.now, self.free)

    def clock(self) -> float:
        self._happens("c")
        self.readings.append(self.now)
        self.pending.append(max(0.0, self.free - self.now))
        return self.now

    def _happens(self, letter: str) -> None:
        self.events.append(letter)
        if len(self.events) > MOST_EVENTS:
            raise RuntimeError(f"{MOST_EVENTS} calls and readings; this measurement would never end")


@contextmanager
def forgetting_logical_devices() -> Iterator[None]:
    """`cpu(1)` switches on checks of devices for the whole process; afterwards they are as they were before."""
    before = Tensor.logical_devices
    try:
        yield
    finally:
        Tensor.logical_devices = before
