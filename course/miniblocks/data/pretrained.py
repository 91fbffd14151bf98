"""A small network that has been trained before: it tells the digits 0 to 6 apart, and has never seen a 7, an 8 or a 9.

    net = pretrained.network()
    net.load_parameters(pretrained.FILE)

`python -m miniblocks.data.pretrained FILE` trains it anew, in seconds, from the bundled training digits alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from miniblocks import init, loss, nd, nn, optim
from miniblocks.data.digits import digits
from miniblocks.data.loader import ArrayDataset, DataLoader

FILE = Path(__file__).parent / "digits-0-to-6.safetensors"
SEEN = range(7)
EPOCHS, BATCH, RATE = 12, 32, 0.002


def network(classes: int = len(SEEN)) -> nn.Sequential:
    """Images (n, 1, 8, 8) → 64 features (block 0) → scores (n, classes) (block 1); neither initialized nor loaded."""
    features = nn.Sequential(
        nn.Conv2D(16, 3, padding=1, activation="relu"),
        nn.MaxPool2D(2),
        nn.Conv2D(32, 3, padding=1, activation="relu"),
        nn.MaxPool2D(2),
        nn.Flatten(),
        nn.Dense(64, activation="relu"),
    )
    return nn.Sequential(features, nn.Dense(classes))


def only(classes: range, train: bool) -> ArrayDataset:
    """The digits of these classes, labelled by their place among them: 7, 8, 9 become 0, 1, 2."""
    images, labels = (array.asnumpy() for array in digits(train).arrays)
    chosen = np.isin(labels, classes)
    return ArrayDataset(images[chosen], labels[chosen] - classes[0])


def trained(seed: int = 0) -> nn.Sequential:
    """The network, trained on the training digits 0 to 6 by Adam with a falling learning rate."""
    nd.random.seed(seed)
    net, criterion = network(), loss.SoftmaxCrossEntropyLoss()
    batches = DataLoader(only(SEEN, True), BATCH, shuffle=True)
    net.initialize(init.He())
    net(only(SEEN, True)[:1][0])
    optimizer = optim.Adam(net.collect_params(), lr=RATE)
    schedule = optim.Scheduler(optimizer, optim.cosine(EPOCHS * len(batches)))
    for _ in range(EPOCHS):
        for images, labels in batches:
            criterion(net(images), labels).backward()
            optimizer.step()
            optimizer.zero_grad()
            schedule.step()
    return net


if __name__ == "__main__":
    trained().save_parameters(sys.argv[1])
