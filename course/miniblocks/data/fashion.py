"""Fashion-MNIST (Xiao et al., 2017): 70,000 pictures of clothes, 28×28, in ten classes. Fetched once, checked, kept.

Offline, or before it has been fetched, use `digits(size=28)`: the same shapes.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import struct
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np

from miniblocks.data.loader import ArrayDataset
from miniblocks.errors import DataError

ADDRESS = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
CHECKSUMS = {  # md5, as the data's own page states them
    "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
}
_TYPES: dict[int, Any] = {
    8: np.uint8,
    9: np.int8,
    11: np.dtype(">i2"),
    12: np.dtype(">i4"),
    13: np.dtype(">f4"),
    14: np.dtype(">f8"),
}


def fashion_mnist(train: bool = True, cache: str | Path | None = None, address: str = ADDRESS) -> ArrayDataset:
    """(images, labels) as `digits` gives them. Files are kept in `cache` (MINIBLOCKS_DATA, else ~/.cache/miniblocks)."""
    folder = Path(cache or os.environ.get("MINIBLOCKS_DATA") or Path.home() / ".cache" / "miniblocks")
    part = "train" if train else "t10k"
    images = read_idx(fetch(f"{part}-images-idx3-ubyte.gz", folder, address))
    labels = read_idx(fetch(f"{part}-labels-idx1-ubyte.gz", folder, address))
    return ArrayDataset(images[:, None].astype(np.float32) / 255, labels.astype(np.int64))


def fetch(name: str, folder: Path, address: str = ADDRESS) -> Path:
    """The file `name` in the cache, fetched if need be; a part left by an interrupted fetch is continued."""
    target, part = folder / name, folder / f"{name}.part"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        try:
            _download(address + name, part)
        except (OSError, urllib.error.URLError) as error:
            raise DataError(
                f"{name} is not in {folder} and cannot be fetched ({error}). Offline, use data.digits(size=28), or put the file there"
            ) from None
        _check(part, name)
        part.replace(target)
    return target


def _download(url: str, part: Path) -> None:
    done = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={done}-"} if done else {})
    with urllib.request.urlopen(request, timeout=30) as response:
        continued = response.status == 206
        with part.open("ab" if continued else "wb") as file:
            while block := response.read(1 << 16):
                file.write(block)


def _check(part: Path, name: str) -> None:
    found = hashlib.md5(part.read_bytes(), usedforsecurity=False).hexdigest()
    if found != CHECKSUMS.get(name, found):
        part.unlink()
        raise DataError(f"{name} arrived damaged (its checksum is {found}); it was removed, try again")


def read_idx(file: Path) -> np.ndarray:
    """The array in an idx file, gzipped: two zero bytes, type, number of axes, the sizes, the elements."""
    try:
        with gzip.open(file) as opened:
            content = opened.read()
        zeros, kind, axes = struct.unpack_from(">HBB", content)
        shape = struct.unpack_from(f">{axes}I", content, 4)
        values = np.frombuffer(content, _TYPES[kind], offset=4 + 4 * axes)
        if zeros:
            raise ValueError("it does not begin with two zero bytes")
        return values.reshape(shape)
    except (OSError, EOFError, struct.error, KeyError, ValueError) as error:
        raise DataError(
            f"{file} is no gzipped idx file, or damaged: {error}. Delete it, and it is fetched again"
        ) from None
