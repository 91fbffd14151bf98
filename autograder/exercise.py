"""An exercise, and how it is judged: cases → observations → findings → a report.

This is the trusted half. Everything here looks at `Seen`, the plain record of what a learner's code did on
a case; nothing here ever runs a line of that code. (`autograder.probe` is the other half.)

    parallel = Exercise("01-parallel-block", "A parallel block", section="Nesting", source="S0, exercise 4",
                        hints=("…", "…"))

    @parallel.cases
    def _(rng):                                     # rng: numpy Generator; public seed in the notebook,
        return [{"x": rng.normal(size=(3, 5)), "axis": 1}]                      # secret seed at grading

    @parallel.criterion("joined", points=2, says="both outputs are joined along the chosen axis")
    def _(case, seen):
        if seen.array("output").shape != …:
            return Mistake("wrong-axis", tried=…, expected=…, observed=…, cause=…, look=…)
        return None                                 # None: the criterion holds on this case

A criterion's points are earned when it holds on every case, with evidence: a value the probe could not
observe is never a pass. The cases come from fixed strata in which only numbers vary, so that an answer
scores the same whatever the seed.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Case = dict[str, Any]
PUBLIC_SEED = 20_240_607


@dataclass(frozen=True)
class Mistake:
    """Why a criterion does not hold: named, with what was tried, expected and seen, and where to look."""

    id: str
    expected: str
    observed: str
    cause: str
    tried: str = ""
    look: str = ""


@dataclass(frozen=True)
class Error:
    """An exception that the learner's code raised in one step of the probe."""

    type: str
    message: str
    line: str = ""

    def __str__(self) -> str:
        where = f", at `{self.line}`" if self.line else ""
        return f"{self.type}: {self.message}{where}"


class NoEvidence(Exception):
    """A criterion asked for something that was not observed; it becomes the criterion's finding."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.id)
        self.mistake = mistake


@dataclass(frozen=True)
class Seen:
    """What the probe observed on one case: values by name, errors by step, forbidden calls."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, Error] = field(default_factory=dict)
    forbidden: tuple[str, ...] = ()
    written: bool = True

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def error(self, step: str) -> Error | None:
        """The error that ended a step, or None."""
        return self.errors.get(step)

    def __getitem__(self, name: str) -> Any:
        if name not in self.values:
            raise NoEvidence(self._missing(name))
        return self.values[name]

    def array(self, name: str) -> np.ndarray:
        """A value as an array; anything else is no evidence."""
        value = self[name]
        if not isinstance(value, np.ndarray):
            shown = describe(value)
            raise NoEvidence(
                Mistake(
                    "not-an-array",
                    "a tensor",
                    shown,
                    f"`{name}` should be a tensor and is {shown}. Is a `return` missing?",
                )
            )
        return value

    def number(self, name: str) -> float:
        """A value as a float; anything but a number or a one-element array is no evidence."""
        value = self[name]
        if isinstance(value, np.ndarray) and value.size == 1:
            value = value.item()
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise NoEvidence(Mistake("not-a-number", "a number", describe(value), f"`{name}` should be one number."))
        return float(value)

    def _missing(self, name: str) -> Mistake:
        if self.errors:
            step, error = next(iter(self.errors.items()))
            return Mistake(
                "raised",
                f"{step} without an error",
                str(error),
                f"The code stopped with an error while the check tried to {step}.",
            )
        return Mistake("not-observed", f"a value for `{name}`", "nothing", "The check could not observe this.")


Judge = Callable[[Case, Seen], "Mistake | None"]


@dataclass(frozen=True)
class Criterion:
    """One property of a right answer, worth its own points."""

    name: str
    points: int
    says: str
    judge: Judge

    def holds(self, case: Case, seen: Seen) -> Mistake | None:
        if not seen.written:
            return NOT_WRITTEN
        if seen.forbidden:
            names = ", ".join(f"`{name}`" for name in seen.forbidden)
            return Mistake(
                "forbidden-call",
                "your own code",
                f"a call of {names}",
                f"The point is to write this by hand, and the answer calls {names}.",
            )
        try:
            return self.judge(case, seen)
        except NoEvidence as missing:
            return missing.mistake


NOT_WRITTEN = Mistake("not-written-yet", "your code", "the empty stub", "Nothing has been written here yet.")


CHANGED = Mistake(
    "changed-after-the-reveal",
    "the prediction you committed first",
    "another one",
    "A prediction is committed by its first check, before the outcome is shown; a later one carries no points.",
)


