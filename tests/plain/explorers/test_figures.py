"""The lessons' drawings say in words what they show, tables line up, and an unwritten answer stops nothing."""

import xml.etree.ElementTree as ET

import matplotlib.pyplot as plt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorers import figures
from miniblocks import autograd, nd, nn

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def shown(monkeypatch):
    """What was displayed: (the picture, the words)."""
    found = []
    for module in (figures.tree, figures.sharing, figures.record):
        monkeypatch.setattr(module, "display", lambda data, raw: found.append((data["text/html"], data["text/plain"])))
    return found


def test_a_tree_names_every_block_and_parameter(shown):
    net = nn.Sequential(nn.Dense(3, in_units=2), nn.Sequential(nn.Dense(1, in_units=3)))
    net[0].bias.grad_req = "null"
    figures.draw_tree(net)
    [(picture, words)] = shown
    assert ET.fromstring(picture).get("aria-label").split() == words.split()  # XML folds line ends
    for name, parameter in net.collect_params().items():
        [line] = [line for line in words.splitlines() if line.endswith(name)]
        assert str(parameter.shape) in line
        assert ("○" in line) == (parameter is net[0].bias)


def test_sharing_shows_who_computes_with_what(shown):
    first = nn.Dense(4, in_units=4)
    net = nn.Sequential(first, nn.Dense(4, in_units=4, params=first.params), nn.Dense(4, in_units=4))
    figures.draw_sharing(net)
    [(picture, words)] = shown
    assert f"{first.weight.name} is used by 0 and 1" in words
    assert net[2].weight.name not in "".join(line for line in words.splitlines() if "is used by" in line)
    paths = ET.fromstring(picture).iter("path")
    assert sum(path.get("stroke-width") == "3" for path in paths) == 4  # weight and bias, from two layers


def test_a_record_shows_values_gradients_and_sources(shown):
    x = nd.array([3.0])
    x.requires_grad = True
    y = x * x
    record = autograd.recorded(y)
    y.backward()
    figures.draw_record(record, x=x, y=y)
    [(picture, words)] = shown
    assert words.splitlines() == ["x: leaf  value 3  gradient 6", "y: mul  value 9  from x, x"]
    assert len(list(ET.fromstring(picture).iter("rect"))) == 2


@given(st.lists(st.tuples(st.text("ab ", max_size=9), st.floats(), st.integers()), min_size=1))
def test_a_table_has_one_line_a_row_and_its_columns_line_up(rows):
    lines = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("builtins.print", lines.append)
        figures.table(["name", "value", "count"], rows)
    assert len(lines) == 1 + len(rows)
    assert len({len(line) for line in lines}) == 1  # the last column ends to the right


@pytest.mark.parametrize("stop", [NotImplementedError(), NameError("net"), ValueError("no")])
def test_an_answer_that_is_not_right_yet_stops_nothing(stop, capsys):
    def answer():
        raise stop

    assert figures.if_written(answer) is None
    said = capsys.readouterr().out
    assert ("once the exercise above is written" in said) == isinstance(stop, NotImplementedError)
    assert isinstance(stop, NotImplementedError) or f"{type(stop).__name__}: {stop}" in said
    assert figures.if_written(max, 1, 2) == 2


def test_an_interrupt_gets_through():
    with pytest.raises(KeyboardInterrupt), figures.once_written():
        raise KeyboardInterrupt


@pytest.mark.parametrize("page", [0.0, 1.0])
def test_the_grey_of_axes_and_text_is_readable_on_white_and_black(page):
    """Contrast of at least 4.5 to 1 (WCAG 2.2, success criterion 1.4.3)."""
    level = int(figures.GREY[1:3], 16) / 255
    luminance = ((level + 0.055) / 1.055) ** 2.4
    light, dark = max(luminance, page), min(luminance, page)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_the_style_is_set_when_asked_for():
    with plt.rc_context():
        figures.set_style()
        assert plt.rcParams["text.color"] == figures.GREY
        assert plt.rcParams["savefig.facecolor"] == "none"
