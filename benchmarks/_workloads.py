"""The workloads, each as a training step of ours and of torch on the same numbers.

W1 MLP 784-256-10, batch 256. W2 20-256-10, batch 2, bound by overhead. W3 fifty Dense(32), batch 32. W4 lesson 08's residual
network: two convolutions 3×3 of 32 channels, a dense block three times, batch 32 on 1×28×28. Softmax cross-entropy, SGD.
"""

from collections.abc import Callable

import torch
from torch.nn import functional as F

from miniblocks import loss, nd, nn, optim
from miniblocks.tensor import Tensor

Step = Callable[[], object]
SIZES = {"W1": ([784, 256, 10], 256), "W2": ([20, 256, 10], 2), "W3": ([32] * 51, 32)}
RATE = 0.01


def batch(shape: tuple[int, ...], classes: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(shape, generator=generator), torch.randint(0, classes, shape[:1], generator=generator)


def mlps(sizes: list[int], x: torch.Tensor) -> tuple[nn.Block, torch.nn.Module]:
    """The same multilayer perceptron in both."""
    ours = nn.Sequential()
    layers: list[torch.nn.Module] = []
    for i, (inputs, units) in enumerate(zip(sizes, sizes[1:])):
        last = i == len(sizes) - 2
        ours.add(nn.Dense(units, activation=None if last else "relu", in_units=inputs))
        layers += [torch.nn.Linear(inputs, units)] + ([] if last else [torch.nn.ReLU()])
    return same(ours, torch.nn.Sequential(*layers), x)


class Residuals(nn.Block):
    """Two convolutions of 32 channels around which the image goes to every one, a dense residual block three times, the scores."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.Sequential(*(nn.Conv2D(32, 3, padding=1, activation="relu") for _ in range(2)))
        self.pool, self.flat, self.narrow = nn.MaxPool2D(2), nn.Flatten(), nn.Dense(64)
        self.dense = nn.Sequential(nn.Dense(64, "relu"), nn.Dense(64, "relu"))
        self.scores = nn.Dense(10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.narrow(self.flat(self.pool(self.convs(x) + x)))
        for _ in range(3):
            x = self.dense(x) + x
        return self.scores(x)


class TorchResiduals(torch.nn.Module):
    """The same."""

    def __init__(self) -> None:
        super().__init__()
        conv, linear, relu = torch.nn.Conv2d, torch.nn.Linear, torch.nn.ReLU
        self.convs = torch.nn.Sequential(conv(1, 32, 3, padding=1), relu(), conv(32, 32, 3, padding=1), relu())
        self.narrow = torch.nn.Sequential(torch.nn.MaxPool2d(2), torch.nn.Flatten(), linear(32 * 14 * 14, 64))
        self.dense = torch.nn.Sequential(linear(64, 64), relu(), linear(64, 64), relu())
        self.scores = linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.narrow(self.convs(x) + x)
        for _ in range(3):
            x = self.dense(x) + x
        return self.scores(x)


def same(ours: nn.Block, theirs: torch.nn.Module, x: torch.Tensor) -> tuple[nn.Block, torch.nn.Module]:
    """Both with torch's first values."""
    ours.initialize()
    ours(Tensor(x))
    for p, q in zip(ours.collect_params().values(), theirs.parameters(), strict=True):
        p.set_data(q.detach())
    return ours, theirs


def our_step(net: nn.Block, x: torch.Tensor, y: torch.Tensor) -> Step:
    criterion, inputs, labels = loss.SoftmaxCrossEntropyLoss(), Tensor(x), Tensor(y)
    trainer = optim.SGD(net.collect_params(), lr=RATE)

    def step() -> None:
        criterion(net(inputs), labels).backward()
        trainer.step()
        trainer.zero_grad()

    return step


def eager_step(net: torch.nn.Module, x: torch.Tensor, y: torch.Tensor) -> Step:
    trainer = torch.optim.SGD(net.parameters(), lr=RATE)

    def step() -> None:
        F.cross_entropy(net(x), y).backward()
        trainer.step()
        trainer.zero_grad(set_to_none=True)

    return step


def lean_step(net: torch.nn.Module, x: torch.Tensor, y: torch.Tensor) -> Step:
    """The honest strong peer: functional torch, autograd.grad, one fused update."""
    parameters = list(net.parameters())
    raw = [p.detach() for p in parameters]

    def step() -> None:
        h = x
        for i in range(0, len(parameters), 2):
            h = F.linear(h, parameters[i], parameters[i + 1])
            h = h.relu() if i < len(parameters) - 2 else h
        torch._foreach_add_(raw, torch.autograd.grad(F.cross_entropy(h, y), parameters), alpha=-RATE)

    return step


def agree(ours: nn.Block, theirs: torch.nn.Module) -> None:
    """Refuse to compare what does not compute the same."""
    for p, q in zip(ours.collect_params().values(), theirs.parameters(), strict=True):
        torch.testing.assert_close(p.data().raw, q.detach(), rtol=1e-3, atol=1e-4)


def models(name: str) -> tuple[nn.Block, torch.nn.Module, torch.Tensor, torch.Tensor]:
    """(ours, theirs, inputs, labels) of a workload."""
    if name == "W4":
        x, y = batch((32, 1, 28, 28), 10)
        theirs = TorchResiduals().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return *same(Residuals(), theirs, x), x, y
    sizes, rows = SIZES[name]
    x, y = batch((rows, sizes[0]), sizes[-1])
    return *mlps(sizes, x), x, y


def chain(depth: int) -> tuple[Step, Step]:
    """W5: a diamond on a diamond of scalars, and the walk back through it."""
    ours, theirs = nd.array(1.0), torch.tensor(1.0, requires_grad=True)
    ours.requires_grad = True

    def walk(x: Tensor | torch.Tensor) -> Step:
        def step() -> None:
            y = x
            for _ in range(depth // 2):
                y = (y + y) * 0.5
            y.backward()
            x.grad = None

        return step

    return walk(ours), walk(theirs)
