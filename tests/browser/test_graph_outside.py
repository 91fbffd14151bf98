"""A saved graph runs without Python: in a browser's JavaScript, by the small runtime of course/miniblocks/graph/outside."""

import base64
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route

from miniblocks import graph, init, loss, nd, nn
from miniblocks.graph.ir import subgraphs
from miniblocks.graph.onnx import RULES

RUNTIME = Path(graph.__file__).parent / "outside"
HOST = "http://127.0.0.1:9/"  # nobody listens there: the page's requests are answered by the test
RUN = """async ([file, inputs]) => {
    const { load, run } = await import("/minirun.mjs");
    const bytes = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
    return run(load(bytes), inputs).map(({ shape, data }) => ({ shape, data: data.map(String) }));
}"""


@pytest.fixture(scope="module")
def page(browser: Browser):
    """A page in which the runtime can be imported."""
    opened = browser.new_page()
    opened.route(f"{HOST}**", answer)
    opened.goto(HOST)
    yield opened
    opened.close()


def answer(route: Route) -> None:
    name = route.request.url.removeprefix(HOST)
    if name.endswith(".mjs"):
        route.fulfill(body=(RUNTIME / name).read_text("utf-8"), content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html>", content_type="text/html")


def outside(page: Page, g: graph.Graph, folder: Path, *inputs: nd.Tensor) -> list[np.ndarray]:
    """The outputs that the browser computes from the file."""
    graph.save(g, folder / "it.graph")
    file = base64.b64encode((folder / "it.graph").read_bytes()).decode()
    given = [{"data": x.asnumpy().ravel().tolist()} for x in inputs]
    return [
        np.array([number(text) for text in out["data"]]).reshape(out["shape"])
        for out in page.evaluate(RUN, [file, given])
    ]


def number(text: str) -> float:
    return float({"Infinity": "inf", "-Infinity": "-inf", "NaN": "nan"}.get(text, text))


def agree(page: Page, g: graph.Graph, folder: Path, *inputs: nd.Tensor) -> None:
    inside = g(*inputs)
    inside = inside if isinstance(inside, tuple) else (inside,)
    for a, b in zip(outside(page, g, folder, *inputs), inside, strict=True):
        np.testing.assert_allclose(a, b.asnumpy(), rtol=1e-5, atol=1e-5)


class TwoWeights(nn.Block):
    """One of two weights, chosen by the loss of the step before."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Dense(16, activation="relu", in_units=8)
        self.w2a, self.w2b = nn.Dense(4, in_units=16), nn.Dense(4, in_units=16)

    def forward(self, x, y, before):
        h = self.first(x)
        out = self.w2a(h) if before < 5.0 else self.w2b(h)
        return ((out - y) ** 2).sum()


def test_the_conditional_model_runs_on_both_branches(page: Page, tmp_path: Path) -> None:
    net = TwoWeights()
    net.initialize(init.Normal(0.5))
    x, y = nd.random.normal(shape=(5, 8)), nd.random.normal(shape=(5, 4))
    g = graph.script(net, x, y, nd.array(0.0))
    results = {before: outside(page, g, tmp_path, x, y, nd.array(before))[0] for before in (4.0, 6.0)}
    assert results[4.0] != results[6.0]
    for before, result in results.items():
        assert abs(result - net(x, y, nd.array(before)).item()) <= 1e-5 * abs(result)


def loops(x):
    total = x[0] * 0
    for value in x:
        if value > 0:
            total = total + value
        if total > 3:
            break
    while total.abs() > 1:
        total = total / 2
    return total, x * total


def operations(x):
    y = x.reshape(3, 2).transpose(0, 1)
    soft = nd.softmax(y, axis=1) + nd.log_softmax(y, axis=0)
    parts = nd.concat(soft, nd.stack(y[0], y[1, :].abs(), axis=0), dim=0)
    numbers = parts.sum(axis=1) + parts.mean(axis=(1,)) + parts.max(axis=1) - parts.clip(-0.5, None).norm()
    chosen = nd.where(numbers > 0, numbers.exp(), numbers.sign() - nd.sin(numbers) * nd.cos(numbers))
    table = parts[nd.array([2, 0, 1, 1], dtype="int64")]
    labels = parts.argmax(axis=1)
    best = nd.maximum(chosen, 0.25) * nd.minimum(chosen, labels.astype("float32")) ** 2
    cut = parts[::2, None, ..., 1] / (1 + nd.sqrt(nd.abs(parts[:2, 1:2]))).tanh().sigmoid()
    spread = (y.mT @ y).permute((1, 0)).broadcast_to((2, 3, 3)).copy() / 2
    truth = ~(chosen != best) == (best >= 0), (chosen <= best) == (chosen < best)
    return (
        best,
        loss.SoftmaxCrossEntropyLoss()(table, labels),
        cut,
        nd.relu(-cut).log(),
        spread,
        *truth,
        nd.logsumexp(parts, 1),
    )


def images():
    net = nn.Sequential(
        nn.Conv2D(4, 3, padding=1, activation="relu"),
        nn.BatchNorm(),
        nn.MaxPool2D(2),
        nn.Conv2D(3, 3, strides=2),
        nn.AvgPool2D(2),
        nn.Flatten(),
        nn.Dense(6, activation="relu"),
        nn.Dense(5),
    )
    net.initialize()
    x = nd.random.normal(shape=(2, 1, 14, 14))
    net(x)
    return graph.trace(net.eval(), x), x


@pytest.mark.parametrize("seed", range(5))
def test_every_operation_gives_the_same_numbers(page: Page, tmp_path: Path, seed: int) -> None:
    nd.random.seed(seed)
    vector = nd.random.normal(shape=(6,)) * 2
    agree(page, graph.trace(operations, vector), tmp_path, vector)
    agree(page, graph.script(loops, vector), tmp_path, vector)
    network, x = images()
    agree(page, network, tmp_path, x)


def test_the_runtime_knows_what_onnx_knows(page: Page) -> None:
    """The two ways out of Python carry the same operations; the tests above run them all."""
    known = page.evaluate('async () => Object.keys((await import("/operations.mjs")).operations)')
    assert set(known) == set(RULES)
    used = (
        names(graph.trace(operations, nd.ones((6,)))) | names(images()[0]) | names(graph.script(loops, nd.ones((6,))))
    )
    assert set(known) - used <= {"conv2d_relu", "detach", "transfer"}


def names(g: graph.Graph) -> set[str]:
    found = {step.operation for step in g.steps if isinstance(step, graph.Step)}
    return found.union(*(names(inside) for step in g.steps for inside in subgraphs(step)))


@pytest.mark.parametrize(
    "content, words", [(b"", "cut off"), (b"\xff" * 40, "cut off"), (b"\x02\0\0\0\0\0\0\0{}", "no graph")]
)
def test_what_is_no_graph_is_refused(page: Page, content: bytes, words: str) -> None:
    with pytest.raises(Exception, match=words):
        page.evaluate(RUN, [base64.b64encode(content).decode(), []])
