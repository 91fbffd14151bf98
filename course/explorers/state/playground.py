"""The playground's networks and data: two runs that differ in what their settings differ in, and in nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from explorers.state.arrays import Heatmap, heatmap
from explorers.state.changes import own_draws
from explorers.state.lab import ACTIVATIONS
from explorers.state.recipes import Choice, Slider, recipe_of
from explorers.state.training import Loaders, Run
from miniblocks import autograd, data, nd, nn

INITIALIZERS = ("Uniform", "Normal", "Xavier", "He (MSRA)", "Orthogonal", "Constant")
OWN = "your own"
GRID = 48  # cells of a map of the plane, across and down
REACH = 1.2  # the map shows -REACH to REACH on both axes
EPOCHS = 200
RATES = ("0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3", "10")

CONTROLS = (
    Slider("width", "width", 1, 64, 1, 16),
    Slider("depth", "hidden layers", 0, 8, 1, 3),
    Choice("activation", "activation", ACTIVATIONS, "relu"),
    Choice("initializer", "initializer", INITIALIZERS, "He (MSRA)"),
    Choice("rate", "learning rate", RATES, "0.3"),
    Choice("tying", "tying", ("each its own", "tied"), "each its own"),
)


@dataclass(frozen=True)
class Settings:
    """What one run is set to."""

    width: int = 16
    depth: int = 3
    activation: str = "relu"
    initializer: str = "He (MSRA)"
    rate: str = "0.3"
    tying: str = "each its own"

    def accept(self, sent: Mapping[str, Any]) -> Settings:
        """These settings with what a browser sent, each within its range."""
        known = {c.key: c.accept(sent[c.key]) for c in CONTROLS if c.key in sent}
        return replace(self, **{k: int(v) if k in ("width", "depth") else v for k, v in known.items()})  # type: ignore[arg-type]

    @property
    def lr(self) -> float:
        return float(self.rate)

    @property
    def architecture(self) -> Settings:
        """All but the learning rate: what a running network cannot change."""
        return replace(self, rate="0")

    def network(self, inputs: int, classes: int, seed: int = 0) -> nn.Block:
        """`depth` hidden layers of `width` units and an output; tied ones share the parameters of the second hidden layer."""
        activation = None if self.activation == "none" else self.activation
        recipe = recipe_of(self.initializer)
        knobs = (
            {"sigma": 0.1} if self.initializer == "Normal" else {"value": 0.1} if self.initializer == "Constant" else {}
        )
        with own_draws(seed), nn.fresh_names():
            net = nn.Sequential()
            shared: nn.Block | None = None
            for i in range(self.depth):
                tie = {"params": shared.params} if shared is not None and self.tying == "tied" else {}
                layer = nn.Dense(self.width, activation=activation, in_units=self.width if i else inputs, **tie)
                shared = layer if i == 1 else shared
                net.add(layer)
            net.add(nn.Dense(classes, in_units=self.width if self.depth else inputs))
            net.initialize(init=recipe.initializer(knobs))
        return net


@dataclass(frozen=True)
class Task:
    """Data to learn: rows of numbers, and a class for each."""

    name: str
    x: np.ndarray
    y: np.ndarray
    validation: tuple[np.ndarray, np.ndarray] | None = None

    @property
    def classes(self) -> int:
        return int(self.y.max()) + 1

    @property
    def is_plane(self) -> bool:
        """Whether a picture of the plane can show what was learned."""
        return self.x.shape[1] == 2 and self.classes == 2

    def run(self, label: str, settings: Settings) -> Run:
        """A run from the start. The same settings give the same run."""
        second = None if self.validation is None else self.validation
        loaders = Loaders(((self.x, self.y), second), batch_size=32)
        net = settings.network(self.x.shape[1], self.classes)
        return Run(label, net, loaders, lr=settings.lr, max_epochs=EPOCHS)


def spirals(points: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two spirals, wound into each other."""
    rng = np.random.default_rng(seed)
    y = np.arange(points) % 2
    t = np.sqrt(rng.uniform(0.02, 1, points))
    angle = 2.2 * math.pi * t + math.pi * y
    x = np.stack([t * np.cos(angle), t * np.sin(angle)], axis=1) + rng.normal(0, 0.03, (points, 2))
    return x.astype(np.float32), y.astype(np.int64)


def rings(points: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A disc, and a ring around it."""
    rng = np.random.default_rng(seed)
    y = np.arange(points) % 2
    radius = np.where(y == 0, rng.uniform(0, 0.45, points), rng.uniform(0.65, 1, points))
    angle = rng.uniform(0, 2 * math.pi, points)
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return x.astype(np.float32), y.astype(np.int64)


def checkers(points: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Opposite quarters of a square are of one class: exclusive or."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (points, 2))
    return x.astype(np.float32), (x[:, 0] * x[:, 1] > 0).astype(np.int64)


PLANES = {"two spirals": spirals, "a disc and a ring": rings, "exclusive or": checkers}
DIGITS = "digits"


def task_of(name: str, own: Task | None = None) -> Task:
    """The data of that name."""
    if name == OWN and own is not None:
        return own
    if name in PLANES:
        return Task(name, *PLANES[name](), validation=PLANES[name](200, seed=1))
    if name == DIGITS:
        (x, y), (u, v) = ([a.asnumpy() for a in part.arrays] for part in (data.digits(True), data.digits(False)))
        return Task(name, x.reshape(len(x), -1), y, (u.reshape(len(u), -1), v))
    raise ValueError(f"{name!r} is none of {', '.join([*PLANES, DIGITS])}")


def own_task(given: Any) -> Task:
    """A learner's (x, y): rows of numbers (more axes are laid out flat), and classes 0, 1, 2, …; a fifth is kept for validation."""
    try:
        x, y = (np.asarray(a.asnumpy() if hasattr(a, "asnumpy") else a) for a in given)
    except (TypeError, ValueError):
        raise TypeError("the playground's own data are (x, y): an array of rows, and an array of classes") from None
    if len(x) != len(y) or y.ndim != 1 or len(x) < 10 or (y != y.astype(np.int64)).any() or y.min() < 0:
        raise ValueError(
            f"x has at least 10 rows, and y a class 0, 1, 2, … for each; got shapes {x.shape} and {y.shape}"
        )
    x, y = x.reshape(len(x), -1).astype(np.float32), y.astype(np.int64)
    order = np.random.default_rng(0).permutation(len(x))
    kept = max(1, len(x) // 5)
    return Task(OWN, x[order[kept:]], y[order[kept:]], (x[order[:kept]], y[order[:kept]]))


def plane(model: nn.Block) -> Heatmap:
    """What a network says of each place of the plane: P(class 1) - P(class 0), rows from the top down."""
    places = np.linspace(-REACH, REACH, GRID, dtype=np.float32)
    across, up = np.meshgrid(places, places[::-1])
    points = nd.array(np.stack([across.ravel(), up.ravel()], axis=1))
    with autograd.no_grad():
        scores = nd.softmax(model(points), axis=1).asnumpy()
    shown = heatmap((scores[:, 1] - scores[:, 0]).reshape(GRID, GRID), GRID, GRID)
    return Heatmap(shown.cells, shown.tile, 1.0, "blue, ○: class 0; orange, +: class 1")
