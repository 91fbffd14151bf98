"""Static graphs: whole training steps (W1 to W4) compiled to Python, against torch eager, lean torch and torch.compile; the same in generated C;
a forward pass; what a capture and a build cost; and the memory of a step."""

import ctypes
import gc
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest import mock

import torch

from benchmarks import _workloads as w
from benchmarks._peers import floor_step, image_floor_step
from benchmarks.timing import Row, compare, quartiles
from miniblocks import autograd, graph, loss, nn, optim
from miniblocks.graph.backends.native import compiler
from miniblocks.tensor import Tensor

FLOOR = "floor: products alone"
KEPT = "torch eager, freed memory kept"
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h


def run(quick: bool = False) -> list[Row]:
    rows = [row for name in ("W1", "W2", "W3", "W4") for row in steps(name, quick)]
    if has_compiler():
        rows += [row for name in ("W1", "W2", "W3", "W4") for row in (*native(name, quick), build(name, quick))]
    if not quick:  # a cold compilation takes tens of seconds
        rows += [row for name in w.SIZES for row in compiled(name)]
    rows += [forward(quick)]
    rows += [row for name in w.SIZES for row in memory(name)]
    rows += [capture(depth, quick) for depth in ((10, 50) if quick else (50, 400))]
    return rows + kept(quick)


def static_step(net: nn.Block, x: torch.Tensor, y: torch.Tensor, backend: str = "python") -> w.Step:
    """Our training step as one graph."""
    rule = optim.SGD(net.collect_params(), lr=w.RATE)
    inputs, labels = Tensor(x), Tensor(y)
    step = graph.joint(net, loss.SoftmaxCrossEntropyLoss(), rule, inputs, labels, backend=backend)
    return lambda: step(inputs, labels)


def steps(name: str, quick: bool) -> list[Row]:
    """One workload against torch eager, the tape, the floor, and where it is an MLP also lean torch."""
    peers = {"torch eager": w.eager_step} | ({} if name == "W4" else {"lean torch": w.lean_step})
    rows = []
    for peer_name, make in peers.items():
        ours, theirs, x, y = w.models(name)
        our_step, their_step = static_step(ours, x, y), make(theirs, x, y)
        for _ in range(3):
            our_step(), their_step()
        w.agree(ours, theirs)
        note = f"page faults a step: {page_faults(our_step):,.0f} against {page_faults(their_step):,.0f}"
        rows.append(compare(f"{name}, static", our_step, their_step, peer_name=peer_name, note=note, quick=quick))
    ours, _, x, y = w.models(name)
    taped = w.our_step(w.models(name)[0], x, y)
    rows.append(compare(f"{name}, static", static_step(ours, x, y), taped, peer_name="the tape", quick=quick))
    rows.append(compare(f"{name}, static", static_step(ours, x, y), floor(name, x), peer_name=FLOOR, quick=quick))
    return rows


def kept(quick: bool) -> list[Row]:
    """W4 once more when the allocator gives no memory back to the system, in this process from now on.

    As it comes, glibc's allocator gives back what eager torch frees and takes it anew page by page, up to thousands a step;
    our step asks for none. This row tells what is left without that.
    """
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mallopt"):
        return []
    for what in (M_TRIM_THRESHOLD, M_MMAP_THRESHOLD):
        libc.mallopt(what, 1 << 30)
    ours, theirs, x, y = w.models("W4")
    row = compare("W4, static", static_step(ours, x, y), w.eager_step(theirs, x, y), peer_name=KEPT, quick=quick)
    return [row]


