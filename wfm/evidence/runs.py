"""Does the pattern of points say more than chance: runs, crossings, zones?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.confidence import broadcast
from wfm.errors import BadInput

__all__ = ["DEFAULT_RULES", "Rule", "Runs", "Signal", "find", "runs"]

Floats = NDArray[np.float64]


class Rule(StrEnum):
    """What counts as a signal. `SIGMA3` is Nelson's rule 1; `ANHOEJ` is the run analysis."""

    SIGMA3 = "3sigma"
    ANHOEJ = "anhoej"
    NELSON2 = "nelson2"
    NELSON3 = "nelson3"
    NELSON4 = "nelson4"
    NELSON5 = "nelson5"
    NELSON6 = "nelson6"
    NELSON7 = "nelson7"
    NELSON8 = "nelson8"


DEFAULT_RULES = (Rule.SIGMA3, Rule.ANHOEJ)

TEXTS = {
    Rule.SIGMA3: "beyond 3 sigma",
    Rule.NELSON2: "nine in a row on one side of the centre",
    Rule.NELSON3: "six in a row rising or falling",
    Rule.NELSON4: "fourteen in a row alternating up and down",
    Rule.NELSON5: "two of three beyond 2 sigma on one side",
    Rule.NELSON6: "four of five beyond 1 sigma on one side",
    Rule.NELSON7: "fifteen in a row within 1 sigma",
    Rule.NELSON8: "eight in a row beyond 1 sigma on both sides",
}


@dataclass(frozen=True)
class Signal:
    """One signal.

    Attributes
    ----------
    rule : Rule
    first, last : int
        First and last point of the pattern, counted from 0.
    text : str
        What was seen, in words.
    """

    rule: Rule
    first: int
    last: int
    text: str


@dataclass(frozen=True)
class Runs:
    """Run analysis about the median.

    Attributes
    ----------
    useful : int
        Points that are not on the median.
    longest, longest_limit : int
        Longest run on one side; a signal when it is above the limit, round(log2(useful) + 3).
    crossings, crossings_limit : int
        Crossings of the median; a signal when below the limit, the 5 % quantile of
        Binomial(useful - 1, 1/2).
    first, last : int
        Ends of the longest run, counted from 0 in the given series; -1 without useful points.
    """

    useful: int
    longest: int
    longest_limit: int
    crossings: int
    crossings_limit: int
    first: int
    last: int

    @property
    def signal(self) -> bool:
        """Whether either limit is broken."""
        return self.longest > self.longest_limit or self.crossings < self.crossings_limit


def runs(values: ArrayLike) -> Runs:
    """Return the run analysis of a series about its own median.

    Parameters
    ----------
    values : array_like, shape (points,)
        In order of time; NaN points are left out, so are points on the median.

    Returns
    -------
    Runs
        With fewer than ten useful points the limits mean little.

    Notes
    -----
    Anhøj and Olesen (2014), PLoS ONE 9(11): e113825.

    Examples
    --------
    >>> got = runs([3, 3, 2, 3, 2, 3, 9, 8, 9, 8, 9, 9])
    >>> got.longest, got.crossings, got.crossings_limit, got.signal
    (6, 1, 3, True)
    """
    from scipy.stats import binom

    (x,) = broadcast(values=values)
    x = np.atleast_1d(x)
    known = np.flatnonzero(~np.isnan(x))
    median = np.median(x[known]) if known.size else math.nan
    where = known[x[known] != median]
    n = len(where)
    if n == 0:
        return Runs(0, 0, 0, 0, 0, -1, -1)
    above = x[where] > median
    breaks = np.flatnonzero(above[1:] != above[:-1])
    ends = np.append(breaks, n - 1)
    starts = np.append(0, breaks + 1)
    lengths = ends - starts + 1
    longest = int(np.argmax(lengths))
    least = int(binom.ppf(0.05, n - 1, 0.5)) if n > 1 else 0
    return Runs(
        useful=n, longest=int(lengths[longest]), longest_limit=round(math.log2(n) + 3),
        crossings=len(breaks), crossings_limit=least,
        first=int(where[starts[longest]]), last=int(where[ends[longest]]),
    )  # fmt: skip


