"""The initializer lab: a sample against its stated distribution, and what it does to signals and gradients in a deep network."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from explorers.state.arrays import Histogram, Statistics, histogram, nth, statistics
from explorers.state.changes import own_draws
from explorers.state.depth import Depth, through_depth
from explorers.state.laws import BOUND, Law, distance, law_of
from explorers.state.recipes import RECIPES, Recipe, Slider
from miniblocks import init, nd, nn
from miniblocks.nd import random
from miniblocks.tensor import Tensor

ACTIVATIONS = ("none", "relu", "tanh", "sigmoid", "leaky", "elu", "gelu", "silu")
SHAPE = Slider("units", "units", 1, 144, 1, 128), Slider("inputs", "inputs", 1, 144, 1, 128)
NETWORK = Slider("layers", "layers", 1, 16, 1, 12), Slider("width", "width", 2, 72, 2, 48)
ROWS = 32  # of the batch that is sent through
MOST = 1 << 14  # weights that are counted; of more, every second one, say
DRAWN = 12 * 48**3  # layers · width³, the work of an orthogonal draw: beyond it, layers use in turn what was drawn
WRITTEN = "Write one"
EXAMPLE = "nd.random.normal(0, 0.1, shape)"


class Written(init.Initializer):
    """w = an expression in `shape`, `fan_in`, `fan_out`, with `nd`, `np` and `math` at hand."""

    def __init__(self, expression: str) -> None:
        self.expression = expression

    def _init_weight(self, name: str, data: Tensor) -> None:
        fan_in, fan_out = init.fans(data.shape)
        names = {"nd": nd, "np": np, "math": math, "shape": data.shape, "fan_in": fan_in, "fan_out": fan_out}
        data[:] = eval(self.expression, names)  # the learner's own expression, in the learner's own kernel


def written(expression: str) -> Recipe:
    """The recipe of an expression."""
    says = "w = an expression in shape, fan_in, fan_out, with nd, np and math"
    return Recipe(WRITTEN, says, lambda: Written(expression), ())


def own_recipe(initializer: Any, name: str | None = None) -> Recipe:
    """A learner's initializer, or a function of the shape that returns an array, as a recipe without knobs."""
    if isinstance(initializer, str | init.Initializer):
        made = init.create(initializer)
    elif callable(initializer) and not isinstance(initializer, type):
        made = _FromFunction(initializer)
    else:
        made = init.create(initializer)  # raises, with the mend
    return Recipe(name or _title(made), "your own", lambda: made, ())


def _title(made: init.Initializer) -> str:
    try:
        return repr(made)
    except Exception:  # a learner's own __repr__
        return type(made).__name__


class _FromFunction(init.Initializer):
    def __init__(self, function: Callable[[tuple[int, ...]], Any]) -> None:
        self.function = function

    def _init_weight(self, name: str, data: Tensor) -> None:
        data[:] = self.function(data.shape)

    def __repr__(self) -> str:
        return getattr(self.function, "__name__", "function")


@dataclass(frozen=True)
class Fit:
    """A sample beside the law that was stated for it (if any)."""

    statistics: Statistics
    histogram: Histogram
    law: Law | None
    expected: np.ndarray | None  # counts in the histogram's bins by the law
    distance: float | None
    bound: float  # what `distance` exceeds once in a hundred samples of the right law
    note: str = ""

    @property
    def verdict(self) -> str:
        """The comparison in words."""
        if self.law is None or self.distance is None:
            return "No distribution is stated for it: give one as stated=[(probability, number or (low, high)), …]."
        fits = "as near as a sample comes" if self.distance <= self.bound else "too far for chance"
        return (
            f"Stated: {self.law}. Largest distance between the shares below x: {self.distance:.3g}; "
            f"in 99 of 100 samples at most {self.bound:.3g}. So it is {fits}."
        )


def draw(initializer: init.Initializer, shape: Sequence[int], seed: int) -> np.ndarray:
    """A weight of that shape, initialized. Raises what the initializer raises; the learner's random numbers go on unmoved."""
    parameter = nn.Parameter("weight", shape=tuple(shape))
    with own_draws(seed):
        parameter.initialize(init=initializer)
    return parameter.data().asnumpy()


