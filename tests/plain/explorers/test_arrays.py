"""What is drawn of an array says the truth about it, whatever the array."""

import io
from base64 import b64decode

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from explorers.state.arrays import NOT_FINITE, ZERO, heatmap, histogram, sparkline, statistics
from explorers.state.colours import palette
from explorers.view.pictures import png

shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=1, max_side=12)
anything = hnp.arrays(st.sampled_from(["float16", "float32", "float64"]), shapes)
finite = hnp.arrays("float64", shapes, elements=st.floats(allow_nan=False, allow_infinity=False))
ordinary = hnp.arrays("float64", shapes, elements=st.floats(-1e6, 1e6).map(lambda x: round(x, 9)))


@given(anything, st.integers(1, 40))
def test_each_finite_value_is_in_one_bin(values: np.ndarray, bins: int) -> None:
    drawn = histogram(values, bins)
    assert drawn.counts.sum() == np.isfinite(values).sum()
    assert len(drawn.edges) == len(drawn.counts) + 1 == bins + 1


@given(ordinary)
def test_histogram_is_numpys_where_values_differ(values: np.ndarray) -> None:
    """Scaling moves an edge by rounding alone; so do the counts of all values below it."""
    drawn = histogram(values)
    if np.ptp(values) < 1e-3:
        return
    slack = 1e-9 * np.abs(values).max()
    for edge, below in zip(drawn.edges[1:], np.cumsum(drawn.counts), strict=True):
        assert (values < edge - slack).sum() <= below <= (values <= edge + slack).sum()
    assert np.allclose([drawn.edges[0], drawn.edges[-1]], [values.min(), values.max()])


@given(ordinary)
def test_statistics_are_numpys(values: np.ndarray) -> None:
    known = statistics(values)
    scale = np.abs(values).max() or 1.0
    assert (known.min, known.max) == (values.min(), values.max())
    assert np.allclose([known.mean, known.std], [values.mean(), values.std()], rtol=1e-9, atol=1e-12 * scale)
    assert known.zeros == np.mean(values == 0)
    assert known.size == known.finite == values.size


@given(anything)
def test_statistics_count_what_is_not_finite(values: np.ndarray) -> None:
    known = statistics(values)
    assert known.finite == np.isfinite(values).sum()
    assert (known.mean is None) == (known.finite == 0)


@given(finite, st.integers(1, 9), st.integers(1, 9))
def test_heatmap_keeps_the_largest_magnitude_of_every_tile(values: np.ndarray, rows: int, columns: int) -> None:
    drawn = heatmap(values, rows, columns)
    matrix = values.reshape(values.shape[0] if values.ndim > 1 else 1, -1)
    assert drawn.cells.shape[0] <= rows and drawn.cells.shape[1] <= columns
    high, wide = drawn.tile
    for (i, j), cell in np.ndenumerate(drawn.cells):
        tile = matrix[i * high : (i + 1) * high, j * wide : (j + 1) * wide]
        assert cell in tile and abs(cell) == np.abs(tile).max()
    assert drawn.limit == np.abs(values).max()
    assert (drawn.tile == (1, 1)) == ("largest in magnitude" not in drawn.caption)


@given(finite)
def test_a_matrix_that_fits_is_shown_as_it_is(values: np.ndarray) -> None:
    drawn = heatmap(values, rows=12, columns=12**3)
    assert drawn.tile == (1, 1)
    assert np.array_equal(drawn.cells.ravel(), values.ravel())


@given(anything)
def test_levels_are_symmetric_and_mark_what_is_not_finite(values: np.ndarray) -> None:
    drawn, mirrored = heatmap(values), heatmap(-values)
    shown = np.isfinite(drawn.cells)
    assert np.array_equal(drawn.levels == NOT_FINITE, ~shown)
    assert (drawn.levels[shown] <= 2 * ZERO).all()
    assert (drawn.levels[drawn.cells == 0] == ZERO).all()
    assert np.array_equal(drawn.levels[shown].astype(int) + mirrored.levels[shown], np.full(shown.sum(), 2 * ZERO))


@given(st.integers(0, 99), st.integers(0, 99), st.sampled_from([np.nan, np.inf, -np.inf]))
def test_one_bad_value_among_many_is_seen(row: int, column: int, bad: float) -> None:
    values = np.ones((100, 100))
    values[row, column] = bad
    assert (heatmap(values, 10, 10).levels == NOT_FINITE).sum() == 1


@given(hnp.arrays(np.int64, 32, elements=st.integers(0, 10**6)))
def test_sparkline_is_empty_where_nothing_is(counts: np.ndarray) -> None:
    line = sparkline(counts)
    assert len(line) == 16
    assert [c == " " for c in line] == [n == 0 for n in counts.reshape(16, 2).sum(axis=1)]


def lightness_and_hue(linear: np.ndarray) -> np.ndarray:
    """Colours as eyes tell them apart (Oklab, Ottosson 2020): lightness, green to red, blue to yellow."""
    cones = linear @ np.array(
        [
            [0.4122214708, 0.2119034982, 0.0883024619],
            [0.5363325363, 0.6806995451, 0.2817188376],
            [0.0514459929, 0.1073969566, 0.6299787005],
        ]
    )
    return np.cbrt(cones) @ np.array(
        [
            [0.2104542553, 1.9779984951, 0.0259040371],
            [0.7936177850, -2.4285922050, 0.7827717662],
            [-0.0040720468, 0.4505937099, -0.8086757660],
        ]
    )


# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
BLINDNESS = {
    "none": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def test_colours_stay_apart_for_colour_blind_eyes() -> None:
    """Lightness falls from zero to both ends, and equal magnitudes of either sign differ, in every kind of sight."""
    rgb = palette()[:255] / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    for kind, matrix in BLINDNESS.items():
        seen = lightness_and_hue(np.clip(linear @ matrix.T, 0, 1))
        lightness = seen[:, 0]
        assert (np.diff(lightness[:ZERO]) > 0).all() and (np.diff(lightness[ZERO + 1 :]) < 0).all(), kind
        apart = np.linalg.norm(seen[: ZERO - 30] - seen[: ZERO + 30 : -1], axis=1)
        assert apart.min() > 0.06, kind


@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=20)))
def test_png_holds_one_pixel_a_cell_in_the_palettes_colours(levels: np.ndarray) -> None:
    image = Image.open(io.BytesIO(b64decode(png(levels).split(",")[1])))
    assert np.array_equal(np.asarray(image.convert("RGB")), palette()[levels])