def find(
    values: Floats, centre: Floats, sigma: Floats, rules: tuple[str, ...]
) -> tuple[Signal, ...]:
    """Return the signals of a series with known centre and sigma of each point.

    Parameters
    ----------
    values, centre, sigma : float64 array, shape (points,)
        NaN points are left out and do not break a pattern.
    rules : tuple of Rule or str

    Returns
    -------
    tuple of Signal
        In order of rule, then time; overlapping finds of one Nelson rule are one signal.

    Notes
    -----
    Nelson (1984), Journal of Quality Technology 16:237-239.

    Examples
    --------
    >>> one = np.ones(12)
    >>> x = np.array([0, .2, -.1, 0, .1, 3.5, 0, -.2, .3, 0, .1, -.3])
    >>> [(s.rule.value, s.first) for s in find(x, 0 * one, one, ("3sigma",))]
    [('3sigma', 5)]
    """
    chosen = tuple(check_rules(rules))
    known = np.flatnonzero(~(np.isnan(values) | np.isnan(centre) | np.isnan(sigma)))
    x, c, s = values[known], centre[known], sigma[known]
    out: list[Signal] = []
    for rule in chosen:
        if rule is Rule.ANHOEJ:
            out += _anhoej(values)
            continue
        for first, last in _stretches(_PATTERNS[rule](x - c, s, x)):
            out.append(Signal(rule, int(known[first]), int(known[last]), TEXTS[rule]))
    return tuple(out)


def check_rules(rules: tuple[str, ...]) -> list[Rule]:
    """Return the rules as `Rule`; refuse unknown names."""
    try:
        return [Rule(rule) for rule in dict.fromkeys(rules)]
    except ValueError as error:
        raise BadInput(f"rules: known are {', '.join(Rule)}; got {rules!r}") from error


def _anhoej(values: Floats) -> list[Signal]:
    got, out = runs(values), []
    if got.useful and got.longest > got.longest_limit:
        out.append(Signal(Rule.ANHOEJ, got.first, got.last,
                          f"run of {got.longest} on one side of the median, at most "
                          f"{got.longest_limit} expected"))  # fmt: skip
    if got.useful and got.crossings < got.crossings_limit:
        known = np.flatnonzero(~np.isnan(values))
        out.append(Signal(Rule.ANHOEJ, int(known[0]), int(known[-1]),
                          f"{got.crossings} crossings of the median, at least "
                          f"{got.crossings_limit} expected"))  # fmt: skip
    return out


def _stretches(member: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.diff(np.concatenate([[0], member.astype(np.int8), [0]]))
    return list(zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1, strict=True))


def _windows(good: NDArray[np.bool_], length: int, least: int) -> NDArray[np.bool_]:
    """Mark points of windows of `length` that hold at least `least` good points."""
    member = np.zeros(len(good), np.bool_)
    if len(good) < length:
        return member
    sums = np.convolve(good, np.ones(length, np.int64), "valid")
    for start in np.flatnonzero(sums >= least):
        member[start : start + length] |= good[start : start + length]
    return member


def _sided(off: Floats, by: Floats, length: int, least: int) -> NDArray[np.bool_]:
    return _windows(off > by, length, least) | _windows(off < -by, length, least)


def _beyond(off: Floats, sigma: Floats, values: Floats) -> NDArray[np.bool_]:
    alone = np.zeros(len(off), np.bool_)
    alone[np.abs(off) > 3 * sigma] = True
    return alone


def _trend(off: Floats, sigma: Floats, values: Floats) -> NDArray[np.bool_]:
    step = np.diff(values)
    member = np.zeros(len(values), np.bool_)
    for rising in (_windows(step > 0, 5, 5), _windows(step < 0, 5, 5)):
        member[:-1] |= rising
        member[1:] |= rising
    return member


def _alternating(off: Floats, sigma: Floats, values: Floats) -> NDArray[np.bool_]:
    step = np.sign(np.diff(values))
    turn = step[1:] * step[:-1] < 0
    member = np.zeros(len(values), np.bool_)
    for shift in range(3):
        found = _windows(turn, 12, 12)
        member[shift : shift + len(found)] |= found
    return member


_PATTERNS = {
    Rule.SIGMA3: _beyond,
    Rule.NELSON2: lambda off, sigma, values: _sided(off, 0 * sigma, 9, 9),
    Rule.NELSON3: _trend,
    Rule.NELSON4: _alternating,
    Rule.NELSON5: lambda off, sigma, values: _sided(off, 2 * sigma, 3, 2),
    Rule.NELSON6: lambda off, sigma, values: _sided(off, sigma, 5, 4),
    Rule.NELSON7: lambda off, sigma, values: _windows(np.abs(off) < sigma, 15, 15),
    Rule.NELSON8: lambda off, sigma, values: _windows(np.abs(off) > sigma, 8, 8),
}