def fit(sample: np.ndarray, law: Law | None) -> Fit:
    """Sample and law, side by side."""
    every = -(-sample.size // MOST)
    note = f"Sampled: every {nth(every)}of {sample.size:,} weights is counted." if every > 1 else ""
    sample = sample.ravel()[::every]
    shown = histogram(sample, 40)
    bound = BOUND / math.sqrt(max(1, sample.size))
    if law is None:
        return Fit(statistics(sample), shown, None, None, None, bound, note)
    edges = np.array(shown.edges, dtype=np.float64)
    edges[-1] = np.nextafter(np.float32(edges[-1]), np.float32(np.inf))  # the last bin holds its upper edge as well
    expected = sample.size * np.diff(law.below(edges))
    return Fit(statistics(sample), shown, law, expected, distance(sample, law), bound, note)


def depth_of(initializer: init.Initializer, activation: str, layers: int, width: int, seed: int) -> Depth:
    """Dense layers of one width without biases, standard normal inputs: their signals and gradients."""
    if activation not in ACTIVATIONS:
        raise ValueError(f"the activation is one of {', '.join(ACTIVATIONS)}, not {activation!r}")
    name = None if activation == "none" else activation
    fresh = min(layers, max(1, DRAWN // width**3))
    with own_draws(seed), nn.fresh_names():
        made = [
            nn.Dense(width, name, use_bias=False, weight_initializer=initializer, in_units=width) for _ in range(fresh)
        ]
        net = nn.Sequential(*(made[i % fresh] for i in range(layers)))
        net.initialize()
        x = random.normal(shape=(ROWS, width))
    for parameter in net.collect_params().values():
        parameter.grad_req = "null"  # the gradients that arrive at the layers are looked at, not the weights' own
    x.requires_grad = True
    depth = through_depth(net, [x])
    numbered = tuple(replace(layer, label=str(i)) for i, layer in enumerate(depth.layers))
    note = f"Sampled: {fresh} weights are drawn, which the {layers} layers use in turn." if fresh < layers else ""
    return replace(depth, layers=numbered, note=f"{depth.note} {note}".strip())


@dataclass(frozen=True)
class Settings:
    """What the lab is set to. `recipe` names one of the recipes at hand."""

    recipe: str
    knobs: Mapping[str, Any]
    expression: str = EXAMPLE
    activation: str = "relu"
    units: int = 128
    inputs: int = 128
    layers: int = 12
    width: int = 48
    seed: int = 0

    def accept(self, sent: Mapping[str, Any]) -> Settings:
        """These settings with what a browser sent, every number within its slider's range."""
        numbers = {s.key: int(s.accept(sent.get(s.key, getattr(self, s.key)))) for s in (*SHAPE, *NETWORK)}
        texts = {key: str(sent.get(key, getattr(self, key))) for key in ("recipe", "expression", "activation")}
        knobs = sent.get("knobs", self.knobs)
        return Settings(**texts, knobs=dict(knobs), seed=int(sent.get("seed", self.seed)), **numbers)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Result:
    """What the lab shows: both parts, or the sentence that tells why a part is missing."""

    initializer: str
    fit: Fit | str
    depth: Depth | str


class Lab:
    """The recipes at hand (a learner's own first) and what comes out for given settings."""

    def __init__(self, own: Sequence[Recipe] = (), law: Law | None = None) -> None:
        self.own, self.law = tuple(own), law
        self.recipes = (*own, *RECIPES, written(EXAMPLE))

    def first(self) -> Settings:
        """Where the lab starts: at the learner's own initializer, else at Xavier's."""
        name = self.own[0].name if self.own else "Xavier"
        return Settings(name, {})

    def result(self, settings: Settings) -> Result:
        """Whatever an initializer raises becomes a sentence."""
        try:
            recipe = self._recipe(settings)
            initializer = recipe.initializer(settings.knobs)
        except Exception as error:
            return Result(settings.recipe, told(error), told(error))
        return Result(_title(initializer), self._fit(initializer, settings), self._depth(initializer, settings))

    def _recipe(self, settings: Settings) -> Recipe:
        if settings.recipe == WRITTEN:
            return written(settings.expression)
        for recipe in self.recipes:
            if recipe.name == settings.recipe:
                return recipe
        raise ValueError(f"{settings.recipe!r} is none of {', '.join(r.name for r in self.recipes)}")

    def _fit(self, initializer: init.Initializer, settings: Settings) -> Fit | str:
        shape = (settings.units, settings.inputs)
        try:
            sample = draw(initializer, shape, settings.seed)
            law = self.law if self.own and settings.recipe == self.own[0].name else None
            return fit(sample, law or law_of(initializer, shape))
        except Exception as error:
            return told(error)

    def _depth(self, initializer: init.Initializer, settings: Settings) -> Depth | str:
        try:
            return depth_of(initializer, settings.activation, settings.layers, settings.width, settings.seed)
        except Exception as error:
            return told(error)


def told(error: Exception) -> str:
    """A learner's error as one sentence."""
    return f"{type(error).__name__}: {error}"