def page_faults(step: w.Step, times: int = 20) -> float:
    """Pages that the system hands out in a call of a step."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(times):
        step()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / times


def floor(name: str, x: torch.Tensor) -> w.Step:
    """What no framework can go below."""
    return floor_step(w.SIZES[name][0], x) if name in w.SIZES else image_floor_step(x)


def has_compiler() -> bool:
    try:
        return bool(compiler.find())
    except compiler.BuildError:
        return False


def native(name: str, quick: bool) -> list[Row]:
    """One workload in generated C against torch eager, the same in Python, and the floor."""
    ours, theirs, x, y = w.models(name)
    step, eager = static_step(ours, x, y, "native"), w.eager_step(theirs, x, y)
    for _ in range(3):
        step(), eager()
    w.agree(ours, theirs)
    peers = {"torch eager": eager, "the backend python": static_step(w.models(name)[0], x, y), FLOOR: floor(name, x)}
    return [compare(f"{name}, native", step, peer, peer_name=what, quick=quick) for what, peer in peers.items()]


def build(name: str, quick: bool) -> Row:
    """What it takes to capture, write and compile a step to C where nothing is in the cache, against capture and code in Python."""
    both: dict[str, list[float]] = {"native": [], "python": []}
    for _ in range(3 if quick else 9):
        ours, _, x, y = w.models(name)
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(compiler, "cache_folder", lambda: Path(folder)):
            compiler._libraries.clear()
            for backend, times in both.items():
                gc.collect()
                start = time.perf_counter()
                static_step(ours, x, y, backend)
                times.append(time.perf_counter() - start)
    low, ratio, high = quartiles([a / b for a, b in zip(*both.values())])
    mine, peer = (statistics.median(times) for times in both.values())
    what, count = "the backend python", len(both["native"])
    return Row(f"{name}, native, build", mine, peer, ratio, low, high, count, "wall-clock time", what)


def compiled(name: str) -> list[Row]:
    """Each backend against torch.compile of the whole step."""
    rows = []
    for backend in ("python", *(["native"] if has_compiler() else []), "inductor"):
        ours, theirs, x, y = w.models(name)
        our_step, their_step = static_step(ours, x, y, backend), compiled_step(theirs, x, y)
        for _ in range(3):
            our_step(), their_step()
        w.agree(ours, theirs)
        rows.append(compare(f"{name}, static, {backend}", our_step, their_step, peer_name="torch.compile"))
    return rows


def compiled_step(net: torch.nn.Module, x: torch.Tensor, y: torch.Tensor) -> w.Step:
    """torch.compile of the whole step: gradients by torch.func, new parameters written back in the same graph."""
    names = [name for name, _ in net.named_parameters()]
    values = tuple(p.detach() for p in net.parameters())

    def value(parameters: tuple[torch.Tensor, ...], x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        scores = torch.func.functional_call(net, dict(zip(names, parameters)), (x,))
        return torch.nn.functional.cross_entropy(scores, y)

    def whole(parameters: tuple[torch.Tensor, ...], x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        grads, result = torch.func.grad_and_value(value)(parameters, x, y)
        for p, g in zip(parameters, grads):
            p.sub_(w.RATE * g)
        return result

    fast = torch.compile(whole, fullgraph=True, dynamic=False)
    return lambda: fast(values, x, y)


def forward(quick: bool) -> Row:
    """W2 forward alone, hybridized, against the torch module, both without gradients."""
    ours, theirs, x, _ = w.models("W2")
    inputs = Tensor(x)
    ours.hybridize()
    with autograd.no_grad(), torch.no_grad():
        for _ in range(3):
            ours(inputs)
        torch.testing.assert_close(ours(inputs).raw, theirs(x))
        return compare(
            "W2, forward, hybridized",
            lambda: ours(inputs),
            lambda: theirs(x),
            peer_name="torch module, no_grad",
            quick=quick,
        )


def capture(depth: int, quick: bool) -> Row:
    """What capture, passes and code generation of a training step cost for each captured operation; the peer is one eager step."""
    x, y = w.batch((32, 32), 32)
    ours, theirs = w.mlps([32] * (depth + 1), x)
    rule = optim.SGD(ours.collect_params(), lr=w.RATE)
    eager, count, times, peer = w.eager_step(theirs, x, y), 0, [], []
    for _ in range(3 if quick else 9):
        gc.collect()
        start = time.process_time()
        step = graph.joint(ours, loss.SoftmaxCrossEntropyLoss(), rule, Tensor(x), Tensor(y))
        times.append(time.process_time() - start)
        start = time.process_time()
        eager()
        peer.append(time.process_time() - start)
        count = len(step.graph)
    low, ratio, high = quartiles([a / b for a, b in zip(times, peer)])
    note = f"{statistics.median(times) / count * 1e6:.0f} µs for each of {count:,} operations"
    return Row(
        f"capture to code, {depth} layers",
        statistics.median(times),
        statistics.median(peer),
        ratio,
        low,
        high,
        len(times),
        "CPU time",
        "one eager step",
        note=note,
    )


def memory(name: str) -> list[Row]:
    """The most bytes that a step holds at once beyond parameters and batch: buffers laid out, and what is allocated on the way."""
    ours, theirs, x, y = w.models(name)
    inputs, labels = Tensor(x), Tensor(y)
    rule = optim.SGD(ours.collect_params(), lr=w.RATE)
    step = graph.joint(ours, loss.SoftmaxCrossEntropyLoss(), rule, inputs, labels)
    mine = peak(lambda: step(inputs, labels)) + step.program.buffers.planned
    peer = peak(w.eager_step(theirs, x, y))
    ratio = mine / peer
    how = "most alive at once, beside parameters and batch"
    return [Row(f"{name}, memory", mine, peer, ratio, ratio, ratio, 1, how, "torch eager", "bytes")]


def peak(step: w.Step) -> int:
    """The most bytes of arrays alive at once that were made during one step."""
    for _ in range(3):
        step()
    gc.collect()
    with torch.profiler.profile(profile_memory=True, activities=[torch.profiler.ProfilerActivity.CPU]) as profiler:
        step()
    held = most = 0
    for event in allocations(profiler):
        held += event
        most = max(most, held)
    return most


def allocations(profiler: torch.profiler.profile) -> list[int]:
    """Bytes taken (positive) and given back (negative), in order; what was there before is left out."""
    recorded: Any = profiler.profiler
    events, stack = [], list(recorded.kineto_results.experimental_event_tree())
    while stack:
        event = stack.pop()
        stack.extend(event.children)
        if "Allocation" in str(event.tag):
            events.append(event)
    alive, sizes = set(), []
    for event in sorted(events, key=lambda e: e.start_time_ns):
        fields = event.extra_fields
        if fields.alloc_size > 0:
            alive.add(fields.ptr)
            sizes.append(fields.alloc_size)
        elif fields.ptr in alive:
            alive.discard(fields.ptr)
            sizes.append(fields.alloc_size)
    return sizes
