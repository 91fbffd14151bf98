"""Let the learner compare two kinds of steps with a stopwatch whose times are known, and write down what it does in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_09.machines import MOST_EVENTS

EXERCISES = ("09-framework-against-scratch",)


class Course:
    """Steps to be built and timed: `times[side][i]` holds the times of size number i, round after round.

    The log holds what happened: ["build", side, size], ["run", side, size] for a step outside of the stopwatch, ["time", what ran in it …].
    """

    def __init__(self, sizes: list[int], times: Mapping[str, list[list[float]]]) -> None:
        self.sizes, self.times = sizes, times
        self.log: list[list[Any]] = []
        self.inside: list[list[Any]] | None = None
        self.rounds: dict[Any, int] = {}

    def maker(self, side: str) -> Callable[[int], Callable[[], None]]:
        def make(size: int) -> Callable[[], None]:
            self._happens("build", side, size)
            return lambda: self._happens("run", side, size)

        return make

    def stopwatch(self, step: Callable[[], Any]) -> float:
        if not callable(step):
            self.log.append(["time", ["given", "not callable", ""]])
            raise TypeError(f"the stopwatch takes a function and calls it; it got a {type(step).__name__}")
        self.inside = []
        try:
            step()
        finally:
            happened, self.inside = self.inside, None
            self.log.append(["time", *happened])
        return self._time_of([event for event in happened if event[0] == "run"])

    def _time_of(self, runs: list[list[Any]]) -> float:
        if len(runs) != 1 or runs[0][2] not in self.sizes:
            return 1e-7 if not runs else 1.0
        _, side, size = runs[0]
        number = self.rounds[side, size] = self.rounds.get((side, size), -1) + 1
        times = self.times[side][self.sizes.index(size)]
        return times[number % len(times)]

    def _happens(self, what: str, side: str, size: Any) -> None:
        event = [what, side, size if isinstance(size, int) else repr(size)[:40]]
        (self.log if self.inside is None else self.inside).append(event)
        if len(self.log) > MOST_EVENTS or len(self.inside or ()) > MOST_EVENTS:
            raise RuntimeError(f"{MOST_EVENTS} steps; this measurement would never end")


@probe("09-framework-against-scratch")
def _(answer: Any, case: Case, see: Observer) -> None:
    course = Course(case["sizes"], case["times"])
    makers = [course.maker(side) for side in ("framework", "scratch")]
    with see.attempt("compare"):
        found = answer(*makers, list(case["sizes"]), course.stopwatch, rounds=case["rounds"])
        see["returned"] = found
        if isinstance(found, Mapping):
            see["rows"] = [[size, dict(row) if isinstance(row, Mapping) else row] for size, row in found.items()]
    see["log"] = course.log
