"""Devices: `cpu()`, `gpu(i)`, and logical further CPUs (`cpu(1)`) that make device mistakes visible without a GPU."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from miniblocks.errors import DeviceError


@dataclass(frozen=True)
class Device:
    """Where a tensor lives. All `cpu(i)` share the machine's memory, and yet do not mix in one operation."""

    kind: str
    index: int = 0

    @property
    def torch(self) -> torch.device:
        """The torch device that holds the storage."""
        return torch.device("cpu") if self.kind == "cpu" else torch.device("cuda", self.index)

    @property
    def is_logical(self) -> bool:
        """Whether it is a further CPU that only our own checks tell from the first."""
        return self.kind == "cpu" and self.index > 0

    def __repr__(self) -> str:
        return f"{self.kind}({self.index})"


def cpu(index: int = 0) -> Device:
    """The CPU; an index above 0 is a logical device of its own on the same memory."""
    return Device("cpu", index)


def gpu(index: int = 0) -> Device:
    """The CUDA device with this index; raises `DeviceError` where there is none."""
    if index >= num_gpus():
        raise DeviceError(
            f"gpu({index}) was asked for, and this machine has {num_gpus()} CUDA devices; try_gpu() falls back to the CPU"
        )
    return Device("gpu", index)


def num_gpus() -> int:
    """How many CUDA devices there are."""
    return torch.cuda.device_count() if torch.cuda.is_available() else 0


def try_gpu(index: int = 0) -> Device:
    """`gpu(index)` where it exists, else `cpu()`."""
    return gpu(index) if index < num_gpus() else cpu()


def of(raw: torch.Tensor) -> Device:
    """The device of raw storage."""
    return CPU if raw.device.type == "cpu" else Device("gpu", raw.device.index or 0)


CPU = cpu()