class Exercise:
    """What is asked, its cases, and the criteria by which an answer earns its points."""

    def __init__(
        self,
        id: str,
        title: str,
        *,
        section: str,
        source: str = "",
        hints: Sequence[str] = (),
        minutes: int = 10,
        difficulty: str = "basic",
        prediction: Callable[[Any], bool] | None = None,
        extra: bool = False,
    ) -> None:
        """`prediction` marks an exercise whose first answer stands; it tells what counts as an answer.

        The points of an `extra` exercise come on top: whoever leaves it out can still have all.
        """
        self.id, self.title, self.section, self.source = id, title, section, source
        self.hints, self.minutes, self.difficulty = tuple(hints), minutes, difficulty
        self.prediction, self.extra = prediction, extra
        self.criteria: list[Criterion] = []
        self._draw: Callable[[np.random.Generator], Iterable[Case]] | None = None

    @property
    def points(self) -> int:
        return sum(c.points for c in self.criteria)

    @property
    def worth(self) -> int:
        """What its cell is worth to nbgrader, whose possible points an extra exercise does not raise."""
        return 0 if self.extra else self.points

    def cases(
        self, draw: Callable[[np.random.Generator], Iterable[Case]]
    ) -> Callable[[np.random.Generator], Iterable[Case]]:
        """Decorator: the function that draws the cases."""
        self._draw = draw
        return draw

    def criterion(self, name: str, *, points: int, says: str) -> Callable[[Judge], Judge]:
        """Decorator: a function (case, seen) → Mistake or None that decides one criterion."""

        def add(judge: Judge) -> Judge:
            self.criteria.append(Criterion(name, points, says, judge))
            return judge

        return add

    def draw(self, seed: int) -> list[Case]:
        """The cases for a seed; each also carries a `seed` of its own for the probe's random numbers."""
        assert self._draw is not None, f"exercise {self.id} has no cases"
        rng = np.random.default_rng(seed)
        cases = [dict(case) for case in self._draw(rng)]
        return [{"seed": int(rng.integers(1 << 31)), **case} for case in cases]

    def judge(self, cases: Sequence[Case], seen: Sequence[Seen]) -> Report:
        """The report on the observations of all cases (one `Seen` a case; too few are no evidence)."""
        if self.prediction and any(_changed(case, one) for case, one in zip(cases, seen)):
            return self._report([Outcome(c.name, c.points, c.says, CHANGED) for c in self.criteria], ())
        padded = [*seen, *(Seen() for _ in range(len(cases) - len(seen)))]
        outcomes = [Outcome(c.name, c.points, c.says, _first_mistake(c, cases, padded)) for c in self.criteria]
        return self._report(outcomes, self.hints)

    def _report(self, outcomes: list[Outcome], hints: tuple[str, ...]) -> Report:
        return Report(self.id, self.title, self.section, outcomes, hints, self.extra)


def _changed(case: Case, seen: Seen) -> bool:
    committed, answer = case.get("committed"), seen.values.get("answer")
    return committed is not None and not (type(answer) is type(committed) and answer == committed)


def one_of(*choices: str) -> Callable[[Any], bool]:
    """Whether a value, which may be anything, is one of these strings; for `Exercise(prediction=…)` as well."""
    return lambda value: isinstance(value, str) and value in choices


def _first_mistake(criterion: Criterion, cases: Sequence[Case], seen: Sequence[Seen]) -> Mistake | None:
    if not cases:
        return Mistake(
            "no-cases", "at least one case", "none", "The exercise drew no cases; this is the grader's fault."
        )
    found = (criterion.holds(case, one) for case, one in zip(cases, seen, strict=True))
    return next((mistake for mistake in found if mistake is not None), None)


@dataclass(frozen=True)
class Outcome:
    """How one criterion came out; `mistake` is None when its points are earned."""

    name: str
    points: int
    says: str
    mistake: Mistake | None

    @property
    def earned(self) -> int:
        return 0 if self.mistake else self.points


class Extra(int):
    """Points on top. Shown in words: a number above its cell's points is an error to nbgrader."""

    possible: int

    def __new__(cls, score: int, possible: int) -> Extra:
        made = super().__new__(cls, score)
        made.possible = possible
        return made

    def __repr__(self) -> str:
        return f"{int(self)} of {self.possible} extra points"


@dataclass(frozen=True)
class Report:
    """The result of one exercise: what the learner reads and the gradebook stores."""

    exercise: str
    title: str
    section: str
    outcomes: list[Outcome]
    hints: tuple[str, ...] = ()
    extra: bool = False

    @property
    def result(self) -> int:
        """What a check cell gives, which nbgrader reads: the score; of an extra exercise words, which it takes for none."""
        return Extra(self.score, self.points) if self.extra else int(self.score)

    @property
    def in_words(self) -> str:
        return f"{self.score} of {self.points} {'extra points' if self.extra else 'points'}"

    @property
    def score(self) -> int:
        return sum(o.earned for o in self.outcomes)

    @property
    def points(self) -> int:
        return sum(o.points for o in self.outcomes)

    @property
    def mistakes(self) -> list[Mistake]:
        """The mistakes found, each once, in the order of the criteria."""
        return list(dict.fromkeys(o.mistake for o in self.outcomes if o.mistake))

    @property
    def written(self) -> bool:
        return NOT_WRITTEN not in self.mistakes


def describe(value: Any) -> str:
    """A value in a few words, for a message."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    text = repr(value)
    return f"{text[:77]}…" if len(text) > 78 else text


def load(exercise_id: str) -> Exercise:
    """The exercise with this id, from `autograder.judges.lesson_NN`."""
    return _lesson_part("judges", exercise_id).EXERCISES[exercise_id]


def _lesson_part(half: str, exercise_id: str) -> Any:
    number = exercise_id[:2]
    try:
        module = importlib.import_module(f"autograder.{half}.lesson_{number}")
    except ModuleNotFoundError as error:
        if error.name != f"autograder.{half}.lesson_{number}":
            raise
        module = None
    if module is None or exercise_id not in module.EXERCISES:
        raise KeyError(f"there is no exercise {exercise_id!r}; the id stands in the check cell of your notebook")
    return module
