"""How are rows summed to a figure with limits: shares, ratios, rates, quantiles, scores?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from wfm import confidence
from wfm.kpi.measure import Floats, Groups, Options, Rows, Summarise, Summary

__all__ = [
    "chosen", "each", "maximum", "mean_waiting", "net", "one", "quantile", "rate", "ratio", "share",
    "total",
]  # fmt: skip


def chosen(pick: Callable[[Options], Summarise]) -> Summarise:
    """Return a summary that the definition's choices decide."""

    def summarise(rows: Rows, group: Groups, count: int, level: float, options: Options) -> Summary:
        return pick(options)(rows, group, count, level, options)

    return summarise


def share(rows: Rows, group: Groups, count: int, level: float, options: Options) -> Summary:
    """Return shares of counts with Wilson's limits; n is the denominator."""
    x, n = _sums(rows, group, count)
    ends = confidence.wilson(x, n, confidence=level)
    return Summary(x, n, _divide(x, n), np.asarray(ends.lo), np.asarray(ends.hi), n)


def ratio(
    *, low: float = 0.0, high: float = np.inf, turn: Callable[[Floats], Floats] | None = None
) -> Summarise:
    """Return a summary of ratios of sums, rows as the sample; n is rows with a denominator.

    Limits are cut to `low` and `high`; `turn` maps the ratio to the figure (1 - x).
    """

    def summarise(rows: Rows, group: Groups, count: int, level: float, options: Options) -> Summary:
        x, n = _sums(rows, group, count)
        ends = confidence.ratio(rows.numerator, rows.denominator, groups=group, confidence=level)
        value, lo, hi = _divide(x, n), _pad(ends.lo, count), _pad(ends.hi, count)
        if turn is not None:
            value, lo, hi = turn(value), turn(lo), turn(hi)
            lo, hi = np.minimum(lo, hi), np.maximum(lo, hi)
        seen = np.bincount(group, rows.denominator > 0, count)
        return Summary(x, n, value, np.clip(lo, low, high), np.clip(hi, low, high), seen)

    return summarise


def rate(factor: float = 1.0) -> Summarise:
    """Return a summary of events per exposure, times `factor`, with exact Poisson limits.

    n is the number of events: what the width of the limits hangs on.
    """

    def summarise(rows: Rows, group: Groups, count: int, level: float, options: Options) -> Summary:
        x, n = _sums(rows, group, count)
        ends = confidence.poisson(x, n, confidence=level)
        return Summary(x, n, factor * _divide(x, n), factor * np.asarray(ends.lo),
                       factor * np.asarray(ends.hi), x)  # fmt: skip

    return summarise


def mean_waiting(rows: Rows, group: Groups, count: int, level: float, options: Options) -> Summary:
    """Return time per event of a censored exponential with exact limits; n is the events."""
    t, x = _sums(rows, group, count)
    ends = confidence.poisson(x, t, confidence=level)
    none = x == 0
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(none, np.nan, t / x)
        lo, hi = 1 / np.asarray(ends.hi), 1 / np.asarray(ends.lo)
    return Summary(t, x, value, np.where(none, np.nan, lo), np.where(none, np.nan, hi), x)


def total(factor: float = 1.0) -> Summarise:
    """Return a summary that adds the numerators times `factor`; a census, so without limits."""

    def summarise(rows: Rows, group: Groups, count: int, level: float, options: Options) -> Summary:
        x = np.bincount(group, rows.numerator, count)
        none = np.full(count, np.nan)
        seen = np.bincount(group, minlength=count).astype(np.float64)
        value = np.where(seen > 0, factor * x, np.nan)
        return Summary(x, none, value, none, none, seen)

    return summarise


def net(least: int = 0) -> Summarise:
    """Return a summary of net scores: 100 (promoters - detractors) / answers.

    `extra` holds the promoters, `numerator` promoters less detractors. Below `least` answers all
    but n is withheld.
    """

    def summarise(rows: Rows, group: Groups, count: int, level: float, options: Options) -> Summary:
        x, n = _sums(rows, group, count)
        assert rows.extra is not None
        up = np.bincount(group, rows.extra, count)
        ends = confidence.net_score(up, up - x, n, confidence=level)
        hidden = n < least
        x, below = np.where(hidden, np.nan, x), np.where(hidden, np.nan, n)
        return Summary(x, below, 100 * _divide(x, below), np.where(hidden, np.nan, ends.lo),
                       np.where(hidden, np.nan, ends.hi), n)  # fmt: skip

    return summarise


def each(function: Callable[[Rows, float, Options], Summary]) -> Summarise:
    """Return a summary that hands the rows of one group at a time to `function`.

    `function` answers with a Summary of single numbers; for figures that are no ratio of sums.
    """

    def summarise(rows: Rows, group: Groups, count: int, level: float, options: Options) -> Summary:
        out = []
        order = np.argsort(group, kind="stable")
        ends = np.searchsorted(group[order], np.arange(count + 1))
        for i in range(count):
            own = order[ends[i] : ends[i + 1]]
            part = Rows(
                rows.frame.iloc[own], rows.numerator[own], rows.denominator[own],
                None if rows.extra is None else rows.extra[own],
            )  # fmt: skip
            got = function(part, level, options)
            out.append([got.numerator, got.denominator, got.value, got.lo, got.hi, got.n])
        columns = np.array(out, np.float64).reshape(count, 6).T
        return Summary(*columns)

    return summarise


def one(
    *, numerator: float = np.nan, denominator: float = np.nan, value: float = np.nan,
    lo: float = np.nan, hi: float = np.nan, n: float = 0.0,
) -> Summary:  # fmt: skip
    """Return the summary of one group, as `each` wants it."""
    return Summary(*(np.float64(x) for x in (numerator, denominator, value, lo, hi, n)))  # type: ignore[arg-type]


def quantile(q: float) -> Summarise:
    """Return a summary by the `q` quantile of the numerators, limits by order statistics.

    Rows with denominator 0 do not count.
    """

    def function(rows: Rows, level: float, options: Options) -> Summary:
        values = rows.numerator[rows.denominator > 0]
        if not values.size:
            return one()
        ends = confidence.quantile(values, q, confidence=level)
        return one(
            value=float(np.quantile(values, q)), lo=float(ends.lo), hi=float(ends.hi),
            n=float(values.size),
        )  # fmt: skip

    return each(function)


def maximum(rows: Rows, group: Groups, count: int, level: float, options: Options) -> Summary:
    """Return the largest numerator of each group; never an average, and without limits."""
    top = np.full(count, -np.inf)
    np.maximum.at(top, group, rows.numerator)
    seen = np.bincount(group, minlength=count).astype(np.float64)
    top = np.where(seen > 0, top, np.nan)
    none = np.full(count, np.nan)
    return Summary(top, none, top, none, none, seen)


def _sums(rows: Rows, group: Groups, count: int) -> tuple[Floats, Floats]:
    x = np.bincount(group, rows.numerator, count)
    return x, np.bincount(group, rows.denominator, count)


def _divide(x: Floats, n: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(n > 0, x / n, np.nan)


def _pad(values: Floats, count: int) -> Floats:
    return np.append(values, np.full(count - len(values), np.nan))
