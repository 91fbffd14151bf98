"""`Module`: a network that knows its loss and its optimizer, in the manner of Dive into Deep Learning."""

from __future__ import annotations

from typing import Any

from miniblocks import loss as losses
from miniblocks import optim
from miniblocks.block import Block
from miniblocks.tensor import Tensor
from miniblocks.train.board import ProgressBoard
from miniblocks.train.hyperparameters import HyperParameters


class Module(Block, HyperParameters):
    """A network for a `Trainer`: define `loss`, and either `forward` or a block `net`.

    `lr` (an attribute) is the learning rate of the default optimizer, SGD.
    """

    lr: float
    net: Block

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.board = ProgressBoard()
        self.trainer: Any = None

    def forward(self, X: Tensor) -> Any:
        return self.net(X)

    def loss(self, y_hat: Tensor, y: Tensor) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} defines loss(self, y_hat, y)")

    def training_step(self, batch: tuple[Tensor, ...]) -> Tensor:
        """The loss of a batch."""
        return self.loss(self(*batch[:-1]), batch[-1])

    def validation_step(self, batch: tuple[Tensor, ...]) -> dict[str, float]:
        """The measures of a batch, by name."""
        return {"val_loss": self.loss(self(*batch[:-1]), batch[-1]).item()}

    def configure_optimizers(self) -> optim.Optimizer:
        return optim.SGD(self.collect_params(), lr=self.lr)


class Classifier(Module):
    """A `Module` with scores for classes: cross-entropy, and accuracy in validation."""

    def loss(self, y_hat: Tensor, y: Tensor) -> Tensor:
        return losses.SoftmaxCrossEntropyLoss()(y_hat, y)

    def accuracy(self, y_hat: Tensor, y: Tensor) -> float:
        """The share of rows whose greatest score is the label's."""
        return (y_hat.argmax(1) == y).mean().item()

    def validation_step(self, batch: tuple[Tensor, ...]) -> dict[str, float]:
        y_hat = self(*batch[:-1])
        return {"val_loss": self.loss(y_hat, batch[-1]).item(), "val_acc": self.accuracy(y_hat, batch[-1])}
