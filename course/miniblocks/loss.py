"""Losses, as blocks: `loss.L2Loss()(prediction, target)` is one number, the mean over the batch."""

from __future__ import annotations

from typing import Any

from miniblocks import nd
from miniblocks.block import Block
from miniblocks.errors import ShapeError
from miniblocks.nn.activations import softplus
from miniblocks.ops import TABLE
from miniblocks.tensor import Tensor, apply


class _Elementwise(Block):
    """The mean over all elements of a function of prediction and target, which have one shape."""

    def forward(self, prediction: Tensor, target: Tensor) -> Tensor:
        if prediction.shape != target.shape:
            raise ShapeError(
                f"{type(self).__name__} compares element by element, and prediction {prediction.shape} and target {target.shape} differ: "
                "broadcasting would compare each with each. Reshape the target"
            )
        return self.each(prediction, target).mean()

    def each(self, prediction: Tensor, target: Tensor) -> Tensor:
        raise NotImplementedError


class L2Loss(_Elementwise):
    """½ (prediction - target)²"""

    def each(self, prediction: Tensor, target: Tensor) -> Tensor:
        return 0.5 * (prediction - target) ** 2


class L1Loss(_Elementwise):
    """|prediction - target|"""

    def each(self, prediction: Tensor, target: Tensor) -> Tensor:
        return nd.abs(prediction - target)


class HuberLoss(_Elementwise):
    """½ d² while |d| ≤ δ, then δ (|d| - ½ δ): quadratic near the target, linear far from it (Huber, 1964)."""

    def __init__(self, rho: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rho = rho

    def each(self, prediction: Tensor, target: Tensor) -> Tensor:
        distance = nd.abs(prediction - target)
        near = nd.minimum(distance, self.rho)
        return 0.5 * near**2 + self.rho * (distance - near)


class SigmoidBinaryCrossEntropyLoss(_Elementwise):
    """-t log σ(x) - (1 - t) log(1 - σ(x)) = softplus(x) - t x, from scores x and targets t in [0, 1]."""

    def each(self, prediction: Tensor, target: Tensor) -> Tensor:
        return softplus(prediction) - target * prediction


_CROSS_ENTROPY = TABLE["cross_entropy"]


class SoftmaxCrossEntropyLoss(Block):
    """-Σ t log softmax(x), from scores x (batch, classes).

    The target is a class for each row (batch,), or a distribution for each row (batch, classes).
    """

    def forward(self, scores: Tensor, target: Tensor) -> Tensor:
        if target.raw.ndim == 1 and scores.raw.ndim == 2 and len(target.raw) == len(scores.raw):
            return apply(_CROSS_ENTROPY, scores, target)
        if scores.ndim != 2 or target.shape != scores.shape:
            raise ShapeError(
                f"cross-entropy takes scores (batch, classes) with labels (batch,) or distributions of the same shape, not {scores.shape} and {target.shape}"
            )
        return -(target * nd.log_softmax(scores, axis=1)).sum() / scores.shape[0]


class KLDivLoss(Block):
    """Σ t (log t - log softmax(x)), summed over classes, mean over the batch: how far softmax(x) is from t.

    Scores x and target distributions t are (batch, classes); a t of 0 contributes 0.
    """

    def forward(self, scores: Tensor, target: Tensor) -> Tensor:
        if scores.shape != target.shape:
            raise ShapeError(
                f"the divergence compares distributions of one shape, not {scores.shape} and {target.shape}"
            )
        entropy = target * nd.log(nd.where(target > 0, target, 1.0))
        return (entropy - target * nd.log_softmax(scores, axis=-1)).sum() / scores.shape[0]
