"""Networks to export, as source and values; and what they give in use, by torch."""

from __future__ import annotations

import numpy as np
import torch

from autograder.exercise import Case

SOURCES = {
    "plain": """
class f(nn.Block):
    def __init__(self, inputs, hidden, outputs):
        super().__init__()
        self.body = nn.Dense(hidden, activation="relu", in_units=inputs)
        self.low = nn.Dense(outputs, in_units=hidden)
        self.high = nn.Dense(outputs, in_units=hidden)

    def forward(self, x, level):
        h = self.body(x)
        if level < 1:
            out = self.low(h)
        else:
            out = self.high(h) * 2
        return out
""",
    "in_training": """
class f(nn.Block):
    def __init__(self, inputs, hidden, outputs):
        super().__init__()
        self.body = nn.Dense(hidden, activation="relu", in_units=inputs)
        self.norm = nn.BatchNorm(in_channels=hidden)
        self.drop = nn.Dropout(0.5)
        self.low = nn.Dense(outputs, in_units=hidden)
        self.high = nn.Dense(outputs, in_units=hidden)

    def forward(self, x, level):
        h = self.drop(self.norm(self.body(x)))
        if level < 1:
            out = self.low(h)
        else:
            out = self.high(h) * 2
        return out
""",
}
LEVELS = (0.2, 1.0, 3.0)
EPSILON = 1e-5


def draw(rng: np.random.Generator) -> list[Case]:
    """A network of dense layers, and one that is different in training; both with examples of their own."""
    return [{"situation": name, "source": source, **_case(name, rng)} for name, source in SOURCES.items()]


def _case(name: str, rng: np.random.Generator) -> Case:
    inputs, hidden, out, batch = (int(n) for n in rng.integers((2, 3, 2, 2), (6, 8, 5, 6)))
    values = {}
    for layer, (rows, columns) in {"body": (hidden, inputs), "low": (out, hidden), "high": (out, hidden)}.items():
        values[f"{layer}.weight"] = rng.normal(0.3, 1, (rows, columns))
        values[f"{layer}.bias"] = rng.normal(0.5, 1, rows)
    if name == "in_training":
        values["norm.gamma"], values["norm.beta"] = rng.uniform(0.5, 2, hidden), rng.normal(size=hidden)
        values["norm.running_mean"], values["norm.running_var"] = rng.normal(2, 1, hidden), rng.uniform(0.2, 3, hidden)
    return {
        "sizes": [inputs, hidden, out],
        "values": {path: np.asarray(v, np.float32) for path, v in values.items()},
        "example": np.asarray(rng.normal(size=(batch, inputs)), np.float32),
        "x": np.asarray(rng.normal(size=(batch, inputs)), np.float32),
        "levels": list(LEVELS),
    }


def outputs(case: Case, level: float) -> np.ndarray:
    """What the network in use gives on the case's x."""
    v = {path: torch.tensor(values) for path, values in case["values"].items()}
    h = torch.relu(torch.nn.functional.linear(torch.tensor(case["x"]), v["body.weight"], v["body.bias"]))
    if case["situation"] == "in_training":
        statistics = v["norm.running_mean"], v["norm.running_var"], v["norm.gamma"], v["norm.beta"]
        h = torch.nn.functional.batch_norm(h, *statistics, training=False, eps=EPSILON)
    side, factor = ("low", 1) if level < 1 else ("high", 2)
    result: np.ndarray = (factor * torch.nn.functional.linear(h, v[f"{side}.weight"], v[f"{side}.bias"])).numpy()
    return result
