"""The bundled data: 1,797 handwritten digits of 8×8 pixels (Alpaydin and Kaynak, 1998; UCI Machine Learning Repository).

They are the test part of "Optical Recognition of Handwritten Digits", as scikit-learn ships them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from miniblocks.data.loader import ArrayDataset

TRAINING = 1400


def digits(train: bool = True, size: int = 8) -> ArrayDataset:
    """(images, labels): images (n, 1, size, size) in [0, 1], labels (n,). 1,400 for training, 397 for testing.

    `size=28` gives the shape of Fashion-MNIST's images: each pixel becomes 3×3, with a margin of 2.
    Which are for testing was drawn at random once, so that training and test digits come from the same hands.
    """
    if size not in (8, 28):
        raise ValueError(f"the digits come in 8×8 or enlarged to 28×28, not {size}×{size}")
    with np.load(Path(__file__).parent / "digits.npz") as stored:
        images, labels = stored["images"].astype(np.float32) / 16, stored["labels"].astype(np.int64)
    if size == 28:
        images = np.pad(images.repeat(3, axis=1).repeat(3, axis=2), ((0, 0), (2, 2), (2, 2)))
    order = np.random.default_rng(0).permutation(len(labels))
    part = order[:TRAINING] if train else order[TRAINING:]
    return ArrayDataset(images[part, None], labels[part])
