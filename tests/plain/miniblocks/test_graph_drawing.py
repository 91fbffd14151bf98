"""Drawings of graphs: every instruction has its box, boxes do not cover each other, and what is drawn can be read as text."""

import itertools
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miniblocks import graph, nd
from miniblocks.graph.ir import subgraphs

SVG = "{http://www.w3.org/2000/svg}"


def chain_or_diamond(choices):
    """A function whose values are made of earlier ones, as the choices say."""

    def run(x):
        values = [x]
        for a, b in choices:
            values.append(values[a % len(values)] + values[b % len(values)])
        return values[-1]

    return run


def conditions(x, n):
    if x.sum() > 0:
        return x * 2
    y = x - 1
    for i in range(n):
        y = y + i
        if y.sum() > 10:
            break
    return y if y.norm() < 5 else -y + x


def rectangles(element, x=0.0, y=0.0, inside=()):
    """(left, top, right, bottom, label, the groups it lies in) of every box in a drawing."""
    for part in element:
        if part.tag == f"{SVG}g":
            dx, dy = map(float, re.findall(r"-?[\d.]+", part.get("transform")))
            yield from rectangles(part, x + dx, y + dy, (*inside, part))
        elif part.tag == f"{SVG}rect":
            left, top = x + float(part.get("x")), y + float(part.get("y"))
            right, bottom = left + float(part.get("width")), top + float(part.get("height"))
            yield left, top, right, bottom, part.get("fill-opacity") == "0"


def instructions(g):
    for step in g.steps:
        yield step
        for inside in subgraphs(step):
            yield from instructions(inside)


def check(g):
    drawn = graph.draw(g)
    root = ElementTree.fromstring(drawn.svg)
    width, height = float(root.get("width")), float(root.get("height"))
    boxes = list(rectangles(root))
    leaves = [box[:4] for box in boxes if not box[4]]
    for left, top, right, bottom in (box[:4] for box in boxes):
        assert 0 <= left < right <= width + 1 and 0 <= top < bottom <= height + 1
    for a, b in itertools.combinations(leaves, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], "two boxes cover each other"
    labels = [text.text for text in root.iter(f"{SVG}text")]
    for step in instructions(g):
        assert any(label.startswith(step.operation) and repr(step.results[0]) in label for label in labels)
    assert root.get("aria-label").split() == drawn.text.split() and drawn.text == str(g)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=15))
@settings(max_examples=60)
def test_no_box_covers_another(choices):
    check(graph.trace(chain_or_diamond(choices), nd.ones((3,))))


def test_conditions_and_loops_are_boxes_in_boxes():
    g = graph.script(conditions, nd.array([1.0, 2.0]), nd.array(3))
    check(g)
    titles = re.findall(r">(then|else|while|do)</text>", graph.draw(g).svg)
    assert [titles.count(word) for word in ("then", "else", "while", "do")] == [4, 4, 1, 1]


@pytest.mark.parametrize("count", [0, 1, 300])
def test_small_and_large_graphs_are_drawn(count):
    check(graph.trace(chain_or_diamond([(i, i - 1) for i in range(count)]), nd.ones((3,))))
