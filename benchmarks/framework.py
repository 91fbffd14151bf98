"""The tape: whole training steps (W1 to W4) and long scalar graphs (W5), against torch."""

import time

from benchmarks import _peers
from benchmarks import _workloads as w
from benchmarks.timing import Row, compare


def run(quick: bool = False) -> list[Row]:
    rows = [row for name in ("W1", "W2", "W3", "W4") for row in steps(name, quick)]
    rows += [row for name in w.SIZES for row in others(name, quick)]
    depths = (1_000, 10_000) if quick else (1_000, 100_000)
    return rows + [row for depth in depths for row in walks(depth, quick)]


def steps(name: str, quick: bool) -> list[Row]:
    """One workload against torch eager and, where it is an MLP, against lean torch."""
    peers = {"torch eager": w.eager_step} | ({} if name == "W4" else {"lean torch": w.lean_step})
    rows = []
    for peer_name, make in peers.items():
        ours, theirs, x, y = w.models(name)
        our_step, their_step = w.our_step(ours, x, y), make(theirs, x, y)
        for _ in range(3):
            our_step(), their_step()
        w.agree(ours, theirs)
        rows.append(compare(f"{name}, tape", our_step, their_step, peer_name=peer_name, quick=quick))
    return rows


def others(name: str, quick: bool) -> list[Row]:
    """Against the floor; and W1 against tinygrad, where it runs."""
    ours, _, x, y = w.models(name)
    step, sizes = w.our_step(ours, x, y), w.SIZES[name][0]
    rows = [
        compare(
            f"{name}, tape", step, _peers.floor_step(sizes, x), peer_name="floor: matrix products alone", quick=quick
        )
    ]
    peer = _peers.tinygrad_step(sizes, x, y) if name == "W1" else None
    if peer:  # its own threads do the work, so that the process's CPU time would not show when it waits
        rows.append(
            compare(f"{name}, tape", step, peer, peer_name="tinygrad, jitted", quick=quick, clock=time.perf_counter)
        )
    return rows


def walks(depth: int, quick: bool) -> list[Row]:
    ours, theirs = w.chain(depth)
    return [
        compare(
            f"W5, {depth:,} nodes",
            ours,
            theirs,
            peer_name="torch eager",
            quick=quick,
            rounds=5 if depth > 10_000 else None,
        )
    ]
