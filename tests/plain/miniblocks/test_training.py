"""Data and training: batches, the idx format, the textbook's and Keras' styles, resuming."""

import gzip
import hashlib
import http.server
import itertools
import struct
import threading
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from miniblocks import data, init, nd, nn, optim, train
from miniblocks.data import fashion
from miniblocks.errors import DataError, ShapeError
from miniblocks.train import board


@pytest.fixture(autouse=True)
def fresh():
    with nn.fresh_names():
        nd.random.seed(0)
        yield


@given(st.integers(1, 40), st.integers(1, 12), st.booleans(), st.sampled_from(["keep", "discard"]))
def test_a_pass_gives_each_example_once(count, size, shuffle, last):
    loader = data.DataLoader(data.ArrayDataset(np.arange(count), np.arange(count) * 2), size, shuffle, last)
    batches = list(loader)
    assert len(batches) == len(loader) and all(len(a) == size for a, _ in batches[:-1])
    seen = [int(v) for a, b in batches for v in a.tolist() for _ in [None]]
    assert all((a * 2 == b).asnumpy().all() for a, b in batches)
    kept = count if last == "keep" else count - count % size
    assert len(seen) == kept and max(Counter(seen).values(), default=1) == 1
    if not shuffle:
        assert seen == list(range(kept))


def test_shuffling_differs_from_pass_to_pass_and_repeats_with_a_seed():
    loader = data.DataLoader(data.ArrayDataset(np.arange(50)), 50, shuffle=True)
    nd.random.seed(1)
    first, second = (next(iter(loader))[0].tolist() for _ in range(2))
    nd.random.seed(1)
    assert first != second and next(iter(loader))[0].tolist() == first


def test_the_digits():
    images, labels = data.digits(train=True).arrays
    assert images.shape == (1400, 1, 8, 8) and images.max().item() == 1 and set(labels.tolist()) == set(range(10))
    large = data.digits(train=False, size=28).arrays[0]
    assert large.shape == (397, 1, 28, 28)
    with pytest.raises(ShapeError, match="as many rows"):
        data.ArrayDataset(np.zeros(3), np.zeros(4))


