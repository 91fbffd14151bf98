"""`Trainer`: the loop over epochs and batches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file

from miniblocks import optim
from miniblocks.ops.randomness import GENERATOR
from miniblocks.tape import no_grad


class Trainer:
    """`Trainer(max_epochs=10).fit(model, data)`.

    With `checkpoint` (a folder) everything needed to go on is written after each epoch, and `fit` goes on from there:
    parameters, the optimizer's state, the random generator. The result is the same as without a break.
    """

    def __init__(
        self,
        max_epochs: int,
        gradient_clip_val: float = 0.0,
        display: bool = True,
        checkpoint: str | Path | None = None,
    ) -> None:
        self.max_epochs, self.gradient_clip_val = max_epochs, gradient_clip_val
        self.display, self.checkpoint = display, checkpoint
        self.history: list[dict[str, float]] = []
        self.optimizer: optim.Optimizer | None = None

    @property
    def epoch(self) -> int:
        """How many epochs are done."""
        return len(self.history)

    def fit(self, model: Any, data: Any) -> list[dict[str, float]]:
        """Train, and return one dictionary of measures for each epoch."""
        model.trainer, model.board.display = self, self.display
        batches, validation = data.train_dataloader(), data.val_dataloader()
        prepare(model, batches)
        self.history, self.optimizer = [], model.configure_optimizers()
        self._resume(model)
        while self.epoch < self.max_epochs:
            self.history.append(self._epoch(model, batches, validation))
            self._save(model)
        if self.display and model.board.curves:
            model.board.finish()
        return self.history

    def _epoch(self, model: Any, batches: Any, validation: Any) -> dict[str, float]:
        model.train()
        losses = []
        for i, batch in enumerate(batches):
            loss = model.training_step(batch)
            loss.backward()
            if self.gradient_clip_val > 0:
                optim.clip_gradients(model.collect_params(), self.gradient_clip_val)
            assert self.optimizer is not None
            self.optimizer.step()
            self.optimizer.zero_grad()
            losses.append(loss.item())
            model.board.draw(self.epoch + (i + 1) / len(batches), losses[-1], "train_loss")
        measures = {"train_loss": sum(losses) / len(losses), **validate(model, validation)}
        for name, value in measures.items():
            if name != "train_loss":
                model.board.draw(self.epoch + 1, value, name)
        return measures

    # -- checkpoints ------------------------------------------------------------------------------------------
    def _save(self, model: Any) -> None:
        if self.checkpoint is None:
            return
        folder = Path(self.checkpoint)
        folder.mkdir(parents=True, exist_ok=True)
        assert self.optimizer is not None
        state = self.optimizer.state_dict()
        arrays = {**state.pop("arrays"), "generator": GENERATOR.get_state()}
        header = {"state": json.dumps(state), "history": json.dumps(self.history)}
        model.save_parameters(folder / "parameters.new")
        save_file(arrays, folder / "training.new", metadata=header)
        name = f"epoch-{self.epoch}"
        (folder / "parameters.new").replace(folder / f"{name}-parameters.safetensors")
        (folder / "training.new").replace(folder / f"{name}-training.safetensors")
        (folder / "latest.new").write_text(name)
        (folder / "latest.new").replace(folder / "latest")  # only now does a resumed run see it

    def _resume(self, model: Any) -> None:
        latest = Path(self.checkpoint) / "latest" if self.checkpoint else None
        if latest is None or not latest.exists():
            return
        from safetensors import safe_open

        file = latest.parent / f"{latest.read_text()}-training.safetensors"
        with safe_open(str(file), framework="pt") as opened:
            header = opened.metadata()
        arrays = load_file(file)
        GENERATOR.set_state(arrays.pop("generator"))
        model.load_parameters(latest.parent / f"{latest.read_text()}-parameters.safetensors")
        assert self.optimizer is not None
        self.optimizer.load_state_dict({**json.loads(header["state"]), "arrays": arrays})
        self.history = json.loads(header["history"])


def prepare(model: Any, batches: Any) -> None:
    """Initialize what is not, and tell deferred shapes by one batch."""
    waiting = [p for p in model.collect_params().values() if not p.is_initialized]
    for parameter in waiting:
        if not parameter.is_deferred:
            parameter.initialize()
    if waiting:
        before = GENERATOR.get_state()
        batch = next(iter(batches))
        GENERATOR.set_state(before)  # looking at a batch must not change the shuffling
        with no_grad():
            model(*batch[:-1])


def validate(model: Any, batches: Any) -> dict[str, float]:
    """The measures of a validation set, averaged over its examples."""
    if batches is None:
        return {}
    model.eval()
    totals: dict[str, float] = {}
    count = 0
    with no_grad():
        for batch in batches:
            size = len(batch[-1])
            count += size
            for name, value in model.validation_step(batch).items():
                totals[name] = totals.get(name, 0.0) + value * size
    model.train()
    return {name: value / count for name, value in totals.items()}
