"""The order of instructions: each parameter is updated as soon as nobody reads its old values any more."""

from __future__ import annotations

from dataclasses import replace

from miniblocks.graph.ir import Graph, Instruction, Ref, is_pure, reads


def update_early(graph: Graph) -> Graph:
    """A new value of a parameter is computed right after the last step that reads the old one, and not at the end of all.

    So a gradient need not be kept until all are known, and the update finds the parameter still in the processor's cache.
    """
    made = {ref: i for i, step in enumerate(graph.steps) for ref in step.results}
    readers: dict[Ref, list[int]] = {}
    for position, step in enumerate(graph.steps):
        for ref in reads(step):
            readers.setdefault(ref, []).append(position)
    places: dict[int, list[int]] = {}
    moved = set()
    for target, value in graph.writes.items():
        i = made.get(value)
        if i is None or not is_pure(graph.steps[i]) or value in readers or graph.steps[i].operation == "descend":
            continue  # plain descents stay together: a backend can do them in one call
        others = [j for j in readers.get(target, ()) if j != i]
        place = max([made[r] for r in reads(graph.steps[i]) if r in made] + others, default=-1)
        if place < i:
            places.setdefault(place, []).append(i)
            moved.add(i)
    steps: list[Instruction] = [graph.steps[i] for i in places.get(-1, [])]
    for i, step in enumerate(graph.steps):
        if i not in moved:
            steps.append(step)
        steps += [graph.steps[j] for j in places.get(i, [])]
    return replace(graph, steps=tuple(steps))