def idx(array):
    head = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return gzip.compress(head + array.astype(np.uint8).tobytes(), mtime=0)


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A small Fashion-MNIST in the real format, served on loopback, with ranges."""
    rng = np.random.default_rng(0)
    folder, requests = tmp_path / "served", []
    folder.mkdir()
    for part in ("train", "t10k"):
        for kind, array in (
            ("images-idx3", rng.integers(0, 256, (12, 28, 28))),
            ("labels-idx1", rng.integers(0, 10, 12)),
        ):
            name = f"{part}-{kind}-ubyte.gz"
            (folder / name).write_bytes(idx(array))
            monkeypatch.setitem(fashion.CHECKSUMS, name, hashlib.md5((folder / name).read_bytes()).hexdigest())

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            content, asked = (folder / self.path[1:]).read_bytes(), self.headers.get("Range")
            requests.append((self.path, asked))
            start = int(asked[6:-1]) if asked else 0
            self.send_response(206 if asked else 200)
            self.end_headers()
            self.wfile.write(content[start:])

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/", requests, folder
        running.shutdown()


def test_fashion_mnist_is_fetched_once_checked_and_continued(server, tmp_path):
    address, requests, folder = server
    cache = tmp_path / "cache"
    cache.mkdir()
    name = "train-images-idx3-ubyte.gz"
    (cache / f"{name}.part").write_bytes((folder / name).read_bytes()[:100])
    images, labels = data.fashion_mnist(True, cache, address).arrays
    assert images.shape == (12, 1, 28, 28) and labels.shape == (12,)
    assert requests == [(f"/{name}", "bytes=100-"), ("/train-labels-idx1-ubyte.gz", None)]
    data.fashion_mnist(True, cache, "http://127.0.0.1:1/")
    assert len(requests) == 2


def test_damage_and_no_network_are_said(server, tmp_path):
    address, _, folder = server
    (folder / "t10k-images-idx3-ubyte.gz").write_bytes(b"other")
    with pytest.raises(DataError, match="arrived damaged"):
        data.fashion_mnist(False, tmp_path, address)
    with pytest.raises(DataError, match=r"use data.digits\(size=28\)"):
        data.fashion_mnist(True, tmp_path / "none", "http://127.0.0.1:1/")
    (tmp_path / "bad.gz").write_bytes(gzip.compress(b"\x00\x00\x08\x01\x00\x00\x00\x09short"))
    with pytest.raises(DataError, match="damaged"):
        data.read_idx(tmp_path / "bad.gz")


class MLPScratch(train.Classifier):
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W1 = nn.Parameter(nd.randn(num_inputs, num_hiddens) * sigma)
        self.b1 = nn.Parameter(nd.zeros(num_hiddens))
        self.W2 = nn.Parameter(nd.randn(num_hiddens, num_outputs) * sigma)
        self.b2 = nn.Parameter(nd.zeros(num_outputs))


def relu(X):
    a = nd.zeros_like(X)
    return nd.max(X, a)


@train.add_to_class(MLPScratch)
def forward(self, X):
    X = X.reshape((-1, self.num_inputs))
    H = relu(nd.matmul(X, self.W1) + self.b1)
    return nd.matmul(H, self.W2) + self.b2


class MLP(train.Classifier):
    def __init__(self, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten(), nn.LazyLinear(num_hiddens), nn.ReLU(), nn.LazyLinear(num_outputs))


@pytest.mark.parametrize(
    "model",
    [
        lambda: MLPScratch(num_inputs=784, num_outputs=10, num_hiddens=256, lr=0.3),
        lambda: MLP(num_outputs=10, num_hiddens=256, lr=0.3),
    ],
)
def test_the_textbooks_models_learn_the_digits(model):
    history = train.Trainer(max_epochs=25, display=False).fit(model(), train.Digits(batch_size=32))
    assert history[-1]["val_acc"] > 0.95 and history[-1]["train_loss"] < history[0]["train_loss"]


def test_a_resumed_training_ends_the_same(tmp_path):
    def fit(epochs, folder):
        nd.random.seed(3)
        model = MLP(10, 16, 0.1)
        model.configure_optimizers = lambda: optim.Adam(model.collect_params(), 0.01)
        trainer = train.Trainer(max_epochs=epochs, display=False, checkpoint=folder)
        return trainer.fit(model, train.Digits(batch_size=128, size=8)), model.net[3].weight.data().asnumpy()

    whole, weights = fit(4, None)
    fit(2, tmp_path)
    resumed, again = fit(4, tmp_path)
    assert resumed == whole
    np.testing.assert_array_equal(weights, again)


class Residual(train.Model):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.first, self.inside, self.last = nn.Dense(units, "relu"), nn.Dense(units, "relu"), nn.Dense(10)

    def call(self, x):
        h = self.first(x)
        for _ in range(3):
            h = h + self.inside(h)
        return self.last(h)


def test_a_loss_is_no_part_of_the_model():
    model = Residual(4)
    before = list(model.children())
    model.compile("sgd", "mse")
    assert list(model.children()) == before and "L2Loss" not in repr(model)


def test_a_keras_like_model_compiles_fits_predicts_saves(tmp_path):
    x, y = data.digits(True).arrays
    test = data.digits(False).arrays
    model = Residual(32)
    with pytest.raises(RuntimeError, match="call compile"):
        model.fit(x, y)
    model.initialize(init.He())
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], lr=0.003)
    history = model.fit(
        x, y, epochs=30, validation_data=test, callbacks=(train.EarlyStopping("val_accuracy", 5),), verbose=False
    )
    assert history[-1]["val_accuracy"] > 0.9 and model.evaluate(*test)["accuracy"] == history[-1]["val_accuracy"]
    model.save(tmp_path / "model.safetensors")
    other = Residual(32)
    other.initialize()
    other.load(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(model.predict(test[0]).asnumpy(), other.predict(test[0]).asnumpy())
    assert model.summary(x[:2]).trained == 64 * 32 + 32 + 32 * 32 + 32 + 32 * 10 + 10


def test_hyperparameters_are_those_of_the_class_itself():
    model = MLP(num_outputs=3, num_hiddens=5, lr=0.1)
    assert model.hparams == {"num_outputs": 3, "num_hiddens": 5, "lr": 0.1} and model.num_hiddens == 5


def test_the_board_keeps_points_draws_and_tells():
    board = train.ProgressBoard()
    board.draw(1, 0.5, "loss")
    board.draw(2, torch.tensor(0.25), "loss")
    assert board.curves["loss"] == [(1, 0.5), (2, 0.25)] and board.text() == "loss 0.25 at epoch 2"
    assert len(board.figure().axes[0].lines) == 1


class Clock:
    """A clock that goes on only when told."""

    now = 100.0

    def monotonic(self):
        return self.now


@pytest.mark.parametrize(("takes", "pause"), [(0.01, 0.25), (3.0, 12.0)])
def test_drawing_takes_a_fifth_of_the_time_at_most(monkeypatch, takes, pause):
    clock, drawn = Clock(), []

    def display(figure, display_id):
        clock.now += takes
        drawn.append(clock.now)
        return SimpleNamespace(update=lambda figure: display(figure, display_id))

    monkeypatch.setattr(board, "_in_notebook", lambda: True)
    monkeypatch.setattr(board, "time", clock)
    monkeypatch.setattr("IPython.display.display", display)
    live = train.ProgressBoard()
    monkeypatch.setattr(live, "figure", lambda: None)
    for step in range(1000):
        live.draw(step, 0.5, "loss")
        clock.now += 0.1
    assert len(drawn) > 2 and min(b - takes - a for a, b in itertools.pairwise(drawn)) >= pause


def test_the_last_picture_of_a_training_shows_all_of_it(monkeypatch, capsys):
    """Pictures are drawn at most so often; the last one must not miss the end."""
    model, drawn = MLP(num_outputs=10, num_hiddens=4, lr=0.1), []
    monkeypatch.setattr(board, "_in_notebook", lambda: True)
    monkeypatch.setattr(model.board, "_next", float("inf"))
    monkeypatch.setattr(model.board, "show", lambda: drawn.append({k: len(v) for k, v in model.board.curves.items()}))
    train.Trainer(max_epochs=2).fit(model, train.Digits(batch_size=700, size=8))
    assert drawn == [{"train_loss": 4, "val_loss": 2, "val_acc": 2}]
    assert capsys.readouterr().out == model.board.text() + "\n"
