"""Let the learner measure what hybridize() gains, with a stopwatch that looks at what a call really did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from autograder.exercise import Case
from autograder.probe import Observer, probe
from autograder.probes.lesson_09.machines import forgetting_logical_devices
from miniblocks import nd, nn
from miniblocks.tensor import mode

EXERCISES = ("09-hybridize-and-measure",)


class Watched(nn.Block):
    """Two dense layers, and a note of every time that Python computes them."""

    def __init__(self, hidden: int, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hidden, self.out = nn.Dense(hidden, activation="tanh"), nn.Dense(units)
        self.walks = 0

    def forward(self, x: nd.Tensor) -> nd.Tensor:
        self.walks += 1
        return self.out(self.hidden(x))


class Stopwatch:
    """Calls a step once, sees what kind of call of the network that was, and gives the times of that kind in turn."""

    def __init__(self, net: Watched, times: dict[str, list[float]]) -> None:
        self.net, self.times = net, times
        self.kinds: list[str] = []
        self.recorded: list[bool] = []

    def __call__(self, step: Callable[[], Any]) -> float:
        if not callable(step):
            self.kinds.append("not callable")
            raise TypeError(f"the stopwatch takes a function and calls it; it got a {type(step).__name__}")
        calls, ready = [], self.net.out.weight.is_initialized
        remove = self.net.register_forward_hook(lambda *args: calls.append(mode.recording))
        before = self._state()
        try:
            step()
        finally:
            remove()
        self.recorded.append(any(calls))
        kind = "nothing" if not calls else "several" if len(calls) > 1 else self._kind(before, self._state(), ready)
        self.kinds.append(kind)
        times = self.times[kind]
        return times[(self.kinds.count(kind) - 1) % len(times)]

    def _state(self) -> tuple[int, Any, int]:
        hybrid = self.net._hybrid
        return self.net.walks, hybrid, 0 if hybrid is None else len(hybrid.programs)

    @staticmethod
    def _kind(before: tuple[int, Any, int], after: tuple[int, Any, int], ready: bool) -> str:
        if after[0] > before[0]:
            return "capture" if after[1] is not None else "written" if ready else "first"
        if after[2] > before[2]:
            return "compile"
        return "static" if after[2] else "taped"


@probe("09-hybridize-and-measure")
def _(answer: Any, case: Case, see: Observer) -> None:
    with forgetting_logical_devices():
        nd.Tensor.logical_devices = False  # with its checks switched on, a graph runs another way
        net = Watched(case["hidden"], case["units"])
        net.initialize()
        x = nd.array(case["x"])
        stopwatch = Stopwatch(net, case["times"])
        with see.attempt("measure"):
            found = answer(net, x, stopwatch, rounds=case["rounds"])
            see["returned"] = dict(found) if isinstance(found, Mapping) else found
        see["kinds"], see["recorded"] = stopwatch.kinds, stopwatch.recorded
        walks = net.walks
        with see.attempt("call the network afterwards"):
            net(x)
            net(x)
        see["walked"] = net.walks - walks
