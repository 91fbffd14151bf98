"""The live training board and playground: training in short slices on the kernel's own event loop.

Between two slices the loop takes the kernel's messages, so that Pause acts within a slice, without a thread. A slice is
several mini-batches, or one where that takes longer.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict
from typing import Any, ClassVar

import traitlets

from explorers.state.playground import CONTROLS, DIGITS, OWN, PLANES, Settings, Task, task_of
from explorers.state.training import Run
from explorers.view.training_still import BoardStill, board_picture
from explorers.view.widget import Explorer, bundle, interruptible, running_loop

SLICE = 0.03  # seconds of training between two looks at the kernel's messages
BREATH = 0.002  # seconds left for them
EVERY = 0.25  # seconds between two pictures, at least
PACES = {"as fast as it goes": 0, "100 steps a second": 100, "20 steps a second": 20, "4 steps a second": 4}
SHARE = 4  # training gets at least so many times as long as drawing


class TrainingBoard(Explorer):
    """Curves of one or several runs, and the buttons that train, pause, step and start anew."""

    _esm = bundle("common.js", "controls.js", "training.js")
    _css = bundle("common.css", "charts.css", "controls.css", "training.css")
    commands: ClassVar[tuple[str, ...]] = ("train", "pause", "step", "hurry")

    title = traitlets.Unicode("").tag(sync=True)
    picture = traitlets.Unicode("").tag(sync=True)
    running = traitlets.Bool(False).tag(sync=True)
    over = traitlets.Bool(False).tag(sync=True)
    pace = traitlets.Unicode("").tag(sync=True)
    paces = traitlets.List(list(PACES)).tag(sync=True)
    playground = traitlets.Dict().tag(sync=True)  # what can be set; empty for a board

    def __init__(self, runs: list[Run], title: str, task: Task | None = None, **traits: Any) -> None:
        self.runs, self.task = runs, task
        self._training: asyncio.Task[None] | None = None
        super().__init__(**{"title": title, "pace": next(iter(PACES)), **traits})
        self.observe(self._nobody_looks, "_view_count")
        self.refresh()

    def still(self) -> BoardStill:
        return BoardStill(tuple(self.runs), self.title, self.task)

    def train(self) -> None:
        """Train until paused, or until all runs are over."""
        if self.running or all(run.over for run in self.runs):
            return
        loop = running_loop()
        if loop is None:
            raise RuntimeError("training here needs a notebook's kernel, whose event loop carries it")
        self.running = True
        self._training = loop.create_task(self._train())

    def pause(self) -> None:
        """Stop after the present mini-batch; `train` goes on from there."""
        self.running = False
        self.refresh()

    def step(self) -> None:
        """One mini-batch for each run."""
        self.running = False
        for run in self.runs:
            before = run.steps
            while run.steps == before and not run.over:  # an epoch's end is no step
                run.advance()
        self.refresh()

    def hurry(self, pace: str) -> None:
        """How fast to go on: one of the paces."""
        if pace not in PACES:
            raise ValueError(f"{pace!r} is none of {', '.join(PACES)}")
        self.pace = pace

    def refresh(self) -> None:
        """Draw the runs as they are."""
        with self.hold_sync():
            self.picture = str(board_picture(self.runs, self.task))
            self.over = all(run.over for run in self.runs)
            problems = [run.words() for run in self.runs if run.problem]
            state = "Training." if self.running else "All runs are over." if self.over else "Paused."
            self.status = " ".join([*problems, state])

    def close(self) -> None:
        """Also ends the training."""
        self.running = False
        super().close()

    async def _train(self) -> None:
        drawn = time.monotonic()
        wait = EVERY
        try:
            while self.running and not all(run.over for run in self.runs):
                with interruptible():
                    self._slice()
                if time.monotonic() - drawn > wait:
                    begun = time.monotonic()
                    self.refresh()
                    drawn = time.monotonic()
                    wait = max(EVERY, SHARE * (drawn - begun))
                await asyncio.sleep(1 / PACES[self.pace] if PACES[self.pace] else BREATH)
        except KeyboardInterrupt:
            pass  # in the midst of a mini-batch: paused, as by the button
        finally:
            self.running = False
            self._training = None
            if self.comm is not None:
                self.refresh()
                self.keep()

    def _slice(self) -> None:
        """The runs in turn, each a mini-batch, until the slice is over; at a given pace once."""
        until = time.monotonic() + (0 if PACES[self.pace] else SLICE)
        while not all(run.over for run in self.runs):
            for run in self.runs:
                run.advance()
            if time.monotonic() >= until:
                return

    def _nobody_looks(self, change: dict[str, Any]) -> None:
        """The page is gone, or the cell was run again: what nobody sees and nobody can pause does not go on."""
        if change["old"] and not change["new"]:
            self.running = False


class Playground(TrainingBoard):
    """Two runs side by side whose networks are set by sliders. The learning rate changes at once; all else starts anew."""

    commands: ClassVar[tuple[str, ...]] = ("train", "pause", "step", "hurry", "choose", "restart", "learn")

    settings = traitlets.Dict().tag(sync=True)
    data = traitlets.Unicode("").tag(sync=True)

    def __init__(self, own: Task | None = None) -> None:
        self._own = own
        name = OWN if own is not None else next(iter(PLANES))
        self._settings = {"A": Settings(), "B": Settings(activation="tanh", initializer="Xavier")}
        task = task_of(name, own)
        runs = [task.run(label, settings) for label, settings in self._settings.items()]
        choices = [*([OWN] if own is not None else []), *PLANES, DIGITS]
        controls = [asdict(control) for control in CONTROLS]
        super().__init__(
            runs,
            "Playground",
            task,
            playground={"controls": controls, "data": choices},
            data=name,
            settings=self._told(),
            pace="100 steps a second",
        )

    def choose(self, run: str, **settings: Any) -> None:
        """Take over one run's controls: "A" or "B"."""
        if run not in self._settings:
            raise ValueError(f"there is a run A and a run B, and no {run!r}")
        before, after = self._settings[run], self._settings[run].accept(settings)
        self._settings[run] = after
        index = list(self._settings).index(run)
        if before.architecture != after.architecture:
            assert self.task is not None
            self.runs[index] = self.task.run(run, after)
        self.runs[index].lr = after.lr
        if self.runs[index].optimizer is not None:
            self.runs[index].optimizer.lr = after.lr
        self.settings = self._told()
        if not self.running:
            self.refresh()

    def learn(self, data: str) -> None:
        """Other data, for both runs, from the start."""
        self.task = task_of(data, self._own)
        self.data = data
        self.restart()

    def restart(self) -> None:
        """Both runs from the start, with the same first values and the same batches."""
        assert self.task is not None
        self.runs = [self.task.run(label, settings) for label, settings in self._settings.items()]
        self.refresh()

    def _told(self) -> dict[str, Any]:
        return {label: asdict(settings) for label, settings in self._settings.items()}
