"""The initializers that an explorer offers, each with the knobs that turn it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from miniblocks import init


@dataclass(frozen=True)
class Slider:
    """A number between `low` and `high`."""

    key: str
    label: str
    low: float
    high: float
    step: float
    value: float

    def accept(self, value: Any) -> float:
        """The value as this slider can show it; whatever a browser sends ends inside the range."""
        return min(max(float(value), self.low), self.high)


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    key: str
    label: str
    options: tuple[str, ...]
    value: str

    def accept(self, value: Any) -> str:
        """The value, if it is one of the options."""
        if value not in self.options:
            raise ValueError(f"{self.label} is one of {', '.join(self.options)}, not {value!r}")
        return str(value)


Knob = Slider | Choice


@dataclass(frozen=True)
class Recipe:
    """An initializer, what it draws from, and its knobs (keyword arguments of `make`)."""

    name: str
    says: str
    make: Callable[..., init.Initializer]
    knobs: tuple[Knob, ...]

    def initializer(self, values: Mapping[str, Any]) -> init.Initializer:
        """The initializer for these knob values; a knob that is not given keeps its own."""
        return self.make(**{k.key: k.accept(values.get(k.key, k.value)) for k in self.knobs})

    def as_data(self) -> dict[str, Any]:
        """What a browser needs to show the knobs."""
        return {"name": self.name, "says": self.says, "knobs": [asdict(k) for k in self.knobs]}


FACTOR = Choice("factor_type", "n is the fan", ("avg", "in", "out"), "avg")

RECIPES: tuple[Recipe, ...] = (
    Recipe("Constant", "w = value", init.Constant, (Slider("value", "value", -2, 2, 0.05, 0.0),)),
    Recipe("Uniform", "w ~ U[−scale, scale]", init.Uniform, (Slider("scale", "scale", 0, 2, 0.01, 0.07),)),
    Recipe("Normal", "w ~ N(0, sigma²)", init.Normal, (Slider("sigma", "sigma", 0, 2, 0.01, 0.01),)),
    Recipe(
        "Truncated normal",
        "w ~ N(mean, stdev²), cut off at two standard deviations",
        init.TruncNorm,
        (Slider("mean", "mean", -2, 2, 0.05, 0.0), Slider("stdev", "stdev", 0, 2, 0.01, 0.01)),
    ),
    Recipe(
        "Xavier",
        "uniform: w ~ U[−√(magnitude/n), √(magnitude/n)]; gaussian: w ~ N(0, magnitude/n)",
        init.Xavier,
        (
            Choice("rnd_type", "draws", ("uniform", "gaussian"), "uniform"),
            FACTOR,
            Slider("magnitude", "magnitude", 0.1, 12, 0.1, 3.0),
        ),
    ),
    Recipe(
        "He (MSRA)",
        "w ~ N(0, 2 / (1 + slope²) / n), slope: that of the ReLU's negative side",
        init.MSRAPrelu,
        (Choice("factor_type", "n is the fan", ("avg", "in", "out"), "in"), Slider("slope", "slope", 0, 1, 0.01, 0.0)),
    ),
    Recipe(
        "Orthogonal",
        "rows or columns orthonormal, times the gain",
        init.Orthogonal,
        (Slider("scale", "gain", 0.1, 4, 0.05, 1.0),),
    ),
)


def recipe_of(name: str) -> Recipe:
    """The recipe of that name."""
    for recipe in RECIPES:
        if recipe.name == name:
            return recipe
    raise ValueError(f"{name!r} is no recipe; there are {', '.join(r.name for r in RECIPES)}")
