"""Statistical checks for random answers: almost never against a right one, almost always against a wrong one.

Each function asks one question of one sample, "could this come from there?", and says no only where a right
answer would look so odd with a probability of at most `ALPHA`. An exercise that asks fewer than a hundred such
questions therefore refuses a right answer less than once in ten million (a union bound, so the questions need
not be independent). Whoever uses a check states its power, the other side, beside the sample size chosen.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

ALPHA = 1e-9


def proportion_fits(count: int, trials: int, probability: float) -> bool:
    """Could `count` successes in `trials` come from this probability? Exact binomial test, two-sided."""
    return stats.binomtest(count, trials, probability).pvalue >= ALPHA


def distribution_fits(sample: np.ndarray, distribution: stats.rv_frozen) -> bool:
    """Could the sample come from this continuous distribution? Kolmogorov-Smirnov, two-sided, for any place or scale."""
    return stats.kstest(np.ravel(sample).astype(np.float64), distribution.cdf).pvalue >= ALPHA


def normal_scale_fits(sample: np.ndarray, std: float) -> bool:
    """Could the sample be normal around 0 with this deviation? Σ(w/σ)² follows χ² with n degrees, exactly."""
    n = sample.size
    total = float(np.sum(np.square(sample, dtype=np.float64))) / std**2
    return 2 * min(stats.chi2.cdf(total, n), stats.chi2.sf(total, n)) >= ALPHA


def uniform_scale_fits(sample: np.ndarray, bound: float) -> bool:
    """Could the sample be uniform on [-bound, bound], by its size? Bernstein's inequality for (w/bound)².

    (w/bound)² has mean 1/3, variance 4/45 and lies within 2/3 of its mean, hence
    P(|average - 1/3| > t) ≤ 2 exp(-n t² / (2 (4/45 + 2t/9))). Here t makes that ALPHA², which is wide enough that
    normal weights of the right size (six deviations) are not refused for their size: their form is another question.
    """
    n, log = sample.size, math.log(2 / ALPHA**2)
    average = float(np.mean(np.square(sample, dtype=np.float64))) / bound**2
    a = log * 2 / 9 / n  # t is the root of t² - 2a t - 2 log (4/45) / n
    return abs(average - 1 / 3) <= a + math.sqrt(a**2 + 2 * log * 4 / 45 / n)


def pairs_along(values: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Neighbours along an axis, each value in one pair at most, so that pairs of independent values are independent."""
    length = values.shape[axis] // 2 * 2
    even, odd = np.arange(0, length, 2), np.arange(1, length, 2)
    return np.take(values, even, axis).ravel(), np.take(values, odd, axis).ravel()


def association(first: np.ndarray, second: np.ndarray) -> float:
    """How much the labels of one array (whole numbers) tell about those of the other: χ²/n, or 0 where chance explains it.

    χ² test on how often each pair of labels occurs; their shares are taken from the arrays themselves, so that this
    asks about dependence alone. With the thousands of pairs used here every expected count is in the hundreds, where
    χ² describes the tail well.
    """
    rows, columns = (np.ravel(labels).astype(int) - int(labels.min()) for labels in (first, second))
    width = columns.max() + 1
    table = np.bincount(rows * width + columns, minlength=(rows.max() + 1) * width).reshape(-1, width)
    table = table[table.any(axis=1)][:, table.any(axis=0)]
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / rows.size
    statistic = float(np.sum((table - expected) ** 2 / expected))
    freedom = (table.shape[0] - 1) * (table.shape[1] - 1)
    return statistic / rows.size if freedom and stats.chi2.sf(statistic, freedom) < ALPHA else 0.0


def dependent_axis(labels: np.ndarray) -> int | None:
    """The axis along which a label tells most about its neighbour; None where chance explains all of them."""
    found = {a: association(*pairs_along(labels, a)) for a in range(labels.ndim) if labels.shape[a] > 1}
    axis = max(found, key=lambda a: found[a], default=None)
    return axis if axis is not None and found[axis] else None


def variance_ratio_fits(first: np.ndarray, second: np.ndarray, ratio: float) -> bool:
    """Could var(first) / var(second) be `ratio`, for two normal samples around 0? F test, two-sided, exact."""
    f = np.mean(np.square(first, dtype=np.float64)) / np.mean(np.square(second, dtype=np.float64)) / ratio
    return 2 * min(stats.f.cdf(f, first.size, second.size), stats.f.sf(f, first.size, second.size)) >= ALPHA
