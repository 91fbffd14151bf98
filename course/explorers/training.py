"""`training_board(model, data)` and `playground()`: training that is watched, paused, stepped and resumed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from explorers.inert import inert
from explorers.net import check_block
from explorers.state.playground import PLANES, Settings, own_task, task_of
from explorers.state.training import Loaders, Run
from explorers.view.training_still import BoardStill

if TYPE_CHECKING:
    from explorers.view.training import Playground, TrainingBoard


def training_board(
    model: Any,
    data: Any,
    *,
    loss: Any = None,
    optimizer: Any = None,
    lr: float | None = None,
    max_epochs: int = 20,
    batch_size: int = 32,
    seed: int = 0,
) -> TrainingBoard | BoardStill:
    """Train a network step by step: loss, accuracy, and the norm of each layer's gradient, live.

    `model` is a block, a `train.Module`, a compiled `train.Model`, or a dictionary of several, which are trained side by side on the
    same batches. `data` is a `DataModule`, a data loader, (x, y), or a pair of such for training and validation. A model that
    brings its own loss and optimizer uses them; else `loss` (cross-entropy unless told) and `optimizer`, which is one, or a
    function of the parameters such as `optim.Adam` (SGD with `lr` 0.1 unless told). The values of the models change. Without a kernel,
    or while grading, a still picture, and nothing is trained. Raises `TypeError` where the model is no block or the data no data.
    """
    models = dict(model) if isinstance(model, Mapping) else {type(model).__name__: model}
    for one in models.values():
        check_block(one, "training_board")
    runs = [
        Run(str(label), one, Loaders(data, batch_size), loss, optimizer, lr, max_epochs, seed)
        for label, one in models.items()
    ]
    title = f"Training board: {', '.join(models)}"
    if inert():
        return BoardStill(tuple(runs), title)
    from explorers.view.training import TrainingBoard  # here, so that a still picture needs no widget library

    return TrainingBoard(runs, title)


def playground(data: Any = None) -> Playground | BoardStill:
    """Two small networks side by side: width, depth, activation, initializer, learning rate and tying, while they train.

    `data` is (x, y) of your own: rows of numbers, and a class 0, 1, 2, … for each; else two spirals to start with. Without a
    kernel, or while grading, a still picture. Raises `TypeError` and `ValueError` where the data do not fit.
    """
    own = own_task(data) if data is not None else None
    if inert():
        task = own or task_of(next(iter(PLANES)))
        return BoardStill(tuple(task.run(label, Settings()) for label in "AB"), "Playground", task)
    from explorers.view.training import Playground  # here, so that a still picture needs no widget library

    return Playground(own)
