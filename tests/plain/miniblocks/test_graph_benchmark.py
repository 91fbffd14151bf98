"""The static benchmark compares what computes the same, and runs. (How long anything takes is nobody's business here.)"""

import mmap

import pytest

from benchmarks import _workloads as w
from benchmarks import static


@pytest.mark.parametrize("name", ["W1", "W2", "W3", "W4"])
@pytest.mark.parametrize("backend", ["python", "native"])
def test_static_steps_train_as_torch_does(name, backend, request):
    if backend == "native":
        request.getfixturevalue("native")
    ours, theirs, x, y = w.models(name)
    step, eager = static.static_step(ours, x, y, backend), w.eager_step(theirs, x, y)
    for _ in range(3):
        step(), eager()
    w.agree(ours, theirs)


def test_memory_and_capture_are_measured():
    (row,) = static.memory("W3")
    assert row.unit == "bytes" and row.ours > 50 * 32 * 32 * 4 and row.peer > row.ours / 2
    assert "operations" in static.capture(3, quick=True).note


def test_page_faults_are_counted():
    def takes_pages():
        with mmap.mmap(-1, 64 * mmap.PAGESIZE) as memory:
            memory.write(bytes(len(memory)))

    assert static.page_faults(takes_pages) >= 64
    assert static.page_faults(lambda: None) < 1


@pytest.mark.usefixtures("native")
def test_builds_of_c_are_measured():
    row = static.build("W2", quick=True)
    assert row.unit == "s" and row.ours > 0 and row.rounds == 3
